r"""One bullet on one line in the exact form, written and read back without loss.

::

    - [severity][category] path:R42-R44 `quote` **Title.** Why: ... Fix: ... Rule: id

Everything after the category may be missing. All white space is folded. What would be taken for
structure is defused with a backslash that Markdown does not show: ``Fix\:`` in a text, ``\*`` in a title,
``END\ OF REVIEW``; a backslash already there gets a second one.
"""

import re

from diffvet.dialogue import paths, spans
from diffvet.dialogue.answer import Bullet
from diffvet.dialogue.phrases import STOPS, first_sentence, fold, without_stop
from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side
from diffvet.expression import expression

_HEAD = expression(r"- \[(info|warning|error)\]\[([a-z-]+)\](?: |$)")
_LINES = expression(r"([RL])([1-9]\d{0,8})(?:-\1([1-9]\d{0,8}))?(?= |$)")
_FORGE_LINE = expression(r"#L\d")
_LABEL = expression(r"(?:^| )(Why|Fix|Rule): ")
_STRUCTURE = expression(r"(?<!\w)(Why|Fix|Rule)(\\*):|\b(END)(\\*) (?=OF REVIEW)")
_DEFUSED = expression(r"(?<!\w)(Why|Fix|Rule)\\(\\*):|\b(END)\\(\\*) (?=OF REVIEW)")
_STAR = expression(r"(\\*\*)")
_DEFUSED_STAR = expression(r"\\(\\*\*)")
LINE_LABEL = expression(r"\s*([RL])([1-9]\d{0,8}) (?:[+-] |  )")
"""The label of a line of the prompt, which models copy into quotes now and then."""
_PLACE_QUOTED = expression(r"^\S*[./]\w{1,8}$|[:#][RL]?\d[\dRL-]*$")
_FIELDS = ("Why", "Fix", "Rule")
_CATEGORIES = {category.value: category for category in Category}
_SIDES = {"R": Side.NEW, "L": Side.OLD}
_LETTERS = {Side.NEW: "R", Side.OLD: "L"}


def write(bullet: Bullet) -> str:
    """The line of ``bullet``, without a line end."""
    parts = [f"- [{bullet.severity}][{bullet.category}]", _place(bullet)]
    quote = fold(bullet.quote or "")
    if quote:
        parts.append(spans.written(quote))
    title = fold(bullet.title)
    if title:
        stop = "" if title[-1] in STOPS else "."
        parts.append("**" + _STAR.sub(r"\\\1", defused(title)) + stop + "**")
    for label, value in (("Why", bullet.why), ("Fix", bullet.fix), ("Rule", bullet.rule)):
        text = fold(value or "")
        if text:
            parts.append(f"{label}: {defused(text)}")
    return " ".join(part for part in parts if part)


def read(line: str) -> Bullet | None:
    """The bullet of a line in the exact form; None for a line in any other form."""
    head = _HEAD.match(line)
    if head is None or head[2] not in _CATEGORIES:
        return None
    path, side, start, end, at = _read_place(line, head.end())
    quote, at = spans.at_start(line, at) or ("", at)
    at += line.startswith(" ", at)
    title = ""
    if line.startswith("**", at):
        close = line.find("**", at + 2)
        if close < 0:
            return None
        title, at = line[at + 2 : close], close + 2
        at += line.startswith(" ", at)
    said = _read_fields(line[at:])
    if start is None and (LINE_LABEL.match(quote) or (path is None and _PLACE_QUOTED.search(quote))):
        return None  # the code span tells the place, which the tolerant reader takes from it
    title = without_stop(meant(_DEFUSED_STAR.sub(r"\1", title)).strip())
    if said is None or not (title or said.get("Why")):
        return None
    return Bullet(
        severity=Severity(head[1]),
        category=_CATEGORIES[head[2]],
        title=title or first_sentence(said["Why"]),
        path=path,
        side=side,
        start=start,
        end=end,
        quote=fold(without_label(quote, side, start, end)) or None,
        why=said.get("Why", ""),
        fix=said.get("Fix"),
        rule=said.get("Rule"),
    )


def without_label(quote: str, side: Side, start: int | None, end: int | None) -> str:
    """A quoted line without the label the prompt gave it, if that names a line of the bullet."""
    label = LINE_LABEL.match(quote)
    if label is None or start is None or _SIDES[label[1]] is not side:
        return quote
    return quote[label.end() :] if start <= int(label[2]) <= (end or start) else quote


def defused(text: str) -> str:
    """``text`` with every label and sentinel in it made harmless."""
    return _STRUCTURE.sub(lambda found: _with(found, "\\"), text)


def meant(text: str) -> str:
    """The text that was defused as ``text``."""
    return _DEFUSED.sub(lambda found: _with(found, ""), text) if "\\" in text else text


def _with(found: re.Match[str], backslash: str) -> str:
    if found[1]:
        return f"{found[1]}{backslash}{found[2]}:"
    return f"{found[3]}{backslash}{found[4]} "


def _place(bullet: Bullet) -> str:
    lines = ""
    if bullet.start is not None and bullet.start > 0:
        letter = _LETTERS[bullet.side]
        first, last = sorted((bullet.start, bullet.end or bullet.start))
        lines = f"{letter}{first}" if first == last else f"{letter}{first}-{letter}{last}"
    path = paths.written(bullet.path) if bullet.path else ""
    return f"{path}:{lines}" if path and lines else path or lines


def _read_place(line: str, at: int) -> tuple[str | None, Side, int | None, int | None, int]:
    """Path, side, first and last line, and where the rest begins; nothing is consumed if there is no place."""
    nowhere = (None, Side.NEW, None, None, at)
    if at >= len(line) or line[at] in "`*":
        return nowhere
    path: str | None = None
    after = at
    lines = _LINES.match(line, at)
    if lines is None:
        try:
            path, after = paths.read_at(line, at)
        except ValueError:
            return nowhere
        if _FORGE_LINE.search(path) and line[at] != '"':
            return nowhere
        if line.startswith(":", after):
            lines = _LINES.match(line, after + 1)
            if lines is None:
                return nowhere
    if lines is None:
        ends = after == len(line) or line[after] == " "
        return (path, Side.NEW, None, None, after + line.startswith(" ", after)) if ends else nowhere
    first = int(lines[2])
    last = int(lines[3] or first)
    after = lines.end()
    return path, _SIDES[lines[1]], min(first, last), max(first, last), after + line.startswith(" ", after)


def _read_fields(rest: str) -> dict[str, str] | None:
    """What stands behind ``Why:``, ``Fix:`` and ``Rule:``, in that order; None if something stands before."""
    said: dict[str, str] = {}
    label, begin = "", 0
    rest = rest.rstrip()
    for found in _LABEL.finditer(rest):
        if label and _FIELDS.index(found[1]) <= _FIELDS.index(label):
            continue
        said[label] = rest[begin : found.start()]
        label, begin = found[1], found.end()
    said[label] = rest[begin:]
    if said.pop("", ""):
        return None
    return {name: meant(text.strip()) for name, text in said.items() if text.strip()}
