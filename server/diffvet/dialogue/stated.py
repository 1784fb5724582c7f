"""A record becomes a bullet: labels, tags, place, quote and title are told apart."""

import re
from dataclasses import dataclass, field, replace

from diffvet.dialogue import labels, location, spans, tags, words
from diffvet.dialogue.answer import Bullet
from diffvet.dialogue.exact import LINE_LABEL, meant
from diffvet.dialogue.location import Location
from diffvet.dialogue.phrases import first_sentence, fold, without_stop
from diffvet.dialogue.record import Part, PartKind, Record, Strength, Style
from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side

_SINGLE = frozenset({"severity", "category", "location", "rule", "title"})
_EDGE = " \t-\u2013\u2014|;,:\uff1a\u00b7\u2022\u3001\uff0c"
_DANGLING = re.compile(r"\s+(?:in|at|on|of|from|bei|dans|en|\u5728)\s*[,.:]?\s*$", re.IGNORECASE)
_BOLD = re.compile(r"(?:\*\*|__)(?=\S)(.+?)(?:\*\*|__)(?!\w)")
_BREAK = re.compile(r"\s+[\u2013\u2014-]\s+|[:\uff1a](?=\s|$|[^\x00-\x7f])|\u2014")
_NUMBER = re.compile(r"(?<![\w.])([RL]?)([1-9]\d{0,8})(?:\s?[-\u2013\u2014]\s?[RL]?(\d{1,9}))?(?![\w.])")
_CHANGE_INFO = frozenset({"suggestion", "diff", "patch"})
_SPOKEN_QUOTE = re.compile(r"[\"\u201c]([^\"\u201c\u201d]{3,300})[\"\u201d]\s*[-\u2013\u2014:]?\s*(?=\*\*)")
_TITLE_REACH = 160
_PLACES = 4


@dataclass(slots=True)
class _Said:
    """What was said under each label; ``head`` and ``body`` without one."""

    head: str = ""
    body: list[str] = field(default_factory=list)
    fields: dict[str, list[str]] = field(default_factory=dict)
    code: list[str] = field(default_factory=list)

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
        return fold(" ".join(self.fields.get(name, ())))


def read(record: Record) -> tuple[Bullet, Strength]:
    """The bullet that ``record`` states, and how sure it is that it states a risk."""
    if record.exact is not None and not record.parts:
        return _in_context(record.exact, record), Strength.STRONG
    said = _said(record)
    mark = tags.leading(fold(said.head))
    rest = mark.rest
    place = location.find(rest)
    labelled = _labelled_place(said)
    if place is not None:
        rest = _without_place(rest, place)
        rest = _without_more_places(rest)
    quote, rest = _leading_quote(rest)
    title, remainder, bold = _title(rest)
    if not title and said.body:
        title, remainder, bold = _title(said.body.pop(0).lstrip(_EDGE))
    if mark.severity is None and (late := tags.leading(remainder)).severity is not None:
        mark, remainder = replace(late, category=mark.category or late.category), late.rest
    why = _joined(remainder, said.text("why"), *said.body)
    title = _clean_title(said.text("title")) or title
    said_severity = mark.severity or words.severity_of(said.text("severity")) or record.severity
    said_category = mark.category or words.category_of(said.text("category"))
    bullet = Bullet(
        severity=said_severity or Severity.WARNING,
        category=said_category or _unsaid_category(said, title),
        title=title or first_sentence(why) or str(said_category or "risk"),
        quote=quote,
        why=why,
        fix=_plain(said.text("fix")) or None,
        rule=said.text("rule").strip("`*_. ") or None,
    )
    bullet = _placed(bullet, labelled if labelled is not None and labelled.start else place or labelled)
    bullet = _quoted(bullet, said)
    if record.exact is not None:
        bullet = _completed(record.exact, bullet)
    strength = _strength(record, said, mark, bullet, place=place, bold=bold)
    return _in_context(bullet, record), strength


def _said(record: Record) -> _Said:
    said = _Said()
    current = "head"
    if record.exact is not None:
        current = "fix" if record.exact.fix else "why"
    for at, part in enumerate((Part(PartKind.TEXT, record.head), *record.parts)):
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
    return said


def _code_alone(text: str) -> str | None:
    """The content of a line that is one code span."""
    text = text.strip()
    span = spans.at_start(text, 0)
    return span[0] if span is not None and span[1] == len(text) else None


def _labelled_place(said: _Said) -> Location | None:
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


def _without_place(text: str, place: Location) -> str:
    """``text`` without its place, where the sentence does not need it."""
    before, after = text[: place.begin], text[place.end :]
    if before.strip(" `*(").lower() in {"in", "at", "on", "file"}:
        before = ""
    if not before.strip(" \t*_([`"):
        opening = before.strip()
        after = after.lstrip(_EDGE)
        if opening and after.startswith(opening):
            return after[len(opening) :].lstrip(_EDGE)
        return opening + after if opening.strip("([`") else after
    named = text[place.begin : place.end]
    tail = after.lstrip(" *_.)")
    if named.startswith(("(", "\uff08")) or not tail or tail[0] in "-\u2013\u2014:|`":
        return _DANGLING.sub("", before).rstrip(" \t([,") + (
            after if not after.startswith(")") else after[1:]
        )
    return text


