"""The lines around a changed line, on one side of its hunk: what encloses it, what stands near it."""

import re
from collections.abc import Iterator

from diffvet.diff.model import Hunk, LineKind, Side

_OTHER = {Side.NEW: LineKind.REMOVED, Side.OLD: LineKind.ADDED}


FARTHEST = 400
"""Lines that are looked back for what encloses one; keeps a flat file of many hits linear."""


def indent_of(text: str) -> int:
    """The width of the leading white space (a tab counts as four)."""
    expanded = text.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())


def side_lines(hunk: Hunk, side: Side) -> list[int]:
    """The indices of the hunk's lines that exist on ``side``."""
    other = _OTHER[side]
    return [index for index, line in enumerate(hunk.lines) if line.kind is not other]


def enclosing(hunk: Hunk, position: int, side: Side) -> Iterator[int]:
    """Indices of the lines that enclose line ``position`` by indentation, innermost first."""
    other = _OTHER[side]
    text = hunk.lines[position].text
    width = indent_of(text) + (1 if text.lstrip().startswith("- ") else 0)
    for index in range(position - 1, max(-1, position - 1 - FARTHEST), -1):
        line = hunk.lines[index]
        if line.kind is other or not line.text.strip():
            continue
        if (inner := indent_of(line.text)) < width:
            yield index
            width = inner
            if not width:
                return


def is_under(hunk: Hunk, position: int, side: Side, pattern: str) -> bool:
    """Whether the line, or one that encloses it, fits ``pattern``."""
    search = re.compile(pattern).search
    return bool(search(hunk.lines[position].text)) or any(
        search(hunk.lines[index].text) for index in enclosing(hunk, position, side)
    )


def is_near(hunk: Hunk, position: int, side: Side, pattern: str, reach: int) -> bool:
    """Whether ``pattern`` is found in another line at most ``reach`` lines of that side away."""
    search = re.compile(pattern).search
    other = _OTHER[side]
    for step in (-1, 1):
        left, index = reach, position + step
        while left and 0 <= index < len(hunk.lines):
            line = hunk.lines[index]
            if line.kind is not other:
                if search(line.text[:2000]):
                    return True
                left -= 1
            index += step
    return False
