"""Bars drawn as SVG: sizes are attributes, which a strict content security policy leaves alone."""

from collections import Counter
from collections.abc import Iterable, Sequence

from diffvet.dialogue.vocabulary import Severity
from diffvet.report.html.markup import Html, count, el
from diffvet.report.html.view import Note

Segment = tuple[str, int]
"""A class of the style sheet, and a number."""


def bar(segments: Sequence[Segment], whole: int, label: str) -> Html:
    """A bar of ``segments`` side by side; ``whole`` is as wide as it can get. ``label`` says it in words."""
    rects = []
    at = 0.0
    for name, number in segments:
        width = 100 * number / whole if whole else 0
        if width:
            rects.append(
                el("rect", {"class": name, "x": f"{at:.2f}", "y": 0, "width": f"{width:.2f}", "height": 8})
            )
        at += width
    frame = {"class": "bar", "viewBox": "0 0 100 8", "preserveAspectRatio": "none", "role": "img"}
    return el("svg", {**frame, "aria-label": label}, rects)


def told(segments: Sequence[Segment]) -> str:
    """``segments`` in words: ``2 errors, 1 warning``."""
    return ", ".join(
        f"{number:,} {name}" if name in _UNCOUNTED else count(number, name)
        for name, number in segments
        if number
    )


_UNCOUNTED = frozenset({"info", "reviewed", "cached", "skipped", "failed"})


def severities(notes: Iterable[Note]) -> list[Segment]:
    """How many notes of each severity, the worst first."""
    counted = Counter(note.finding.severity for note in notes)
    return [(severity.value, counted[severity]) for severity in reversed(Severity)]
