"""From answers to settled files: bullets become findings, every hunk gets its one ledger row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from diffvet.diff.model import FileChange, Hunk, Status
from diffvet.diff.section import is_loss
from diffvet.review.discreet import discreet
from diffvet.review.events import Settled
from diffvet.review.finding import Finding, Placement, State
from diffvet.review.fingerprint import identify
from diffvet.review.ledger import LedgerRow, Outcome
from diffvet.review.place import Place, Placer, fold, near
from diffvet.review.select import narrowest
from diffvet.review.suppress import complaints as complaints_of
from diffvet.review.suppress import ignored, nearby
from diffvet.review.verdict import Stated, Verdict

if TYPE_CHECKING:
    from diffvet.review.mask import Committed

LOCAL = "embedded"
"""Who reports the secrets that are masked for a remote reader: this process."""


@dataclass(slots=True)
class _OpenFile:
    """A file that is not settled. ``rows`` has a row for each hunk read so far; their lines are not kept."""

    change: FileChange
    rows: list[LedgerRow] = field(default_factory=list)
    waiting: int = 0
    closed: bool = False
    anchored: list[tuple[Finding, tuple[str, ...]]] = field(default_factory=list)
    claims: set[tuple[object, ...]] = field(default_factory=set)
    unplaced: dict[tuple[object, ...], tuple[Finding, tuple[str, ...]]] = field(default_factory=dict)

    def add(self, stated: Stated, place: Place) -> None:
        """One finding more. What is said of a line outside of the part that was asked about is no second one."""
        bullet = stated.bullet
        found = (_finding(stated, place), place.anchor)
        claim = (bullet.category, bullet.side, bullet.start, fold(bullet.quote or ""), bullet.title)
        if place.placement is not Placement.UNPLACED:
            self.claims.add(claim)
        elif bullet.start:
            if claim not in self.unplaced or place.part.owns(bullet.side, bullet.start):
                self.unplaced[claim] = found
            return
        self.anchored.append(found)

    def findings(self) -> Sequence[Finding]:
        """All of them, each with its fingerprint."""
        rest = [found for claim, found in self.unplaced.items() if claim not in self.claims]
        return identify([*self.anchored, *rest])


class Settlement:
    """Collects the verdicts of one review; a file is settled when it is read and all its parts have one."""

    def __init__(self, reviewer: str, hide: Callable[[str], str] = str) -> None:
        """``reviewer`` names it in the ledger; ``hide`` takes the values that are known as secrets out of a text."""
        self._reviewer = reviewer
        self._hide = hide
        self._open: dict[int, _OpenFile] = {}
        self._settled: list[Settled] = []

    def open(self, file: int, change: FileChange) -> None:
        """File number ``file`` begins; ``change`` may come without hunks."""
        self._open[file] = _OpenFile(change)

    def expect(self, file: int, hunk: Hunk, parts: int, skipped: str | None = None) -> None:
        """The next hunk of ``file`` will be reviewed in ``parts`` parts, or is ``skipped`` for that reason."""
        known = self._open[file]
        place = (hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines)
        if skipped is None:
            known.rows.append(LedgerRow(known.change.path, *place, Outcome.CACHED, None, self._reviewer))
        else:
            known.rows.append(LedgerRow(known.change.path, *place, Outcome.SKIPPED, skipped))
        known.waiting += parts

    def close(self, file: int) -> None:
        """All hunks of ``file`` are known."""
        self._open[file].closed = True
        self._settle_if_done(file)

    def add_secrets(self, file: int, hunk: Hunk, secrets: "Sequence[Committed]") -> None:
        """Report the secrets that ``hunk`` of ``file`` commits; their place is known exactly."""
        for secret in secrets:
            self._open[file].anchored.append((_secret(secret, hunk), secret.anchor))

    def add(self, verdict: Verdict) -> None:
        """Take in what came back for one unit."""
        placer = Placer(verdict.unit.parts)
        complaints = (Stated(bullet, LOCAL) for part in verdict.unit.parts for bullet in complaints_of(part))
        for stated in (*verdict.stated, *complaints):
            place = placer.place(stated.bullet)
            if place.placement is not Placement.UNPLACED and not place.part.owns(place.side, place.line):
                continue  # the neighbouring piece of the same hunk answers for this line
            self._open[place.part.file].add(stated, place)
        for index, part in enumerate(verdict.unit.parts):
            file = self._open[part.file]
            file.waiting -= 1
            file.rows[part.hunk] = _worse(file.rows[part.hunk], verdict, index)
        for number in {part.file for part in verdict.unit.parts}:
            self._settle_if_done(number)

    def take(self) -> Sequence[Settled]:
        """The files settled since the last call."""
        taken, self._settled = self._settled, []
        return taken

    def _settle_if_done(self, number: int) -> None:
        file = self._open[number]
        if file.closed and not file.waiting:
            del self._open[number]
            rows = tuple(file.rows) or (unread(file.change),)
            findings = tuple(discreet(finding, self._hide) for finding in file.findings())
            self._settled.append(Settled(file.change.path, findings, rows))


def _worse(row: LedgerRow, verdict: Verdict, part: int) -> LedgerRow:
    """``row`` after one more part: failed if any part failed, cached only if every part was."""
    if row.outcome is Outcome.FAILED:
        return row
    if part in verdict.failures:
        return replace(row, outcome=Outcome.FAILED, reason=verdict.failures[part])
    if part in (verdict.cached or ()):
        return row
    return replace(row, outcome=Outcome.REVIEWED)


def unread(change: FileChange) -> LedgerRow:
    """The row of a change without lines to review: skipped, or failed where there are lines that nobody could read."""
    lost = change.hidden is not None and is_loss(change.hidden)
    outcome = Outcome.FAILED if lost else Outcome.SKIPPED
    return LedgerRow(change.path, 0, 0, 0, 0, outcome, change.hidden or _no_lines(change))


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


def _secret(secret: "Committed", hunk: Hunk) -> Finding:
    bullet = secret.bullet
    start = bullet.start or 1
    near = nearby(hunk.lines, bullet.path or "", bullet.side, start, bullet.end or start)
    hidden = any(marker.covers(bullet.category, bullet.rule) for marker in near)
    return Finding(
        fingerprint="",
        path=bullet.path or "",
        side=bullet.side,
        line=start,
        end_line=bullet.end or start,
        severity=bullet.severity,
        category=bullet.category,
        title=bullet.title,
        why=bullet.why,
        fix=bullet.fix,
        quote=None,
        placement=Placement.EXACT,
        reviewer=LOCAL,
        state=State.IGNORED if hidden else State.OPEN,
        code=secret.anchor,
    )


def _finding(stated: Stated, place: Place) -> Finding:
    bullet = stated.bullet
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
        reviewer=stated.reviewer,
        rule=bullet.rule,
        state=State.IGNORED if ignored(place, bullet.category, bullet.rule) else State.OPEN,
        code=place.anchor,
        needs=narrowest(place),
        near=near(place),
        suggestion=None if place.placement is Placement.UNPLACED else bullet.suggestion,
    )
