"""``--format text``: findings grouped by file, each with its line of code, then what was covered."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from diffvet.report.frame import frame
from diffvet.report.paint import Paint
from diffvet.report.report import Report
from diffvet.report.secrecy import visible
from diffvet.report.wording import count, doubt, found, hidden, hunk, named, outcomes, place
from diffvet.review.events import Review
from diffvet.review.finding import Finding
from diffvet.review.ledger import Outcome
from diffvet.review.select import Selected

REPEATED = 3
"""How many findings of one rule in one file are shown in full."""

ROWS_NAMED = 10
"""How many unreviewed hunks are named; the JSON report has them all."""


def render(report: Report) -> str:
    """The report, ending in a newline. What is not shown is counted, with the reason."""
    review, selected, paint = report.review, report.selected, Paint(report.color)
    lines: list[str] = []
    for path, findings in groupby(selected.shown, key=lambda finding: finding.path):
        lines.append(paint("path", heading(path)))
        lines += _of_file(list(findings), paint)
        lines.append("")
    lines += coverage(review, selected, paint)
    return "\n".join(lines) + "\n"


def heading(path: str) -> str:
    """``path`` at the beginning of a line, where CI servers look for commands (``::error``, ``##vso[``)."""
    shown = visible(path)
    return f"./{shown}" if shown.startswith((" ", "::", "##")) else shown


def _of_file(findings: list[Finding], paint: Paint) -> Iterator[str]:
    """The findings of one file; from the fourth of one rule on they are only named, with their lines."""
    told: Counter[str | None] = Counter()
    more: dict[str, list[str]] = {}
    for finding in findings:
        told[finding.rule] += 1
        if finding.rule and told[finding.rule] > REPEATED:
            more.setdefault(finding.rule, []).append(str(finding.line))
        else:
            yield from _finding(finding, paint)
    for rule, places in more.items():
        yield f"  and {len(places)} more of {visible(rule)}, lines {', '.join(places)}"


def _finding(finding: Finding, paint: Paint) -> Iterator[str]:
    yield (
        f"  {paint(finding.severity, finding.severity)} {finding.category}  {place(finding)}: "
        f"{visible(finding.title)}{doubt(finding)}"
    )
    yield from frame(finding, paint)
    if finding.why:
        yield f"      why: {visible(finding.why)}"
    if finding.fix:
        yield f"      fix: {visible(finding.fix)}"
    yield paint("faint", f"      {named(finding)}")


def coverage(review: Review, selected: Selected, paint: Paint) -> Iterator[str]:
    """How much was found, and what became of the hunks."""
    files = count(len({row.path for row in review.ledger}), "file")
    yield f"{found(selected)} in {files}{hidden(selected)}; {outcomes(review)}"
    unseen = [row for row in review.ledger if row.outcome in {Outcome.SKIPPED, Outcome.FAILED}]
    unseen.sort(key=lambda row: row.outcome is not Outcome.FAILED)
    for row in unseen[:ROWS_NAMED]:
        yield f"  {row.outcome}: {visible(hunk(row))}: {visible(row.reason or '')}"
    if len(unseen) > ROWS_NAMED:
        yield f"  and {len(unseen) - ROWS_NAMED} more; '--format json' lists every hunk"
    if not review.complete:
        yield paint("error", "The review is INCOMPLETE: the failed hunks above were not reviewed.")
