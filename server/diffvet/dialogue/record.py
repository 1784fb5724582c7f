"""One risk as it stands in an answer: its first line and what follows it, before it becomes a bullet."""

from dataclasses import dataclass, field
from enum import StrEnum

from diffvet.dialogue import labels
from diffvet.dialogue.answer import Bullet
from diffvet.dialogue.vocabulary import Severity


class Style(StrEnum):
    """What opened the record."""

    ITEM = "item"
    NUMBER = "number"
    HEADING = "heading"
    PARAGRAPH = "paragraph"


class PartKind(StrEnum):
    """What a line (or fenced block) under the first line is."""

    TEXT = "text"
    CODE = "code"
    SUGGESTION = "suggestion"
    ASIDE = "aside"


class Strength(StrEnum):
    """How sure it is that a record is meant as a risk."""

    NONE = "none"
    WEAK = "weak"
    STRONG = "strong"


@dataclass(slots=True)
class Part:
    """A line of text, or a fenced block with its info string."""

    kind: PartKind
    text: str
    info: str = ""


@dataclass(slots=True)
class Record:
    """A risk while its lines are collected.

    ``group`` counts runs of list items between prose; ``path`` and ``severity`` come from the headings
    above; ``ended`` tells that nothing can be added any more; ``exact`` is the bullet of a first line in
    the exact form; ``strength`` and ``bullet`` are what the closed record was read as.
    """

    style: Style
    head: str
    indent: int = 0
    group: int = 0
    path: str | None = None
    severity: Severity | None = None
    exact: Bullet | None = None
    sure: bool = False
    ended: bool = False
    parts: list[Part] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    strength: Strength = Strength.NONE
    bullet: Bullet | None = None

    def add(self, text: str) -> None:
        """Adds a line under the first one, and the labels in it."""
        self.labels.update(name for name, _ in labels.split(text) if name)
        self.parts.append(Part(PartKind.TEXT, text))
