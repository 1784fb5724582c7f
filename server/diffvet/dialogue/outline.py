"""An answer line by line: what is a risk, what is reasoning, what is quoted code, where the list ends.

The reading is causal: what a line means depends on the lines before it only (a fence also on the first
line inside). So a cut answer yields the same records as the whole one up to the cut, and only the last
of them is in doubt. That is why no Markdown parser is used here: link definitions, underlined headings and
indented code give earlier lines a meaning by later ones, and models indent as they please.
"""

import re
from dataclasses import dataclass, field

from diffvet.dialogue import exact, labels, location, stated, tags, words
from diffvet.dialogue.answer import SENTINEL, Bullet
from diffvet.dialogue.phrases import fold
from diffvet.dialogue.record import Part, PartKind, Record, Strength, Style
from diffvet.dialogue.vocabulary import Severity

_THINK_OPEN = re.compile(
    r"\s*<(think|thinking|thought|reasoning|analysis|reflection|scratchpad)>", re.IGNORECASE
)
_THINK_CLOSE = re.compile(
    r"</(?:think|thinking|thought|reasoning|analysis|reflection|scratchpad)>", re.IGNORECASE
)
_SENTINEL_LINE = re.compile(r"[^\w]{0,20}" + SENTINEL.replace(" ", r"[ _]") + r"[^\w]{0,20}", re.IGNORECASE)
_QUOTED = re.compile(r"(?: {0,3}>)+ ?")
_FENCE = re.compile(r"(`{3,}|~{3,})\s*([^\s`]*)[^`]*$")
_MARKER = re.compile(
    "(?:([-*+\u2022\u2023\u25e6\u00b7\u2013\u2014\u25aa\u25cf\u25cb\u25c6\u25a0\u25ba\u27a4\u30fb])(?:\\s+|(?=[\\[\u3010]))"
    "|(\\d{1,3}[.)\uff0e\u3001\uff09]|[(\uff08]\\d{1,3}[)\uff09]|[\u2460-\u2473])(?:\\s+|(?=[\\[\u3010*`])))"
)
_BOLD_NUMBER = re.compile(
    r"(\*\*|__)(?:(?:issue|finding|risk|problem)\s+)?#?(\d{1,3})[.):]\s*(\*\*|__)?\s*", re.IGNORECASE
)
_CHECKBOX = re.compile(r"\[[ xX]\]\s+")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_BOLD_LINE = re.compile(r"(\*\*|__)([^*]{1,200})(?:\*\*|__)\s*:?")
_TAG_LINE = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_NUMBERED_WORD = re.compile(
    r"^(?:(?:issue|finding|risk|problem|bullet)\s*)?#?\d{1,3}\s*[.):\u2013\u2014-]\s*", re.IGNORECASE
)
_TEMPLATE = "[severity]"
_PROSE_INFO = frozenset({"", "md", "markdown", "text", "txt", "plaintext", "plain", "review"})
_BOLD_LEVEL = 7
# No review has as many; reading on would only spend time on a hostile answer.
_MOST_RECORDS = 2000


@dataclass(slots=True)
class Outline:
    """What an answer holds: the records that state a risk, in order, with their bullets.

    ``none`` tells of an explicit "none" that nothing unreadable stands beside; ``unread`` of list items that
    state no readable risk; ``closed`` whether the sentinel came last; ``begun`` whether the list was begun;
    ``overlong`` that reading stopped because there was no end of it.
    """

    records: list[tuple[Record, Bullet]] = field(default_factory=list)
    none: bool = False
    unread: bool = False
    closed: bool = False
    begun: bool = False
    overlong: bool = False


def read(text: str) -> Outline:
    """The outline of a whole answer, or of as much as arrived."""
    reader = _Reader()
    *whole, last = text.split("\n")
    for line in whole:
        reader.line(line)
    reader.last(last)
    return reader.outline()


@dataclass(slots=True)
class _Fence:
    mark: str
    indent: int
    info: str
    lines: list[str] | None = None
    transparent: bool = False


