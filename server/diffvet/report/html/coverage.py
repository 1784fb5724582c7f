"""The coverage ledger as a table: what became of every hunk, what nobody read first."""

from collections import Counter
from collections.abc import Iterator, Sequence

from diffvet.report.html.markup import Html, count, el, joined, short
from diffvet.review.ledger import LedgerRow, Outcome

ROWS = 1_000
"""Rows of the table; a change that needs more has the rest in the JSON report, and says so."""

_FIRST = {Outcome.FAILED: 0, Outcome.SKIPPED: 1}


def coverage_of(ledger: Sequence[LedgerRow]) -> Html:
    """The table, one row for the hunks of a file that fared alike."""
    title = el("h2", {"id": "coverage", "tabindex": -1}, "Coverage")
    about = {"class": "coverage", "aria-labelledby": "coverage"}
    if not ledger:
        return el(
            "section", about, title, el("p", {"class": "none"}, "Nothing was compared: the change is empty.")
        )
    rows = list(_rows(ledger))
    more = len(rows) - ROWS
    left = (
        el("p", {"class": "left"}, f"{more:,} more rows; --format json has every hunk.") if more > 0 else None
    )
    names = ("File", "Hunks", "Outcome", "Reason", "Reviewer")
    head = el("thead", None, el("tr", None, [el("th", {"scope": "col"}, name) for name in names]))
    table = el("table", {"class": "ledger"}, head, el("tbody", None, rows[:ROWS]))
    failed = any(row.outcome is Outcome.FAILED for row in ledger)
    said = el("summary", None, f"{count(len(ledger), 'hunk')}, each with its outcome")
    return el(
        "section", about, title, el("details", {"open": "" if failed else None}, said, joined(table, left))
    )


def _rows(ledger: Sequence[LedgerRow]) -> Iterator[Html]:
    """What failed first, a row for each hunk; then what was skipped, then the rest, each by path."""
    alike = Counter((row.path, row.outcome, row.reason or "", row.reviewer, _hunk(row)) for row in ledger)
    for fare in sorted(alike, key=lambda fare: (_FIRST.get(fare[1], 2), fare[0])):
        path, outcome, reason, reviewer, hunk = fare
        yield el(
            "tr",
            None,
            el("th", {"scope": "row", "class": "path"}, path),
            el("td", None, el("code", None, hunk) if hunk else f"{alike[fare]:,}"),
            el("td", None, el("span", {"class": f"outcome {outcome.value}"}, outcome.value)),
            el("td", None, short(reason)),
            el("td", None, short(reviewer)),
        )


def _hunk(row: LedgerRow) -> str:
    """Which hunk failed, as git writes it; "" for all others, which are counted."""
    if row.outcome is not Outcome.FAILED or not (row.old_lines or row.new_lines):
        return ""
    return f"@@ -{row.old_start},{row.old_lines} +{row.new_start},{row.new_lines} @@"
