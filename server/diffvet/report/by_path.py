"""A review by file: what formats go through that have one element for each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from diffvet.review.finding import Finding
from diffvet.review.ledger import LedgerRow


@dataclass(frozen=True, slots=True)
class OfPath:
    """The rows and findings of ``path``, each in the order they came."""

    path: str
    rows: list[LedgerRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def by_path(rows: Iterable[LedgerRow], findings: Iterable[Finding]) -> Iterator[OfPath]:
    """Each path that has a row or a finding, in the order of their names."""
    files: dict[str, OfPath] = {}
    for row in rows:
        files.setdefault(row.path, OfPath(row.path)).rows.append(row)
    for finding in findings:
        files.setdefault(finding.path, OfPath(finding.path)).findings.append(finding)
    yield from (files[path] for path in sorted(files))
