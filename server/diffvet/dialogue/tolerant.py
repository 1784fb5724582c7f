"""Reads answers that are not in the exact form: the outline's records, judged as a whole."""

import re

from diffvet.dialogue import outline, spans
from diffvet.dialogue.answer import SENTINEL, Answer

# A sentinel on the line of the last bullet: only after the end of a sentence, so that no quoted one counts.
_TRAILING = re.compile(r"(?:[.!?)`*\u3002\uff01\uff09]|none)\s+(" + SENTINEL + r")[\s.*_`]{0,10}$")


def read(text: str) -> Answer:
    """The bullets of ``text`` and whether it is whole; see ``diffvet.dialogue.bullets.read``."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return Answer((), complete=False, problem="the answer is empty")
    found = outline.read(_on_own_line(text))
    bullets = tuple(dict.fromkeys(bullet for _, bullet in found.records))
    problem = _problem(found, has_bullets=bool(bullets))
    return Answer(bullets, complete=problem is None, problem=problem)


def _problem(found: outline.Outline, *, has_bullets: bool) -> str | None:
    listed = has_bullets or found.none
    if found.overlong:
        return "the answer has more bullets than a review can have"
    if not found.closed:
        return "the answer has no closing sentinel" if found.begun else "the answer has no bullet list"
    if listed:
        return None
    return (
        "the answer has bullets that state no readable risk"
        if found.unread
        else "the answer has no bullet list"
    )


def _on_own_line(text: str) -> str:
    """``text`` with a sentinel that ends its last line moved to a line of its own."""
    begin = text.rstrip().rfind("\n") + 1
    found = _TRAILING.search(spans.blanked(text[begin:])[-200:])
    if found is None:
        return text
    at = len(text) - len(found.string) + found.start(1)
    return f"{text[:at]}\n{text[at:]}"
