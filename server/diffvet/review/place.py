"""A bullet's position in the diff, from its line numbers *and* its quote (promise 2 of the design).

If they agree the placement is ``exact``. If not, and the quote stands in one place only, it is ``moved``
there. Else it is ``unplaced``: shown on the header of the likeliest hunk and labelled so.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from diffvet.dialogue.bullets import Bullet
from diffvet.dialogue.visible import restore
from diffvet.diff.model import DiffLine, Side, Status
from diffvet.review.finding import Placement
from diffvet.review.part import Part

WINDOW = 3
"""How many lines a quote may span (the prompt asks for one to three)."""

WIDE = 20
"""A claimed range of more lines than this is narrowed to the lines of its quote."""

_WEAK = 3
"""A quote with fewer letters and digits than this proves a line only if it is the whole line."""

_SURROGATES = re.compile("[\ud800-\udfff]")
_ELLIPSIS = re.compile(r"\s*(?:\u2026|\.{3,})\s*")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding stands: 1-based inclusive lines of ``side``, and ``anchor``, their verbatim text."""

    part: Part
    side: Side
    line: int
    end_line: int
    placement: Placement
    anchor: tuple[str, ...]


def near(place: Place) -> int | None:
    """The line of the new side nearest to a place on the old one: the next that is kept, else the one before.

    None for a place on the new side, and where the file is gone.
    """
    if place.side is Side.NEW or place.part.change.status is Status.DELETED:
        return None
    rows = place.part.lines
    index = next(iter(rows_between(rows, Side.OLD, place.line, place.line)), 0)
    kept = (row.new for row in (*rows[index:], *reversed(rows[:index])) if row.new is not None)
    return next(kept, None) or place.part.change.hunks[0].new_start or None


def rows_between(lines: Sequence[DiffLine], side: Side, first: int, last: int) -> list[int]:
    """The indexes in ``lines``, of one hunk, of the lines ``first`` to ``last`` of ``side``; looks at few others."""
    found: list[int] = []
    start = next((number for row in lines if (number := row.number(side)) is not None), first)
    for index in range(
        max(0, first - start), len(lines)
    ):  # they are numbered on: none is before its distance
        number = lines[index].number(side)
        if number is not None and number > last:
            break
        if number is not None and number >= first:
            found.append(index)
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    text: str
    folded: str
    shared: bool  # a context line: it stands on both sides


@dataclass(frozen=True, slots=True)
class _Column:
    """One side of one part: consecutive numbered lines."""

    part: Part
    side: Side
    rows: tuple[_Row, ...]

    def between(self, start: int, end: int) -> tuple[_Row, ...]:
        """The rows numbered ``start`` to ``end`` that this column holds."""
        if not self.rows:
            return ()
        first = self.rows[0].number
        return self.rows[max(start - first, 0) : max(end - first + 1, 0)]


def fold(text: str) -> str:
    """``text`` as quotes are compared: white space folded, undecodable bytes as a model saw them."""
    return _SURROGATES.sub("\ufffd", " ".join(text.split()))


