"""A secret that was found: where it stands, and its value in an object that does not print."""

from dataclasses import dataclass

from diffvet.diff.model import Side
from diffvet.review.secrets.kinds import Kind


class Value:
    """A secret's text. It does not print; ``reveal`` gives it to those who must compare or restore it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself. Never log, store or send it."""
        return self._text

    def __repr__(self) -> str:
        return f"<a secret of {len(self._text)} characters>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Value) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> tuple[type["Value"], tuple[str]]:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True, slots=True)
class Secret:
    """One place where a secret stands.

    ``change`` and ``hunk`` count the masked changes and their hunks from 0; ``hunk`` and ``line`` are None
    for a secret in a file name, ``line`` alone for one in a hunk's heading. ``line`` is the 1-based number on
    ``side``; ``start`` and ``end`` are 0-based code point columns, the end exclusive.
    ``added`` says that the line is new; ``echo`` that the value was recognised only because it is a secret elsewhere.
    """

    kind: Kind
    path: str
    side: Side
    line: int | None
    start: int
    end: int
    value: Value
    placeholder: str
    change: int
    hunk: int | None = None
    added: bool = False
    echo: bool = False