def _without_more_places(text: str) -> str:
    """``text`` without the further places of a list such as ``a.go:R3, b.go:R9``."""
    for _ in range(_PLACES):
        place = location.find(text)
        if place is None or place.start is None or text[: place.begin].strip(" ,;&`*(["):
            break
        text = text[place.end :].lstrip(_EDGE)
    return text


def _leading_quote(text: str) -> tuple[str | None, str]:
    """A code span that stands alone at the start of ``text`` (not the subject of a sentence), and the rest."""
    trimmed = text.lstrip(_EDGE)
    span = spans.at_start(trimmed, 0)
    if span is None:
        spoken = _SPOKEN_QUOTE.match(trimmed)
        return (spoken[1], trimmed[spoken.end() :]) if spoken else (None, trimmed)
    content, end = span
    after = trimmed[end:].lstrip()
    alone = (
        not after
        or after[0] in "*_.-\u2013\u2014:\uff1a|([,"
        or (after[0].isupper() and not content.isidentifier())
    )
    if not alone or not fold(content):
        return None, trimmed
    return content, trimmed[end:].lstrip(_EDGE + ".")


def _title(text: str) -> tuple[str, str, bool]:
    """The title in ``text``, what is left of it, and whether the title was set in bold."""
    bold = _BOLD.match(text)
    if bold is None:
        bold = _BOLD.search(text, 0, _TITLE_REACH)
        if bold is not None and text[: bold.start()].strip(" \t-\u2013\u2014:|(["):
            bold = None
    if bold is not None and _clean_title(bold[1]):
        return _clean_title(bold[1]), text[bold.end() :].lstrip(_EDGE + ".*"), True
    text = _plain(text)
    masked = spans.blanked(text[:4000])
    found = _BREAK.search(masked, 0, _TITLE_REACH)
    sentence = first_sentence(text)
    if found is not None and found.start() < len(sentence) and text[found.end() :].strip():
        return _clean_title(text[: found.start()]), text[found.end() :].strip(), False
    if sentence.endswith("\u2026"):
        return sentence, text, False
    return _clean_title(sentence), text[len(sentence) :].lstrip(" .\u3002"), False


def _clean_title(text: str) -> str:
    """A title without emphasis, quotes around it, or punctuation after it."""
    text = text.strip(" \t*_")
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    return meant(without_stop(fold(text).rstrip(":\uff1a-\u2013\u2014 ")).replace("\\*", "*"))


def _plain(text: str) -> str:
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


def _joined(*texts: str) -> str:
    return " ".join(text for text in (_plain(fold(each)) for each in texts) if text)


def _placed(bullet: Bullet, place: Location | None) -> Bullet:
    if place is None:
        return bullet
    return replace(bullet, path=place.path, side=place.side, start=place.start, end=place.stop)


def _quoted(bullet: Bullet, said: _Said) -> Bullet:
    """With the quote that was labelled or fenced, without the prompt's line labels; these may give the line."""
    text = bullet.quote or ""
    if not text:
        labelled = said.text("quote")
        span = spans.at_start(labelled, 0)
        text = span[0] if span is not None else labelled.strip('"')
    if not text and said.code:
        text = said.code[0]
    place: re.Match[str] | None = None
    lines: list[str] = []
    for line in text.split("\n"):
        found = LINE_LABEL.match(line)
        place = place or found
        lines.append(line[found.end() :] if found else line)
    if place is not None and bullet.start is None:
        number = int(place[2])
        bullet = replace(bullet, side=Side.OLD if place[1] == "L" else Side.NEW, start=number, end=number)
    return replace(bullet, quote=fold("\n".join(lines)) or None)


def _completed(first: Bullet, more: Bullet) -> Bullet:
    """An exact first line with what the lines under it add."""
    fix = " ".join(text for text in (first.fix, more.fix) if text)
    return replace(first, why=_joined(first.why, more.why), fix=fix or None, quote=first.quote or more.quote)


def _unsaid_category(said: _Said, title: str) -> Category:
    if said.text("category"):
        return Category.CORRECTNESS
    return words.category_of(title) or Category.CORRECTNESS


def _in_context(bullet: Bullet, record: Record) -> Bullet:
    return replace(bullet, path=record.path) if bullet.path is None and record.path else bullet


def _strength(
    record: Record, said: _Said, mark: tags.Tags, bullet: Bullet, *, place: Location | None, bold: bool
) -> Strength:
    if record.exact is not None or record.sure:
        return Strength.STRONG
    if not (bullet.why or bullet.fix or fold(said.head) or said.text("title")):
        return Strength.NONE
    labelled = set(said.fields) & {"why", "fix", "quote", "location"}
    has_severity = mark.severity is not None or bool(said.fields.get("severity"))
    is_heading = record.style is Style.HEADING
    strong = (
        (has_severity and (not is_heading or bool(labelled) or bullet.start is not None or bool(bullet.why)))
        or (record.severity is not None and (bold or bullet.start is not None or bool(labelled)))
        or (mark.category is not None and bullet.start is not None)
    )
    if strong:
        return Strength.STRONG
    if bullet.start is None:
        weak = {"why", "fix"} <= labelled and bullet.path is not None
    elif is_heading:
        weak = bool(labelled - {"location"})
    else:
        weak = bold or bool(labelled) or (place is not None and place.begin <= 2)
    return Strength.WEAK if weak else Strength.NONE
