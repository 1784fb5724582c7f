"""Who said an option, and where."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The origins in the order of their weight: a later one wins."""

    DEFAULT = "default"
    USER_FILE = "user file"
    REPOSITORY_FILE = "repository file"
    ENVIRONMENT = "environment"
    COMMAND_LINE = "command line"
    EDITOR = "editor"


@dataclass(frozen=True, slots=True)
class Origin:
    """``place`` is the file, variable or flag; empty for a default."""

    kind: Kind
    place: str = ""

    @property
    def rank(self) -> int:
        """The weight, to compare two origins."""
        return tuple(Kind).index(self.kind)

    def __str__(self) -> str:
        return f"{self.kind.value} {self.place}".rstrip()


DEFAULT = Origin(Kind.DEFAULT)
