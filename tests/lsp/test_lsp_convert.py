"""Our positions and words in the protocol's."""

from pathlib import Path

import pytest

from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Side, Status
from diffvet.lsp.convert import path_of, text_range
from diffvet.lsp.document import split
from diffvet.lsp.placing import Counterparts


def change(*signs: str) -> FileChange:
    """A change with one hunk per text of ``-``, ``+`` and space signs, counted from line 1."""
    hunks, old, new = [], 1, 1
    for text in signs:
        lines, old_start, new_start = [], old, new
        for sign in text:
            kind = {"-": LineKind.REMOVED, "+": LineKind.ADDED, " ": LineKind.CONTEXT}[sign]
            lines.append(DiffLine(kind, None if sign == "+" else old, None if sign == "-" else new, "x"))
            old, new = old + (sign != "+"), new + (sign != "-")
        hunks.append(Hunk(old_start, old - old_start, new_start, new - new_start, "", tuple(lines)))
    return FileChange("f", Status.MODIFIED, tuple(hunks))


@pytest.mark.parametrize(
    ("signs", "removed", "kept"),
    [
        ((" - ",), 2, 2),
        ((" --+ ",), 2, 2),
        (("  -",), 3, 2),
        (("-",), 1, 1),
        (("---  ",), 2, 1),
        ((" + ", " - "), 4, 5),
    ],
)
def test_a_removed_line_stands_on_the_next_kept_line_or_the_one_before(
    signs: tuple[str, ...], removed: int, kept: int
) -> None:
    assert Counterparts(change(*signs), Side.OLD).of(removed) == kept


@pytest.mark.parametrize(("signs", "new", "old"), [((" + ",), 2, 2), ((" ++", " "), 4, 2), (("- ",), 1, 2)])
def test_a_line_that_is_new_stands_beside_the_next_old_one(
    signs: tuple[str, ...], new: int, old: int
) -> None:
    assert Counterparts(change(*signs), Side.NEW).of(new) == old


def test_outside_of_the_hunks_both_sides_are_equal() -> None:
    assert Counterparts(change(" - "), Side.OLD).of(99) == 98
    assert Counterparts(change(" -- "), Side.NEW).of(2) == 4
    assert Counterparts(change(), Side.NEW).of(7) == 7


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("  code  \r\n", (2, 6)),
        ("\tx", (1, 2)),
        ("\f x\n", (2, 3)),
        ("   \n", (0, 0)),
        ("", (0, 0)),
        ("é\U0001f600 \n", (0, 3)),
        ("\u3000x", (1, 2)),
    ],
)
def test_a_range_is_the_text_without_the_white_space_around_it(text: str, columns: tuple[int, int]) -> None:
    where = text_range(split(text), 0, 0, "utf-16")
    assert (where.start.character, where.end.character) == columns


def test_blank_lines_around_the_text_are_left_out_of_its_range() -> None:
    lines = split("\n a\n\n b\n \n")
    where = text_range(lines, 0, 5, "utf-16")
    assert (where.start.line, where.start.character, where.end.line, where.end.character) == (1, 1, 3, 2)
    blank = text_range(lines, 4, 5, "utf-16")
    assert (blank.start.line, blank.end.line) == (5, 5)


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a/b%20c%C3%A9.py", Path("/a/b cé.py")),
        ("file:///a/%23%3F.py", Path("/a/#?.py")),
        ("file://localhost/a/b.py", Path("/a/b.py")),
        ("FILE://LocalHost/a/b.py", Path("/a/b.py")),
        ("untitled:Untitled-1", None),
        ("git:/a.py?ref", None),
        ("vscode-notebook-cell:/a.ipynb#W0", None),
        ("", None),
        ("no uri at all", None),
    ],
)
def test_only_file_uris_name_a_file(uri: str, path: Path | None) -> None:
    assert path_of(uri) == path
