"""Where findings stand in a text that was reviewed, and where that is on the other side of the diff."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from diffvet.diff.lines import TextLines
from diffvet.diff.model import FileChange, Hunk, Side
from diffvet.diff.patch import parse
from diffvet.diff.section import FileSection
from diffvet.lsp.anchors import Anchor, Origin
from diffvet.review.finding import Finding

EMBEDDED = "embedded"
"""What findings call the reviewer that costs nothing."""


def placed(
    findings: Sequence[Finding],
    lines: Sequence[str],
    sections: Mapping[str, FileSection],
    ends: tuple[str | None, str | None],
) -> tuple[Anchor, ...]:
    """The anchors of ``findings`` in a reviewed text of LSP ``lines``; removed code stands on the nearest kept line.

    ``sections`` are those that were reviewed, by path; ``ends`` the base and head that were compared.
    """
    if not findings:
        return ()
    text = TextLines("".join(lines))
    sides = {path: Sides(parse(sections[path])) for path in {finding.path for finding in findings}}
    anchors = []
    for finding in findings:
        origin = origin_of(finding, sides[finding.path], sections[finding.path], ends)
        first, last = text.git_line_to_lsp(origin.new[0]), text.git_line_end_to_lsp(origin.new[1])
        anchors.append(Anchor.on(finding, lines, first, last, origin))
    return tuple(anchors)


def in_words_of(earlier: Iterable[Anchor], found: Iterable[Anchor]) -> tuple[Anchor, ...]:
    """``found`` by the embedded rules, where a model found the same before in the model's words: these were paid for."""
    paid = {a.finding.fingerprint: a.finding for a in earlier if a.finding.reviewer != EMBEDDED}
    return tuple(_worded(anchor, paid.get(anchor.finding.fingerprint)) for anchor in found)


def _worded(anchor: Anchor, words: Finding | None) -> Anchor:
    finding = anchor.finding
    if words is None or finding.reviewer != EMBEDDED:
        return anchor
    here = replace(words, line=finding.line, end_line=finding.end_line, code=finding.code)
    return replace(anchor, finding=here)


def origin_of(
    finding: Finding, sides: "Sides", section: FileSection, ends: tuple[str | None, str | None]
) -> Origin:
    """The lines of ``finding`` on both sides of its file's change."""
    span = finding.line, finding.end_line
    if finding.side is Side.OLD:
        kept = sides.old.of(finding.line)
        new, old = (kept, kept), span
    else:
        new, old = span, (sides.new.of(span[0]), sides.new.of(span[1]))
        old = old[0], max(old)
    old_path = None if section.status == "added" else section.old_path or section.path
    return Origin(new, old, old_path, section.old_blob, *ends)


class Sides:
    """What stands beside what in ``change``; each side is read once, when it is first asked for."""

    def __init__(self, change: FileChange) -> None:
        self._change = change

    @cached_property
    def old(self) -> "Counterparts":
        """For lines of the old side."""
        return Counterparts(self._change, Side.OLD)

    @cached_property
    def new(self) -> "Counterparts":
        """For lines of the new side."""
        return Counterparts(self._change, Side.NEW)


class Counterparts:
    """For lines of one side of a change, the nearest of the other: their own, the next one there, else the one before.

    1-based; 1 where the other side has no line. Outside of the hunks both sides are equal.
    """

    def __init__(self, change: FileChange, side: Side) -> None:
        self._starts: list[int] = []
        self._beside: list[list[int]] = []
        self._apart = [0]
        other = Side.NEW if side is Side.OLD else Side.OLD
        for hunk in change.hunks:
            own, across = hunk.old_start, hunk.new_start
            if side is Side.NEW:
                own, across = across, own
            beside = _beside(hunk, side, other, max(across, 1))
            there = sum(1 for row in hunk.lines if row.number(other) is not None)
            self._starts.append(own)
            self._beside.append(beside)
            self._apart.append(self._apart[-1] + there - len(beside))

    def of(self, line: int) -> int:
        """The line beside ``line``."""
        after = bisect_right(self._starts, line)
        if after:
            inside, beside = line - self._starts[after - 1], self._beside[after - 1]
            if inside < len(beside):
                return beside[inside]
        return max(line + self._apart[after], 1)


def _beside(hunk: Hunk, side: Side, other: Side, nothing: int) -> list[int]:
    """The line of ``other`` beside each line of ``side`` in ``hunk``; ``nothing`` where there is none at all."""
    beside: list[int] = []
    numbers = (number for row in reversed(hunk.lines) if (number := row.number(other)) is not None)
    following = next(numbers, nothing)
    for row in reversed(hunk.lines):
        following = row.number(other) or following
        if row.number(side) is not None:
            beside.append(following)
    return beside[::-1]
