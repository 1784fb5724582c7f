"""The shapes of a line: list item, heading, rule. Bounded searches, no Markdown parser (see ``outline``)."""

import re

from diffvet.dialogue import tags, words
from diffvet.dialogue.record import Style
from diffvet.expression import expression

_MARKER = expression(
    "(?:([-*+\u2022\u2023\u25e6\u00b7\u2013\u2014\u25aa\u25cf\u25cb\u25c6\u25a0\u25ba\u27a4\u30fb])(?:\\s+|(?=[\\[\u3010]))"
    "|(\\d{1,3}[.)\uff0e\u3001\uff09]|[(\uff08]\\d{1,3}[)\uff09]|[\u2460-\u2473])(?:\\s+|(?=[\\[\u3010*`])))"
)
_BOLD_NUMBER = expression(
    r"(\*\*|__)(?:(?:issue|finding|risk|problem)\s+)?#?(\d{1,3})[.):]\s*(\*\*|__)?\s*", re.IGNORECASE
)
_CHECKBOX = expression(r"\[[ xX]\]\s+")
_HEADING = expression(r"(#{1,6})\s+(.*?)\s*#*$")
_BOLD_LINE = expression(r"(\*\*|__)([^*]{1,200})(?:\*\*|__)\s*:?")
_TAG_LINE = expression(r"</?[A-Za-z][^<>]{0,200}>")
_NUMBERED_WORD = expression(
    r"^(?:(?:issue|finding|risk|problem|bullet)\s*)?#?\d{1,3}\s*[.):\u2013\u2014-]\s*", re.IGNORECASE
)
_QUOTED = expression(r"(?: {0,3}>)+ ?")
_NONES = frozenset({"none", "none.", "**none**", "`none`"})
_RULE_SIGNS = "-_*="


def item(text: str) -> tuple[str, Style] | None:
    """The words of a list item and whether it is numbered; None for another line."""
    marker = _MARKER.match(text)
    if marker is not None:
        return _unchecked(text[marker.end() :]), Style.ITEM if marker[1] else Style.NUMBER
    number = _BOLD_NUMBER.match(text)
    if number is None:
        return None
    rest = text[number.end() :]
    return _unchecked(rest if number[3] else number[1] + rest), Style.NUMBER


def heading(text: str) -> tuple[str, int] | None:
    """The words and the level (1 to 6) of a heading."""
    found = _HEADING.match(text)
    return None if found is None else (found[2], len(found[1]))


def bold_line(text: str) -> str | None:
    """The words of a line that is bold from end to end."""
    found = _BOLD_LINE.fullmatch(text)
    return None if found is None else found[2]


def without_number(heading_text: str) -> str:
    """A heading's words without ``Issue 3:`` before them."""
    return _NUMBERED_WORD.sub("", heading_text)


def is_tag(text: str) -> bool:
    """Whether a line is one XML tag."""
    return text.startswith("<") and _TAG_LINE.fullmatch(text) is not None


def is_rule(text: str) -> bool:
    """Whether a line is a horizontal rule or an underline."""
    return len(text) >= 3 and text[0] in _RULE_SIGNS and len(set(text.replace(" ", ""))) == 1


def is_none(text: str) -> bool:
    """Whether a line without a list marker is the word "none"."""
    return text.lower() in _NONES


def unquoted(line: str) -> str:
    """A line of a block quotation without its marks."""
    return _QUOTED.sub("", line, count=1) if line.lstrip(" ").startswith(">") else line


def starts_surely(text: str) -> bool:
    """Whether a line opens a risk whatever may follow on it: its severity stands in brackets."""
    marker = _MARKER.match(text)
    mark = tags.leading(text[marker.end() :] if marker else text)
    return mark.sure and not words.says_none(mark.rest)


def item_says_none(text: str) -> bool:
    """Whether a line is a list item that says "none"."""
    marker = _MARKER.match(text)
    return marker is not None and words.says_none(text[marker.end() :])


def indent(line: str) -> int:
    """The columns before the first character, tabs expanded to 4."""
    return len(line[: len(line) - len(line.lstrip())].expandtabs(4))


def _unchecked(text: str) -> str:
    return _CHECKBOX.sub("", text, count=1) if text.startswith("[") else text
