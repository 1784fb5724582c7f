"""A changed file as rules look at it: its added and removed text, joined once and searched by jumping."""

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Side
from diffvet.rules.language import languages_of
from diffvet.rules.paths import Place, place_of


class SideText:
    r"""All added (or all removed) lines of one file, joined by ``\n``.

    ``spots[i]`` says where line ``i`` of the text comes from: the index of its hunk and its index in that
    hunk's lines.
    """

    def __init__(self, hunks: tuple[Hunk, ...], kind: LineKind) -> None:
        self.spots = [
            (number, position)
            for number, hunk in enumerate(hunks)
            for position, line in enumerate(hunk.lines)
            if line.kind is kind
        ]
        self.lines = [hunks[number].lines[position].text for number, position in self.spots]
        self.text = "\n".join(self.lines)

    @cached_property
    def lower(self) -> str:
        """The text in lower case, of the same length."""
        lowered = self.text.lower()
        if len(lowered) == len(self.text):
            return lowered
        return "".join(low if len(low := char.lower()) == 1 else char for char in self.text)

    @cached_property
    def starts(self) -> list[int]:
        """The offset at which each line starts, and one past the end."""
        return list(accumulate((len(line) + 1 for line in self.lines), initial=0))

    def line_at(self, offset: int) -> int:
        """The index of the line that holds ``offset``."""
        return bisect_right(self.starts, offset) - 1


class FileView:
    """One changed file, with what rules ask about it worked out when first asked."""

    def __init__(self, change: FileChange) -> None:
        self.change = change
        self.path = change.path
        self.languages = languages_of(change.path)

    @cached_property
    def place(self) -> Place:
        """The class of the path."""
        return place_of(self.path)

    @cached_property
    def added(self) -> SideText:
        """What the change adds."""
        return SideText(self.change.hunks, LineKind.ADDED)

    @cached_property
    def removed(self) -> SideText:
        """What the change takes away."""
        return SideText(self.change.hunks, LineKind.REMOVED)

    def changed(self, side: Side) -> SideText:
        """The added lines for the new side, the removed ones for the old side."""
        return self.added if side is Side.NEW else self.removed

    def line(self, spot: tuple[int, int]) -> DiffLine:
        """The diff line at ``spot`` (hunk index, index in the hunk)."""
        return self.change.hunks[spot[0]].lines[spot[1]]
