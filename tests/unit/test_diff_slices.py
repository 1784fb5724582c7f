"""A hunk given to the parser in slices reads as it does in one piece."""

import io
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffvet.diff.model import Hunk, LineKind, Status
from diffvet.diff.patch import _slices, parse
from diffvet.diff.section import FileSection
from diffvet.diff.unified import UnifiedReader
from diffvet.errors import PatchError

LINES = st.tuples(
    st.sampled_from("+- "),
    st.text("ab@+-\\ \r\x0c\x85\u2028é\U0001f600\udcff", max_size=6),
    st.booleans(),
)
MARKER = "\\ No newline at end of file\n"


@st.composite
def hunks(draw: st.DrawFn) -> tuple[str, list[tuple[str, str, bool]]]:
    lines = [
        (sign, text, cut and number > 1)
        for number, (sign, text, cut) in enumerate(draw(st.lists(LINES, min_size=1, max_size=12)))
    ]
    old, new = (sum(line[0] in signs for line in lines) for signs in ("- ", "+ "))
    starts = draw(st.tuples(st.integers(1, 99), st.integers(1, 99)))
    body = "".join(f"{sign}{text}\n{MARKER if cut else ''}" for sign, text, cut in lines)
    at_old, at_new = (start if count else start - 1 for start, count in zip(starts, (old, new), strict=True))
    return f"@@ -{at_old},{old} +{at_new},{new} @@ f()\n{body}", lines


def read(text: str) -> Hunk:
    [hunk] = parse(
        FileSection("f", Status.MODIFIED, text.encode("utf-8", "surrogateescape"), first_line=3)
    ).hunks
    return hunk


@settings(max_examples=150, deadline=None)
@given(made=hunks(), size=st.integers(1, 5))
def test_slices_of_any_size_give_the_same_lines(made, size) -> None:
    text, lines = made
    whole = read(text)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("diffvet.diff.patch.SLICE", size)
        assert read(text) == whole
    assert [(line.text, line.no_newline) for line in whole.lines] == [(told, cut) for _, told, cut in lines]
    old, new = whole.old_start - (not whole.old_lines), whole.new_start - (not whole.new_lines)
    for line in whole.lines:
        if line.kind is not LineKind.ADDED:
            assert line.old == old
            old += 1
        if line.kind is not LineKind.REMOVED:
            assert line.new == new
            new += 1


def test_a_marker_stays_with_its_line() -> None:
    raw = b"@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("diffvet.diff.patch.SLICE", 2)
        assert list(_slices(raw, (1, 1), 5)) == [
            (b"@@ -1,2 +1,1 @@\n a\n-b\n\\ No newline at end of file\n", 2, 1),
            (b"@@ -3,0 +2,1 @@\n+b\n", 0, 1),
        ]


@pytest.mark.parametrize(
    "raw",
    [
        b"@@ -1,2 +1 @@\n-a\n+b\n",
        b"@@ -1 +1 @@\n-a\n+b\n+c\n",
        b"@@ -1 +1 @@\n-a\n?b\n",
        b"@@ -x +1 @@\n+b\n",
    ],
)
def test_counts_and_signs_are_checked_over_all_slices(raw) -> None:
    for size in (1, 100):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("diffvet.diff.patch.SLICE", size)
            with pytest.raises(PatchError, match=r"the diff is broken in 'f' \(line 3"):
                parse(FileSection("f", Status.MODIFIED, raw, first_line=3))


def test_numbers_too_long_to_be_line_numbers_are_refused() -> None:
    text = b"--- a/f\n+++ b/f\n@@ -" + b"9" * 9000 + b" +1 @@\n-a\n+b\n"
    with pytest.raises(PatchError, match="no hunk follows"):
        list(UnifiedReader(io.BytesIO(text)).sections())


def test_the_parser_is_not_loaded_before_a_hunk_is_read() -> None:
    code = "import sys, diffvet.diff.source, diffvet.diff.patch; sys.exit('unidiff' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
