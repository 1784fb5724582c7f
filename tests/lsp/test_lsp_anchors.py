"""Findings follow their lines through edits: never on another line, stale exactly while their text is gone."""

import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side
from diffvet.lsp.anchors import Anchor, LineEdit, followed
from diffvet.lsp.compare import difference
from diffvet.lsp.document import Document, split
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


def standing(lines: list[str], first: int, last: int, *edits: LineEdit) -> tuple[int, int] | None:
    [anchor] = followed([Anchor.on(FINDING, lines, first, last)], lines, edits)
    return anchor.span


ABC = ["a\n", "b\n", "c"]


def test_lines_put_above_move_it_and_lines_put_below_do_not() -> None:
    assert standing(ABC, 1, 1, LineEdit(1, 1, ("x\n", "y\n"))) == (3, 3)
    assert standing(ABC, 1, 1, LineEdit(0, 1, ("a\n", "x\n"))) == (2, 2)
    assert standing(ABC, 1, 1, LineEdit(2, 2, ("x\n",))) == (1, 1)
    assert standing(ABC, 1, 1, LineEdit(0, 1)) == (0, 0)


def test_it_is_stale_while_its_line_reads_differently_and_back_after_undo() -> None:
    changed = LineEdit(1, 2, ("B\n",))
    assert standing(ABC, 1, 1, changed) is None
    assert standing(ABC, 1, 1, changed, LineEdit(1, 2, ("b\n",))) == (1, 1)


def test_it_comes_back_where_it_was_when_a_larger_replacement_is_undone() -> None:
    lines = ["a\n", "b\n", "c\n", "d"]
    gone = LineEdit(0, 3, ("x\n",))
    assert standing(lines, 1, 2, gone) is None
    assert standing(lines, 1, 2, gone, LineEdit(0, 1, ("a\n", "b\n", "c\n"))) == (1, 2)


def test_a_line_that_is_deleted_and_put_back_is_the_finding_s_line_again() -> None:
    assert standing(ABC, 1, 1, LineEdit(1, 2)) is None
    assert standing(ABC, 1, 1, LineEdit(1, 2), LineEdit(0, 0, ("x\n",)), LineEdit(2, 2, ("b\n",))) == (2, 2)


def test_among_twins_that_are_put_back_it_takes_its_own_place() -> None:
    lines = ["x\n", "x\n", "x\n", "end"]
    back = LineEdit(0, 1, ("x\n", "x\n", "x\n"))
    assert standing(lines, 1, 1, LineEdit(0, 3, ("y\n",)), back) == (1, 1)
    assert standing(lines, 1, 1, LineEdit(0, 3, ("x\n",)), back) == (1, 1)


def test_indenting_keeps_it() -> None:
    assert standing(["a\n", "b\n"], 1, 1, LineEdit(1, 2, ("    b  \n",))) == (1, 1)


def test_a_twin_elsewhere_is_not_taken_for_it() -> None:
    assert standing(["b\n", "x\n", "b\n", ""], 2, 2, LineEdit(2, 3, ("B\n",))) is None


def test_lines_out_of_range_are_clamped() -> None:
    assert standing(["a\n", ""], 7, 9) == (1, 1)
    assert standing([""], 0, 0) == (0, 0)


LINES = st.lists(st.sampled_from(["a\n", "b\n", "\n", " a\n", "c\n"]), max_size=12)


@given(LINES, LINES)
def test_the_difference_of_two_texts_makes_one_of_the_other(old: list[str], new: list[str]) -> None:
    text = list(old)
    for edit in difference(old, new):
        text[edit.start : edit.end] = edit.new
    assert text == new


def test_a_text_given_anew_moves_each_finding_with_its_own_lines() -> None:
    lines = [f"line {number}\n" for number in range(9)]
    new = ["above\n", *lines[:4], "between\n", *lines[5:]]
    anchors = [Anchor.on(FINDING, lines, at, at) for at in range(9)]
    moved = [anchor.span for anchor in followed(anchors, lines, difference(lines, new))]
    assert moved == [(at + 1, at + 1) if at != 4 else None for at in range(9)]


def test_texts_too_different_to_compare_line_by_line_count_as_replaced() -> None:
    old, new = [f"o{number}\n" for number in range(600)], [f"n{number}\n" for number in range(600)]
    assert difference(old, new) == [LineEdit(0, 600, tuple(new))]


@dataclass(eq=False)
class Cell:
    """One character of the model's text: two that look alike are still two."""

    char: str


