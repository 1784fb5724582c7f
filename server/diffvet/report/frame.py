"""Code frames: numbered lines of code as a terminal shows them."""

from collections.abc import Iterator, Sequence

from diffvet.diff.model import Side
from diffvet.report.paint import Paint
from diffvet.report.secrecy import code, visible
from diffvet.review.finding import Finding, Placement

LINES = 4
"""How many lines of code a finding of a report shows at most."""

COLUMNS = 160
"""How many characters of such a line are shown."""


def frame(finding: Finding, paint: Paint) -> Iterator[str]:
    """The anchored lines of ``finding``, the first few of many; nothing where its place is not known."""
    if finding.placement is Placement.UNPLACED:
        return
    sign = "-" if finding.side is Side.OLD else " "
    lines = code(finding)
    for number, text in enumerate(lines[:LINES], finding.line):
        yield _line(sign, number, text, finding.path, paint)
    if len(lines) > LINES:
        yield paint("faint", f"           ({len(lines) - LINES} more lines)")


def frame_within(
    finding: Finding, before: Sequence[str], after: Sequence[str], paint: Paint
) -> Iterator[str]:
    """All anchored lines of ``finding``, marked, between the lines ``before`` and ``after`` them."""
    for number, text in enumerate(before, finding.line - len(before)):
        yield _line(" ", number, text, finding.path, paint)
    sign = "-" if finding.side is Side.OLD else ">"
    for number, text in enumerate(code(finding), finding.line):
        yield _line(sign, number, text, finding.path, paint)
    for number, text in enumerate(after, finding.end_line + 1):
        yield _line(" ", number, text, finding.path, paint)


def _line(sign: str, number: int, text: str, path: str, paint: Paint) -> str:
    cut = "\u2026" if len(text) > COLUMNS else ""
    gutter = paint("faint", f"{sign}{number:>5} |")
    return f"    {gutter} {paint.code(path, visible(text[:COLUMNS]).rstrip())}{cut}"
