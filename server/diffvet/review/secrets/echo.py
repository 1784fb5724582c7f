"""Other places of a value once it is known to be a secret: what is masked here must not be read there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from diffvet.review.secrets.kinds import Kind
from diffvet.review.secrets.span import Span

_SHORT: Final = 8
"""A shorter value counts only where it is a word of its own."""
_FEW: Final = 24
"""So many values are looked for one by one; more of them through an index of their ends."""
_TAIL: Final = 6


def echoes(text: str, values: Mapping[str, Kind], known: Iterable[Span]) -> list[Span]:
    """``known`` and all further places in ``text`` where one of ``values`` stands, in order, none overlapping."""
    spans = list(known)
    places = sorted(
        (*_places(text, values), *((span.start, span.end) for span in spans)), key=lambda p: (p[0], -p[1])
    )
    kinds = {(span.start, span.end): span.kind for span in spans}
    apart: list[Span] = []
    for start, end in places:
        if apart and start < apart[-1].end:
            if end > apart[-1].end:  # two values overlap: one longer span hides both
                apart[-1] = apart[-1]._replace(end=end)
            continue
        kind = kinds.get((start, end)) or values[text[start:end]]
        apart.append(Span(start, end, kind))
    return apart


def _places(text: str, values: Mapping[str, Kind]) -> Iterator[tuple[int, int]]:
    if len(values) <= _FEW:
        for value in values:
            at = text.find(value)
            while at >= 0:
                if len(value) >= _SHORT or _is_word(text, at, at + len(value)):
                    yield at, at + len(value)
                at = text.find(value, at + len(value))
        return
    ends = _ends(values)
    for at in range(len(text) - _TAIL + 1):
        sizes = ends.get(text[at : at + _TAIL])
        if sizes is not None:
            end = at + _TAIL
            for size, those in sizes.items():
                start = end - size
                if start >= 0 and text[start:end] in those and (size >= _SHORT or _is_word(text, start, end)):
                    yield start, end


def _ends(values: Mapping[str, Kind]) -> dict[str, dict[int, set[str]]]:
    """The values by their last code points and their length. One shorter than that is not looked for."""
    ends: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for value in values:
        if len(value) >= _TAIL:
            ends[value[-_TAIL:]][len(value)].add(value)
    return ends


def _is_word(text: str, start: int, end: int) -> bool:
    before, after = text[max(start - 1, 0) : start], text[end : end + 1]
    return not (before.isalnum() or before == "_" or after.isalnum() or after == "_")
