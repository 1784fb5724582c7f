"""One place where a rule fits, before it is judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from diffvet.dialogue.vocabulary import Severity
from diffvet.diff.model import Side
from diffvet.rules.rule import Rule
from diffvet.rules.view import FileView

QUOTE = 120


@dataclass(frozen=True, slots=True)
class Match:
    """Lines ``first``..``last`` (indices into the lines of hunk ``hunk``) of ``view`` on ``side``.

    ``key`` is what makes two matches of a rule the same statement; ``quote`` stands verbatim in line
    ``first``; ``captures`` fill the placeholders of the rule's words.
    """

    rule: Rule
    view: FileView
    side: Side
    hunk: int
    first: int
    last: int
    key: str
    quote: str
    severity: Severity
    captures: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def start(self) -> int:
        """The 1-based number of the first line on ``side``."""
        return self.view.line((self.hunk, self.first)).number(self.side) or 1

    @property
    def end(self) -> int:
        """The 1-based number of the last line on ``side``."""
        return self.view.line((self.hunk, self.last)).number(self.side) or self.start


def squeeze(text: str) -> str:
    """``text`` without white space: what survives reformatting."""
    return "".join(text.split())


def quote_of(line: str, around: int = 0) -> str:
    """A verbatim piece of ``line``: trimmed, at most ``QUOTE`` code points, holding offset ``around``."""
    text = line.strip()
    if len(text) <= QUOTE:
        return text
    shift = len(line) - len(line.lstrip())
    start = max(0, min(around - shift - QUOTE // 2, len(text) - QUOTE)) if around - shift > QUOTE else 0
    return text[start : start + QUOTE].strip()
