"""The title in the words of a risk, and words without the emphasis around them."""

from diffvet.dialogue import spans
from diffvet.dialogue.exact import meant
from diffvet.dialogue.phrases import first_sentence, fold, without_stop
from diffvet.expression import expression

EDGE = " \t-\u2013\u2014|;,:\uff1a\u00b7\u2022\u3001\uff0c"
"""What separates the parts of a risk and belongs to none of them."""

_BOLD = expression(r"(?:\*\*|__)(?=\S)(.+?)(?:\*\*|__)(?!\w)")
_BREAK = expression(r"\s+[\u2013\u2014-]\s+|[:\uff1a](?=\s|$|[^\x00-\x7f])|\u2014")
_TITLE_REACH = 160


def split(text: str) -> tuple[str, str, bool]:
    """The title in ``text``, what is left of it, and whether the title was set in bold."""
    bold = _BOLD.match(text)
    if bold is None:
        bold = _BOLD.search(text, 0, _TITLE_REACH)
        if bold is not None and text[: bold.start()].strip(" \t-\u2013\u2014:|(["):
            bold = None
    if bold is not None and cleaned(bold[1]):
        return cleaned(bold[1]), text[bold.end() :].lstrip(EDGE + ".*"), True
    text = plain(text)
    masked = spans.blanked(text[:4000])
    found = _BREAK.search(masked, 0, _TITLE_REACH)
    sentence = first_sentence(text)
    if found is not None and found.start() < len(sentence) and text[found.end() :].strip():
        return cleaned(text[: found.start()]), text[found.end() :].strip(), False
    if sentence.endswith("\u2026"):
        return sentence, text, False
    return cleaned(sentence), text[len(sentence) :].lstrip(" .\u3002"), False


def cleaned(text: str) -> str:
    """A title without emphasis, quotes around it, or punctuation after it."""
    text = text.strip(" \t*_")
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    return meant(without_stop(fold(text).rstrip(":\uff1a-\u2013\u2014 ")).replace("\\*", "*"))


def plain(text: str) -> str:
    """``text`` without emphasis that is open at one end only, or that is all around it."""
    text = text.strip().lstrip("\u2014\u2013|;\u00b7\u2022").strip()
    for mark in ("**", "__"):
        if text.count(mark) % 2:
            text = text.removeprefix(mark) if text.startswith(mark) else text.removesuffix(mark)
        elif len(text) > 4 and text.count(mark) == 2 and text.startswith(mark) and text.endswith(mark):
            text = text[2:-2]
    for mark in ("*", "_"):
        if len(text) > 2 and text.count(mark) == 2 and text[0] == text[-1] == mark:
            text = text[1:-1]
    return meant(text.rstrip(" \t|\u2014\u2013-\u00b7\u2022").strip())


def joined(*texts: str) -> str:
    """The texts that say something, folded, with a space between them."""
    return " ".join(text for text in (plain(fold(each)) for each in texts) if text)
