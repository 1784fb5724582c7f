"""Placeholders: what a model reads where a secret stood, of the same length.

They are made of word characters only, so that strings, markup, YAML, shell and every parser read the line as
before. One regular expression, ``PATTERN``, fits all of them; the longest form that fits is used::

    MASKED_GITHUB_TOKEN_1_xxxxxxxxxxxxxxxxxx      MASKED_2_xxx      M3_x
"""

import re
from typing import Final

PATTERN: Final = re.compile(r"(?:MASKED_(?:[A-Z][A-Z0-9]*_)*|(?<![A-Za-z0-9_])M)(\d+)_x*")

INSTRUCTION: Final = (
    "Secrets in the diff were replaced before sending: MASKED_<KIND>_<number>_xxx (short ones: M<number>_x) stands for a "
    "value that is known, and already reported. A placeholder is never a finding itself, neither as a secret nor as a "
    "name; judge the code as if the real value stood there, and copy the placeholder where you quote the line."
)


def placeholder(label: str, number: int, length: int) -> str:
    """The placeholder of ``length`` code points for the secret numbered ``number`` of the kind ``label``.

    Where not even the number fits it is a run of ``x``, which cannot be mapped back.
    """
    for form in (f"MASKED_{label}_{number}_", f"MASKED_{number}_", f"M{number}_"):
        if len(form) <= length:
            return form.ljust(length, "x")
    return "x" * length


class Placeholders:
    """Gives equal values equal placeholders, and different ones different numbers that ``text`` does not use."""

    def __init__(self, text: str) -> None:
        self._taken = {int(hit[1][:9]) for hit in PATTERN.finditer(text)}
        self._known: dict[str, str] = {}
        self._number = 0

    def of(self, value: str, label: str) -> str:
        """The placeholder of ``value``, as long as it; ``label`` counts when it is new."""
        known = self._known.get(value)
        if known is None:
            self._number += 1
            while self._number in self._taken:
                self._number += 1
            known = self._known[value] = placeholder(label, self._number, len(value))
        return known


def is_placeholder(value: str) -> bool:
    """Whether ``value`` holds a placeholder of a long form, or is one of the short form."""
    return ("MASKED_" in value and PATTERN.search(value) is not None) or PATTERN.fullmatch(value) is not None
