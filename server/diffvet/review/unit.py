"""Units: the hunks that travel in one prompt.

Hunks are taken in diff order and packed under a token budget; a hunk that exceeds it alone is cut between
lines into parts. Nothing is left out: every hunk of every file is in at least one part of one unit.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from diffvet.dialogue.prompt import estimate_tokens
from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind

LABEL_TOKENS = 4
"""What the number and sign before a line cost, in tokens."""


@dataclass(frozen=True, slots=True)
class Part:
    """One hunk, or one piece of a hunk that is larger than the budget.

    ``file`` counts the files of the stream and ``hunk`` the hunks of the file, both from 0;
    ``change`` is the file with this part as its only hunk.
    """

    file: int
    hunk: int
    change: FileChange
    tokens: int

    @property
    def lines(self) -> tuple[DiffLine, ...]:
        """The lines of this part."""
        return self.change.hunks[0].lines


@dataclass(frozen=True, slots=True)
class ReviewUnit:
    """What one prompt shows: its parts, in diff order, and its estimated size without the instructions."""

    parts: tuple[Part, ...]

    @property
    def tokens(self) -> int:
        """The estimated tokens of the shown lines."""
        return sum(part.tokens for part in self.parts)

    @property
    def changes(self) -> tuple[FileChange, ...]:
        """The parts as the prompt shows them: one ``FileChange`` a file."""
        merged: dict[int, FileChange] = {}
        for part in self.parts:
            known = merged.get(part.file)
            hunks = (*known.hunks, *part.change.hunks) if known else part.change.hunks
            merged[part.file] = replace(part.change, hunks=hunks)
        return tuple(merged.values())


def parts_of(change: FileChange, file: int, index: int, hunk: Hunk, budget: int) -> Iterator[Part]:
    """The parts of hunk number ``index`` of ``change``, each within ``budget`` tokens where a line allows it.

    ``change`` itself may come without hunks; it gives path and status.
    """
    for piece, tokens in _cut(hunk, budget):
        yield Part(file, index, replace(change, hunks=(piece,)), tokens)


class Packer:
    """Fills units up to ``budget`` tokens, in order. A part that exceeds it alone is a unit of its own."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._parts: list[Part] = []
        self._tokens = 0

    def add(self, part: Part) -> Iterator[ReviewUnit]:
        """Take in ``part``; yields the unit that was full before it."""
        if self._parts and self._tokens + part.tokens > self._budget:
            yield from self.flush()
        self._parts.append(part)
        self._tokens += part.tokens

    def flush(self) -> Iterator[ReviewUnit]:
        """Yield what is left, if anything."""
        if self._parts:
            yield ReviewUnit(tuple(self._parts))
            self._parts, self._tokens = [], 0


def _cut(hunk: Hunk, budget: int) -> Iterator[tuple[Hunk, int]]:
    """``hunk`` whole if it fits, else its pieces, each with its tokens."""
    whole = estimate_tokens("\n".join(line.text for line in hunk.lines)) + LABEL_TOKENS * len(hunk.lines)
    if whole <= budget:
        yield hunk, whole
        return
    old, new = _before(hunk)
    lines: list[DiffLine] = []
    tokens = 0
    for line in hunk.lines:
        cost = estimate_tokens(line.text) + LABEL_TOKENS
        if lines and tokens + cost > budget:
            piece = _piece(hunk, lines, old, new)
            yield piece, tokens
            old, new = old + piece.old_lines, new + piece.new_lines
            lines, tokens = [], 0
        lines.append(line)
        tokens += cost
    yield _piece(hunk, lines, old, new), tokens


def _before(hunk: Hunk) -> tuple[int, int]:
    """The last old and new line numbers before ``hunk`` (git's start is that very line when a count is 0)."""
    return hunk.old_start - bool(hunk.old_lines), hunk.new_start - bool(hunk.new_lines)


def _piece(hunk: Hunk, lines: list[DiffLine], old: int, new: int) -> Hunk:
    """``lines`` as a hunk of their own; ``old`` and ``new`` are the last numbers before them."""
    olds = sum(line.kind is not LineKind.ADDED for line in lines)
    news = sum(line.kind is not LineKind.REMOVED for line in lines)
    return Hunk(old + bool(olds), olds, new + bool(news), news, hunk.heading, tuple(lines))
