"""Recognises the words of our own prompt, which an answer repeats instead of answering.

The prompt holds a ``- none`` and a sentinel, so an echo of it could pass for a review.
"""

from diffvet.dialogue.wording import (
    CLOSING,
    INSTRUCTIONS,
    LEGEND,
    LEGEND_CRLF,
    LEGEND_ESCAPES,
    OPENING,
    RULES,
)

_TEMPLATE = "[severity][category]"
_AROUND = " \t>-*+#_`|"
_SHORTEST = 16
"""Characters of a line that nobody else would write; ``- none`` and the sentinel are shorter."""


def is_echo(line: str) -> bool:
    """Whether a line of an answer, emphasis and list markers aside, is one of the prompt's own."""
    said = _said(line)
    return said.startswith(_TEMPLATE) or said in _OWN


def _said(line: str) -> str:
    return " ".join(line.strip(_AROUND).split()).lower()


_OWN = frozenset(
    said
    for part in (
        f"{OPENING} {RULES}",
        RULES,
        OPENING,
        INSTRUCTIONS,
        LEGEND,
        LEGEND_ESCAPES,
        LEGEND_CRLF,
        CLOSING,
    )
    for said in map(_said, part.splitlines())
    if len(said) >= _SHORTEST
)
