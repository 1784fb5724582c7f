"""Findings follow their lines through edits: never on another line, stale exactly while their text is gone."""

import random
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.lines import Encoding
from diffvet.diff.model import Side
from diffvet.lsp.anchors import Anchor, LineEdit
from diffvet.lsp.compare import difference
from diffvet.lsp.document import Document, split
from diffvet.lsp.following import followed
from diffvet.lsp.reviewed import ReviewedFile
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
    assert standing(lines, 2, 2, LineEdit(0, 3, ("y\n",)), back) == (2, 2)


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


UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def place(text: str, offset: int, encoding: Encoding) -> types.Position:
    """The position of ``offset``, counted in the plainest way."""
    lines, (codec, size) = split(text[:offset]), UNITS[encoding]
    return types.Position(len(lines) - 1, len(lines[-1].encode(codec)) // size)


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

    name: str
    cells: list[list[Cell]]
    torn: int | None = None


class Walk:
    """Random edits and undos of a text with twins; after each, every finding must be where its text is."""

    def __init__(self, seed: int, encoding: Encoding = "utf-16") -> None:
        self.chance = random.Random(seed)  # noqa: S311 - no secret
        self.encoding = encoding
        end = self.chance.choice(["\n", "\r\n", "\r"])
        kinds = ["x = 1\n", "y = 2\n", "if a:\n", "    x = 1\n", "\n", "\f\n", "é = '\U0001f600\u2028'\n"]
        text = "".join(self.chance.choice(kinds) for _ in range(30)).replace("\n", end) + "end"
        self.model = Model.of(text)
        self.file = ReviewedFile(Document("file:///f", Path("/f"), 1, split(text)))
        lines, anchors = self.model.lines(), []
        self.tracked = []
        for at, line in enumerate(lines[:-1]):
            if line:
                size = self.chance.choice([1, 1, 2]) if lines[at + 1] else 1
                finding = replace(FINDING, fingerprint=str(at))
                anchors.append(Anchor.on(finding, self.file.document.lines, at, at + size - 1))
                self.tracked.append(Tracked(str(at), lines[at : at + size]))
        self.file.anchors = tuple(anchors)

    def edit(self) -> None:
        before = self.model.text
        start = self.chance.randint(0, len(before))
        end = min(len(before), start + self.chance.choice([0, 0, 0, 1, 5, 20, 60]))
        new = "".join(self.chance.choice(PIECES) for _ in range(self.chance.randint(0, 3)))
        self.model.splice(start, end, new)
        self.send(before, start, end, new)

    def undo(self) -> None:
        before = self.model.text
        self.send(before, *self.model.undo())

    def retype(self) -> None:
        """Change something and put it back by hand: no undo of the editor's, but the same text."""
        before, whole = self.model.text, [one for one in self.tracked if one.torn is None]
        spans = self.spans()
        self.edit()
        start, end, new = self.model.undo()
        now = self.file.document.text
        self.send(now, start, end, new)
        assert self.model.text == before
        for one in whole:
            assert self.spans()[one.name] == spans[one.name]

    def send(self, before: str, start: int, end: int, new: str) -> None:
        if before[start - 1 : start + 1] == "\r\n":  # no editor can put its cursor there
            start, new = start - 1, "\r" + new
        if before[end - 1 : end + 1] == "\r\n":
            end, new = end + 1, new + "\n"
        where = types.Range(place(before, start, self.encoding), place(before, end, self.encoding))
        change = types.TextDocumentContentChangePartial(where, new)
        self.file.change(self.file.document.edits(change, self.encoding))
        assert self.file.document.text == self.model.text
        self.check()

    def spans(self) -> dict[str, tuple[int, int] | None]:
        return {anchor.finding.fingerprint: anchor.span for anchor in self.file.anchors}

    def check(self) -> None:
        lines, depth = self.model.lines(), len(self.model.history)
        texts = [line.strip() for line in self.file.document.lines]
        places = {cell: at for at, line in enumerate(lines) for cell in line}
        own: dict[str, int | None] = {}
        for one in self.tracked:
            at = places.get(one.cells[0][0], -1)
            own[one.name] = at if at >= 0 and same(lines[at : at + len(one.cells)], one.cells) else None
            if one.torn is not None and depth < one.torn:
                one.torn = None
            if own[one.name] is None and one.torn is None:
                one.torn = depth
        taken = {
            (at, at + len(one.cells) - 1)
            for one in self.tracked
            if one.torn is None and (at := own[one.name]) is not None
        }
        spans = self.spans()
        for one, anchor in zip(self.tracked, self.file.anchors, strict=True):
            span = spans[one.name]
            if one.torn is None:
                at = own[one.name]
                assert at is not None
                assert span == (at, at + len(one.cells) - 1)
            elif span is not None:
                assert texts[span[0] : span[1] + 1] == list(anchor.text)
                assert span not in taken, "it stands on the line of another that was never touched"


def same(lines: list[list[Cell]], cells: list[list[Cell]]) -> bool:
    """Whether these are the very same characters."""
    return [[id(cell) for cell in line] for line in lines] == [[id(cell) for cell in line] for line in cells]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("seed", range(4))
def test_through_500_edits_and_undos_each_finding_is_where_its_own_characters_are_or_stale(
    seed: int, encoding: Encoding
) -> None:
    walk = Walk(seed, encoding)
    for _ in range(500):
        step = walk.chance.random()
        if step < 0.4 and walk.model.history:
            walk.undo()
        elif step < 0.5:
            walk.retype()
        else:
            walk.edit()
    while walk.model.history:
        walk.undo()
    assert all(walk.spans().values())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 40))
def test_undoing_everything_brings_each_finding_back(seed: int, steps: int) -> None:
    walk = Walk(seed)
    for _ in range(steps):
        walk.edit()
    while walk.model.history:
        walk.undo()
    assert all(walk.spans().values())


@given(LINES, st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3), LINES), max_size=6))
def test_the_mark_of_a_text_is_that_of_the_same_text_however_it_came(
    lines: list[str], edits: list[tuple[int, int, list[str]]]
) -> None:
    document = Document("file:///f", Path("/f"), 1, list(lines) or [""])
    assert document.mark
    for at, size, new in edits:
        start = min(at, len(document.lines))
        document.replace(LineEdit(start, min(start + size, len(document.lines)), tuple(new)))
    assert document.mark == Document("file:///f", Path("/f"), 1, list(document.lines)).mark
