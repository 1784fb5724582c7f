"""Parts: a hunk as it travels in a prompt, whole, or in pieces that overlap when it exceeds the budget alone.

A piece shows a few lines of its neighbours around its own, so that a reviewer sees across the cut. Every line
of a hunk is *owned* by exactly one part; a finding counts only where its part owns its first line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from diffvet.dialogue.prompt import estimate_tokens
from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Side
from diffvet.review.risk import score

LABEL_TOKENS = 4
"""What the number and sign before a line cost, in tokens."""

OVERLAP = 3
"""How many lines of its neighbours a piece shows on either side, at most."""

_ROOM = 200
"""Tokens that the overlap on one side may take, at most; never more than an eighth of the budget."""


@dataclass(frozen=True, slots=True)
class Part:
    """One hunk, or one piece of a hunk that is larger than the budget.

    ``file`` counts the files of the stream, ``hunk`` the hunks of the file and ``piece`` the pieces of the
    hunk, all from 0; ``change`` is the file with this part as its only hunk; ``risk`` is ``review.risk.score``.
    ``own`` is None for a whole hunk; for a piece it is the range of ``lines`` (first index, index after the
    last) that this part answers for: the others repeat its neighbours.
    """

    file: int
    hunk: int
    change: FileChange
    tokens: int
    own: tuple[int, int] | None = None
    piece: int = 0
    risk: int = 0

    @property
    def lines(self) -> tuple[DiffLine, ...]:
        """The lines of this part, repeated ones included."""
        return self.change.hunks[0].lines

    @property
    def owned(self) -> tuple[DiffLine, ...]:
        """The lines this part answers for; each line of a hunk is in exactly one part's."""
        return self.lines if self.own is None else self.lines[slice(*self.own)]

    def owns(self, side: Side, line: int) -> bool:
        """Whether this part answers for ``line`` (1-based) of ``side``.

        Of the pieces of a hunk exactly one does, for each of its lines. A whole hunk owns everything, its
        header line too; ask a piece about exact and moved findings only, not about unplaced ones.
        """
        if self.own is None:
            return True
        rows = self.owned
        first = next((n for row in rows if (n := row.number(side)) is not None), None)
        if first is None:
            return False
        last = next(n for row in reversed(rows) if (n := row.number(side)) is not None)
        return first <= line <= last


def parts_of(change: FileChange, file: int, index: int, hunk: Hunk, budget: int) -> Iterator[Part]:
    """The parts of hunk number ``index`` of ``change``, each within ``budget`` tokens where a line allows it.

    ``change`` itself may come without hunks; it gives path and status.
    """
    whole = estimate_tokens("\n".join(line.text for line in hunk.lines)) + LABEL_TOKENS * len(hunk.lines)
    if whole <= budget:
        yield Part(file, index, replace(change, hunks=(hunk,)), whole, risk=score(change, hunk))
        return
    costs = [estimate_tokens(line.text) + LABEL_TOKENS for line in hunk.lines]
    room = min(budget // 8, _ROOM)
    old, new = _before(hunk)
    shown = 0
    for number, (start, stop) in enumerate(pairwise(_cuts(costs, budget - 2 * room))):
        head, tail = _overlap(costs, (start, stop), room)
        for line in hunk.lines[shown:head]:
            old += line.kind is not LineKind.ADDED
            new += line.kind is not LineKind.REMOVED
        shown = head
        piece = _piece(hunk, hunk.lines[head:tail], old, new)
        part = replace(change, hunks=(piece,))
        own = (start - head, stop - head)
        yield Part(file, index, part, sum(costs[head:tail]), own, number, score(change, piece))


def _cuts(costs: Sequence[int], budget: int) -> list[int]:
    """The indices between which a piece's own lines lie, no more than ``budget`` tokens where a line allows it."""
    cuts = [0]
    tokens = 0
    for index, cost in enumerate(costs):
        if index > cuts[-1] and tokens + cost > budget:
            cuts.append(index)
            tokens = 0
        tokens += cost
    return [*cuts, len(costs)]


def _overlap(costs: Sequence[int], own: tuple[int, int], room: int) -> tuple[int, int]:
    """``own`` widened by its neighbours, as far as ``room`` tokens on each side allow."""
    head, tail = own
    left = room
    while head > max(own[0] - OVERLAP, 0) and costs[head - 1] <= left:
        head -= 1
        left -= costs[head]
    left = room
    while tail < min(own[1] + OVERLAP, len(costs)) and costs[tail] <= left:
        left -= costs[tail]
        tail += 1
    return head, tail


def _before(hunk: Hunk) -> tuple[int, int]:
    """The last old and new line numbers before ``hunk`` (git's start is that very line when a count is 0)."""
    return hunk.old_start - bool(hunk.old_lines), hunk.new_start - bool(hunk.new_lines)


def _piece(hunk: Hunk, lines: Sequence[DiffLine], old: int, new: int) -> Hunk:
    """``lines`` as a hunk of their own; ``old`` and ``new`` are the last numbers before them."""
    olds = sum(line.kind is not LineKind.ADDED for line in lines)
    news = sum(line.kind is not LineKind.REMOVED for line in lines)
    return Hunk(old + bool(olds), olds, new + bool(news), news, hunk.heading, tuple(lines))
