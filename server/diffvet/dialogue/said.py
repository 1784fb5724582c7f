"""What the lines of a record say, sorted by their labels."""

from dataclasses import dataclass, field

from diffvet.dialogue import labels, location, spans
from diffvet.dialogue.location import Location
from diffvet.dialogue.phrases import fold
from diffvet.dialogue.record import Part, PartKind, Record
from diffvet.diff.model import Side
from diffvet.expression import expression

_SINGLE = frozenset({"severity", "category", "location", "rule", "title"})
_NUMBER = expression(r"(?<![\w.])([RL]?)([1-9]\d{0,8})(?:\s?[-\u2013\u2014]\s?[RL]?(\d{1,9}))?(?![\w.])")
_CHANGE_INFO = frozenset({"diff", "patch"})


@dataclass(slots=True)
class Said:
    """What was said under each label; ``head`` and ``body`` without one; the last block that suggests lines."""

    head: str = ""
    body: list[str] = field(default_factory=list)
    fields: dict[str, list[str]] = field(default_factory=dict)
    code: list[str] = field(default_factory=list)
    suggestion: tuple[str, ...] | None = None

    def add(self, name: str, text: str) -> None:
        """Adds what stands behind the label ``name``; a line of nothing but code is a quote."""
        alone = _code_alone(text) if name == "body" else None
        if name == "head":
            self.head += text
        elif alone:
            self.code.append(alone)
        elif name == "body":
            self.body.append(text)
        else:
            self.fields.setdefault(name, []).append(text)

    def text(self, name: str) -> str:
        """What stands behind all labels ``name``, folded."""
        return fold(" ".join(self.fields.get(name, ())))


def said_in(record: Record) -> Said:
    """The lines and blocks of ``record``, sorted by the labels before them."""
    said = Said()
    current = "head"
    if record.exact is not None:
        current = "fix" if record.exact.fix else "why"
    for at, part in enumerate((Part(PartKind.TEXT, record.head), *record.parts)):
        if part.kind is PartKind.SUGGESTION:
            said.suggestion = tuple(part.text.split("\n")) if part.text else ()
            continue
        if part.kind is PartKind.CODE:
            if current == "fix" or part.info in _CHANGE_INFO:
                said.fields.setdefault("fix", []).append(
                    spans.written(fold(part.text)) if fold(part.text) else ""
                )
            else:
                said.code.append(part.text)
            continue
        if part.kind is PartKind.ASIDE:
            said.body.append(part.text)
            continue
        if at == 0 and record.exact is not None:
            continue
        for name, text in labels.split(part.text):
            current = name or ("body" if at > 0 and current in {"head", *_SINGLE} else current)
            said.add(current, text)
    if said.suggestion and "fix" not in said.fields and not (record.exact and record.exact.fix):
        said.fields["fix"] = [spans.written(code)] if (code := fold(" ".join(said.suggestion))) else []
    return said


def _code_alone(text: str) -> str | None:
    """The content of a line that is one code span."""
    text = text.strip()
    span = spans.at_start(text, 0)
    return span[0] if span is not None and span[1] == len(text) else None


def labelled_place(said: Said) -> Location | None:
    """The place behind ``Location:``, or ``File:`` and ``Line:`` together."""
    text = said.text("location")
    found = location.find(text) if text else None
    if found is not None and found.start is not None and found.path is not None:
        return found
    path = found.path if found is not None else None
    if found is not None and path is not None:
        text = text[: found.begin] + text[found.end :]
    path = path or location.only_path(text.split(" ")[0])
    number = _NUMBER.search(text)
    if number is None:
        return Location(path, Side.NEW, None, None, 0, 0) if path else None
    first = int(number[2])
    side = Side.OLD if number[1] == "L" else Side.NEW
    return Location(path, side, first, max(first, int(number[3] or first)), 0, 0)
