r"""The frozen types every other room speaks: a file change, its hunks, their lines.

Line numbers are 1-based git lines (a line ends at ``\\n`` and nowhere else). Text is ``str`` decoded
from UTF-8 with ``surrogateescape``, without its ``\\n`` (a CR before it stays part of the text).
"""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Which side of the diff a line number counts on."""

    OLD = "old"
    NEW = "new"


class LineKind(StrEnum):
    """What a diff line says about its text."""

    CONTEXT = "context"
    ADDED = "added"
    REMOVED = "removed"


class Status(StrEnum):
    """What happened to a file, as ``git diff --raw`` tells it."""

    ADDED = "added"
    DELETED = "deleted"
    MODIFIED = "modified"
    RENAMED = "renamed"
    COPIED = "copied"
    TYPE_CHANGED = "type-changed"


@dataclass(frozen=True, slots=True)
class DiffLine:
    r"""One line of a hunk.

    ``old`` and ``new`` are its numbers on either side (None where it does not exist);
    ``no_newline`` is True for a last line that lacks its ``\\n``.
    """

    kind: LineKind
    old: int | None
    new: int | None
    text: str
    no_newline: bool = False

    def number(self, side: Side) -> int | None:
        """The 1-based number of this line on ``side``."""
        return self.old if side is Side.OLD else self.new


@dataclass(frozen=True, slots=True)
class Hunk:
    """One hunk: its header numbers, the text after the second ``@@``, and its lines in diff order.

    As in git, a start is the line *before* the hunk when its count is 0.
    """

    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    heading: str
    lines: tuple[DiffLine, ...]


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed file.

    ``path`` is the new path (the old one for a deletion), forward slashes, relative to the repository
    root; ``old_path`` is set only where it differs (rename, copy). Modes are git's six octal digits,
    None on the side where the file does not exist or where a plain patch does not tell.
    ``hidden`` says in a few words why there are no hunks to read although content differs
    ("binary file", "submodule", "nested repository", ...); None otherwise.
    """

    path: str
    status: Status
    hunks: tuple[Hunk, ...] = ()
    old_path: str | None = None
    old_mode: str | None = None
    new_mode: str | None = None
    binary: bool = False
    hidden: str | None = None
