"""Names in headers: C-style quoting, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.diff.quoting import quote, take_quoted, to_bytes, to_text, unquote


@given(st.binary(max_size=20))
def test_any_name_survives(name) -> None:
    assert unquote(quote(name)) == name or name.startswith(b'"') is False
    assert unquote(quote(name)) == name
    assert to_bytes(to_text(name)) == name
    assert b"\n" not in quote(name)


@given(st.binary(max_size=20), st.binary(max_size=5))
def test_a_quoted_name_ends_where_its_quote_ends(name, rest) -> None:
    quoted = b'"' + quote(name + b"\n")[1:-1] + b'"'
    assert take_quoted(quoted + rest) == (name + b"\n", rest)


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        (b"plain name", b"plain name"),
        ("é".encode(), "é".encode()),
        (b'a"b', b'"a\\"b"'),
        (b"a\\b", b'"a\\\\b"'),
        (b"\a\b\t\n\v\f\r\x01\x7f", b'"\\a\\b\\t\\n\\v\\f\\r\\001\\177"'),
    ],
)
def test_quoting_is_gits(name, quoted) -> None:
    assert quote(name) == quoted


@pytest.mark.parametrize("text", [b'"open', b'"a" b', b'"a\\'])
def test_broken_quoting_is_no_name(text) -> None:
    assert unquote(text) is None
