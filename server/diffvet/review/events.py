"""What a running review tells its face, and the whole that is left at its end."""

from collections.abc import AsyncIterable
from dataclasses import dataclass, field

from diffvet.review.finding import Finding, Usage
from diffvet.review.ledger import LedgerRow, Outcome


@dataclass(frozen=True, slots=True)
class Planned:
    """Work was added to the plan: files, hunks, and the parts (of about ``tokens`` tokens) they come in.

    A hunk has more than one part when it is too large for one prompt. ``path`` names the file that begins.
    """

    files: int = 0
    hunks: int = 0
    parts: int = 0
    tokens: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """All hunks of one file have an outcome. A file that appears in several sections settles once each."""

    path: str
    findings: tuple[Finding, ...]
    rows: tuple[LedgerRow, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """A reviewer answered (or failed) on ``parts`` parts, for ``usage``."""

    parts: int
    usage: Usage


Event = Planned | Answered | Settled


@dataclass(frozen=True, slots=True)
class Review:
    """A finished review. ``kind``, ``base`` and ``head`` say what was compared."""

    kind: str
    base: str | None
    head: str | None
    findings: tuple[Finding, ...]
    ledger: tuple[LedgerRow, ...]
    usage: Usage = field(default_factory=Usage)

    @property
    def complete(self) -> bool:
        """False as soon as one row failed: such a review is never shown as "no findings"."""
        return all(row.outcome is not Outcome.FAILED for row in self.ledger)


def order(finding: Finding) -> tuple[str, int, int, str, str]:
    """The order in which findings are shown: by path, then line, then worst first, then identity."""
    return finding.path, finding.line, -finding.severity.rank, finding.category, finding.fingerprint


async def collect(events: AsyncIterable[Event], *, kind: str, base: str | None, head: str | None) -> Review:
    """Read ``events`` to their end and put findings and rows in their stable order."""
    findings: list[Finding] = []
    rows: list[LedgerRow] = []
    usage = Usage()
    async for event in events:
        if isinstance(event, Settled):
            findings += event.findings
            rows += event.rows
        elif isinstance(event, Answered):
            usage += event.usage
    rows.sort(key=lambda row: (row.path, row.old_start, row.new_start))
    return Review(kind, base, head, tuple(sorted(findings, key=order)), tuple(rows), usage)
