"""How little a value looks like something a person named: the pairs of its characters that words do not have.

Random text of letters and digits surprises at every second pair, an identifier at one in twenty. Measured on
the words of the standard library: the letter pairs below are 95 % of all pairs in words.
"""

import math
from collections import Counter
from functools import cache
from operator import add
from typing import Final

CLIP: Final = 160
"""A longer value is judged by its first code points."""

_FOLLOWERS: Final = dict(
    pair.split(":")
    for pair in [
        "a:bcdfgiklmnprstuvwxy",
        "b:aceijlorsuy",
        "c:acdehiklmorstuy",
        "d:abdefilorsu",
        "e:abcdefgilmnopqrstvwxy",
        "f:aefilorstu",
        "g:aeghilnorsu",
        "h:aeiort",
        "i:abcdefglmnoprstvxz",
        "j:e",
        "k:aeis",
        "l:acdeilopstuy",
        "m:abeilmopsu",
        "n:acdefgiklnopstuv",
        "o:abcdfgiklmnoprstuvw",
        "p:aehiloprstuy",
        "q:u",
        "r:acdefgiklmnoprstuvy",
        "s:acefhiklmnopstuy",
        "t:acdefhilmoprstuy",
        "u:abcdefgilmnprst",
        "v:aeio",
        "w:aehinors",
        "x:ceipt",
        "y:lmnpst",
        "z:e",
    ]
)
_SEPARATORS: Final = frozenset("-_. :,;/\\()[]{}<>|\"'`")


def surprises(value: str) -> int:
    """The number of neighbouring characters of ``value`` that words, names and numbers do not have."""
    value = value[:CLIP]
    natural = _ascii_pairs()
    if value.isascii():  # all in the interpreter's own loops: this is asked of every value
        return max(len(value) - 1, 0) - sum(map(natural.__contains__, map(add, value, value[1:])))
    pairs = map(add, value, value[1:])
    return sum(pair not in natural and (pair.isascii() or not pair.isalpha()) for pair in pairs)


def ratio(value: str) -> float:
    """``surprises`` a pair: 0 for a word, about 0.5 for random letters and digits."""
    size = min(len(value), CLIP) - 1
    return surprises(value) / size if size > 0 else 0.0


def is_drawn(value: str) -> bool:
    """Whether ``value`` was drawn by a machine: ten characters or more, capitals, small letters and digits mixed."""
    value = value[:CLIP]
    mixed = any(map(str.islower, value)) and any(map(str.isupper, value)) and any(map(str.isdigit, value))
    return len(value) >= 10 and mixed and surprises(value) >= max(4, 0.28 * len(value))


def entropy(value: str) -> float:
    """Shannon entropy of ``value`` in bits a character; 0 for an empty one."""
    value = value[:CLIP]
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values()) if size else 0.0


@cache
def _ascii_pairs() -> frozenset[str]:
    """All natural pairs of ASCII characters."""
    characters = [chr(code) for code in range(128)]
    return frozenset(before + char for before in characters for char in characters if _natural(before, char))


def _natural(before: str, char: str) -> bool:
    if before in _SEPARATORS or char in _SEPARATORS:
        return True
    if before.isdigit():
        return char.isdigit()
    if not (before.isalpha() and char.isalpha()):
        return before == char
    if before.islower() and char.isupper():
        return True  # a hump of camel case
    return char.lower() in _FOLLOWERS.get(before.lower(), "")
