"""The coverage ledger: every hunk of the diff ends in exactly one row (promise 1 of the design)."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a hunk."""

    REVIEWED = "reviewed"
    CACHED = "cached"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One hunk (or one file-level change, with zero counts) and its outcome.

    ``reason`` is the rule that skipped it or the cause of the failure; None where it was reviewed.
    ``reviewer`` is ``embedded``, a model id, or "" where nobody saw it.
    """

    path: str
    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    outcome: Outcome
    reason: str | None = None
    reviewer: str = ""
