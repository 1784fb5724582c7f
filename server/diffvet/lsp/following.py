"""Findings follow one change of a document: its edits one by one, then those whose lines were carried elsewhere.

Lines are carried by taking them away and putting them in somewhere else, in either order within one change (an editor moves a
line so), or in a later one (cut and paste). Only lines that a change put in count: a twin that stood there before is
another's.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from diffvet.diff.model import Side
from diffvet.lsp.anchors import Anchor, LineEdit
from diffvet.review.finding import Placement

TELLING = 5
"""Characters without white space from which on a text tells where it was carried; ``}`` and ``else`` stand anywhere."""


TWINS = 32
"""Places of one text that are weighed against each other."""

MOST = 100
"""Stretches in one change from which on nobody carried lines: all cursors of an editor, or a formatter, put in lines."""


class Put:
    """The lines that the edits of one change put in where there were none: as they are counted after the last edit."""

    def __init__(self) -> None:
        self._stretches: list[tuple[int, int]] = []
        self._many = False

    def edited(self, edit: LineEdit) -> None:
        """``edit`` is the next one of the change."""
        if self._many:
            return
        left = [(low, min(high, edit.start)) for low, high in self._stretches]
        right = [(max(low, edit.end) + edit.shift, high + edit.shift) for low, high in self._stretches]
        new = [(edit.start, edit.start + len(edit.new))] if edit.start == edit.end else []
        self._stretches = [(low, high) for low, high in (*left, *right, *new) if low < high]
        self._many = len(self._stretches) > MOST

    def carried(self, anchors: tuple[Anchor, ...], lines: Sequence[str]) -> tuple[Anchor, ...]:
        """``anchors`` on ``lines`` after the change: those that lost their lines stand where these were put in."""
        if self._many or not self._stretches or all(anchor.at is not None for anchor in anchors):
            return anchors
        places = self._places(lines)
        taken: set[object] = {_place(anchor, anchor.at) for anchor in anchors if anchor.at is not None}
        moved = []
        for anchor in anchors:
            free = [*islice(self._free(anchor, lines, places, taken), TWINS)] if _is_carried(anchor) else []
            if free:
                anchor = anchor.again(lines, free)  # noqa: PLW2901 - the anchor that it is now
                taken.add(_place(anchor, anchor.at))
            moved.append(anchor)
        return tuple(moved)

    def _free(
        self, anchor: Anchor, lines: Sequence[str], places: dict[str, list[int]], taken: set[object]
    ) -> Iterator[int]:
        """Where the text of ``anchor`` was put in and nobody stands."""
        for at in places.get(anchor.text[0], ()):
            if (
                _place(anchor, at) not in taken
                and self._holds(at, len(anchor.text))
                and anchor.reads(lines, at)
            ):
                yield at

    def _places(self, lines: Sequence[str]) -> dict[str, list[int]]:
        """Where each line that was put in is read."""
        found: dict[str, list[int]] = {}
        for low, high in sorted(self._stretches):
            for at in range(low, min(high, len(lines))):
                found.setdefault(lines[at].strip(), []).append(at)
        return found

    def _holds(self, at: int, size: int) -> bool:
        return any(low <= at and at + size <= high for low, high in self._stretches)


def _is_carried(anchor: Anchor) -> bool:
    """Whether its text stands for itself, wherever it is: removed code and what has no place do not stand on their own lines."""
    finding = anchor.finding
    own = finding.side is Side.NEW and finding.placement is not Placement.UNPLACED
    return own and anchor.was_cut and any(len("".join(line.split())) >= TELLING for line in anchor.text)


def _place(anchor: Anchor, at: int | None) -> object:
    """What only one finding of a kind may claim."""
    return at, anchor.text, anchor.finding.rule or anchor.finding.category.value


def followed(
    anchors: Iterable[Anchor], lines: Sequence[str], edits: Iterable[LineEdit]
) -> tuple[Anchor, ...]:
    """``anchors`` on a document of ``lines`` after the ``edits`` of one change, made one after the other."""
    moved, text, put = tuple(anchors), list(lines), Put()
    for edit in edits:
        moved = tuple(anchor.edited(edit, text) for anchor in moved)
        text[edit.start : edit.end] = edit.new
        put.edited(edit)
    return put.carried(moved, text)
