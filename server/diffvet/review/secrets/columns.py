"""Secrets in tables: a column whose head promises one, in Markdown, CSV and ``INSERT INTO`` statements."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from diffvet.expression import expression
from diffvet.review.secrets.judge import is_secret
from diffvet.review.secrets.names import Promise, promise
from diffvet.review.secrets.places import places
from diffvet.review.secrets.span import Span
from diffvet.review.secrets.value import Doubt, Value

_RULE: Final = expression(r"(?m)^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+(?:[ \t]*:?-{2,}:?[ \t]*)?$")
"""The line under the head of a table."""
_CELL: Final = expression(r"[^|\n]+")
_INSERT: Final = expression(
    r"insert[ \t]+(?:ignore[ \t]+)?into[ \t]+[\w.\"`\[\]]{1,80}[ \t]*\((?P<names>[^()]{1,600})\)\s*values\s*",
    re.IGNORECASE,
)
_ITEM: Final = expression(
    r"\s*(?:(?:N|E|X)?'(?P<text>(?:[^'\n]|'')*)'|\"(?P<other>[^\"\n]*)\"|[^,()'\"\n]*(?:\([^()\n]*\))?)\s*(?P<stop>[,)])"
)
_NEXT: Final = expression(r"\s*,\s*")
_SEPARATORS: Final = {".csv": ",", ".tsv": "\t", ".psv": "|"}
_ROWS: Final = 2_000
_WIDTH: Final = 4_000
"""So many rows of a table are read, and so many code points of a row."""


def find(text: str, lowered: str, path: str) -> Iterator[Span]:
    """The secrets in columns of ``text`` that promise them; spans may overlap.

    ``lowered`` is the text in lower case, with the same offsets.
    """
    if "|--" in text or "| --" in text or "| :-" in text or "|:-" in text:
        yield from _markdown(text)
    for at in places(lowered, "insert "):
        if head := _INSERT.match(text, at):
            yield from _inserted(text, head)
    separator = _SEPARATORS.get(path[-4:].lower())
    if separator:
        yield from _separated(text, separator)


def _markdown(text: str) -> Iterator[Span]:
    done = 0
    for rule in _RULE.finditer(text):
        if rule.start() < done:
            continue
        head = text.rfind("\n", 0, max(0, rule.start() - 1)) + 1
        names = [hit[0] for hit in _CELL.finditer(text, head, rule.start())]
        levels = _promises(names)
        if not any(levels):
            continue
        for start, end in _lines(text, rule.end() + 1):
            if "|" not in text[start:end]:
                break
            done = end
            cells = [hit.span() for hit in _CELL.finditer(text, start, end)]
            yield from _judged(text, cells, levels)


def _separated(text: str, separator: str) -> Iterator[Span]:
    lines = _lines(text, 0)
    start, end = next((line for line in lines if line[0] < line[1]), (0, 0))  # a hunk begins with its heading
    levels = _promises(text[start:end].split(separator))
    if not any(levels):
        return
    for start, end in lines:
        cells, at = [], start
        for cell in text[start:end].split(separator):
            cells.append((at, at + len(cell)))
            at += len(cell) + len(separator)
        yield from _judged(text, cells, levels)


def _inserted(text: str, head: re.Match[str]) -> Iterator[Span]:
    levels = _promises(head["names"].split(","))
    if not any(levels):
        return
    at = head.end()
    for _ in range(_ROWS):
        if not text.startswith("(", at):
            return
        cells: list[tuple[int, int]] = []
        at += 1
        while item := _ITEM.match(text, at, min(len(text), at + _WIDTH)):
            group = "text" if item["text"] is not None else "other"
            cells.append(item.span(group) if item[group] is not None else (at, at))
            at = item.end()
            if item["stop"] == ")":
                break
        else:
            return
        yield from _judged(text, cells, levels)
        more = _NEXT.match(text, at)
        if more is None:
            return
        at = more.end()


def _promises(names: Sequence[str]) -> list[Promise]:
    """What each head promises; ``NONE`` for less than a secret."""
    levels = (promise(name.strip(" \t\"'`[]*_\r")) for name in names)
    return [level if level >= Promise.SECRET and not doubt else Promise.NONE for level, doubt in levels]


def _judged(text: str, cells: Sequence[tuple[int, int]], levels: Sequence[Promise]) -> Iterator[Span]:
    for (start, end), level in zip(cells, levels, strict=False):
        if level is Promise.NONE:
            continue
        cell = text[start:end]
        value = cell.strip(" \t\"'`*\r")
        if value and is_secret(Value((), value, quoted=True), level, Doubt.NONE):
            at = start + cell.index(value)
            yield Span(at, at + len(value), level.kind)


def _lines(text: str, at: int) -> Iterator[tuple[int, int]]:
    """The lines from ``at`` on, cut at ``_WIDTH``."""
    for _ in range(_ROWS):
        if at >= len(text):
            return
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        yield at, min(end, at + _WIDTH)
        at = end + 1