class Placer:
    """Places the bullets of one unit's answer."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts

    @cached_property
    def _columns(self) -> list[_Column]:
        """Both sides of all parts; most answers hold no bullet and never need them."""
        return [column for part in self._parts for column in _columns(part)]

    def place(self, bullet: Bullet) -> Place:
        """The position of ``bullet``; never fails, at worst the result is ``unplaced``."""
        columns = self._named(bullet.path)
        quote = fold(restore(bullet.quote or ""))
        if quote:
            place = self._agreed(bullet, quote, columns) or self._moved(quote, columns or self._columns)
            if place:
                return place
        return self._unplaced(bullet, columns)

    def _named(self, path: str | None) -> list[_Column]:
        """The columns of the file that ``path`` names: exactly, or as the only one that ends so."""
        if not path:
            return []
        exact = [c for c in self._columns if path in (c.part.change.path, c.part.change.old_path)]
        if exact:
            return exact
        tail = path.removeprefix("a/").removeprefix("b/").removeprefix("./").lstrip("/")
        ending = [c for c in self._columns if f"/{c.part.change.path}".endswith(f"/{tail}")]
        return ending if len({c.part.file for c in ending}) == 1 else []

    def _agreed(self, bullet: Bullet, quote: str, columns: list[_Column]) -> Place | None:
        """Where the numbers point, if the quote stands there."""
        if bullet.start is None:
            return None
        end = max(bullet.end or bullet.start, bullet.start)
        for column in columns:
            rows = column.between(bullet.start, end + WINDOW - 1)
            if column.side is not bullet.side or not rows:
                continue
            reach = _reach(quote, rows, end)
            if reach:
                first, last = reach if end - bullet.start >= WIDE else (bullet.start, max(end, reach[1]))
                return _place(column, [row for row in rows if first <= row.number <= last], Placement.EXACT)
        return None

    def _moved(self, quote: str, columns: list[_Column]) -> Place | None:
        """The only place where the quote stands, if there is just one."""
        for size in range(1, WINDOW + 1):
            found = [
                (column, rows)
                for column in columns
                for rows in _windows(column, size)
                if _stands(quote, rows)
            ]
            if len(found) == 1:
                return _place(*found[0], Placement.MOVED)
            if found:
                return None
        return None

    def _unplaced(self, bullet: Bullet, columns: list[_Column]) -> Place:
        """The header of the hunk the bullet points into, else of the file's or the unit's first."""
        candidates = columns or self._columns
        pointed = (
            c
            for c in candidates
            if c.side is bullet.side and bullet.start and c.between(bullet.start, bullet.start)
        )
        part = next(pointed, candidates[0]).part
        hunk = part.change.hunks[0]
        side = Side.NEW if hunk.new_lines else Side.OLD
        line = max(hunk.new_start if hunk.new_lines else hunk.old_start, 1)
        changed = tuple(row.text for row in part.lines if row.old is None or row.new is None)
        return Place(
            part, side, line, line, Placement.UNPLACED, (quote,) if (quote := bullet.quote) else changed
        )


def _columns(part: Part) -> Iterator[_Column]:
    for side in (Side.NEW, Side.OLD):
        rows = []
        for line in part.lines:
            number = line.number(side)
            if number is not None:
                shared = line.old is not None and line.new is not None
                rows.append(_Row(number, line.text, fold(line.text), shared))
        yield _Column(part, side, tuple(rows))


def _windows(column: _Column, size: int) -> Iterator[Sequence[_Row]]:
    """All runs of ``size`` rows; runs of context lines only are given for the new side alone."""
    for start in range(len(column.rows) - size + 1):
        rows = column.rows[start : start + size]
        if column.side is Side.NEW or not all(row.shared for row in rows):
            yield rows


def _stands(quote: str, rows: Sequence[_Row]) -> bool:
    """Whether ``quote`` stands in ``rows`` and needs all of them."""
    if len(rows) == 1:
        return _spans(quote, rows[0].folded) is not None
    span = _spans(quote, " ".join(row.folded for row in rows))
    if span is None:
        return False
    return span[0] <= len(rows[0].folded) and span[1] > sum(len(row.folded) + 1 for row in rows[:-1])


def _reach(quote: str, rows: Sequence[_Row], end: int) -> tuple[int, int] | None:
    """The first and last row of ``quote`` in ``rows``, as numbers, if it begins no later than ``end``."""
    widest = max(WINDOW, min(end - rows[0].number + 1, WIDE))
    for index, row in enumerate(rows):
        if row.number > end:
            return None
        for size in range(1, widest + 1):
            run = rows[index : index + size]
            if len(run) == size and _stands(quote, run):
                return row.number, run[-1].number
    return None


def _spans(quote: str, text: str) -> tuple[int, int] | None:
    """Start and end of ``quote`` in ``text``; an ellipsis in the quote stands for any code."""
    if _weak(quote):
        return (0, len(text)) if quote == text else None
    at = text.find(quote)
    if at >= 0:
        return at, at + len(quote)
    pieces = [piece for piece in _ELLIPSIS.split(quote) if piece]
    if len(pieces) < 1 or pieces == [quote] or all(_weak(piece) for piece in pieces):
        return None
    start = None
    position = 0
    for piece in pieces:
        at = text.find(piece, position)
        if at < 0:
            return None
        start = at if start is None else start
        position = at + len(piece)
    return (start or 0), position


def _weak(quote: str) -> bool:
    return sum(map(str.isalnum, quote)) < _WEAK


def _place(column: _Column, rows: Sequence[_Row], placement: Placement) -> Place:
    anchor = tuple(row.text for row in rows)
    return Place(column.part, column.side, rows[0].number, rows[-1].number, placement, anchor)
