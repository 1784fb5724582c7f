"""Ignore markers: ``diffvet: ignore[category] reason`` in a comment, next to the code it speaks of.

A marker names what it ignores (categories, or rule ids, which hold a dot) and says why; without either it
ignores nothing and is reported itself. It stands on a line of the finding, or alone on the line directly
above. Markers are data of the reviewed change: what they hide keeps the state ``ignored`` and is counted.
"""

from collections.abc import Iterator, Sequence

from diffvet.dialogue.bullets import Bullet
from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import DiffLine, LineKind, Side
from diffvet.review.finding import Placement
from diffvet.review.marker import Marker, known, markers
from diffvet.review.place import Place, rows_between
from diffvet.review.unit import Part

RULE = "diffvet.ignore-marker"
"""The rule id of a finding about a marker that ignores nothing."""

_CLOSERS = frozenset({"*/", "**/", "-->", "--%>", "#>", "*)", "-}", "#}", "--}}", "*@", "|#", "=#", "]#"})
"""A line that only ends the comment of the marker above it belongs to that comment."""


def ignored(place: Place, category: Category, rule: str | None) -> Marker | None:
    """The marker that hides a finding of ``category`` (and ``rule``) at ``place``; None where none does.

    A finding whose place is not known is never hidden.
    """
    if place.placement is Placement.UNPLACED:
        return None
    near = nearby(place.part.lines, place.part.change.path, place.side, place.line, place.end_line)
    return next((marker for marker in near if marker.covers(category, rule)), None)


def nearby(lines: Sequence[DiffLine], path: str, side: Side, line: int, end_line: int) -> Iterator[Marker]:
    """The markers that count for ``line`` to ``end_line`` of ``side``, in a hunk of ``path`` with these ``lines``.

    For removed lines those on the nearest new line before and after them count.
    """
    for row, above in _near(lines, side, line, end_line, path):
        yield from (marker for marker in _on(row, path) if marker.alone or not above)


def complaints(part: Part) -> tuple[Bullet, ...]:
    """A bullet for each marker on an added line of ``part`` that ignores nothing, to be placed like any other."""
    path = part.change.path
    return tuple(
        _complaint(marker, path)
        for line in part.lines
        if line.kind is LineKind.ADDED
        for marker in _on(line, path)
        if marker.problem is not None
    )


def _near(
    lines: Sequence[DiffLine], side: Side, first: int, last: int, path: str
) -> Iterator[tuple[DiffLine, bool]]:
    """The new-side lines whose markers count; True with those that count only if alone on their line."""
    within = rows_between(lines, side, first, last)
    if not within:
        return
    yield from ((lines[index], False) for index in within if lines[index].new is not None)
    above = _neighbour(lines, within[0], -1)
    if side is Side.OLD:
        for index in (above, _neighbour(lines, within[-1], 1)):
            if index is not None:
                yield lines[index], False
    if above is not None and lines[above].text.strip() in _CLOSERS:
        above = _neighbour(lines, above, -1)
    while above is not None and any(marker.alone for marker in _on(lines[above], path)):
        yield lines[above], True
        above = _neighbour(lines, above, -1)


def _neighbour(lines: Sequence[DiffLine], index: int, step: int) -> int | None:
    """The nearest line of the new side from ``index`` on, going by ``step``; removed lines are passed over."""
    index += step
    while 0 <= index < len(lines):
        if lines[index].new is not None:
            return index
        index += step
    return None


def _on(line: DiffLine, path: str) -> tuple[Marker, ...]:
    return markers(line.text, path, line.new or 0)


def _complaint(marker: Marker, path: str) -> Bullet:
    names = [name if known(name) else _closest(name) for name in marker.names]
    example = f"diffvet: ignore[{', '.join(dict.fromkeys(names)) or 'category'}] why it is safe here"
    return Bullet(
        Severity.INFO,
        Category.MAINTAINABILITY,
        marker.problem or "",
        path,
        Side.NEW,
        marker.line,
        marker.line,
        marker.text,
        "It ignores nothing until it says what is ignored and why.",
        f"Write '{example}', or delete it; the categories are {', '.join(Category)}.",
        RULE,
    )


def _closest(name: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a misspelt category

    return next(iter(get_close_matches(name.replace("_", "-"), list(Category), n=1)), "category")
