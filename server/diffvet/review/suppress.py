"""Ignore markers: ``diffvet: ignore[category] reason`` in a comment, next to the code it speaks of.

A marker names what it ignores (categories, or rule ids, which hold a dot) and says why; without either it
ignores nothing and is reported itself. It stands on a line of the finding, or alone on the line directly
above. Markers are data of the reviewed change: what they hide keeps the state ``ignored`` and is counted.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from diffvet.dialogue.bullets import Bullet
from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import DiffLine, LineKind, Side
from diffvet.review.finding import Placement
from diffvet.review.place import Place
from diffvet.review.unit import Part

LONGEST = 2_000
"""Longer lines (code points) are not searched: nobody reads a marker there, and they would take long."""

RULE = "diffvet.ignore-marker"
"""The rule id of a finding about a marker that ignores nothing."""

_CATEGORIES = frozenset(Category)
_WORDS = re.compile(r"diffvet:[ \t]*ignore\b(?:[ \t]*\[([^\]]*)\])?", re.IGNORECASE)
_RULE_ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*", re.IGNORECASE)

_OPENER = re.compile(
    r"(?:<!--+|<%--|<%#|<#|\{\{!(?:--)?|\{\{/\*|\{#-?|\{-|\(\*+|@\*|/\*+!?|//+[-!]?|--+(?:\[=*\[)?|#+[-=|\[]?"
    r"|;+|%+\{?|\*>|(?<!\w)@?(?:rem|dnl))\Z|^(?:\*+|!+|::|\.\.|\\)\Z",
    re.IGNORECASE,
)
"""What opens a comment, at the end of the text before the marker; the last few only at the start of a line."""

_PAIRS = (
    ("<!--", "-->"),
    ("<%--", "--%>"),
    ("<%", "%>"),
    ("<#", "#>"),
    ("{{!--", "--}}"),
    ("{{", "}}"),
    ("{#", "#}"),
    ("{-", "-}"),
    ("(*", "*)"),
    ("@*", "*@"),
    ("/*", "*/"),
    ("*>", "\n"),
    ("*", "*/"),
    ("--[[", "]]"),
    ("--[=", "]="),
    ("#[", "]#"),
    ("#=", "=#"),
    ("#|", "|#"),
)
"""Openers (by how they begin) and what closes them; others reach to the end of the line."""

_FURTHER = re.compile(r"(?:^|[ \t])(?:#|//|/\*|<!--)[ \t]*[a-z-]+:", re.IGNORECASE)
"""Another tool's comment on the same line (``# noqa: ...``) is no part of the reason."""

_PROSE = (".md", ".markdown", ".mdx", ".rst", ".adoc", ".asciidoc")
_PROSE_OPENERS = re.compile(r"(?:<!--+|\{\#-?|\{\{!(?:--)?|<%--|\{/\*+)\Z|^(?:\.\.|//+)\Z")
"""In prose only these: a number sign there is a heading, or the example of somebody's manual."""

_QUOTE_COMMENTS = {".vb": "'", ".vbs": "'", ".bas": "'", ".brs": "'", ".vim": '"', "vimrc": '"'}
"""Languages (by how their paths end) where a quotation mark opens a comment."""

_WIDEST = 120
"""How far before the marker an opener may begin."""

