"""The texts of a change as the detectors read them, and the way back into the change."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from diffvet.diff.model import DiffLine, FileChange, LineKind, Side
from diffvet.review.secrets.secret import Secret, Value
from diffvet.review.secrets.span import Span


class _Row(NamedTuple):
    """A line of the sheet: where it begins, its hunk and line (None: the heading, or a file name)."""

    start: int
    hunk: int | None
    line: DiffLine | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One text of change number ``change``: all its lines and headings in diff order, or one of its names."""

    change: int
    path: str
    text: str
    rows: tuple[_Row, ...]
    is_name: bool

    def secret(self, span: Span, shown: str, *, echo: bool) -> Secret:
        """What stands at ``span``, shown as the placeholder ``shown``."""
        row = self.rows[bisect_right(self.rows, span.start, key=lambda each: each.start) - 1]
        line = row.line
        side = Side.OLD if line is not None and line.kind is LineKind.REMOVED else Side.NEW
        return Secret(
            kind=span.kind,
            path=self.path,
            side=side,
            line=None if line is None else line.number(side),
            start=span.start - row.start,
            end=span.end - row.start,
            value=Value(self.text[span.start : span.end]),
            placeholder=shown,
            change=self.change,
            hunk=row.hunk,
            added=line is not None and line.kind is LineKind.ADDED,
            echo=echo,
        )

    def rewritten(self, change: FileChange, text: str) -> FileChange:
        """``change`` with ``text``, of the same length, in the place of this sheet's."""
        if self.is_name:
            path = text if change.path == self.text else change.path
            old_path = text if change.old_path == self.text else change.old_path
            return replace(change, path=path, old_path=old_path)
        rows = iter(self.rows)
        hunks = []
        for hunk in change.hunks:
            heading = _shown(text, next(rows).start, hunk.heading)
            lines = []
            for line in hunk.lines:
                shown = _shown(text, next(rows).start, line.text)
                lines.append(line if shown == line.text else replace(line, text=shown))
            hunks.append(replace(hunk, heading=heading, lines=tuple(lines)))
        return replace(change, hunks=tuple(hunks))


def sheets_of(number: int, change: FileChange) -> Iterator[Sheet]:
    """The sheets of ``change``, which is number ``number`` of its kind: its names, then its content."""
    for name in dict.fromkeys((change.path, change.old_path)):
        if name:
            yield Sheet(number, change.path, name, (_Row(0, None, None),), is_name=True)
    if change.hunks:
        yield _content(number, change)


def replaced(text: str, spots: Sequence[tuple[Span, str]]) -> str:
    """``text`` with each span replaced by its string; the spans are in order and do not overlap."""
    pieces: list[str] = []
    at = 0
    for span, shown in spots:
        pieces += (text[at : span.start], shown)
        at = span.end
    return "".join((*pieces, text[at:]))


def _content(number: int, change: FileChange) -> Sheet:
    rows: list[_Row] = []
    texts: list[str] = []
    at = 0
    for index, hunk in enumerate(change.hunks):
        for line, text in ((None, hunk.heading), *((line, line.text) for line in hunk.lines)):
            rows.append(_Row(at, index, line))
            texts.append(text)
            at += len(text) + 1
    return Sheet(number, change.path, "\n".join(texts), tuple(rows), is_name=False)


def _shown(text: str, start: int, before: str) -> str:
    return text[start : start + len(before)]
