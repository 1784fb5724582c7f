"""A record becomes a bullet: labels, tags, place, quote and title are told apart."""

import re
from dataclasses import replace

from diffvet.dialogue import location, spans, tags, titles, words
from diffvet.dialogue.answer import Bullet
from diffvet.dialogue.exact import LINE_LABEL
from diffvet.dialogue.location import Location
from diffvet.dialogue.phrases import first_sentence, fold
from diffvet.dialogue.record import Record, Strength, Style
from diffvet.dialogue.said import Said, labelled_place, said_in
from diffvet.dialogue.titles import EDGE
from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side
from diffvet.expression import expression

_DANGLING = expression(r"\s+(?:in|at|on|of|from|bei|dans|en|\u5728)\s*[,.:]?\s*$", re.IGNORECASE)


_SPOKEN_QUOTE = expression(r"[\"\u201c]([^\"\u201c\u201d]{3,300})[\"\u201d]\s*[-\u2013\u2014:]?\s*(?=\*\*)")
_PLACES = 4


def read(record: Record) -> tuple[Bullet, Strength]:
    """The bullet that ``record`` states, and how sure it is that it states a risk."""
    if record.exact is not None and not record.parts:
        return _in_context(record.exact, record), Strength.STRONG
    said = said_in(record)
    mark = tags.leading(fold(said.head))
    rest = mark.rest
    place = location.find(rest)
    labelled = labelled_place(said)
    if place is not None:
        rest = _without_place(rest, place)
        rest = _without_more_places(rest)
    quote, rest = _leading_quote(rest)
    title, remainder, bold = titles.split(rest)
    if not title and said.body:
        title, remainder, bold = titles.split(said.body.pop(0).lstrip(EDGE))
    if mark.severity is None and (late := tags.leading(remainder)).severity is not None:
        mark, remainder = replace(late, category=mark.category or late.category), late.rest
    why = titles.joined(remainder, said.text("why"), *said.body)
    title = titles.cleaned(said.text("title")) or title
    said_severity = mark.severity or words.severity_of(said.text("severity")) or record.severity
    said_category = mark.category or words.category_of(said.text("category"))
    bullet = Bullet(
        severity=said_severity or Severity.WARNING,
        category=said_category or _unsaid_category(said, title),
        title=title or first_sentence(why) or str(said_category or "risk"),
        quote=quote,
        why=why,
        fix=titles.plain(said.text("fix")) or None,
        rule=said.text("rule").strip("`*_. ") or None,
        suggestion=said.suggestion,
    )
    bullet = _placed(bullet, labelled if labelled is not None and labelled.start else place or labelled)
    bullet = _quoted(bullet, said)
    if record.exact is not None:
        bullet = _completed(record.exact, bullet)
    strength = _strength(record, said, mark, bullet, place=place, bold=bold, worded=bool(title))
    return _in_context(bullet, record), strength


def _without_place(text: str, place: Location) -> str:
    """``text`` without its place, where the sentence does not need it."""
    before, after = text[: place.begin], text[place.end :]
    if before.strip(" `*(").lower() in {"in", "at", "on", "file"}:
        before = ""
    if not before.strip(" \t*_([`"):
        opening = before.strip()
        after = after.lstrip(EDGE)
        if opening and after.startswith(opening):
            return after[len(opening) :].lstrip(EDGE)
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
        text = text[place.end :].lstrip(EDGE)
    return text


def _leading_quote(text: str) -> tuple[str | None, str]:
    """A code span that stands alone at the start of ``text`` (not the subject of a sentence), and the rest."""
    trimmed = text.lstrip(EDGE)
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
    return content, trimmed[end:].lstrip(EDGE + ".")


def _placed(bullet: Bullet, place: Location | None) -> Bullet:
    if place is None:
        return bullet
    return replace(bullet, path=place.path, side=place.side, start=place.start, end=place.stop)


def _quoted(bullet: Bullet, said: Said) -> Bullet:
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
    return replace(
        first,
        why=titles.joined(first.why, more.why),
        fix=fix or None,
        quote=first.quote or more.quote,
        suggestion=more.suggestion,
    )


def _unsaid_category(said: Said, title: str) -> Category:
    if said.text("category"):
        return Category.CORRECTNESS
    return words.category_of(title) or Category.CORRECTNESS


def _in_context(bullet: Bullet, record: Record) -> Bullet:
    return replace(bullet, path=record.path) if bullet.path is None and record.path else bullet


def _strength(
    record: Record,
    said: Said,
    mark: tags.Tags,
    bullet: Bullet,
    *,
    place: Location | None,
    bold: bool,
    worded: bool,
) -> Strength:
    if record.exact is not None or record.sure:
        return Strength.STRONG
    if not (worded or bullet.why or bullet.fix):
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