@dataclass
class Model:
    """A text of cells with its undo history: knows by identity where each tracked piece of text is."""

    cells: list[Cell]
    history: list[list[Cell]] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> "Model":
        return cls([Cell(char) for char in text])

    @property
    def text(self) -> str:
        return "".join(cell.char for cell in self.cells)

    def lines(self) -> list[list[Cell]]:
        """The cells of each line, white space around it left out."""
        found, at = [], 0
        for line in split(self.text):
            size = len(line)
            head = size - len(line.lstrip())
            found.append(self.cells[at + head : at + max(head, len(line.rstrip()))])
            at += size
        return found

    def splice(self, start: int, end: int, new: str) -> None:
        self.history.append(list(self.cells))
        self.cells[start:end] = [Cell(char) for char in new]

    def undo(self) -> tuple[int, int, str]:
        """Go back one step; the one splice (start, end, text) that an editor would send for it."""
        now, self.cells = self.cells, self.history.pop()
        size = min(len(now), len(self.cells))
        head = next((i for i in range(size) if now[i] is not self.cells[i]), size)
        rest = size - head
        tail = next((i for i in range(rest) if now[-1 - i] is not self.cells[-1 - i]), rest)
        return head, len(now) - tail, "".join(cell.char for cell in self.cells[head : len(self.cells) - tail])


def place(text: str, offset: int) -> types.Position:
    """The position of ``offset`` in UTF-16, counted in the plainest way."""
    lines = split(text[:offset])
    return types.Position(len(lines) - 1, len(lines[-1].encode("utf-16-le")) // 2)


PIECES = [
    "x = 1",
    "y = 2",
    "\n",
    "\n",
    "  ",
    "\t",
    "é",
    "\U0001f600",
    "",
    "if a:\n    x = 1\n",
    "x = 1\n",
    "\u2028",
    "z",
]


@dataclass(eq=False)
class Tracked:
    """A finding, the cells of its text, and how long the history was when these were first torn apart (None: whole)."""

    cells: list[list[Cell]]
    anchor: Anchor
    torn: int | None = None


class Walk:
    """Random edits and undos of a text with twins; after each, every finding must be where its text is."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - no secret
        kinds = ["x = 1\n", "y = 2\n", "if a:\n", "    x = 1\n", "\n"]
        text = "".join(self.chance.choice(kinds) for _ in range(30)) + "end"
        self.model, self.document = Model.of(text), Document("file:///f", Path("/f"), 1, split(text))
        lines = self.model.lines()
        self.tracked = []
        for at, line in enumerate(lines[:-1]):
            if line:
                size = self.chance.choice([1, 1, 2]) if lines[at + 1] else 1
                anchor = Anchor.on(FINDING, self.document.lines, at, at + size - 1)
                self.tracked.append(Tracked(lines[at : at + size], anchor))

    def edit(self) -> None:
        before = self.model.text
        start = self.chance.randint(0, len(before))
        reach = self.chance.choice([0, 0, 0, 1, 5, 20, 60]) if len(before) > 150 else 0
        end = min(len(before), start + reach)
        new = "".join(self.chance.choice(PIECES) for _ in range(self.chance.randint(0, 3)))
        self.model.splice(start, end, new)
        self.send(before, start, end, new)

    def undo(self) -> None:
        before = self.model.text
        self.send(before, *self.model.undo())

    def send(self, before: str, start: int, end: int, new: str) -> None:
        where = types.Range(place(before, start), place(before, end))
        for edit in self.document.edits(types.TextDocumentContentChangePartial(where, new), "utf-16"):
            for one in self.tracked:
                one.anchor = one.anchor.edited(edit, self.document.lines)
            self.document.replace(edit)
        assert self.document.text == self.model.text
        self.check()

    def check(self) -> None:
        lines, depth = self.model.lines(), len(self.model.history)
        texts = [line.strip() for line in self.document.lines]
        for one in self.tracked:
            size, span = len(one.cells), one.anchor.span
            own = next((at for at in range(len(lines)) if same(lines[at : at + size], one.cells)), None)
            if one.torn is not None and depth < one.torn:
                one.torn = None
            if own is None and one.torn is None:
                one.torn = depth
            if one.torn is None:
                assert span == (own, own + size - 1)
            if span is not None:
                assert texts[span[0] : span[1] + 1] == list(one.anchor.text)


def same(lines: list[list[Cell]], cells: list[list[Cell]]) -> bool:
    """Whether these are the very same characters."""
    return [[id(cell) for cell in line] for line in lines] == [[id(cell) for cell in line] for line in cells]


@pytest.mark.parametrize("seed", range(4))
def test_through_500_edits_and_undos_each_finding_is_where_its_own_characters_are_or_stale(seed: int) -> None:
    walk = Walk(seed)
    for _ in range(500):
        walk.undo() if walk.model.history and walk.chance.random() < 0.45 else walk.edit()
    while walk.model.history:
        walk.undo()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 40))
def test_undoing_everything_brings_each_finding_back(seed: int, steps: int) -> None:
    walk = Walk(seed)
    for _ in range(steps):
        walk.edit()
    while walk.model.history:
        walk.undo()
    assert all(one.anchor.span is not None for one in walk.tracked)
