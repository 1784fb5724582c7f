"""A line of code as markup: colours, the words that changed, and everything invisible spelt out."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import pairwise

from diffvet.report.html.highlight import Piece
from diffvet.report.html.markup import Html, count
from diffvet.report.html.words import Span
from diffvet.report.secrecy import visible

CLIPPED = 1_000
"""Characters of a line that are shown; the rest is counted."""


def code_of(pieces: Sequence[Piece], changed: Span | None = None) -> Html:
    """The markup of one line; ``changed`` is the part of it to emphasise."""
    length = sum(len(text) for _, text in pieces)
    shown = _clipped(pieces) if length > CLIPPED else pieces
    parts: Iterable[tuple[str, str, bool]] = (
        _split(shown, changed) if changed is not None else ((name, text, False) for name, text in shown)
    )
    markup = "".join(map(_piece, parts))
    if length > CLIPPED:
        markup += f'<span class="clip">… {count(length - CLIPPED, "more character")}</span>'
    return Html(markup)


def _clipped(pieces: Iterable[Piece]) -> Iterator[Piece]:
    room = CLIPPED
    for name, text in pieces:
        if room <= 0:
            return
        yield name, text[:room]
        room -= len(text)


def _split(pieces: Iterable[Piece], changed: Span) -> Iterator[tuple[str, str, bool]]:
    """``pieces`` cut where the change begins and ends, each with whether it lies inside."""
    start, end = changed
    at = 0
    for name, text in pieces:
        cuts = sorted({0, len(text), *(cut - at for cut in changed if 0 < cut - at < len(text))})
        for first, last in pairwise(cuts):
            yield name, text[first:last], start <= at + first and at + last <= end
        at += len(text)


def _piece(piece: tuple[str, str, bool]) -> str:
    name, text, emphasised = piece
    markup = _spelt(text)
    if name:
        markup = f'<span class="{name}">{markup}</span>'
    return f"<b>{markup}</b>" if emphasised else markup


def _spelt(text: str) -> str:
    """``text`` escaped; tabs stay, a control or format character becomes its name in a box."""
    if text.isprintable():
        return escape(text, quote=False)
    return "".join(
        char
        if char == "\t"
        else escape(char, quote=False)
        if (said := visible(char)) == char
        else f"<i>{escape(said)}</i>"
        for char in text
    )
