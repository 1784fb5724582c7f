"""Labels in running text: ``Why:``, ``**Lösung:**``, ``原因``, found without a search that could explode.

A label stands before a colon (or, in bold, before a dash or at the end of its line). Code spans are
blanked before the search, so a label inside code is none.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from diffvet.dialogue import spans
from diffvet.dialogue.words import label_of
from diffvet.expression import expression

_COLON = expression("[:\uff1a]")
_BOUNDARY = ' \t.;,|)*_\0\u2014\u2013\u3002\uff1b\uff0c\u3001\uff01\uff09!?\u00b7\u2022>("'
_STRUCTURE_ONLY = "|;,\u00b7\u2022\u2014\u2013(*>"
_LONGEST = 40
_INLINE_ANYWHERE = frozenset({"why", "fix", "rule"})


@dataclass(frozen=True, slots=True)
class Label:
    """A label for ``field``: it begins at ``begin``, what it introduces begins at ``end``."""

    field: str
    begin: int
    end: int


def at_start(text: str) -> Label | None:
    """The label that opens ``text``, emphasis and signs before it allowed; None if there is none."""
    head = spans.blanked(text[:200])
    colon = _COLON.search(head, 0, _LONGEST + 30)
    if colon is not None:
        field = label_of(_without_aside(head[: colon.start()]))
        if field:
            return Label(field, 0, _after(text, colon.end()))
    return _bold_label(head, text)


def split(text: str) -> Iterator[tuple[str | None, str]]:
    """``text`` in parts, each with the field of the label before it; the first part has None or a label."""
    begin, field = 0, None
    for label in _all(text):
        part = text[begin : label.begin]
        if part.strip() or field:
            yield field, part
        begin, field = label.end, label.field
    yield field, text[begin:]


def _all(text: str) -> Iterator[Label]:
    first = at_start(text)
    done = 0
    if first is not None:
        yield first
        done = first.end
    masked = spans.blanked(text)
    for colon in _COLON.finditer(masked, done):
        if colon.start() < done:
            continue
        label = _before_colon(masked, colon.start(), done)
        if label is not None:
            done = _after(text, colon.end())
            yield Label(label.field, label.begin, done)


def _before_colon(masked: str, colon: int, low: int) -> Label | None:
    """The label whose colon stands at ``colon``: the longest run of words before it that is one."""
    floor = max(low, colon - _LONGEST)
    best: Label | None = None
    for begin in range(colon - 1, floor - 1, -1):
        char = masked[begin]
        if _COLON.match(char) or char == "\0":
            break
        before = masked[begin - 1] if begin > floor else " "
        if before not in _BOUNDARY and char.isascii():
            continue
        if not (char.isalpha() or char in "*_"):
            continue
        field = label_of(masked[begin:colon])
        if field and _may_stand(masked, begin, field, floor, colon):
            best = Label(field, begin, colon)
    if best is None:
        return None
    begin = best.begin
    while begin > low and masked[begin - 1] in "*_":
        begin -= 1
    return Label(best.field, begin, best.end)


def _may_stand(masked: str, begin: int, field: str, floor: int, colon: int) -> bool:
    """Whether a word in mid-text is meant as a label: in bold, or capitalised where a label may stand."""
    word = masked[begin:colon].strip("*_ ")
    at = begin
    while at > floor and masked[at - 1] in " \t":
        at -= 1
    before = masked[at - 1] if at > 0 else ""
    bold = (
        masked[begin] in "*_"
        or before == "*"
        or masked[colon - 1] == "*"
        or masked.startswith("**", colon + 1)
    )
    if field in _INLINE_ANYWHERE:
        return bold or word[0].isupper() or not word[0].isascii()
    if field == "title":
        return False
    return bold or (
        before != "" and before in _STRUCTURE_ONLY and (word[0].isupper() or not word[0].isascii())
    )


def _bold_label(head: str, text: str) -> Label | None:
    """``**Why** - text`` or ``**Why**`` alone on its line."""
    start = len(head) - len(head.lstrip(" #>"))
    if not head.startswith(("**", "__"), start):
        return None
    close = head.find(head[start : start + 2], start + 2)
    if close < 0 or close > start + _LONGEST:
        return None
    field = label_of(head[start:close])
    rest = head[close + 2 :].lstrip()
    if not field or (rest and rest[0] not in "-\u2013\u2014"):
        return None
    after = close + 2
    while after < len(text) and text[after] in " \t-\u2013\u2014":
        after += 1
    return Label(field, 0, after)


def _without_aside(label: str) -> str:
    """``Fix (optional)`` without its brackets."""
    opening = max(label.rfind("("), label.rfind("\uff08"))
    return label[:opening] if opening > 0 else label


def _after(text: str, at: int) -> int:
    """Past the emphasis and spaces that close a label."""
    if text.startswith("**", at):
        at += 2
    elif text.startswith(("*", "_"), at) and text[at + 1 : at + 2] in {" ", "", "\n"}:
        at += 1
    while at < len(text) and text[at] in " \t":
        at += 1
    return at
