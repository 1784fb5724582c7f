"""An answer line by line: what is a risk, what is reasoning, where the list ends.

The reading is causal: what a line means depends on the lines before it only (a fence also on the first
line inside). So a cut answer yields the same records as the whole one up to the cut, and only the last
of them is in doubt. That is why no Markdown parser is used here: link definitions, underlined headings and
indented code give earlier lines a meaning by later ones, and models indent as they please.
"""

from dataclasses import dataclass, field

from diffvet.dialogue import doubt, echo, hints, labels, location, sentinel, shape, tags, words
from diffvet.dialogue.collected import Collected, Outline
from diffvet.dialogue.fence import Fence, Fences
from diffvet.dialogue.phrases import fold
from diffvet.dialogue.record import Part, PartKind, Record, Style
from diffvet.dialogue.thoughts import Thoughts

_PROSE_INFO = frozenset({"", "md", "markdown", "text", "txt", "plaintext", "plain", "review"})
_BOLD_LEVEL = 7
_IDENTITY = frozenset({"title", "severity", "location", "category"})


def read(text: str) -> Outline:
    """The outline of a whole answer, or of as much as arrived."""
    reader = _Reader()
    *whole, last = text.split("\n")
    for line in whole:
        reader.line(line)
    reader.last(last)
    return reader.all.outline()


