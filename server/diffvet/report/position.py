"""Where formats that know only the new file put a finding or a hunk, and the columns of what was quoted."""

from dataclasses import dataclass

from diffvet.diff.model import Side
from diffvet.review.finding import Finding, Placement
from diffvet.review.ledger import LedgerRow


@dataclass(frozen=True, slots=True)
class Lines:
    """1-based lines ``first`` to ``last``, inclusive."""

    first: int
    last: int


def lines(finding: Finding) -> Lines:
    """Its lines in the new file; removed code stands on the nearest line that was kept, if there is a file left."""
    if finding.side is Side.OLD and finding.near is not None:
        return Lines(finding.near, finding.near)
    return Lines(finding.line, max(finding.line, finding.end_line))


def lines_of(row: LedgerRow) -> Lines:
    """The lines of a hunk in the new file, of a deleted one in the old; line 1 for a change without lines."""
    start, length = (
        (row.new_start, row.new_lines) if row.new_lines or row.new_start else (row.old_start, row.old_lines)
    )
    first = max(start, 1)
    return Lines(first, first + max(length, 1) - 1)


def span(finding: Finding) -> tuple[int, int] | None:
    """The code points ``start`` (0-based) to ``end`` (exclusive) of its only line that it is about, where they are known.

    They are where the quote is found exactly once in that line. None on the line of a secret: they would tell its length.
    """
    if finding.sensitive or not finding.quote or finding.placement is Placement.UNPLACED:
        return None
    if finding.side is Side.OLD or finding.line != finding.end_line or len(finding.code) != 1:
        return None
    text, quote = finding.code[0], finding.quote.strip()
    start = text.find(quote)
    if not quote or start < 0 or text.find(quote, start + 1) >= 0:
        return None
    return start, start + len(quote)
