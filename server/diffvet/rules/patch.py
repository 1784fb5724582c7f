"""What a rule would put in the place of the lines it found, where one replacement is right in practice."""

import re

from diffvet.diff.model import LineKind, Side
from diffvet.rules.match import Match

MOST_LINES = 30
"""A statement over more lines than this is left to its author."""


def suggested(match: Match) -> tuple[str, ...] | None:
    """The lines of ``match`` after the first of its rule's patches that changes them; None where none does.

    A line that the patch empties is dropped. Nobody has verified the result yet (``review.suggestion``).
    """
    if not match.rule.patch or match.side is Side.OLD or match.last - match.first >= MOST_LINES:
        return None
    rows = match.view.change.hunks[match.hunk].lines[match.first : match.last + 1]
    lines = [row.text for row in rows if row.kind is not LineKind.REMOVED]
    before = "\n".join(lines)
    for find, put in match.rule.patch:
        after = re.sub(find, put, before)
        if after != before:
            pairs = zip(lines, after.split("\n"), strict=True)  # a patch keeps the number of lines
            return tuple(now for was, now in pairs if now.strip() or not was.strip())
    return None
