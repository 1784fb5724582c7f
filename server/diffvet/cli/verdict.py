"""From a finished review to the exit code, with a line for what was not reviewed."""

from typing import TYPE_CHECKING

from diffvet.cli.main import complain
from diffvet.review.ledger import Outcome
from diffvet.review.time_limit import is_late

if TYPE_CHECKING:
    from diffvet.review.events import Review
    from diffvet.review.select import Selected
    from diffvet.settings.loaded import Loaded

FINDINGS = 1
INCOMPLETE = 3


def exit_code(review: "Review", selected: "Selected", loaded: "Loaded") -> int:
    """0, 1 or 3. An incomplete review passes only where ``fail_open`` says so, and never without a line."""
    if not review.complete and not _let_through(review, loaded):
        return INCOMPLETE
    return FINDINGS if selected.failing else 0


def _let_through(review: "Review", loaded: "Loaded") -> bool:
    """Whether ``review`` passes although it is incomplete; says it, and what the time limit has cut."""
    failed = [row for row in review.ledger if row.outcome is Outcome.FAILED]
    late = sum(is_late(row.reason) for row in failed)
    when = loaded.settings.fail_open
    passes = when == "always" or (when == "timeout" and late == len(failed))
    hunks = f"{len(failed)} of {len(review.ledger)} hunks were not reviewed"
    if late:
        limit = f"the time limit of {loaded.settings.time_limit:g} s is over"
        hunks = f"{limit}: {hunks}" if late == len(failed) else f"{limit}, and more failed: {hunks}"
    if passes:
        complain(f"{hunks}; let through, because fail_open is '{when}' ({loaded.origins['fail_open']})")
    elif late:
        complain(hunks)
    return passes
