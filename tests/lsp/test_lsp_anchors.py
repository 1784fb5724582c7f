"""Findings follow their lines through edits: never on another line, stale exactly while their text is gone."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side
from diffvet.lsp.anchors import Anchor, LineEdit
from diffvet.lsp.document import Document
from diffvet.review.finding import Finding, Placement

FINDING = Finding(
    fingerprint="f",
    path="f",
    side=Side.NEW,
    line=1,
    end_line=1,
    severity=Severity.INFO,
    category=Category.SECURITY,
    title="t",
    why="w",
    fix=None,
    quote=None,
    placement=Placement.EXACT,
    reviewer="embedded",
)


def standing(lines: list[str], first: int, last: int, *edits: tuple[LineEdit, list[str]]) -> object:
    anchor = Anchor.at(FINDING, lines, first, last)
    for edit, after in edits:
        anchor = anchor.edited(edit)
        lines = after
    return anchor.stands(lines)


def test_lines_put_above_move_it_and_lines_put_below_do_not() -> None:
    lines = ["a\n", "b\n", "c"]
    assert standing(lines, 1, 1, (LineEdit(1, 1, 3, above=True), ["a\n", "x\n", "y\n", "b\n", "c"])) == (3, 3)
    assert standing(lines, 1, 1, (LineEdit(0, 0, 2), ["a\n", "x\n", "b\n", "c"])) == (2, 2)
    assert standing(lines, 1, 1, (LineEdit(2, 2, 2), ["a\n", "b\n", "x\n", "c"])) == (1, 1)


def test_it_is_stale_while_its_line_reads_differently_and_back_after_undo() -> None:
    lines = ["a\n", "b\n", "c"]
    changed = (LineEdit(1, 1, 1), ["a\n", "B\n", "c"])
    assert standing(lines, 1, 1, changed) is None
    assert standing(lines, 1, 1, changed, (LineEdit(1, 1, 1), lines)) == (1, 1)


def test_it_comes_back_where_it_was_when_a_larger_replacement_is_undone() -> None:
    lines = ["a\n", "b\n", "c\n", "d"]
    gone = (LineEdit(0, 2, 1), ["x\n", "d"])
    assert standing(lines, 1, 2, gone) is None
    assert standing(lines, 1, 2, gone, (LineEdit(0, 0, 3), lines)) == (1, 2)


def test_indenting_keeps_it() -> None:
    assert standing(["a\n", "b\n"], 1, 1, (LineEdit(1, 1, 1), ["a\n", "    b  \n"])) == (1, 1)


def test_a_twin_elsewhere_is_not_taken_for_it() -> None:
    lines = ["b\n", "x\n", "b\n", ""]
    assert standing(lines, 2, 2, (LineEdit(2, 2, 1), ["b\n", "x\n", "B\n", ""])) is None


def test_lines_out_of_range_are_clamped() -> None:
    assert standing(["a\n", ""], 7, 9) == (1, 1)
    assert standing([""], 0, 0) == (0, 0)


@given(st.data(), st.integers(1, 8))
def test_through_random_edits_and_undos_it_is_on_its_own_line_or_nowhere(
    data: st.DataObject, size: int
) -> None:
    """All lines differ, so each line's text is its identity; edits are whole-line, the hardest to follow."""
    names = iter(f"line {number}\n" for number in range(10_000))
    lines = [next(names) for _ in range(size)] + [""]
    document = Document("file:///f", Path("/f"), 1, list(lines))
    anchors = {line: Anchor.at(FINDING, lines, at, at) for at, line in enumerate(lines[:-1])}
    history = [list(lines)]
    for _ in range(data.draw(st.integers(1, 12))):
        if len(history) > 1 and data.draw(st.booleans()):
            history.pop()
            change: object = types.TextDocumentContentChangeWholeDocument("".join(history[-1]))
        else:
            top = len(document.lines) - 1
            start = data.draw(st.integers(0, top))
            end = data.draw(st.integers(start, min(start + 3, top)))
            new = "".join(next(names) for _ in range(data.draw(st.integers(0, 3))))
            where = types.Range(types.Position(start, 0), types.Position(end, 0))
            change = types.TextDocumentContentChangePartial(where, new)
        edit = document.apply(change, "utf-16")
        if isinstance(change, types.TextDocumentContentChangePartial):
            history.append(list(document.lines))
        anchors = {line: anchor.edited(edit) for line, anchor in anchors.items()}
        for line, anchor in anchors.items():
            there = document.lines.index(line) if line in document.lines else None
            assert anchor.stands(document.lines) == (None if there is None else (there, there))
