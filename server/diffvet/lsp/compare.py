"""Which lines of one text became which of another, where nobody tells: a whole new text, a file read again."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from diffvet.lsp.anchors import LineEdit

MOST = 250_000
"""Pairs of lines that are compared one by one; what is larger counts as replaced in one piece."""


def shared(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many lines (or characters of a line) both have in common at the beginning, and of the rest at the end."""
    size = min(len(old), len(new))
    before = next((at for at in range(size) if old[at] != new[at]), size)
    rest = size - before
    return before, next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)


def difference(old: Sequence[str], new: Sequence[str]) -> list[LineEdit]:
    """The edits that make ``new`` of ``old``, from the last to the first, so that each finds its lines in place."""
    before, after = shared(old, new)
    gone, come = old[before : len(old) - after], new[before : len(new) - after]
    if not gone and not come:
        return []
    if not gone or not come or len(gone) * len(come) > MOST:
        return [LineEdit(before, before + len(gone), tuple(come))]
    steps = SequenceMatcher(None, gone, come, autojunk=False).get_opcodes()
    return [
        LineEdit(before + i1, before + i2, tuple(come[j1:j2]))
        for tag, i1, i2, j1, j2 in reversed(steps)
        if tag != "equal"
    ]
