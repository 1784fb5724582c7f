"""The key is held in one place that does not print it."""

import copy
import json
import pickle
from dataclasses import asdict, dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.errors import SettingsError
from diffvet.messages.key import MASK, ApiKey

SECRET = "rk_" + "fedcba9876543210" * 4


@dataclass
class Holder:
    key: ApiKey


@pytest.mark.parametrize(
    "show", [repr, str, "{}".format, "{!r:>90}".format, "{:>90}".format, "%s".__mod__, ascii]
)
def test_no_way_of_printing_shows_it(show):
    assert "fedcba" not in show(ApiKey(SECRET))


def test_a_dataclass_around_it_does_not_show_it():
    assert "fedcba" not in repr(Holder(ApiKey(SECRET))) + repr(asdict(Holder(ApiKey(SECRET))))


@pytest.mark.parametrize("save", [pickle.dumps, json.dumps, msgspec.json.encode, msgspec.msgpack.encode])
def test_it_cannot_be_serialised(save):
    with pytest.raises(TypeError) as caught:
        save(ApiKey(SECRET))
    assert "fedcba" not in str(caught.value)


def test_its_state_is_not_given_away():
    key = ApiKey(SECRET)
    assert not hasattr(key, "__dict__")
    with pytest.raises(TypeError):
        key.__getstate__()


def test_copies_are_the_same_object():
    key = ApiKey(SECRET)
    assert copy.copy(key) is copy.deepcopy(key) is key


def test_white_space_around_it_is_not_part_of_it():
    assert ApiKey(f" {SECRET}\r\n").reveal() == SECRET


@pytest.mark.parametrize("bad", ["", "  ", "rk_a\nb", "rk_a b", "rk_\u00e9", "rk_\x00", "rk_\x7f"])
def test_what_cannot_stand_in_a_header_is_refused_without_being_shown(bad):
    with pytest.raises(SettingsError) as caught:
        ApiKey(bad)
    assert "rk_" not in str(caught.value)


@given(st.text(), st.text(), st.integers(0, 55), st.integers(12, 67), st.booleans())
def test_any_stretch_of_twelve_characters_is_masked_and_the_rest_kept(before, after, start, length, upper):
    stretch = SECRET[start : start + length]
    echoed = stretch.upper() if upper else stretch
    masked = ApiKey(SECRET).redact(f"{before}\n{echoed}\n{after}")
    assert masked == f"{before}\n{MASK}\n{after}"


@given(st.binary(max_size=200))
def test_bytes_without_the_key_are_left_alone(data):
    assert ApiKey(SECRET).redact_bytes(data) == data


def test_bytes_of_any_encoding_keep_their_other_bytes():
    assert (
        ApiKey(SECRET).redact_bytes(b"\xff" + SECRET.encode() + b"\xe2\x82\xac")
        == b"\xff[api key]\xe2\x82\xac"
    )


def test_a_short_key_is_masked_whole():
    assert ApiKey("abc").redact("x abc y ab") == f"x {MASK} y ab"


def test_an_answer_that_is_nothing_but_the_key_is_masked_whole():
    masked = ApiKey(SECRET).redact(SECRET * 500 + "." + SECRET * 500)
    assert masked.replace(MASK, "") == "."


def escaped(text: str, which: int) -> str:
    return "".join(f"\\u{ord(c):04X}" if which >> i & 1 else c for i, c in enumerate(text))


@given(
    st.integers(0, 2**67 - 1),
    st.sampled_from(['{"a": ["%s"]}', '{"%s": 1}', '"%s"', ' ["x", {"b": "c %s d"}]\n']),
)
def test_json_escapes_do_not_hide_it(which, document):
    cleaned = ApiKey(SECRET).redact_body((document % escaped(SECRET, which)).encode())
    assert MASK in cleaned.decode()
    assert json.loads(cleaned) == json.loads(document % MASK)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": "line\\nline \\u00e9 \\/ \\\\"}',
        b'{"a": 1.50, "a": 2}',
        b"\\u0041 no JSON",
        b"\\/" + b"[" * 99_999,
        b"",
    ],
)
def test_bodies_that_do_not_hide_it_are_left_byte_for_byte(body):
    assert ApiKey(SECRET).redact_body(body) == body


def test_a_body_too_deep_to_be_looked_through_is_dropped():
    deep = b"[" * 900 + b'"\\u0041"' + b"]" * 900
    assert ApiKey(SECRET).redact_body(deep) in {b"", deep}
