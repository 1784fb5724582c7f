"""All detectors over one text, and what they found without overlap."""

from collections.abc import Iterable

from diffvet.review.secrets import (
    addresses,
    assignments,
    blocks,
    calls,
    columns,
    commands,
    logins,
    manifests,
    tokens,
)
from diffvet.review.secrets.placeholder import is_placeholder
from diffvet.review.secrets.span import Span


def scan(text: str, path: str = "") -> list[Span]:
    """The secrets in ``text``, in order, none overlapping; linear in its length.

    ``text`` may have many lines; a span never goes beyond one line. ``path`` tells how unquoted values are to
    be read. Where detectors overlap, the span that begins first holds, and is widened to the end of the other.
    """
    lowered = _lower(text)
    found = [
        *blocks.find(text, path),
        *tokens.find(text),
        *addresses.find(text, lowered),
        *commands.find(text, lowered),
        *calls.find(text, lowered),
        *logins.find(text, lowered, path),
        *columns.find(text, lowered, path),
        *manifests.find(text, path),
        *assignments.find(text, lowered, path),
    ]
    return _apart(span for span in found if not is_placeholder(text[span.start : span.end]))


def _lower(text: str) -> str:
    """``text`` in lower case, with the same offsets."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if c.isascii() else c for c in text)


def _apart(spans: Iterable[Span]) -> list[Span]:
    apart: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        if apart and span.start < apart[-1].end:
            last = apart[-1]
            if span.end > last.end:
                apart[-1] = last._replace(end=span.end)
        else:
            apart.append(span)
    return apart
