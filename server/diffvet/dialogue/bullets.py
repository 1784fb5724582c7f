"""The bulleted answer: a tolerant reader and an exact writer."""

from collections.abc import Sequence
from dataclasses import replace

from diffvet.dialogue import exact, suggestion
from diffvet.dialogue.answer import SENTINEL, Answer, Bullet
from diffvet.dialogue.vocabulary import Category, Severity

__all__ = ["NONE", "SENTINEL", "Answer", "Bullet", "Category", "Severity", "read", "write"]

NONE = "- none"


def write(bullets: Sequence[Bullet]) -> str:
    """The exact answer: one line per bullet (and its suggestion) or ``- none``, then the sentinel and a line feed.

    ``read`` gives the same bullets back but for white space (folded), a title's closing full stop
    (dropped), lone surrogates (U+FFFD outside paths), and an ``end`` that is missing (= ``start``).
    """
    lines = [line for bullet in bullets for line in _lines(bullet)] or [NONE]
    return "\n".join((*lines, SENTINEL, ""))


def _lines(bullet: Bullet) -> list[str]:
    first = exact.write(bullet)
    return [first] if bullet.suggestion is None else [first, *suggestion.write(bullet.suggestion)]


def read(text: str) -> Answer:
    """What a reviewer's answer says, however it is dressed. Never raises; linear in the text's length.

    A bullet that is repeated counts once. An answer that is not complete keeps the bullets that are whole: those another bullet, or clearly
    something else, follows.
    """
    answer = _read_exact(text)
    if answer is not None:
        return answer
    from diffvet.dialogue import tolerant  # noqa: PLC0415 - its tables are not needed for exact answers

    return tolerant.read(text)


def _read_exact(text: str) -> Answer | None:
    """The answer if every line of it has the exact form; None otherwise."""
    lines = [line for line in text.split("\n") if line]
    if len(lines) < 2 or lines[-1] != SENTINEL:
        return None
    bullets: list[Bullet] = []
    at = 0
    while at < len(lines) - 1:
        bullet = exact.read(lines[at])
        if bullet is None and lines[at] != NONE:
            return None
        at += 1
        if bullet is not None:
            block = suggestion.read(lines, at)
            if block is not None:
                bullet, at = replace(bullet, suggestion=block[0]), block[1]
            bullets.append(bullet)
    return Answer(tuple(dict.fromkeys(bullets)), complete=True)
