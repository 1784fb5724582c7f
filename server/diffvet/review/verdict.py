"""What came back for a unit, from one reviewer or from several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from diffvet.dialogue.bullets import Bullet
from diffvet.review.finding import Usage
from diffvet.review.unit import ReviewUnit


@dataclass(frozen=True, slots=True)
class Stated:
    """A bullet, and who wrote it."""

    bullet: Bullet
    reviewer: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The bullets about ``unit``, what they cost, and what became of its parts, by their index.

    ``failures`` names the cause for each part that does not count as reviewed; there may be bullets about it
    all the same (the whole bullets of an answer that was cut). ``cached`` are the parts answered from memory,
    None from a reviewer that needs none.
    """

    unit: ReviewUnit
    stated: tuple[Stated, ...] = ()
    failures: Mapping[int, str] = field(default_factory=dict)
    cached: frozenset[int] | None = None
    usage: Usage = field(default_factory=Usage)


def joined(verdicts: Sequence[Verdict]) -> Verdict:
    """What several reviewers said of one unit.

    A part failed if one of them failed on it, and is cached if all that could be asked knew it.
    """
    failures: dict[int, str] = {}
    for verdict in reversed(verdicts):
        failures |= verdict.failures
    known = [verdict.cached for verdict in verdicts if verdict.cached is not None]
    return Verdict(
        verdicts[0].unit,
        tuple(stated for verdict in verdicts for stated in verdict.stated),
        failures,
        frozenset.intersection(*known) if known else None,
        sum((verdict.usage for verdict in verdicts), Usage()),
    )
