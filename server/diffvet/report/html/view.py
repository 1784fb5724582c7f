"""What a page shows, arranged: files, their hunks, and every finding at the one place where it stands."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from diffvet.diff.model import FileChange, Hunk, Side
from diffvet.review.events import Review, order
from diffvet.review.finding import Finding, Placement, State
from diffvet.review.ledger import LedgerRow
from diffvet.review.select import Selected

HELD_BACK = "held back"
"""The state, on the page, of an open finding that the settings do not show (thresholds, filter mode, caps)."""

STATES = (*(state.value for state in State), HELD_BACK)

Spot = tuple[Side, int]
"""A line: its side, and its 1-based number there."""

Numbers = tuple[int, int, int, int]
"""Start and count on the old side, then on the new: what a hunk and its ledger row agree in."""

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Note:
    """A finding on the page. ``state`` is one of ``STATES``, ``anchor`` the id of its element."""

    finding: Finding
    state: str
    anchor: str

    @property
    def quiet(self) -> bool:
        """Whether it asks for no attention: it is folded."""
        return self.state != State.OPEN


@dataclass(frozen=True, slots=True)
class HunkView:
    """A hunk whose lines are shown. ``row`` is its ledger row, where it has one.

    ``heads`` stand on its header, ``under`` below their last line.
    """

    hunk: Hunk
    row: LedgerRow | None
    heads: tuple[Note, ...]
    under: dict[Spot, tuple[Note, ...]]


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of the change. ``missing`` are the ledger rows of hunks that are not shown.

    ``elsewhere`` are the notes whose line is not among the lines shown; ``change`` is None where nothing was kept.
    """

    path: str
    anchor: str
    change: FileChange | None
    rows: tuple[LedgerRow, ...]
    notes: tuple[Note, ...]
    hunks: tuple[HunkView, ...]
    elsewhere: tuple[Note, ...]
    missing: tuple[LedgerRow, ...]

    @property
    def loud(self) -> tuple[Note, ...]:
        """The notes that ask for attention."""
        return tuple(note for note in self.notes if not note.quiet)


def files_of(review: Review, selected: Selected, changes: Sequence[FileChange]) -> tuple[FileView, ...]:
    """Every file that the ledger, a finding or a kept change names, by path."""
    notes = _by_path(_notes(review.findings, selected), lambda note: note.finding.path)
    rows = _by_path(review.ledger, lambda row: row.path)
    kept = _by_path(changes, lambda change: change.path)
    return tuple(
        _file(path, f"file-{number}", (kept.get(path, ()), rows.get(path, ()), notes.get(path, ())))
        for number, path in enumerate(sorted({*notes, *rows, *kept}), 1)
    )


def _notes(findings: Iterable[Finding], selected: Selected) -> Iterator[Note]:
    shown = {finding.fingerprint for finding in selected.shown}
    used: Counter[str] = Counter()
    for finding in sorted(findings, key=order):
        name = f"finding-{finding.fingerprint[:12]}"
        used[name] += 1
        anchor = name if used[name] == 1 else f"{name}-{used[name]}"
        held = finding.state is State.OPEN and finding.fingerprint not in shown
        yield Note(finding, HELD_BACK if held else finding.state.value, anchor)


def _by_path(things: Iterable[Thing], path_of: Callable[[Thing], str]) -> dict[str, tuple[Thing, ...]]:
    gathered: dict[str, list[Thing]] = {}
    for thing in things:
        gathered.setdefault(path_of(thing), []).append(thing)
    return {path: tuple(these) for path, these in gathered.items()}


def _file(
    path: str,
    anchor: str,
    parts: tuple[tuple[FileChange, ...], tuple[LedgerRow, ...], tuple[Note, ...]],
) -> FileView:
    changes, rows, notes = parts
    hunks = [hunk for change in changes for hunk in change.hunks]
    homes = _homes(hunks)
    heads: list[list[Note]] = [[] for _ in hunks]
    under: list[dict[Spot, tuple[Note, ...]]] = [{} for _ in hunks]
    elsewhere = []
    for note in notes:
        index = _home(note.finding, hunks, homes)
        if index is None:
            elsewhere.append(note)
        elif note.finding.placement is Placement.UNPLACED:
            heads[index].append(note)
        else:
            spot = (note.finding.side, note.finding.end_line)
            under[index][spot] = (*under[index].get(spot, ()), note)
    left: dict[Numbers, list[LedgerRow]] = {}
    for row in reversed(rows):
        left.setdefault(_numbers(row), []).append(row)
    views = []
    for index, hunk in enumerate(hunks):
        standing = left.get(_numbers(hunk))
        views.append(HunkView(hunk, standing.pop() if standing else None, tuple(heads[index]), under[index]))
    missing = tuple(row for same in reversed(left.values()) for row in same if row.old_lines or row.new_lines)
    change = changes[0] if changes else None
    return FileView(path, anchor, change, rows, notes, tuple(views), tuple(elsewhere), missing)


def _homes(hunks: Sequence[Hunk]) -> dict[Spot, list[tuple[int, str]]]:
    """Where each line stands, context on both sides: the index of its hunk, and its text."""
    homes: dict[Spot, list[tuple[int, str]]] = {}
    for index, hunk in enumerate(hunks):
        for line in hunk.lines:
            for side in Side:
                number = line.number(side)
                if number is not None:
                    homes.setdefault((side, number), []).append((index, line.text))
    return homes


def _home(finding: Finding, hunks: Sequence[Hunk], homes: dict[Spot, list[tuple[int, str]]]) -> int | None:
    """The hunk that shows ``finding``. One file may come twice in a diff: then the code it was found in decides."""
    if finding.placement is Placement.UNPLACED:
        return next((index for index, hunk in enumerate(hunks) if _spans(hunk, finding)), None)
    standing = homes.get((finding.side, finding.end_line), ())
    last = finding.code[-1] if finding.code else None
    same = (index for index, text in standing if text == last)
    return next(same, standing[0][0] if standing else None)


def _spans(hunk: Hunk, finding: Finding) -> bool:
    old = finding.side is Side.OLD
    start, lines = (hunk.old_start, hunk.old_lines) if old else (hunk.new_start, hunk.new_lines)
    return start <= finding.line < start + max(lines, 1)


def _numbers(counted: LedgerRow | Hunk) -> Numbers:
    return counted.old_start, counted.old_lines, counted.new_start, counted.new_lines
