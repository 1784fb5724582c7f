"""The result of a review: findings, and the usage that bought them."""

from dataclasses import dataclass
from enum import StrEnum

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side


class Placement(StrEnum):
    """How sure the position of a finding is (promise 2 of the design)."""

    EXACT = "exact"
    MOVED = "moved"
    UNPLACED = "unplaced"


class State(StrEnum):
    """Whether a finding still asks for attention."""

    OPEN = "open"
    DISMISSED = "dismissed"
    BASELINE = "baseline"
    IGNORED = "ignored"


class FilterMode(StrEnum):
    """Where a finding must stand to count; reviewdog's words, from the narrowest to the widest."""

    ADDED = "added"
    DIFF_CONTEXT = "diff_context"
    FILE = "file"
    NOFILTER = "nofilter"

    def admits(self, needed: "FilterMode") -> bool:
        """Whether this mode shows what needs at least ``needed``."""
        modes = list(FilterMode)
        return modes.index(needed) <= modes.index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One risk on the lines ``line``..``end_line`` (1-based, inclusive) of ``side`` of ``path``.

    ``quote`` is what the reviewer quoted; ``code`` the verbatim text of the anchored lines, the changed lines
    of the hunk when the finding is unplaced.
    ``suggestion`` is a verified replacement of those lines (new side only), without line ends; () deletes them,
    None where there is none. ``near`` is for a finding of the old side: the line of the new side that is nearest
    to it, None where the file is gone. ``needs`` is the narrowest filter mode that shows it; a ``sensitive`` one stands on a line with a secret,
    whatever its own category, and is not quoted in reports.
    """

    fingerprint: str
    path: str
    side: Side
    line: int
    end_line: int
    severity: Severity
    category: Category
    title: str
    why: str
    fix: str | None
    quote: str | None
    placement: Placement
    reviewer: str
    rule: str | None = None
    state: State = State.OPEN
    code: tuple[str, ...] = ()
    needs: FilterMode = FilterMode.ADDED
    sensitive: bool = False
    suggestion: tuple[str, ...] | None = None
    near: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a review cost: requests, the peers' own token counts, credits where they were told."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    credits: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.requests + other.requests,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.credits + other.credits,
        )