_PREFIX = re.compile(r"(?<!\w)(?:[rbfultn]|rb|br|fr|rf|u8)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Marker:
    """One marker on line ``line`` (1-based, new side).

    ``names`` are lower-case categories and rule ids; ``alone`` is True when nothing but the comment stands on
    its line; ``problem`` says in a sentence why it ignores nothing, None for a good one. ``text`` is the
    comment as written.
    """

    line: int
    names: tuple[str, ...]
    reason: str
    alone: bool
    text: str
    problem: str | None = None

    def covers(self, category: Category, rule: str | None) -> bool:
        """Whether this marker hides such a finding."""
        if self.problem is not None:
            return False
        return category.value in self.names or (rule is not None and rule.lower() in self.names)


def ignored(place: Place, category: Category, rule: str | None) -> Marker | None:
    """The marker that hides a finding of ``category`` (and ``rule``) at ``place``; None where none does.

    A finding on removed lines takes the markers of the nearest new line before and after them. A finding
    whose place is not known is never hidden.
    """
    if place.placement is Placement.UNPLACED:
        return None
    path = place.part.change.path
    found = (
        marker for line, above in _near(place) for marker in _on(line, path) if marker.alone or not above
    )
    return next((marker for marker in found if marker.covers(category, rule)), None)


def complaints(part: Part) -> tuple[Bullet, ...]:
    """A bullet for each marker on an added line of ``part`` that ignores nothing, to be placed like any other."""
    path = part.change.path
    return tuple(
        _complaint(marker, path)
        for line in part.lines
        if line.kind is LineKind.ADDED
        for marker in _on(line, path)
        if marker.problem is not None
    )


def markers(text: str, path: str, line: int = 1) -> tuple[Marker, ...]:
    """The markers in ``text``, one line of ``path`` with the number ``line``. Never raises; linear in the text."""
    if len(text) > LONGEST or "diffvet" not in text.lower():
        return ()
    return tuple(_markers(text, path, line))


def _near(place: Place) -> Iterator[tuple[DiffLine, bool]]:
    """The new-side lines whose markers count for ``place``; True with those that count only if alone."""
    lines = place.part.lines
    within = [
        index
        for index, line in enumerate(lines)
        if (number := line.number(place.side)) is not None and place.line <= number <= place.end_line
    ]
    if not within:
        return
    yield from ((lines[index], False) for index in within if lines[index].new is not None)
    above = _neighbour(lines, within[0], -1)
    if place.side is Side.OLD:
        for index in (above, _neighbour(lines, within[-1], 1)):
            if index is not None:
                yield lines[index], False
    while above is not None and any(marker.alone for marker in _on(lines[above], place.part.change.path)):
        yield lines[above], True
        above = _neighbour(lines, above, -1)


def _neighbour(lines: Sequence[DiffLine], index: int, step: int) -> int | None:
    """The nearest line of the new side from ``index`` on, going by ``step``; removed lines are passed over."""
    index += step
    while 0 <= index < len(lines):
        if lines[index].new is not None:
            return index
        index += step
    return None


def _on(line: DiffLine, path: str) -> tuple[Marker, ...]:
    return markers(line.text, path, line.new or 0)


def _markers(text: str, path: str, number: int) -> Iterator[Marker]:
    comments = list(_comments(text, path))
    code, position = "", 0
    for comment in comments:
        code += text[position : comment.start]
        position = comment.end
    alone = not (code + text[position:]).strip(" \t\r\ufeff{}")
    for comment in comments:
        names = tuple(name for word in comment.names.split(",") if (name := word.strip().lower()))
        written = text[comment.start : comment.end].rstrip()
        yield Marker(number, names, comment.reason, alone, written, _problem(names, comment.reason))


@dataclass(frozen=True, slots=True)
class _Comment:
    """A comment that begins with a marker: from its opener at ``start`` to ``end``."""

    start: int
    end: int
    names: str
    reason: str


def _comments(text: str, path: str) -> Iterator[_Comment]:
    quote = _quote_comment(path)
    openers = _PROSE_OPENERS if path.lower().endswith(_PROSE) else _OPENER
    begun = [
        (start, words)
        for words in _WORDS.finditer(text)
        if (start := _opener_start(text[: words.start()].rstrip(" \t"), openers, quote)) is not None
        and not _in_string(text, start, quote)
    ]
    ends = [*(start for start, _ in begun[1:]), len(text)]
    for (start, words), end in zip(begun, ends, strict=False):
        closer = next((close for opener, close in _PAIRS if text.startswith(opener, start)), "\n")
        closed = text.find(closer, words.end(), end)
        reason = text[words.end() : end if closed < 0 else closed]
        further = _FURTHER.search(reason)
        reason = (reason[: further.start()] if further else reason).strip(" \t\r:\u2013\u2014-")
        yield _Comment(start, end if closed < 0 else closed + len(closer), words[1] or "", reason)


def _problem(names: Sequence[str], reason: str) -> str | None:
    if not names:
        return "The ignore marker names no category"
    unknown = next((name for name in names if name not in _CATEGORIES and not _is_rule(name)), None)
    if unknown is not None:
        return f"The ignore marker names the unknown category '{unknown[:40]}'"
    return None if any(map(str.isalnum, reason)) else "The ignore marker has no reason"


def _is_rule(name: str) -> bool:
    return "." in name and _RULE_ID.fullmatch(name) is not None


def _complaint(marker: Marker, path: str) -> Bullet:
    names = [name if name in _CATEGORIES or _is_rule(name) else _closest(name) for name in marker.names]
    example = f"diffvet: ignore[{', '.join(dict.fromkeys(names)) or 'category'}] why it is safe here"
    return Bullet(
        Severity.INFO,
        Category.MAINTAINABILITY,
        marker.problem or "",
        path,
        Side.NEW,
        marker.line,
        marker.line,
        marker.text,
        "It ignores nothing until it says what is ignored and why.",
        f"Write '{example}', or delete it; the categories are {', '.join(Category)}.",
        RULE,
    )


def _closest(name: str) -> str:
    return next(iter(get_close_matches(name.replace("_", "-"), list(Category), n=1)), "category")


def _quote_comment(path: str) -> str | None:
    """The quotation mark that opens comments in the language of ``path``, if one does."""
    lowered = path.lower()
    return next((mark for end, mark in _QUOTE_COMMENTS.items() if lowered.endswith(end)), None)


def _opener_start(before: str, openers: re.Pattern[str], quote: str | None) -> int | None:
    """Where the comment begins whose opener ends ``before``; None if none does."""
    if quote and before.endswith(quote):
        return len(before) - 1
    code = before.lstrip(" \t")
    found = openers.search(code, max(0, len(code) - _WIDEST))
    return None if found is None else len(before) - len(found[0])


def _in_string(text: str, position: int, comment: str | None) -> bool:
    """Whether ``position`` is inside quotation marks, as far as one line can tell; in doubt it is.

    An apostrophe in a word (``don't``, a lifetime, a digit separator) or one that nothing closes opens nothing.
    """
    if comment == '"' == text[position] and text[:position].strip() and '"' in text[position + 1 :]:
        return True
    apostrophes = comment != "'"
    index = 0
    while index < position:
        char = text[index]
        if char == "\\":
            index += 2
        elif char in '"`' or (char == "'" and apostrophes and _opens(text, index)):
            mark = char * 3 if text.startswith(char * 3, index) else char
            end = _closing(text, index + len(mark), mark)
            if end is None and mark == "'":
                apostrophes = False
                index += 1
            elif end is None or end > position:
                return True
            else:
                index = end
        else:
            index += 1
    return False


def _opens(text: str, index: int) -> bool:
    """Whether the apostrophe at ``index`` can open a string: not after a word, unless that is a string prefix."""
    before = text[max(0, index - 3) : index]
    after_word = before[-1:].isalnum() or before[-1:] in {"_", ")", "]"}
    return not after_word or _PREFIX.search(before) is not None


def _closing(text: str, start: int, mark: str) -> int | None:
    """Where the string ends that was opened by ``mark`` before ``start``, its mark included; None if nowhere."""
    index = start
    while index < len(text):
        if text[index] == "\\":
            index += 2
        elif text.startswith(mark, index) and not (mark == "'" and text[index + 1 : index + 2].isalnum()):
            return index + len(mark)
        else:
            index += 1
    return None
