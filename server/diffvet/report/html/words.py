"""What changed inside a line that was replaced by another."""

import re
from collections.abc import Sequence

from diffvet.diff.model import DiffLine, LineKind

Span = tuple[int, int]
"""Characters from..to (exclusive) of a line that the other line does not have."""

LONGEST = 1_000
"""Characters up to which lines are compared."""

_ALIKE = 0.3
"""Lines share at least this part of the longer one, or they are two different lines."""

_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)


def changed_words(lines: Sequence[DiffLine]) -> dict[int, Span]:
    """By its index, the changed span of each line that has a counterpart: the n-th removed, the n-th added."""
    spans: dict[int, Span] = {}
    removed: list[int] = []
    added: list[int] = []
    for index, line in enumerate([*lines, None]):
        if line is not None and line.kind is LineKind.ADDED:
            added.append(index)
            continue
        if line is None or line.kind is LineKind.CONTEXT or added:
            _pair(lines, removed, added, spans)
            removed, added = [], []
        if line is not None and line.kind is LineKind.REMOVED:
            removed.append(index)
    return spans


def _pair(
    lines: Sequence[DiffLine], removed: Sequence[int], added: Sequence[int], spans: dict[int, Span]
) -> None:
    for old, new in zip(removed, added, strict=False):
        found = difference(lines[old].text, lines[new].text)
        if found is not None:
            spans[old], spans[new] = found


def difference(old: str, new: str) -> tuple[Span, Span] | None:
    """The span of either line between the words they begin and end with alike; None where they are not alike."""
    if old == new or max(len(old), len(new)) > LONGEST:
        return None
    words, others = _WORD.findall(old), _WORD.findall(new)
    most = min(len(words), len(others))
    start = next((at for at in range(most) if words[at] != others[at]), most)
    rest = most - start
    end = next((at for at in range(rest) if words[-1 - at] != others[-1 - at]), rest)
    before = sum(map(len, words[:start]))
    after = sum(map(len, words[len(words) - end :]))
    shared = len("".join(words[:start]).strip()) + len("".join(words[len(words) - end :]).strip())
    if shared < _ALIKE * max(len(old.strip()), len(new.strip())):
        return None
    return (before, len(old) - after), (before, len(new) - after)