@dataclass(slots=True)
class _Reader:
    """The state after some lines."""

    accepted: list[Record] = field(default_factory=list)
    current: Record | None = None
    group: int = 0
    path: str | None = None
    severity: Severity | None = None
    severity_level: int = 0
    thinking: bool = False
    fences: list[_Fence] = field(default_factory=list)
    after_blank: bool = True
    nones: list[int] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    closed: bool = False
    opened: int = 0

    def line(self, line: str) -> None:
        """One line that is known to be whole."""
        rest = self._without_thinking(line) if self.opened <= _MOST_RECORDS else None
        if rest is not None:
            self._shown(rest)

    def last(self, line: str) -> None:
        """The last line, which may be cut: it only counts where a longer line would mean the same."""
        rest = self._without_thinking(line) if self.opened <= _MOST_RECORDS else None
        if rest is None or self._in_code():
            return
        text = fold(_QUOTED.sub("", rest, count=1))
        if _SENTINEL_LINE.fullmatch(text) or (_starts_surely(text) and not self._fence_undecided()):
            self._shown(rest)

    def outline(self) -> Outline:
        """What was found, once there are no more lines."""
        self._close(ended=False)
        overlong = self.opened > _MOST_RECORDS
        self.closed = self.closed and not overlong
        begun = bool(self.accepted or self.nones or self.unread)
        if not self.closed and self.accepted and not self.accepted[-1].ended:
            self.accepted.pop()
        sure = {record.group for record in self.accepted if record.strength is Strength.STRONG}
        kept = [
            record
            for record in self.accepted
            if record.strength is Strength.STRONG or record.group in sure or (self.closed and not sure)
        ]
        none = bool(self.nones) and not any(
            group == self.nones[-1] or group > self.nones[-1] for group in self.unread
        )
        records = [(record, record.bullet or stated.read(record)[0]) for record in kept]
        return Outline(
            records, none, unread=bool(self.unread), closed=self.closed, begun=begun, overlong=overlong
        )

    def _without_thinking(self, line: str) -> str | None:
        """What is left of a line outside of ``<think>`` blocks; None if nothing is.

        A closing tag alone discards what came before it, so it must not stand in quoted code or in a bullet.
        """
        if self._in_code():
            return line
        if not self.thinking:
            opening = _THINK_OPEN.match(line)
            close = None if opening else _THINK_CLOSE.search(line)
            if close is not None and (self.closed or _starts_surely(fold(line))):
                return line
            if close is not None:
                self._forget()
                return line[close.end() :]
            if opening is None:
                return line
            self.thinking = True
            line = line[opening.end() :]
        close = _THINK_CLOSE.search(line)
        if close is None:
            return None
        self.thinking = False
        return line[close.end() :]

    def _forget(self) -> None:
        """A closing tag whose opening one is part of the peer's template: all before it was thinking."""
        self.current = None
        for remembered in (self.accepted, self.nones, self.unread, self.fences):
            remembered.clear()
        self.path = self.severity = None
        self.closed = False

    def _in_code(self) -> bool:
        return bool(self.fences) and not self.fences[-1].transparent and self.fences[-1].lines is not None

    def _fence_undecided(self) -> bool:
        return bool(self.fences) and self.fences[-1].lines is None and not self.fences[-1].transparent

    def _shown(self, line: str) -> None:
        line = _QUOTED.sub("", line, count=1) if line.lstrip(" ").startswith(">") else line
        indent = _indent(line)
        text = line.strip()
        fence = _FENCE.match(text) if text.startswith(("```", "~~~")) else None
        if self.fences and self._inside_fence(line, text, indent, fence):
            return
        if fence is not None:
            self.fences.append(_Fence(fence[1], indent, fence[2].lower()))
            return
        self._told(fold(text), indent)

    def _inside_fence(self, line: str, text: str, indent: int, fence: re.Match[str] | None) -> bool:
        """Whether the line was used up by an open fence."""
        top = self.fences[-1]
        closes = (
            fence is not None
            and not fence[2]
            and fence[1][0] == top.mark[0]
            and len(fence[1]) >= len(top.mark)
        )
        if top.transparent:
            if closes and indent <= top.indent + 1:
                self.fences.pop()
                return True
            return False
        if closes:
            self.fences.pop()
            self._code(top)
            return True
        if top.lines is None:
            if not text:
                return True
            if self._is_answer(top, fold(text)):
                top.transparent = True
                return fence is not None and not fence[2]
            top.lines = []
        top.lines.append(line)
        return True

    def _is_answer(self, fence: _Fence, first: str) -> bool:
        """Whether a fence encloses a part of the answer rather than code."""
        if _starts_surely(first) or _SENTINEL_LINE.fullmatch(first):
            return True
        marker = _MARKER.match(first)
        if marker is not None and words.says_none(first[marker.end() :]):
            return True
        return self.current is None and fence.info in _PROSE_INFO

    def _code(self, fence: _Fence) -> None:
        if self.current is not None and fence.lines:
            self.current.parts.append(Part(PartKind.CODE, "\n".join(fence.lines), fence.info))

    def _told(self, text: str, indent: int) -> None:
        if not text or _TAG_LINE.fullmatch(text):
            self.after_blank = True
            return
        self._line(text, indent)
        self.after_blank = False

    def _line(self, text: str, indent: int) -> None:
        if _SENTINEL_LINE.fullmatch(text):
            self._close(ended=True)
            self.closed = True
        elif len(text) >= 3 and len(set(text.replace(" ", ""))) == 1 and text[0] in "-_*=":
            self._prose_break()
        elif (heading := _HEADING.match(text)) is not None:
            self._heading(heading[2], len(heading[1]))
        elif (marker := _MARKER.match(text)) is not None:
            self._item(text[marker.end() :], indent, Style.ITEM if marker[1] else Style.NUMBER)
        elif (number := _BOLD_NUMBER.match(text)) is not None:
            rest = text[number.end() :]
            self._item(rest if number[3] else number[1] + rest, indent, Style.NUMBER)
        else:
            self._paragraph(text, indent)

    def _item(self, text: str, indent: int, style: Style) -> None:
        text = _CHECKBOX.sub("", text, count=1) if text.startswith("[") else text
        if text.lower().lstrip("*`").startswith(_TEMPLATE):
            return
        current = self.current
        nested = (
            current is not None and indent > current.indent and current.style in {Style.ITEM, Style.NUMBER}
        )
        mark = tags.leading(text)
        if words.says_none(text) or (mark.sure and words.says_none(mark.rest)):
            if not nested or mark.sure:
                self._close(ended=True)
                self.nones.append(self.group)
        elif mark.sure:
            self._open(style, text, indent, sure=True)
        elif (label := labels.at_start(text)) is not None:
            self._labelled(label.field, text, indent, style)
        elif mark.severity is not None and not nested and mark.rest.strip("*_ :"):
            self._open(style, text, indent)
        elif words.is_severity(text.rstrip(" :")) and not nested:
            self._context(severity=words.severity_of(text), level=_BOLD_LEVEL + 1 + indent)
        elif (path := location.only_path(text)) is not None and not nested:
            self._context(path=path)
        elif current is not None and (
            nested or (current.style is Style.HEADING and not text.startswith(("**", "__")))
        ):
            current.parts.append(Part(PartKind.TEXT, text))
        else:
            self._open(style, text, indent)

    def _labelled(self, name: str, text: str, indent: int, style: Style) -> None:
        """A line that opens with a label: a field of the current record, or the first one of a new record."""
        current = self.current
        identity = name in {"title", "severity", "location", "category"}
        sibling = current is not None and current.style is style is Style.NUMBER and indent <= current.indent
        if current is not None and not sibling and not (identity and _has(current, name)):
            self._add(current, text)
        elif identity or name == "quote":
            self._open(style, "", indent)
            if self.current is not None:
                self._add(self.current, text)

    def _add(self, record: Record, text: str) -> None:
        for name, _ in labels.split(text):
            if name:
                record.labels.add(name)
        record.parts.append(Part(PartKind.TEXT, text))

    def _heading(self, text: str, level: int) -> None:
        if self.current is not None and words.label_of(text):
            self._add(self.current, f"{text.rstrip(':')}: ")
            return
        self._prose_break()
        if self.severity is not None and level <= self.severity_level:
            self.severity = None
        if words.is_severity(text):
            self._context(severity=words.severity_of(text), level=level)
        elif (path := location.only_path(text)) is not None:
            self._context(path=path)
        else:
            mark = tags.leading(text)
            self._open(Style.HEADING, text if mark.sure else _NUMBERED_WORD.sub("", text), 0, sure=mark.sure)

    def _paragraph(self, text: str, indent: int) -> None:
        current = self.current
        if text.lower() in {"none", "none.", "**none**", "`none`"} and indent == 0 and self.after_blank:
            self._close(ended=True)
            self.nones.append(self.group)
        elif tags.leading(text).sure:
            self._open(Style.PARAGRAPH, text, indent, sure=True)
        elif (label := labels.at_start(text)) is not None:
            self._labelled(label.field, text, indent, Style.PARAGRAPH)
        elif (bold := _BOLD_LINE.fullmatch(text)) is not None and (self.after_blank or current is None):
            self._heading(bold[2], _BOLD_LEVEL)
        elif current is None:
            self.group += 1
        elif (
            self.after_blank and indent == 0 and current.style is not Style.HEADING and _stands_alone(current)
        ):
            self._prose_break()
        else:
            self._add(current, text)

    def _context(self, *, path: str | None = None, severity: Severity | None = None, level: int = 0) -> None:
        """What the next records share: the path or the severity of the heading above them."""
        self._close(ended=True)
        if path is not None:
            self.path = path
        if severity is not None:
            self.severity, self.severity_level = severity, level

    def _prose_break(self) -> None:
        self._close(ended=True)
        self.group += 1

    def _open(self, style: Style, text: str, indent: int, *, sure: bool = False) -> None:
        self._close(ended=False)
        if self.closed and not sure:
            return
        self.closed = False
        self.opened += 1
        known = exact.read(f"- {text}") if sure else None
        self.current = Record(
            style, text, indent, self.group, self.path, self.severity, exact=known, sure=sure
        )
        if known is None:
            self.current.labels.update(name for name, _ in labels.split(text) if name)

    def _close(self, *, ended: bool) -> None:
        """Decides what the current record was."""
        record, self.current = self.current, None
        previous = self.accepted[-1] if self.accepted else None
        if record is None:
            if previous is not None and ended:
                previous.ended = True
            return
        record.bullet, record.strength = stated.read(record)
        if record.strength is not Strength.NONE:
            record.ended = ended
            self.accepted.append(record)
        elif record.style is Style.HEADING:
            pass
        elif previous is not None and previous.group == record.group and not previous.ended:
            texts = [record.head, *(part.text for part in record.parts)]
            previous.parts += [Part(PartKind.ASIDE, text) for text in texts]
            previous.ended, previous.bullet = ended, None
        else:
            self.unread.append(self.group)


def _starts_surely(text: str) -> bool:
    """Whether a line opens a risk whatever may follow on it: its severity stands in brackets."""
    marker = _MARKER.match(text)
    rest = text[marker.end() :] if marker else text
    return tags.leading(rest).sure and not words.says_none(tags.leading(rest).rest)


def _has(record: Record, name: str) -> bool:
    """Whether a second field ``name`` must belong to another risk; ``File:`` and ``Line:`` may both tell the place."""
    return name in record.labels and (name in {"title", "severity"} or bool(record.labels & {"why", "fix"}))


def _stands_alone(record: Record) -> bool:
    """Whether a new paragraph can no longer belong to ``record``: it has its reasons, or was a mere remark."""
    if record.exact is not None or record.labels & {"why", "fix"}:
        return True
    return tags.leading(record.head).severity is None and "severity" not in record.labels


def _indent(line: str) -> int:
    expanded = line[: len(line) - len(line.lstrip())].expandtabs(4)
    return len(expanded)
