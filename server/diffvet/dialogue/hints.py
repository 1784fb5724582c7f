"""Signs of risks in a form that is not read: tables, JSON, headings that name a place.

Nothing is taken from them. They only keep a "none" elsewhere in the answer from standing: what a reviewer
lays out like a finding may be one. Running prose is no sign, since most models think aloud before they answer.
"""

import re

from diffvet.dialogue import location, spans, tags, words
from diffvet.dialogue.record import Record
from diffvet.expression import expression

_KEYS = r"(?:severity|risk|risks|risk_level|category|line|lines|line_number|line_start|start_line|issues?|findings?|vulnerabilit(?:y|ies))"
_DATA = expression(
    rf"""["']{_KEYS}["']\s*: | ^\s*(?:-\s+)?(?:severity|findings?|issues?|risks?|vulnerabilit(?:y|ies))\s*:\s*(?:\S|$)
       | <(?:finding|issue|risk|vulnerability|problem|bug|defect)\s[^<>]{{0,80}}?(?:severity|line|file|path)\s*=
       | ^\s*<(?:finding|issue|risk|vulnerability|problem|bug|defect)(?![\w-]) | ^\s*<[^>]{{0,80}}\sseverity\s*=""",
    re.VERBOSE | re.IGNORECASE,
)
_NUMBERED = expression(r"\W*(?:issue|finding|risk|problem|bug|vulnerability|defect)s?\s*#?\d", re.IGNORECASE)
_COMPILER = expression(
    r"\W{0,3}[^\s:]{1,300}:[RL]?\d{1,9}(?:-[RL]?\d{1,9})?(?::\d{1,6})?\W{0,3}?\s*[:|\u2013\u2014-]\s*\S"
)
_RESTATED = expression(
    r"""(?:^\W*(?:the\ )?(?:\w+\ )?(?:format|shape|template)
         | (?:format|shape|template)\ (?:is|was|looks|should|must|would|requires?)(?!\w)[^.!?]{0,60}
         | (?:told|asked|instructed|supposed|required|need|have)\ (?:\w+\ )?to\ (?:answer|end|respond|reply|write|output)(?!\w)[^.!?]{0,60}
         | (?:should|must|shall)\ (?:be|end|look|answer|say)(?!\w)[^.!?]{0,60}
         | instructions?\ (?:say|said|ask|state|require|tell)\w{0,3}(?!\w)[^.!?]{0,60}
        )\s*:\W*$""",
    re.VERBOSE | re.IGNORECASE,
)
_PIPES = 2

TABLE = "a table"
DATA = "data that is no bullet list"
HEADING = "a heading that names a risk"
PLACES = "lines that name places"
TEXT = "further text after it"


def is_data(line: str) -> bool:
    """Whether a line (of code, too) is part of findings in JSON, YAML or XML."""
    return (":" in line or "<" in line) and _DATA.search(line[:1000]) is not None


def in_line(text: str) -> str | None:
    """What a line outside of code is, if it is laid out like a finding."""
    if "|" in text:
        bare = spans.blanked(text)
        if bare.count("|") > _PIPES if bare.startswith("|") else bare.count(" | ") >= _PIPES:
            return TABLE
    if _COMPILER.match(text):
        return PLACES
    mark = tags.leading(text)
    place = location.find(text) if mark.severity is not None else None
    return PLACES if place is not None and place.start is not None else None


def in_heading(text: str) -> str | None:
    """The same for a heading that no record could be made of: a place, a severity or a number is a sign."""
    place = location.find(text)
    if place is not None and (place.start is not None or words.category_of(text)):
        return HEADING
    mark = tags.leading(text)
    named = mark.severity is not None and bool(mark.rest.strip("*_ :"))
    return HEADING if named or _NUMBERED.match(text) else None


def under_heading(record: Record) -> str | None:
    """The same for a heading with its text: a kind of risk above, a line number below."""
    if words.category_of(record.head) is None:
        return None
    for part in record.parts:
        place = location.find(part.text)
        if place is not None and place.start is not None:
            return HEADING
    return None


def restates(text: str) -> bool:
    """Whether a line introduces the shape of the answer rather than the answer."""
    return _RESTATED.search(text[-200:]) is not None
