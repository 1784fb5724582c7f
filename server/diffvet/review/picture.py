"""The changed lines that a report shows: kept while a review streams past, within bounds, and masked.

What is not kept is missing from ``changes`` and still in the ledger, so a report can say what it leaves out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from diffvet.diff.model import DiffLine, FileChange, Hunk
from diffvet.diff.patch import outline, parse
from diffvet.diff.section import FileSection
from diffvet.review.finding import Finding

KEPT_BYTES = 4 << 20
"""Bytes of diff text that are kept at most; as lines in memory they take about ten times as much."""

FILE_LINES = 10_000
"""A file of more diff lines is shown near its findings only."""

REPORT_LINES = 20_000
"""So are all files from the one on with which a report would grow beyond so many diff lines."""

NEAR = 10
"""How many lines before and after a finding are near it."""


class Picture:
    """Keeps what one review shows. ``over`` and ``changes`` are called once each, in this order."""

    def __init__(self) -> None:
        self._sections: list[FileSection] = []
        self._room = KEPT_BYTES

    def over(self, sections: Iterable[FileSection]) -> Iterator[FileSection]:
        """``sections``, unchanged; the text of those for which there is room is kept, of the others the names."""
        for section in sections:
            fits = len(section.body) <= self._room
            self._room -= len(section.body) if fits else 0
            self._sections.append(section if fits else replace(section, body=b""))
            yield section

    def changes(self, findings: Sequence[Finding]) -> tuple[FileChange, ...]:
        """What was kept, in diff order, its secrets masked.

        Of a file that is too long only hunks with ``findings`` remain, and in these the lines near them: such a
        hunk's numbers are still those of the whole.
        """
        changes = _discreet([_parsed(section) for section in self._sections])
        self._sections.clear()
        wanted: dict[str, list[Finding]] = {}
        for finding in findings:
            wanted.setdefault(finding.path, []).append(finding)
        shown: list[FileChange] = []
        room = REPORT_LINES
        for change in changes:
            lines = sum(len(hunk.lines) for hunk in change.hunks)
            whole = lines <= min(room, FILE_LINES)
            room -= lines if whole else 0
            shown.append(change if whole else _shortened(change, wanted.get(change.path, ())))
        return tuple(shown)


def _parsed(section: FileSection) -> FileChange:
    return parse(section) if section.body else outline(section)


def _discreet(changes: Sequence[FileChange]) -> Iterator[FileChange]:
    """``changes`` with stars in the place of their secrets."""
    from diffvet.review.mask import mask  # noqa: PLC0415 - 30 ms that only a report with code needs

    masked = mask(changes)
    for change, shown in zip(masked.originals, masked.changes, strict=True):
        if change is shown:
            yield change
            continue
        hunks = []
        for hunk, veiled in zip(change.hunks, shown.hunks, strict=True):
            pairs = zip(hunk.lines, veiled.lines, strict=True)
            lines = (replace(line, text=_starred(line.text, other.text)) for line, other in pairs)
            hunks.append(replace(hunk, heading=_starred(hunk.heading, veiled.heading), lines=tuple(lines)))
        yield replace(change, hunks=tuple(hunks))


def _starred(text: str, masked: str) -> str:
    """``masked`` with stars for the placeholders that are not already in ``text``, which is as long."""
    from diffvet.review.secrets.placeholder import PATTERN  # noqa: PLC0415 - see above

    if text == masked:
        return text
    return PATTERN.sub(
        lambda hit: hit[0] if text[slice(*hit.span())] == hit[0] else "*" * len(hit[0]), masked
    )


def _shortened(change: FileChange, findings: Sequence[Finding]) -> FileChange:
    hunks = []
    for hunk in change.hunks:
        near = [finding for finding in findings if _stands_in(finding, hunk)]
        if near:
            hunks.append(replace(hunk, lines=tuple(_near(hunk.lines, near))))
    return replace(change, hunks=tuple(hunks))


def _stands_in(finding: Finding, hunk: Hunk) -> bool:
    start, count = (
        (hunk.old_start, hunk.old_lines) if finding.side == "old" else (hunk.new_start, hunk.new_lines)
    )
    return start <= finding.line < start + max(count, 1)


def _near(lines: Sequence[DiffLine], findings: Sequence[Finding]) -> Iterator[DiffLine]:
    """The lines that are at most ``NEAR`` away from the first or the last line of a finding."""
    ends = {(finding.side, number) for finding in findings for number in (finding.line, finding.end_line)}
    last = -NEAR - 1
    kept = bytearray(len(lines))
    for index, line in enumerate(lines):
        if ("old", line.old) in ends or ("new", line.new) in ends:
            start = max(index - NEAR, last + 1, 0)
            last = min(index + NEAR, len(lines) - 1)
            kept[start : last + 1] = b"\1" * (last + 1 - start)
    return (line for line, wanted in zip(lines, kept, strict=True) if wanted)
