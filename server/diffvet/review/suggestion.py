"""Verified fixes: a suggested replacement is offered only if nothing speaks against it (issue 5, "Verified fixes").

It must stand on lines of the new side whose text is known exactly, stay within the hunk its reviewer was shown,
hold no placeholder of a masked secret and no invisible character, and the embedded reviewer must find nothing in
the changed hunk that it did not find before. A fix of one of its own rules must also end that finding.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from diffvet.dialogue.bullets import Bullet
from diffvet.dialogue.visible import restore
from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Side
from diffvet.expression import expression
from diffvet.review.finding import Placement
from diffvet.review.place import Place, Placer, rows_between
from diffvet.review.secrets.placeholder import is_placeholder
from diffvet.review.verdict import Stated, Verdict

Check = Callable[[FileChange], Sequence[Bullet]]
"""What the embedded reviewer says of one changed file; may take milliseconds, and must not wait for anything."""

MOST_LINES = 60
"""Lines that a suggestion may replace, or put there: longer ones are a rewrite, which nobody verifies at a glance."""

WINDOW = 20
"""Lines on each side of the replaced ones that are checked before and after; the rest would say the same twice."""

_UNSEEN = expression(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""Characters that a reader of the suggestion would not see, or that are no text."""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Verifies the suggestions of verdicts with ``check``."""

    check: Check

    def verified(self, verdict: Verdict) -> Verdict:
        """``verdict`` with each suggestion as it may be applied, or without it."""
        if all(stated.bullet.suggestion is None for stated in verdict.stated):
            return verdict
        placer = Placer(verdict.unit.parts)
        return replace(verdict, stated=tuple(self._verified(stated, placer) for stated in verdict.stated))

    def _verified(self, stated: Stated, placer: Placer) -> Stated:
        bullet = stated.bullet
        if bullet.suggestion is None:
            return stated
        lines = self._acceptable(bullet, placer.place(bullet))
        return replace(stated, bullet=replace(bullet, suggestion=lines))

    def _acceptable(self, bullet: Bullet, place: Place) -> tuple[str, ...] | None:
        meant = (bullet.end or bullet.start or 0) - (bullet.start or 0)
        if bullet.start is None or meant != place.end_line - place.line:
            return None  # it was written for other lines than those it was placed on
        lines = _fitted(tuple(restore(line) for line in bullet.suggestion or ()), place.anchor)
        if not _plausible(lines, place):
            return None
        left = Counter(map(_kind, self.check(_window(place, lines))))
        if not left:
            return lines  # whatever was found before is gone
        found = Counter(map(_kind, self.check(_window(place))))
        if left - found:
            return None
        own = (bullet.rule, bullet.category)
        if bullet.rule is not None and left[own] >= found[own] > 0:
            return None
        return lines


def unsuggested(verdict: Verdict) -> Verdict:
    """``verdict`` without any suggestion: nobody has verified them."""
    return replace(
        verdict,
        stated=tuple(replace(s, bullet=replace(s.bullet, suggestion=None)) for s in verdict.stated),
    )


def _plausible(lines: tuple[str, ...], place: Place) -> bool:
    """Whether ``lines`` may take the place of what stands at ``place``, before their effect is looked at."""
    if place.placement is Placement.UNPLACED or place.side is Side.OLD:
        return False
    span = place.end_line - place.line + 1
    if len(place.anchor) != span or max(span, len(lines)) > MOST_LINES or lines == place.anchor:
        return False
    if any(_UNSEEN.search(line.removesuffix("\r")) or is_placeholder(line) for line in lines):
        return False
    rows = place.part.lines
    ends = rows_between(rows, Side.NEW, place.end_line, place.end_line)
    return bool(ends) and not rows[ends[0]].no_newline  # whether its end gets a newline is not ours to decide


def _fitted(lines: tuple[str, ...], anchor: Sequence[str]) -> tuple[str, ...]:
    """``lines`` with the indentation and line ends of the code they replace.

    Models lose or add indentation as a whole; the first line tells by how much.
    """
    lines = tuple(line.removesuffix("\r") for line in lines)
    if not lines or not anchor:
        return lines
    wanted, given = _indent(anchor[0]), _indent(lines[0])
    if wanted != given and all(line.startswith(given) or not line.strip() for line in lines):
        lines = tuple(wanted + line[len(given) :] if line.strip() else line for line in lines)
    end = "\r" if all(line.endswith("\r") for line in anchor) else ""
    return tuple(line + end for line in lines)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _window(place: Place, lines: tuple[str, ...] | None = None) -> FileChange:
    """The change around ``place``, with ``lines`` in it where they are given."""
    rows = place.part.lines
    inside = rows_between(rows, Side.NEW, place.line, place.end_line)
    first, last = inside[0], inside[-1]
    low, high = max(first - WINDOW, 0), min(last + 1 + WINDOW, len(rows))
    if lines is None:
        shown = list(rows[low:high])
    else:
        kept = [_dropped(row) for row in rows[first : last + 1]]
        put = [DiffLine(LineKind.ADDED, None, None, line) for line in lines]
        shown = [*rows[low:first], *(row for row in kept if row is not None), *put, *rows[last + 1 : high]]
    return replace(place.part.change, hunks=(_renumbered(place.part.change.hunks[0], shown),))


def _dropped(row: DiffLine) -> DiffLine | None:
    """What is left of ``row`` when the new side loses it: a removed line, where it was there before."""
    return None if row.old is None else replace(row, kind=LineKind.REMOVED, new=None)


def _renumbered(hunk: Hunk, rows: Sequence[DiffLine]) -> Hunk:
    """``rows`` as a hunk that begins where ``hunk`` does; numbers only have to fit each other."""
    old, new = hunk.old_start, hunk.new_start
    numbered: list[DiffLine] = []
    for row in rows:
        here = replace(
            row,
            old=None if row.kind is LineKind.ADDED else old,
            new=None if row.kind is LineKind.REMOVED else new,
        )
        old += here.old is not None
        new += here.new is not None
        numbered.append(here)
    return Hunk(
        hunk.old_start,
        old - hunk.old_start,
        hunk.new_start,
        new - hunk.new_start,
        hunk.heading,
        tuple(numbered),
    )


def _kind(bullet: Bullet) -> tuple[str | None, object]:
    return bullet.rule, bullet.category
