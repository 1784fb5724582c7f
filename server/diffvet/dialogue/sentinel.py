"""The line that ends an answer: what counts as it, and what may still follow it."""

import re

from diffvet.dialogue import spans
from diffvet.dialogue.answer import SENTINEL
from diffvet.expression import expression

_DECORATION = "(?:[^\\w`'\"<>?\u2018-\u201f\u00ab\u00bb\u2039\u203a\u300c-\u300f]|_){0,20}"
_LINE = expression(_DECORATION + SENTINEL.replace(" ", "[ _]") + _DECORATION, re.IGNORECASE)
# A sentinel on the line of the last bullet: only after the end of a sentence, so that no quoted one counts.
_TRAILING = expression(r"(?:[.!?)`*\u3002\uff01\uff09]|none)\s+(" + SENTINEL + r")[\s.*_]{0,10}$")
# Closing tags of a wrapper, and the marks that a model's own template ends a turn with.
_CLOSING_TAG = expression(r"</[A-Za-z][\w:.-]{0,40}\s*>|<\|[\w-]{1,30}\|>|\[/?INST\]")
_END_OF_TURN = expression(r"(?:</s>|<\|[\w-]{1,30}\|>)\s*$")
_THOUGHT = expression(
    r"</(?:think|thinking|thought|reasoning|analysis|reflection|scratchpad)>", re.IGNORECASE
)
_WORD = expression(r"[^\W_]")


def is_sentinel(line: str) -> bool:
    """Whether a line is the sentinel and nothing else but emphasis and punctuation.

    One in quotation marks or a code span is talked about, not said.
    """
    return _LINE.fullmatch(line) is not None


def says_more(line: str) -> bool:
    """Whether a line after the sentinel says anything: more than closing tags, fences and punctuation.

    The end of a block of thoughts means that the sentinel stood in one.
    """
    if not line or line.isspace() or is_sentinel(" ".join(line.split())):
        return False
    return _THOUGHT.search(line) is not None or _WORD.search(_CLOSING_TAG.sub("", line)) is not None


def on_own_line(text: str) -> str:
    """``text`` with a sentinel that ends its last line moved to a line of its own, end-of-turn marks removed."""
    text = _END_OF_TURN.sub("", text)
    begin = text.rstrip().rfind("\n") + 1
    if text.startswith(">", begin):
        return text
    found = _TRAILING.search(spans.blanked(text[begin:])[-200:])
    if found is None:
        return text
    at = len(text) - len(found.string) + found.start(1)
    return f"{text[:at]}\n{text[at:]}"
