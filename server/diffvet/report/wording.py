"""The words all formats share: what a finding says, where it stands, what was covered and what was not."""

from collections import Counter
from collections.abc import Iterator

from diffvet.dialogue.vocabulary import Severity
from diffvet.diff.model import Side
from diffvet.report.secrecy import visible
from diffvet.review.events import Review
from diffvet.review.finding import Finding, Placement
from diffvet.review.ledger import LedgerRow, Outcome
from diffvet.review.select import Selected

INCOMPLETE = "diffvet.incomplete"
"""The rule id under which formats without a word for it say that a hunk was not reviewed."""


def rule_id(finding: Finding) -> str:
    """The rule that found it; for a model, which has none, one for each category."""
    return visible(finding.rule) if finding.rule else f"diffvet.{finding.category}"


def place(finding: Finding) -> str:
    """Its lines in words: ``lines 3-4``, ``line 7 (removed)``."""
    one = finding.line == finding.end_line
    lines = f"line {finding.line}" if one else f"lines {finding.line}-{finding.end_line}"
    return f"{lines} (removed)" if finding.side is Side.OLD else lines


def doubt(finding: Finding) -> str:
    """What to know about its place; "" where it is exact."""
    match finding.placement:
        case Placement.EXACT:
            return ""
        case Placement.MOVED:
            return " (line number corrected from the quoted code)"
        case Placement.UNPLACED:
            return " (unplaced: the reviewer's line and quote do not agree)"


def headline(finding: Finding) -> str:
    """Its title in one line, with what a reader of its position alone would get wrong."""
    removed = f" [removed: {place(finding).removesuffix(' (removed)')} before the change]"
    return f"{visible(finding.title)}{removed if finding.side is Side.OLD else ''}{doubt(finding)}"


def details(finding: Finding) -> Iterator[str]:
    """Why it matters and how to fix it, a line each."""
    if finding.why:
        yield visible(finding.why)
    if finding.fix:
        yield f"Fix: {visible(finding.fix)}"


def message(finding: Finding) -> str:
    """All that it says, in plain lines; the last one names it, as ``diffvet explain`` wants it."""
    return "\n".join((headline(finding), *details(finding), named(finding)))


def origin(finding: Finding) -> str:
    """Who reported it: ``embedded, py.shell-true``."""
    return visible(f"{finding.reviewer}, {finding.rule}" if finding.rule else finding.reviewer)


def named(finding: Finding) -> str:
    """Who reported it, and the beginning of its fingerprint: ``[embedded, py.shell-true] 474d7499768a``."""
    return f"[{origin(finding)}] {finding.fingerprint[:12]}"


def hunk(row: LedgerRow) -> str:
    """Which hunk a row is about, as git writes it; the path alone for a change without lines."""
    if not row.old_lines and not row.new_lines:
        return row.path
    return f"{row.path} @@ -{row.old_start},{row.old_lines} +{row.new_start},{row.new_lines} @@"


def unreviewed(row: LedgerRow) -> str:
    """Why nobody reviewed the hunk of a failed row, in one line."""
    return f"Not reviewed: {visible(hunk(row))}: {visible(row.reason or 'no reason was given')}"


def failed(review: Review) -> list[LedgerRow]:
    """The rows that make ``review`` incomplete."""
    return [row for row in review.ledger if row.outcome is Outcome.FAILED]


def incomplete(review: Review) -> str:
    """That ``review`` is incomplete, in one sentence."""
    number = len(failed(review))
    were = "was" if number == 1 else "were"
    return f"The review is incomplete: {number} of {count(len(review.ledger), 'hunk')} {were} not reviewed"


def found(selected: Selected) -> str:
    """How many findings are shown: ``3 findings (1 error, 2 warnings)``."""
    by_severity = Counter(finding.severity for finding in selected.shown)
    counts = ", ".join(
        count(by_severity[level], level.value) for level in reversed(Severity) if by_severity[level]
    )
    return f"{count(len(selected.shown), 'finding')}{f' ({counts})' if counts else ''}"


def hidden(selected: Selected) -> str:
    """How many are not shown, and why, as the end of a sentence; "" for none."""
    return f"; not shown: {', '.join(selected.said())}" if selected.hidden else ""


def outcomes(review: Review) -> str:
    """What became of the hunks: ``2 hunks reviewed, 1 hunk failed``."""
    by_outcome = Counter(row.outcome for row in review.ledger)
    return (
        ", ".join(f"{count(by_outcome[o], 'hunk')} {o.value}" for o in Outcome if by_outcome[o]) or "0 hunks"
    )


def count(number: int, noun: str) -> str:
    """``1 hunk``, ``2 hunks``; ``info`` has no plural."""
    return f"{number} {noun}" if number == 1 or noun == "info" else f"{number} {noun}s"
