"""A fix is applied to the code it was verified for, and to nothing else."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side
from diffvet.diff.rewrite import patch_of
from diffvet.errors import UsageError
from diffvet.review.apply import StaleFixError, applied, applied_at
from diffvet.review.finding import Finding, Placement


def finding(line: int, code: list[str], suggestion: list[str] | None) -> Finding:
    return Finding(
        "0" * 32, "a.py", Side.NEW, line, line + len(code) - 1, Severity.ERROR, Category.SECURITY, "T", "w", None, None,
        Placement.EXACT, "embedded", code=tuple(code), suggestion=None if suggestion is None else tuple(suggestion),
    )  # fmt: skip


def test_the_lines_are_replaced_where_they_stand():
    assert applied(b"a\nb\nc\n", finding(2, ["b"], ["x", "y"])) == b"a\nx\ny\nc\n"


def test_lines_that_moved_are_found_again():
    assert applied(b"new\na\nb\nc\n", finding(2, ["b"], ["x"])) == b"new\na\nx\nc\n"


def test_the_place_decides_between_equal_lines():
    assert applied(b"b\nb\nb\n", finding(2, ["b"], ["x"])) == b"b\nx\nb\n"


def test_line_ends_and_the_missing_one_at_the_end_stay():
    assert applied(b"a\r\nb\r\nc", finding(2, ["b"], ["x"])) == b"a\r\nx\r\nc"


def test_new_lines_at_the_end_end_as_the_others_do():
    assert applied(b"a\r\nb", finding(2, ["b"], ["x", "y"])) == b"a\r\nx\r\ny"
    assert applied(b"a\r\nb\r\nc", finding(2, ["b", "c"], ["x", "y"])) == b"a\r\nx\r\ny"


def test_where_the_place_is_known_no_other_will_do():
    assert applied_at(b"n\nb\n", finding(1, ["b"], ["x"]), 2) == b"n\nx\n"
    with pytest.raises(StaleFixError, match="reads differently"):
        applied_at(b"n\nb\n", finding(2, ["b"], ["x"]), 1)


def test_lines_can_be_deleted():
    assert applied(b"a\nb\nc\n", finding(2, ["b"], [])) == b"a\nc\n"


def test_bytes_that_are_no_text_survive():
    assert applied(b"\xff\nb\n", finding(2, ["b"], ["x"])) == b"\xff\nx\n"


@pytest.mark.parametrize("content", [b"a\nB\nc\n", b"a\n b\nc\n", b"", b"\n"])
def test_code_that_reads_differently_is_left_alone(content):
    with pytest.raises(StaleFixError, match="has changed"):
        applied(content, finding(2, ["b"], ["x"]))


def test_code_that_stands_in_several_other_places_is_left_alone():
    with pytest.raises(StaleFixError, match="2 places"):
        applied(b"b\nn\nb\n", finding(2, ["b"], ["x"]))


def test_a_finding_without_a_suggestion_cannot_be_applied():
    with pytest.raises(UsageError, match="no verified fix"):
        applied(b"a\n", finding(1, ["a"], None))


lines = st.lists(
    st.sampled_from([b"a", b"b", b"", b"\r", b"c d", b"\xff", b"+x", b"-y", b"\x0c", b"\\ No newline"]),
    max_size=12,
)


@given(old=lines.map(b"\n".join), new=lines.map(b"\n".join))
def test_the_patch_is_one_that_git_applies(tmp_path_factory, old, new):
    root = tmp_path_factory.mktemp("patch")
    (root / "f \u00e9.txt").write_bytes(old)
    patch = patch_of("f \u00e9.txt", old, new)
    if old == new:
        assert patch == b""
        return
    if not old or not new:
        return  # creating and deleting are not what a fix does
    done = subprocess.run(
        ["git", "apply", "--unidiff-zero", "-"], cwd=root, input=patch, capture_output=True, check=False
    )
    assert done.returncode == 0, (patch, done.stderr)
    assert (root / "f \u00e9.txt").read_bytes() == new
