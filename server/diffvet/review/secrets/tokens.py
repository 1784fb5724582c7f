"""Tokens whose shape names their vendor. Shapes are facts the vendors publish; see each vendor's documentation.

A run of 20 word characters is the only thing looked for in all text (13 ms a megabyte); shapes are tried
inside such runs only, so their number costs nothing on ordinary code.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from diffvet.review.secrets.kinds import Kind
from diffvet.review.secrets.lookalikes import is_telling
from diffvet.review.secrets.shapes import (
    ANCHORED,
    AWS_ID,
    AWS_SECRET,
    BESIDE,
    DISCORD,
    MAILGUN,
    NAMED_IDS,
    PREFIXED,
    SHAPES,
)
from diffvet.review.secrets.span import Span
from diffvet.review.secrets.surprise import is_drawn, ratio, surprises

_RUN: Final = re.compile(r"[A-Za-z0-9_-]{20,}")
_LEAST: Final = 35
"""A word that names a service and something drawn are not shorter."""
_BEFORE: Final = 20
"""A shape may begin this many code points before its long run: ``SG.``, ``bot``, digits and a colon."""


class _Table(NamedTuple):
    """The shapes, compiled: a pattern of all first words, what may follow each, and those without one."""

    heads: re.Pattern[str]
    shapes: dict[str, tuple[tuple[Kind, re.Pattern[str]], ...]]
    anchored: tuple[tuple[str, Kind, int, re.Pattern[str]], ...]
    whole: tuple[tuple[Kind, re.Pattern[str]], ...]


@cache
def _table() -> _Table:
    shapes: dict[str, tuple[tuple[Kind, re.Pattern[str]], ...]] = {}
    for shape in SHAPES:
        kind = Kind(shape.label, shape.noun)
        for word in shape.words.split():
            shapes[word] = (*shapes.get(word, ()), (kind, re.compile(re.escape(word) + shape.rest)))
    words = sorted(shapes, key=len, reverse=True)
    return _Table(
        re.compile("|".join(map(re.escape, words))),
        shapes,
        tuple((word, kind, before, re.compile(pattern)) for word, kind, before, pattern in ANCHORED),
        tuple((kind, re.compile(pattern)) for kind, pattern in (DISCORD, MAILGUN, AWS_SECRET, PREFIXED)),
    )


def find(text: str) -> Iterator[Span]:
    """The tokens in ``text``; spans may overlap."""
    table = _table()
    for word, kind, before, pattern in table.anchored:
        at = text.find(word)
        while at >= 0:
            hit = pattern.search(text, max(0, at - before), at + 320)
            group = "value" if "value" in pattern.groupindex else 0
            if hit and hit.start() <= at < hit.end() and not is_telling(hit[group]):
                yield Span(*hit.span(group), kind)
            at = text.find(word, at + len(word))
    done = 0
    for run in _RUN.finditer(text):
        start = max(done, run.start() - _BEFORE, text.rfind("\n", 0, run.start()) + 1)
        for head in table.heads.finditer(text, start, run.end()):
            if head.start() >= done and (span := _fit(text, head.start(), table.shapes[head[0]])):
                done = span.end
                yield span
                if span.kind.label == AWS_ID:
                    yield from _beside(text, span, table.whole[2])
        if done <= run.start() and (
            span := _whole(text, run, table.whole[:2]) or _prefixed(text, run, table.whole[-1])
        ):
            done = span.end
            yield span


def _whole(text: str, run: re.Match[str], shapes: tuple[tuple[Kind, re.Pattern[str]], ...]) -> Span | None:
    """The shape that begins where ``run`` does, for those that begin with no telling word."""
    if not (text.startswith(".", run.end()) and run[0][0] in "MNO") and run.end() - run.start() != 50:
        return None
    hits = ((kind, pattern.match(text, run.start())) for kind, pattern in shapes)
    return next((Span(*hit.span(), kind) for kind, hit in hits if hit and not is_telling(hit[0])), None)


def _prefixed(text: str, run: re.Match[str], shape: tuple[Kind, re.Pattern[str]]) -> Span | None:
    """The token that ``run`` is, if it is a word that names a service and something drawn."""
    kind, pattern = shape
    if run.end() - run.start() < _LEAST:
        return None
    hit = pattern.fullmatch(text, *run.span())
    if (
        hit is None
        or hit["prefix"] in NAMED_IDS
        or text[run.end() : run.end() + 1] in {"+", "/", "="}
        or not _begins_here(text, run.start())
    ):
        return None
    drawn = is_drawn(hit["value"]) and ratio(hit["value"]) >= 0.3 and not is_telling(hit["value"])
    return Span(*run.span(), kind) if drawn else None


def _beside(text: str, key: Span, secret: tuple[Kind, re.Pattern[str]]) -> Iterator[Span]:
    """The secrets near the id ``key``: forty characters that are no digest."""
    kind, pattern = secret
    for hit in pattern.finditer(text, max(0, key.start - BESIDE), min(len(text), key.end + BESIDE)):
        if is_drawn(hit[0]) and not is_telling(hit[0]):
            yield Span(*hit.span(), kind)


def _fit(text: str, at: int, shapes: tuple[tuple[Kind, re.Pattern[str]], ...]) -> Span | None:
    if not _begins_here(text, at):
        return None
    for kind, pattern in shapes:
        hit = pattern.match(text, at)
        if hit and surprises(hit[0]) * 9 >= min(len(hit[0]), 60) and not is_telling(hit[0]):
            return Span(at, hit.end(), kind)
    return None


def _begins_here(text: str, at: int) -> bool:
    """Whether a word begins at ``at``, be it after an escape like a written line feed."""
    if not at or not (text[at - 1].isalnum() or text[at - 1] in "-_."):
        return True
    if text[at - 1] in "_.":
        return text.startswith(("AKIA", "ASIA", "atlasv1."), at)
    return at > 1 and text[at - 2] == "\\" and text[at - 1] in "nrt"
