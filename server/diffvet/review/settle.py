"""From answers to settled files: bullets become findings, every hunk gets its one ledger row."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from diffvet.dialogue.bullets import Bullet
from diffvet.diff.model import FileChange, Hunk, Status
from diffvet.review.events import Settled
from diffvet.review.finding import Finding, Usage
from diffvet.review.fingerprint import identify
from diffvet.review.ledger import LedgerRow, Outcome
from diffvet.review.place import Place, Placer
from diffvet.review.unit import ReviewUnit


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came back for a unit.

    ``failure`` names the cause when its hunks do not count as reviewed;
    ``bullets`` may hold findings all the same (the whole bullets of an answer that was cut).
    """

    unit: ReviewUnit
    bullets: tuple[Bullet, ...]
    failure: str | None
    usage: Usage


@dataclass(slots=True)
class _OpenFile:
    """A file some of whose parts have no verdict yet."""

    change: FileChange
    waiting: int
    failures: dict[int, str] = field(default_factory=dict)
    anchored: list[tuple[Finding, tuple[str, ...]]] = field(default_factory=list)


class Settlement:
    """Collects the verdicts of one review; a file is settled when all its parts have one."""

    def __init__(self, reviewer: str) -> None:
        self._reviewer = reviewer
        self._open: dict[int, _OpenFile] = {}
        self._settled: list[Settled] = []

    def expect(self, file: int, change: FileChange, parts: int) -> None:
        """Announce file number ``file`` and in how many parts it will be reviewed (0: settled at once)."""
        if parts:
            self._open[file] = _OpenFile(change, parts)
        else:
            self._settled.append(Settled(change.path, (), (unread(change),)))

    def add(self, verdict: Verdict) -> None:
        """Take in what came back for one unit."""
        placer = Placer(verdict.unit.parts) if verdict.bullets else None
        for bullet in verdict.bullets if placer else ():
            place = placer.place(bullet)
            finding = _finding(bullet, place, self._reviewer)
            self._open[place.part.file].anchored.append((finding, place.anchor))
        for part in verdict.unit.parts:
            file = self._open[part.file]
            file.waiting -= 1
            if verdict.failure is not None:
                file.failures.setdefault(part.hunk, verdict.failure)
        for number in {part.file for part in verdict.unit.parts}:
            if not self._open[number].waiting:
                self._settled.append(self._settle(self._open.pop(number)))

    def take(self) -> Sequence[Settled]:
        """The files settled since the last call."""
        taken, self._settled = self._settled, []
        return taken

    def _settle(self, file: _OpenFile) -> Settled:
        rows = tuple(
            self._row(file.change.path, hunk, file.failures.get(index))
            for index, hunk in enumerate(file.change.hunks)
        )
        return Settled(file.change.path, identify(file.anchored), rows)

    def _row(self, path: str, hunk: Hunk, failure: str | None) -> LedgerRow:
        return LedgerRow(
            path,
            hunk.old_start,
            hunk.old_lines,
            hunk.new_start,
            hunk.new_lines,
            Outcome.REVIEWED if failure is None else Outcome.FAILED,
            failure,
            self._reviewer,
        )


def unread(change: FileChange) -> LedgerRow:
    """The row of a change that has no lines to review: why, and that nobody saw it."""
    return LedgerRow(change.path, 0, 0, 0, 0, Outcome.SKIPPED, change.hidden or _no_lines(change))


def _no_lines(change: FileChange) -> str:
    """What did change where no line did."""
    match change.status:
        case Status.RENAMED | Status.COPIED:
            return f"{change.status.value} without a changed line"
        case Status.ADDED | Status.DELETED:
            return f"empty file {change.status.value}"
        case _ if change.old_mode != change.new_mode:
            return f"only the mode changed, from {change.old_mode} to {change.new_mode}"
        case _:
            return "no line changed"


def _finding(bullet: Bullet, place: Place, reviewer: str) -> Finding:
    return Finding(
        fingerprint="",
        path=place.part.change.path,
        side=place.side,
        line=place.line,
        end_line=place.end_line,
        severity=bullet.severity,
        category=bullet.category,
        title=bullet.title,
        why=bullet.why,
        fix=bullet.fix,
        quote=bullet.quote,
        placement=place.placement,
        reviewer=reviewer,
        rule=bullet.rule,
        code=place.anchor,
    )
