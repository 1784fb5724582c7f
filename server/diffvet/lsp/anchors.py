"""Where a finding stands while the document under it is edited.

An anchor knows the text of its lines and the stretch of the document in which that text must be found.
Edits above move the stretch, edits inside it widen it to what was replaced; the finding lives exactly as
long as its text stands there. So it moves with its lines, is stale while they read differently, and comes
back when the edit is undone. Lines are 0-based LSP lines; texts are compared without surrounding white
space, as fingerprints are, so that re-indenting keeps a finding.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from diffvet.review.finding import Finding


@dataclass(frozen=True, slots=True)
class LineEdit:
    """Lines ``start``..``end`` (inclusive) became ``lines`` lines (at least one).

    ``above`` is True when whole lines were put before ``start`` and nothing else happened.
    """

    start: int
    end: int
    lines: int
    above: bool = False

    @property
    def shift(self) -> int:
        """By how many lines everything below ``end`` moved."""
        return self.lines - (self.end - self.start + 1)


@dataclass(frozen=True, slots=True)
class Anchor:
    """``finding`` stands where ``text`` is found between lines ``low`` and ``high`` (inclusive)."""

    finding: Finding
    text: tuple[str, ...]
    low: int
    high: int

    @classmethod
    def at(cls, finding: Finding, lines: Sequence[str], first: int, last: int) -> "Anchor":
        """``finding`` on ``first``..``last`` of a document of ``lines``; both are clamped into it."""
        last = max(0, min(last, len(lines) - 1))
        first = max(0, min(first, last))
        return cls(finding, tuple(line.strip() for line in lines[first : last + 1]), first, last)

    def edited(self, edit: LineEdit) -> "Anchor":
        """The anchor after ``edit``."""
        if edit.start > self.high:
            return self
        if edit.end < self.low or (edit.above and edit.start == self.low):
            return replace(self, low=self.low + edit.shift, high=self.high + edit.shift)
        return replace(self, low=min(self.low, edit.start), high=max(self.high, edit.end) + edit.shift)

    def stands(self, lines: Sequence[str]) -> tuple[int, int] | None:
        """The first and last line of its text in a document of ``lines``, None while it is stale."""
        size = len(self.text)
        for first in range(self.low, min(self.high + 1, len(lines)) - size + 1):
            if all(lines[first + i].strip() == text for i, text in enumerate(self.text)):
                return first, first + size - 1
        return None
