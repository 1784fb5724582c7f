"""A finding's verified suggestion as the text edit that other tools apply."""

from dataclasses import dataclass

from diffvet.diff.model import Side
from diffvet.report.secrecy import suggestion
from diffvet.review.finding import Finding


@dataclass(frozen=True, slots=True)
class Replacement:
    r"""``text`` replaces whole lines ``first`` to ``last`` (1-based, inclusive) with their line ends.

    Every line of it ends in ``\n``; "" deletes them.
    """

    first: int
    last: int
    text: str


def replacement(finding: Finding) -> Replacement | None:
    """The edit that ``finding`` suggests; None where there is none, or one that UTF-8 cannot spell."""
    lines = suggestion(finding)
    if lines is None or finding.side is Side.OLD:
        return None
    text = "".join(f"{line}\n" for line in lines)
    if any("\ud800" <= char <= "\udfff" for char in text):
        return None
    return Replacement(finding.line, finding.end_line, text)
