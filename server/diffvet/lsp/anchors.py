"""Where a finding stands while the document under it is edited.

An anchor knows the text of its lines and where they are. Edits above move it; one that touches its lines
leaves a stretch in which the text must be found again: at once, or when it is put back. So a finding moves
with its lines, is stale while they read differently, and comes back (``trail.py`` sees to undone edits). Lines are 0-based LSP lines; texts are
compared without surrounding white space, as fingerprints are, so that re-indenting keeps a finding.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Self, overload

from diffvet.review.finding import Finding


@dataclass(frozen=True, slots=True)
class LineEdit:
    """The lines from ``start`` up to, not including, ``end`` became ``new`` (with their line ends)."""

    start: int
    end: int
    new: tuple[str, ...] = ()

    @property
    def shift(self) -> int:
        """By how many lines everything from ``end`` on moved."""
        return len(self.new) - (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Origin:
    """The two sides of the diff a finding was made on: 1-based git lines, inclusive.

    ``old`` are its lines on the old side, or those it stands beside; ``old_path`` and ``old_blob`` name that side's
    file (None where there is none); ``base`` and ``head`` are what was compared, as object names.
    """

    new: tuple[int, int]
    old: tuple[int, int]
    old_path: str | None = None
    old_blob: str | None = None
    base: str | None = None
    head: str | None = None


CONTEXT = 8
"""Lines on either side that tell a finding's text from its twins."""


class _After(Sequence[str]):
    """A document of ``lines`` as it will be after ``edit``, not made yet."""

    def __init__(self, lines: Sequence[str], edit: LineEdit) -> None:
        self._lines = lines
        self._edit = edit

    def __len__(self) -> int:
        return len(self._lines) + self._edit.shift

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self[index] for index in range(*at.indices(len(self)))]
        inside = at - self._edit.start
        if inside < 0:
            return self._lines[at]
        return self._edit.new[inside] if inside < len(self._edit.new) else self._lines[at - self._edit.shift]


@dataclass(frozen=True, slots=True)
class _Tear:
    """Where a text was torn: it belongs between ``low`` and ``high`` (half open), all that edits replaced there.

    ``above`` and ``below`` are the lines it stood between: these tell it from its twins when it is found again.
    ``bare`` is whether at some time nothing was left of it, as when it is cut to be pasted elsewhere.
    """

    low: int
    high: int
    above: tuple[str | None, ...]
    below: tuple[str | None, ...]
    bare: bool = False

    def edited(self, edit: LineEdit) -> Self:
        """The tear after ``edit``: moved, or widened. Lines put at its border may be those that were taken away."""
        if edit.end < self.low or edit.start < edit.end == self.low:
            return replace(self, low=self.low + edit.shift, high=self.high + edit.shift)
        if edit.start > self.high or self.high == edit.start < edit.end:
            return self
        low, high = min(self.low, edit.start), max(self.high, edit.end) + edit.shift
        return replace(self, low=low, high=high, bare=self.bare or low == high)

    def alike(self, lines: Sequence[str], at: int, size: int) -> int:
        """How many of the lines around a place are those it stood between, up to the first that is not."""
        above = _alike(_above(lines, at), self.above)
        return above + _alike(_below(lines, at + size), self.below)


@dataclass(frozen=True, slots=True)
class Anchor:
    """``finding`` stands on the lines from ``at`` on, which read ``text``; ``at`` is None while it is stale.

    ``tear`` is where its lines were, while they read differently. ``name`` tells it from all others of its document, also
    in later reviews (``trail.py``): a fingerprint counts twins, so it may name another line then.
    """

    finding: Finding
    text: tuple[str, ...]
    at: int | None
    tear: _Tear | None = None
    origin: Origin | None = None
    name: str = ""

    @classmethod
    def on(
        cls, finding: Finding, lines: Sequence[str], first: int, last: int, origin: Origin | None = None
    ) -> Self:
        """``finding`` on ``first``..``last`` of a document of ``lines``; both are clamped into it."""
        last = max(0, min(last, len(lines) - 1))
        first = max(0, min(first, last))
        return cls(finding, _read(lines, first, last + 1), first, None, origin, finding.fingerprint)

    @property
    def was_cut(self) -> bool:
        """Whether it is stale because its lines were taken away, not because they were rewritten."""
        return self.at is None and self.tear is not None and self.tear.bare

    @property
    def span(self) -> tuple[int, int] | None:
        """The first and the last line, None while it is stale."""
        return None if self.at is None else (self.at, self.at + len(self.text) - 1)

    def stands(self, lines: Sequence[str]) -> bool:
        """Whether ``lines`` read as it says, where it says."""
        return self.at is not None and self.reads(lines, self.at)

    def reads(self, lines: Sequence[str], at: int) -> bool:
        """Whether its text is read in ``lines`` from ``at`` on."""
        return _read(lines, at, at + len(self.text)) == self.text

    def again(self, lines: Sequence[str], places: Iterable[int]) -> Self:
        """It stands again, on that of ``places`` which lies between its old lines; the first if none does."""
        tear, size = self.tear, len(self.text)
        best = max(places, key=lambda at: tear.alike(lines, at, size) if tear else 0)
        return replace(self, at=best, tear=None)

    def edited(self, edit: LineEdit, lines: Sequence[str]) -> "Anchor":
        """The anchor after ``edit`` of a document that reads ``lines`` until then."""
        if self.at is None:
            return _mended(self, self.tear, edit, lines)
        end = self.at + len(self.text)
        if edit.start >= end:
            return self
        if edit.end <= self.at:
            if not edit.shift:
                return self
            # ``replace`` takes twice as long, and a file may have thousands of anchors
            return Anchor(self.finding, self.text, self.at + edit.shift, None, self.origin, self.name)
        if not edit.shift and _read(_After(lines, edit), self.at, end) == self.text:
            return self
        torn = _Tear(self.at, end, _above(lines, self.at), _below(lines, end))
        return _mended(self, torn, edit, lines)


def _mended(anchor: Anchor, tear: _Tear | None, edit: LineEdit, lines: Sequence[str]) -> Anchor:
    """``anchor`` after ``edit`` of ``lines``: where its text stands in ``tear``, between its old lines if there are several."""
    if tear is None:
        return anchor
    after, tear = _After(lines, edit), tear.edited(edit)
    places = _places(anchor, after, tear)
    if not places:
        return replace(anchor, at=None, tear=tear)
    return replace(anchor, tear=tear).again(after, places)


def _places(anchor: Anchor, lines: Sequence[str], tear: _Tear) -> list[int]:
    """Where the text of ``anchor`` is read in ``tear``."""
    size, first = len(anchor.text), anchor.text[0]
    places = range(tear.low, min(tear.high, len(lines)) - size + 1)
    return [at for at in places if lines[at].strip() == first and anchor.reads(lines, at)]


def _read(lines: Sequence[str], start: int, end: int) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines[start:end])


def _above(lines: Sequence[str], at: int) -> tuple[str | None, ...]:
    """The lines before ``at``, the nearest first; None beyond the beginning."""
    return tuple(lines[i].strip() if i >= 0 else None for i in range(at - 1, at - 1 - CONTEXT, -1))


def _below(lines: Sequence[str], at: int) -> tuple[str | None, ...]:
    """The lines from ``at`` on; None beyond the end."""
    return tuple(lines[i].strip() if i < len(lines) else None for i in range(at, at + CONTEXT))


def _alike(one: Iterable[str | None], other: Iterable[str | None]) -> int:
    """How many lines are equal before the first that is not."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
