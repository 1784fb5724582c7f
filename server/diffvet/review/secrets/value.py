"""A value in a key-like place, as it was read."""

from enum import IntEnum
from typing import Final, NamedTuple

LONGEST: Final = 240
"""A value is judged by so many code points; one that is a secret is masked to its end."""


class Doubt(IntEnum):
    """How much the syntax around a value leaves open whether it is the value of that name."""

    NONE = 0
    CALLED = 1  # an argument after the name
    BARE = 2  # no quotes, where code may stand


class Value(NamedTuple):
    """The text that belongs to a name: ``text`` stands in ``pieces``, one offset range for each part of a string.

    ``closing`` is the quote that ends it, empty where there is none.
    """

    pieces: tuple[tuple[int, int], ...]
    text: str
    quoted: bool
    doubt: Doubt = Doubt.NONE
    closing: str = ""
