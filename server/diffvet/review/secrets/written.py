"""Keys that are written byte by byte: ``aes_key[16] = {0x3a, 0x07, ...}``."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from diffvet.expression import expression

_BYTES: Final = expression(
    r"""["'\]]*(?:\[\w*\])*[ \t]*(?::[ \t]*[^=\n]{1,30})?[:=][ \t]*(?:new[ ]byte[ ]?\[\d*\]|\(?\w[\w.:]{0,30}\(?|\[\d*\]\w+)?[ \t]*[{\[]\s*"""
    r"""(?P<bytes>(?:0x[0-9A-Fa-f]{1,2}|\d{1,3})(?:u8|U)?(?:\s*,\s*(?:0x[0-9A-Fa-f]{1,2}|\d{1,3})){11,511})(?=\s*,?\s*[}\]])"""
)
_BYTE: Final = expression(r"0x[0-9A-Fa-f]+|[1-9]\d*|0")
_DIFFERENT: Final = 6
"""A key has at least so many different bytes."""
_LONGEST: Final = 4_000


def written(text: str, at: int) -> Iterator[tuple[int, int]]:
    """The lines of the bytes that belong to the name ending at ``at``; no table of zeros or of successive numbers."""
    if not text.startswith(("[", "]", "'", '"', " ", "=", ":"), at):
        return
    hit = _BYTES.match(text, at, min(len(text), at + _LONGEST))
    if hit is None:
        return
    numbers = [int(number, 0) for number in _BYTE.findall(hit["bytes"])]
    steps = {after - before for before, after in pairwise(numbers)}
    if len(set(numbers)) < _DIFFERENT or len(steps) < _DIFFERENT:
        return
    start, end = hit.span("bytes")
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        yield start, stop
        start = stop + 1
