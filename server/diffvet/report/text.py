"""``--format text``: findings grouped by file, each with its line of code, then what was covered."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from diffvet.dialogue.vocabulary import Severity
from diffvet.diff.model import Side
from diffvet.report.frame import frame
from diffvet.report.paint import Paint
from diffvet.report.report import Report
from diffvet.report.secrecy import visible
from diffvet.review.events import Review
from diffvet.review.finding import Finding, Placement
from diffvet.review.ledger import LedgerRow, Outcome
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
        lines.append(paint("path", visible(path)))
        lines += _of_file(list(findings), paint)
        lines.append("")
    lines += coverage(review, selected, paint)
    return "\n".join(lines) + "\n"


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
        f"{visible(finding.title)}{_doubt(finding)}"
    )
    yield from frame(finding, paint)
    if finding.why:
        yield f"      why: {visible(finding.why)}"
    if finding.fix:
        yield f"      fix: {visible(finding.fix)}"
    origin = f"{finding.reviewer}, {finding.rule}" if finding.rule else finding.reviewer
    yield paint("faint", f"      [{visible(origin)}] {finding.fingerprint[:12]}")


def place(finding: Finding) -> str:
    """Its lines in words: ``lines 3-4``, ``line 7 (removed)``."""
    one = finding.line == finding.end_line
    lines = f"line {finding.line}" if one else f"lines {finding.line}-{finding.end_line}"
    return f"{lines} (removed)" if finding.side is Side.OLD else lines


def _doubt(finding: Finding) -> str:
    match finding.placement:
        case Placement.EXACT:
            return ""
        case Placement.MOVED:
            return " (line number corrected from the quoted code)"
        case Placement.UNPLACED:
            return " (unplaced: the reviewer's line and quote do not agree)"


def coverage(review: Review, selected: Selected, paint: Paint) -> Iterator[str]:
    """How much was found, and what became of the hunks."""
    by_severity = Counter(finding.severity for finding in selected.shown)
    counts = ", ".join(
        _count(by_severity[level], level.value) for level in reversed(Severity) if by_severity[level]
    )
    found = f"{_count(len(selected.shown), 'finding')}{f' ({counts})' if counts else ''}"
    hidden = "; not shown: ".join(["", ", ".join(selected.said())]) if selected.hidden else ""
    files = _count(len({row.path for row in review.ledger}), "file")
    yield f"{found} in {files}{hidden}; {_outcomes(review)}"
    unseen = [row for row in review.ledger if row.outcome in {Outcome.SKIPPED, Outcome.FAILED}]
    unseen.sort(key=lambda row: row.outcome is not Outcome.FAILED)
    for row in unseen[:ROWS_NAMED]:
        yield f"  {row.outcome}: {visible(_where(row))}: {visible(row.reason or '')}"
    if len(unseen) > ROWS_NAMED:
        yield f"  and {len(unseen) - ROWS_NAMED} more; '--format json' lists every hunk"
    if not review.complete:
        yield paint("error", "The review is INCOMPLETE: the failed hunks above were not reviewed.")


def _outcomes(review: Review) -> str:
    by_outcome = Counter(row.outcome for row in review.ledger)
    return (
        ", ".join(f"{_count(by_outcome[o], 'hunk')} {o.value}" for o in Outcome if by_outcome[o]) or "0 hunks"
    )


def _where(row: LedgerRow) -> str:
    if not row.old_lines and not row.new_lines:
        return row.path
    return f"{row.path} @@ -{row.old_start},{row.old_lines} +{row.new_start},{row.new_lines} @@"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 or noun == "info" else f"{number} {noun}s"
