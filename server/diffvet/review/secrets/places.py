"""Where words stand in a text, and what patterns find there."""

import re
from collections.abc import Iterable, Iterator


def places(text: str, word: str) -> Iterator[int]:
    """The offsets of ``word`` in ``text``, none overlapping."""
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


def hits(
    text: str, lowered: str, table: Iterable[tuple[tuple[str, ...], re.Pattern[str]]]
) -> Iterator[re.Match[str]]:
    """What each pattern of ``table`` matches in ``text`` from where one of its words stands in ``lowered``."""
    for words, pattern in table:
        for word in words:
            if word in lowered:  # most are not, and a generator for each costs more than looking
                yield from filter(None, (pattern.match(text, at) for at in places(lowered, word)))
