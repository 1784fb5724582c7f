"""Reads answers that are not in the exact form."""

from diffvet.dialogue import exact
from diffvet.dialogue.answer import SENTINEL, Answer


def read(text: str) -> Answer:
    """The bullets of ``text`` and whether it is whole."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    bullets = [bullet for line in lines if (bullet := exact.read(line)) is not None]
    if not lines:
        return Answer((), complete=False, problem="the answer is empty")
    if SENTINEL not in lines:
        return Answer(tuple(bullets[:-1]), complete=False, problem="the answer has no closing sentinel")
    if not bullets and "- none" not in lines:
        return Answer((), complete=False, problem="the answer has no bullet list")
    return Answer(tuple(bullets), complete=True)
