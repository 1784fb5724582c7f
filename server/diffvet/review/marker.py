"""The form of an ignore marker: a comment that begins with ``diffvet: ignore[names] reason``, in any language.

One line is looked at, without knowledge of its language but for the few that its path tells. In doubt (the
words may stand in a string) there is no marker: the finding stays.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diffvet.dialogue.vocabulary import Category

LONGEST = 2_000
"""Longer lines (code points) are not searched: nobody reads a marker there, and they would take long."""

_CATEGORIES = frozenset(Category)
_WORDS = re.compile(r"diffvet:[ \t]*ignore\b(?:[ \t]*\[([^\]]*)\])?", re.IGNORECASE)
_RULE_ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*", re.IGNORECASE)

_OPENER = re.compile(
    r"(?:<!--+|<%--|<%#|<#|\{\{!(?:--)?|\{\{/\*|\{#-?|\{-|\(\*+|@\*|/\*+!?|//+[-!]?|--+(?:\[=*\[)?|#+[-=|\[]?"
    r"|;+|%+\{?|\*>|(?<=[ \t])!+|(?<!\w)@?(?:rem|dnl))\Z|^(?:\*+|!+|::|\.\.|\\)\Z",
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


def markers(text: str, path: str, line: int = 1) -> tuple[Marker, ...]:
    """The markers in ``text``, one line of ``path`` with the number ``line``. Never raises; linear in the text."""
    if len(text) > LONGEST or "diffvet" not in text.lower():
        return ()
    return tuple(_markers(text, path, line))


def _markers(text: str, path: str, number: int) -> Iterator[Marker]:
    comments = list(_comments(text, path))
    code, position = "", 0
    for comment in comments:
        code += text[position : comment.start]
        position = comment.end
    alone = not (code + text[position:]).strip(" \t\r\ufeff{}-")
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
    unknown = next((name for name in names if not known(name)), None)
    if unknown is not None:
        return f"The ignore marker names the unknown category '{unknown[:40]}'"
    return None if any(map(str.isalnum, reason)) else "The ignore marker has no reason"


def known(name: str) -> bool:
    """Whether a marker may name ``name``: a category, or what looks like a rule id (it holds a dot)."""
    return name in _CATEGORIES or ("." in name and _RULE_ID.fullmatch(name) is not None)


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
