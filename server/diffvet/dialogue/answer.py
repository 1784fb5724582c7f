"""What a reviewer said: one bullet per risk, and whether the whole answer arrived."""

from dataclasses import dataclass

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side

SENTINEL = "END OF REVIEW"


@dataclass(frozen=True, slots=True)
class Bullet:
    """One risk as a reviewer states it, before it is placed.

    ``start`` and ``end`` are 1-based inclusive line numbers on ``side``, or None where the reviewer gave
    none. ``quote`` is the code it quoted (white space folded), ``rule`` an embedded reviewer's rule id.
    ``suggestion`` are whole lines to put in the place of ``start`` to ``end``, () to delete these; nobody has
    verified them yet.
    """

    severity: Severity
    category: Category
    title: str
    path: str | None = None
    side: Side = Side.NEW
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    why: str = ""
    fix: str | None = None
    rule: str | None = None
    suggestion: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read from a reviewer's text.

    ``complete`` is True only when the sentinel closed the list and the list held a bullet (a risk, or the
    explicit "none"). ``problem`` says in a few words why it is not complete, e.g. "the answer has no
    closing sentinel".
    """

    bullets: tuple[Bullet, ...]
    complete: bool
    problem: str | None = None
