"""Small things about sentences: folding, titles, the first sentence."""

from diffvet.dialogue import spans
from diffvet.expression import expression

_SURROGATE = expression("[\ud800-\udfff]")
_SENTENCE_END = expression("[.!?](?=\\s)|[\u3002\uff01\uff1f]")  # the last three: full-width . ! ?
STOPS = ".!?\u2026\u3002\uff01\uff1f"
"""What ends a sentence, an ellipsis and full-width forms included."""

_TITLE_LIMIT = 120


def fold(text: str) -> str:
    """``text`` on one line, each run of white space one space, lone surrogates as U+FFFD."""
    return _SURROGATE.sub("\ufffd", " ".join(text.split()))


def without_stop(title: str) -> str:
    """``title`` without its one closing full stop; an ellipsis stays."""
    if title.endswith((".", "。")) and not title.endswith(".."):
        return title[:-1].rstrip()
    return title


def first_sentence(text: str) -> str:
    """A title made of the first sentence of ``text``; at most 120 characters, cut between words."""
    end = _SENTENCE_END.search(spans.blanked(text[:4000]))
    sentence = without_stop(text[: end.end()].strip() if end else text.strip())
    if len(sentence) <= _TITLE_LIMIT:
        return sentence
    kept = sentence[:_TITLE_LIMIT]
    return (kept[: kept.rfind(" ")] if " " in kept else kept).rstrip(" ,;:") + "…"