@dataclass(slots=True)
class _Reader:
    """The state after some lines."""

    all: Collected = field(default_factory=Collected)
    thoughts: Thoughts = field(default_factory=Thoughts)
    fences: Fences = field(init=False)
    after_blank: bool = True
    quoted: bool = False
    lead: str = ""

    def __post_init__(self) -> None:
        self.fences = Fences(self._is_answer)

    def line(self, line: str) -> None:
        """One line that is known to be whole."""
        rest = self._thought_through(line)
        if rest is not None:
            self._shown(rest)

    def last(self, line: str) -> None:
        """The last line, which may be cut: it only counts where a longer line would mean the same."""
        rest = self._thought_through(line)
        if rest is None or self.fences.in_code():
            return
        text = fold(shape.unquoted(rest))
        if sentinel.is_sentinel(text) or (shape.starts_surely(text) and not self.fences.undecided()):
            self._shown(rest)

    def _thought_through(self, line: str) -> str | None:
        """What is left of a line outside of thoughts; None if nothing is, or nothing more is read.

        A lone closing tag discards what came before it, so it must not stand in quoted code or in a bullet,
        nor after the sentinel, where what came before may be the answer as well.
        """
        if self.all.overlong:
            return None
        if self.all.closed and sentinel.says_more(line):
            self.all.reopen()
        if self.fences.in_code():
            return line
        if "<" not in line and not self.thoughts.open:
            return line
        end = self.thoughts.lone_close(line)
        if end is None:
            return self.thoughts.outside(line)
        if self.all.followed or shape.starts_surely(fold(line)):
            return line
        self.all = Collected()
        self.fences.stack.clear()
        return line[end:]

    def _shown(self, line: str) -> None:
        self.quoted = line.lstrip(" ").startswith(">")
        line = shape.unquoted(line)
        if hints.is_data(line):
            self.all.object(hints.DATA)
        indent, text = shape.indent(line), line.strip()
        used, code = self.fences.take(line, text, indent)
        if code is not None:
            self._code(code)
        if not used:
            self._told(fold(text), indent)

    def _is_answer(self, info: str, first: str) -> bool:
        """Whether a fence encloses a part of the answer rather than code."""
        text = fold(first)
        if shape.starts_surely(text) or sentinel.is_sentinel(text) or shape.item_says_none(text):
            return True
        return self.all.current is None and info in _PROSE_INFO

    def _code(self, fence: Fence) -> None:
        if not fence.lines and not fence.suggests:
            return
        if self.all.current is not None:
            kind = PartKind.SUGGESTION if fence.suggests else PartKind.CODE
            self.all.current.parts.append(Part(kind, fence.code, fence.info))
        elif self.all.nones:
            self.all.object(hints.TEXT)

    def _told(self, text: str, indent: int) -> None:
        decoration = self.all.closed and not sentinel.is_sentinel(text)
        if not text or shape.is_tag(text) or decoration:
            self.after_blank = True
            return
        if echo.is_echo(text):
            self.all.prose_break()
            self.all.echoed = True
        else:
            self._line(text, indent)
        self.after_blank = False

    def _line(self, text: str, indent: int) -> None:
        if sentinel.is_sentinel(text):
            self.all.sentinel(quoted=self.quoted)
        elif shape.is_rule(text):
            self.all.prose_break()
        elif (heading := shape.heading(text)) is not None:
            self._heading(*heading)
        elif (item := shape.item(text)) is not None:
            self._item(item[0], indent, item[1])
        else:
            self._paragraph(text, indent)
            self.lead = text
            return
        self.lead = ""

    def _none(self, indent: int) -> None:
        """A "none": one in a quotation, or told as the shape of the answer, states nothing."""
        self.all.none(counts=not self.quoted and not hints.restates(self.lead), indent=indent)

    def _item(self, text: str, indent: int, style: Style) -> None:
        current = self.all.current
        nested = (
            current is not None and indent > current.indent and current.style in {Style.ITEM, Style.NUMBER}
        )
        mark = tags.leading(text)
        if words.says_none(text) or (mark.sure and words.says_none(mark.rest)):
            if not nested or mark.sure:
                self._none(indent)
        elif mark.sure:
            self.all.open(style, text, indent, sure=True)
        elif (label := labels.at_start(text)) is not None:
            self._labelled(label.field, text, indent, style)
        elif mark.severity is not None and not nested and mark.rest.strip("*_ :"):
            self.all.open(style, text, indent)
        elif words.is_severity(text.rstrip(" :")) and not nested:
            self.all.under(severity=words.severity_of(text), level=_BOLD_LEVEL + 1 + indent)
        elif (path := location.only_path(text)) is not None and not nested:
            self.all.under(path=path, item=indent)
        elif current is not None and (
            nested or (current.style is Style.HEADING and not text.startswith(("**", "__")))
        ):
            current.parts.append(Part(PartKind.TEXT, text))
        else:
            self.all.open(style, text, indent)

    def _labelled(self, name: str, text: str, indent: int, style: Style) -> None:
        """A line that opens with a label: a field of the current record, or the first one of a new record."""
        current = self.all.current
        identity = name in _IDENTITY
        sibling = current is not None and current.style is style is Style.NUMBER and indent <= current.indent
        if current is not None and not sibling and not (identity and _has(current, name)):
            current.add(text)
        elif identity or name == "quote":
            self.all.open(style, "", indent)
            if self.all.current is not None:
                self.all.current.add(text)
        elif style is Style.PARAGRAPH and name != "fix":
            self._prose(text)
        else:
            self.all.leave_unread()

    def _heading(self, text: str, level: int) -> None:
        if self.all.current is not None and words.label_of(text):
            self.all.current.add(f"{text.rstrip(':')}: ")
            return
        self.all.prose_break()
        self.all.end_severity(level)
        if words.is_severity(text):
            self.all.under(severity=words.severity_of(text), level=level)
        elif (path := location.only_path(text)) is not None:
            self.all.under(path=path)
        else:
            self.all.object(hints.in_heading(text))
            mark = tags.leading(text)
            self.all.open(Style.HEADING, text if mark.sure else shape.without_number(text), 0, sure=mark.sure)

    def _paragraph(self, text: str, indent: int) -> None:
        current = self.all.current
        if shape.is_none(text) and indent == 0 and self.after_blank:
            self._none(indent)
        elif tags.leading(text).sure:
            self.all.open(Style.PARAGRAPH, text, indent, sure=True)
        elif (label := labels.at_start(text)) is not None:
            self._labelled(label.field, text, indent, Style.PARAGRAPH)
        elif (bold := shape.bold_line(text)) is not None and (self.after_blank or current is None):
            self._heading(bold, _BOLD_LEVEL)
        elif current is None:
            self.all.group += 1
            self._prose(text)
        elif (
            self.after_blank and indent == 0 and current.style is not Style.HEADING and _stands_alone(current)
        ):
            self.all.prose_break()
            self._prose(text)
        else:
            self.all.object(hints.in_line(text))
            self.all.doubts(doubt.in_aside(text))
            current.add(text)

    def _prose(self, text: str) -> None:
        """A line that belongs to no risk."""
        self.all.doubts(doubt.in_prose(text))
        self.all.object(hints.in_line(text))
        if self.all.nones:
            self.all.object(hints.TEXT)


def _has(record: Record, name: str) -> bool:
    """Whether a second field ``name`` must belong to another risk; ``File:`` and ``Line:`` may both tell the place."""
    return name in record.labels and (name in {"title", "severity"} or bool(record.labels & {"why", "fix"}))


def _stands_alone(record: Record) -> bool:
    """Whether a new paragraph can no longer belong to ``record``: it has its reasons, or was a mere remark."""
    if record.exact is not None or record.labels & {"why", "fix"}:
        return True
    return tags.leading(record.head).severity is None and "severity" not in record.labels
