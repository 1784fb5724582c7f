"""The values that were masked anywhere in a review: wherever else they stand, they are hidden too."""

import json
from collections.abc import Iterator
from typing import Final

ECHOED: Final = 8
"""A value of so many characters is hidden wherever it stands; a shorter one where it is a word of its own."""
SHORTEST: Final = 4


class Known:
    """Masked values and their placeholders; the longest are taken first, so that no tail of one is left."""

    def __init__(self) -> None:
        self._placeholders: dict[str, str] = {}
        self._values: dict[str, str] = {}  # by placeholder
        self._sorted: tuple[str, ...] | None = None

    def __bool__(self) -> bool:
        return bool(self._placeholders)

    def add(self, value: str, placeholder: str) -> None:
        """Hide ``value`` from now on, as it is and as JSON spells it; a short one only if it is no plain word."""
        if len(value) < ECHOED and not _is_telling(value):
            return
        for spelt in dict.fromkeys(
            (value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])
        ):
            self._placeholders.setdefault(spelt, placeholder)
        if placeholder.strip("x"):
            self._values.setdefault(placeholder, value)
        self._sorted = None

    def hide(self, text: str) -> str:
        """``text`` with each value replaced by its placeholder."""
        for value in self._longest_first():
            if value in text:
                text = _replaced(text, value, self._placeholders[value])
        return text

    def star(self, text: str) -> str:
        """``text`` with stars in the place of the values, for a report."""
        for value in self._longest_first():
            if value in text:
                text = _replaced(text, value, "*" * len(value))
        return text

    def restore(self, text: str) -> str:
        """``text`` with each placeholder replaced by its value, but those that tell none from another."""
        for placeholder, value in self._values.items():
            text = text.replace(placeholder, value)
        return text

    def _longest_first(self) -> tuple[str, ...]:
        if self._sorted is None:
            self._sorted = tuple(sorted(self._placeholders, key=lambda value: (-len(value), value)))
        return self._sorted


def _is_telling(value: str) -> bool:
    """Whether a short value may be hidden in any text: letters mixed with digits or marks, or six digits."""
    if value.isdigit():
        return len(value) >= SHORTEST + 2
    return len(value) >= SHORTEST and not value.isalpha() and not value.isspace()


def _replaced(text: str, value: str, shown: str) -> str:
    if len(value) >= ECHOED:
        return text.replace(value, shown)
    pieces: list[str] = []
    at = 0
    for start in _words(text, value):
        pieces += (text[at:start], shown)
        at = start + len(value)
    return "".join((*pieces, text[at:]))


def _words(text: str, value: str) -> Iterator[int]:
    """Where ``value`` stands in ``text`` as a word of its own."""
    at = text.find(value)
    while at >= 0:
        end = at + len(value)
        before, after = text[at - 1 : at], text[end : end + 1]
        if not (_in_word(before, value[0]) or _in_word(after, value[-1])):
            yield at
        at = text.find(value, end)


def _in_word(beside: str, edge: str) -> bool:
    return (beside.isalnum() or beside == "_") and (edge.isalnum() or edge == "_")
