"""Units: the parts that travel in one prompt.

Parts are read in diff order into a window of bounded size, and leave it riskiest first, together with those
they are related to (``review.related``), then with their neighbours in the diff, while the budget lasts.
Nothing is left out: every part that is added is in exactly one unit.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from diffvet.diff.model import FileChange
from diffvet.review.part import LABEL_TOKENS, Part, parts_of
from diffvet.review.related import related

__all__ = ["LABEL_TOKENS", "WINDOW", "Packer", "Part", "ReviewUnit", "parts_of"]

WINDOW = 200_000
"""Estimated tokens (some half a megabyte of text) that wait at a time.

The riskiest can go first, and what is shown to be a secret further down is masked in all of them.
"""

_BAND = 16
"""Risks are compared in steps of this size: within one, files stay in diff order beside their neighbours."""

_AHEAD = 64
"""How many groups are tried for the room that is left in a unit."""


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


class Packer:
    """Fills units up to ``budget`` tokens. A part that exceeds it alone is a unit of its own.

    At most ``window`` tokens (twice the budget if that is more) and one part wait at a time.
    """

    def __init__(self, budget: int, window: int = WINDOW) -> None:
        self._budget = budget
        self._window = max(window, 2 * budget)
        self._waiting: list[Part] = []
        self._tokens = 0

    def add(self, part: Part) -> Iterator[ReviewUnit]:
        """Take in ``part``; yields units when the window is full, and only then."""
        self._waiting.append(part)
        self._tokens += part.tokens
        if self._tokens > self._window:
            yield from self._leave(self._window // 2)

    def flush(self) -> Iterator[ReviewUnit]:
        """Yield all that is left."""
        yield from self._leave(0)

    def _leave(self, keep: int) -> Iterator[ReviewUnit]:
        """The riskiest units, until no more than ``keep`` tokens wait."""
        groups = _groups(self._waiting)
        while groups and (self._tokens > keep or not keep):
            unit = _Filling(self._budget)
            first = groups[0] if _size(groups[0]) <= self._budget else sorted(groups[0], key=_risky)
            rest = [part for part in first if not unit.take([part])]
            if rest:
                groups[0] = rest
            else:
                groups[:_AHEAD] = _filled(unit, groups[0][0], groups[1:_AHEAD])
            self._tokens -= unit.tokens
            self._waiting = [part for group in groups for part in group]
            yield ReviewUnit(tuple(sorted(unit.parts, key=_position)))


class _Filling:
    """A unit that is being filled."""

    def __init__(self, budget: int) -> None:
        self.parts: list[Part] = []
        self.tokens = 0
        self._budget = budget
        self._cut: set[tuple[int, int]] = set()

    def take(self, parts: list[Part]) -> bool:
        """Take ``parts`` if they all fit; two pieces of one hunk never do, they may repeat each other."""
        size = _size(parts)
        if self.parts and self.tokens + size > self._budget:
            return False
        cut = [(part.file, part.hunk) for part in parts if part.own is not None]
        pieces = set(cut)
        if len(pieces) < len(cut) or not self._cut.isdisjoint(pieces):
            return False
        self._cut |= pieces
        self.parts += parts
        self.tokens += size
        return True


def _filled(unit: _Filling, seed: Part, groups: list[list[Part]]) -> list[list[Part]]:
    """Give ``unit`` those of ``groups`` that fit whole, the seed's directory first; what is left, in order."""
    home = _directory(seed)
    taken = {
        id(group)
        for group in sorted(groups, key=lambda members: _directory(members[0]) != home)
        if unit.take(group)
    }
    return [group for group in groups if id(group) not in taken]


def _groups(parts: Iterable[Part]) -> list[list[Part]]:
    """``parts`` with those they are related to, each group in diff order, the riskiest group first."""
    ordered = sorted(parts, key=_position)
    group = related({part.file: part.change.path for part in ordered})
    found: dict[int, list[Part]] = {}
    for part in ordered:
        found.setdefault(group[part.file], []).append(part)
    return sorted(found.values(), key=lambda members: -max(part.risk // _BAND for part in members))


def _size(parts: Iterable[Part]) -> int:
    return sum(part.tokens for part in parts)


def _directory(part: Part) -> str:
    return part.change.path.rpartition("/")[0]


def _position(part: Part) -> tuple[int, int, int]:
    return part.file, part.hunk, part.piece


def _risky(part: Part) -> tuple[int, int, int, int]:
    return (-(part.risk // _BAND), *_position(part))
