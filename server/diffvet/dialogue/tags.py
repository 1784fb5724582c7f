"""What stands before the words of a bullet: ``[error][security]``, ``**[HIGH]**``, ``🔴 Critical:``, ``(P1)``."""

import re
from dataclasses import dataclass

from diffvet.dialogue import words
from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.expression import expression

_SQUARE = expression(
    r"[\[\u3010\uff3b]\s*([^\[\]\u3010\u3011\uff3b\uff3d\n]{1,50}?)\s*[\]\u3011\uff3d](?!\()"
)
_ROUND = expression(r"[(\uff08]\s*([^()\uff08\uff09\n]{1,40}?)\s*[)\uff09]")
_BOLD = expression(r"(?:\*\*|__|`)([^*`_\n]{1,40}?)(?:\*\*|__|`)")
_WORD = expression(
    r"([^\W\d_][\w-]{0,20}(?: [\w-]{1,16}){0,2}|[Pp]\d|[Ss](?:ev)?-?\d)(?=\s*[:\uff1a|]|\s+[\u2013\u2014-]\s|$)"
)
_BEFORE_PLACE = expression(r"([^\W\d_]{1,20})(?=\s+(?:[`\[\"]|\S{1,200}:[RL]?\d))")
_EMPHASIS = expression(r"[*_~`]{1,3}")
_SEPARATOR = expression(r"\s*(?:[:\uff1a|\u2013\u2014\u00b7,/]|-(?=\s))?\s*")
_PIECES = expression(r"\s*[/|,;:\uff1a\u00b7\u2022\u2013\u2014&]\s*|\s+-\s+")
_TAG_NAME = expression(r"^(?:severity|category|level|priority|type)\s*[:=]\s*", re.IGNORECASE)
_CATEGORY_LIKE = expression(r"[^\W\d_][\w\s/&+-]*")
# Words that open ordinary remarks too often to make a bullet a risk.
_NO_LEAD = frozenset(
    {"note", "notes", "suggestion", "suggestions", "consider", "info", "information", "style", "tip", "hint",
     "potential", "important", "fyi", "attention", "hinweis", "optional"}
)  # fmt: skip
_LIMIT = 8


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags before the words, and the words (``rest``).

    ``sure`` tells that the severity stood in square brackets, which nobody writes by chance.
    """

    severity: Severity | None
    category: Category | None
    rest: str
    sure: bool


def leading(text: str) -> Tags:
    """The tags that open ``text``; where there are none, ``rest`` is the whole text."""
    severity: Severity | None = None
    category: Category | None = None
    sure, at, opened = False, 0, ""
    for _ in range(_LIMIT):
        at, sign = _past_signs(text, at)
        severity = severity or sign
        emphasis = _EMPHASIS.match(text, at)
        inner = emphasis.end() if emphasis and not opened else at
        for pattern, begin in (
            (_SQUARE, inner),
            (_ROUND, inner),
            (_BOLD, at),
            (_WORD, inner),
            (_BEFORE_PLACE, inner),
        ):
            found = pattern.match(text, begin)
            square = found is not None and pattern is _SQUARE
            meaning = found and _meaning(
                found[1], lenient=square, known=severity is not None, bare=pattern in {_WORD, _BEFORE_PLACE}
            )
            if meaning:
                break
        if not found or not meaning:
            break
        severity, category = severity or meaning[0], category or meaning[1]
        sure = sure or (square and meaning[0] is not None)
        if emphasis and not opened and pattern is not _BOLD:
            opened = emphasis[0]
        at = found.end()
        if opened and text.startswith(opened, at):
            at, opened = at + len(opened), ""
        at = _SEPARATOR.match(text, at).end()  # type: ignore[union-attr]  # the pattern matches the empty text
        if opened and text.startswith(opened, at):
            at, opened = at + len(opened), ""
    if severity is None and category is None:
        return Tags(None, None, text, sure=False)
    return Tags(severity, category, opened + text[at:], sure)


def _past_signs(text: str, at: int) -> tuple[int, Severity | None]:
    """Past spaces and signs such as 🔴, with the severity of the first of them."""
    severity: Severity | None = None
    while at < len(text) and (text[at] in " \t\ufe0f" or words.emoji_severity(text[at])):
        severity = severity or words.emoji_severity(text[at])
        at += 1
    return at, severity


def _meaning(
    tag: str, *, lenient: bool, known: bool, bare: bool
) -> tuple[Severity | None, Category | None] | None:
    """Severity and category of one tag; None if it is none.

    ``lenient`` (square brackets) takes any synonym for a category, and after a severity (``known``) even a
    word it does not know; otherwise every piece of the tag must have a meaning. ``bare`` words may be the
    start of any sentence, so they need a severity that is no common opening.
    """
    severity: Severity | None = None
    category: Category | None = None
    tag = _TAG_NAME.sub("", tag)
    for piece in _pieces(tag):
        if severity is None and words.is_severity(piece):
            severity = words.severity_of(piece)
        elif category is None and (words.is_category(piece) or (lenient and words.category_of(piece))):
            category = words.category_of(piece)
        elif not lenient:
            return None
    if severity is None and not lenient:
        return (None, category) if known and category is not None and " " not in tag else None
    if bare and not known and words.bare(tag) in _NO_LEAD:
        return None
    if severity is None and category is None:
        return _unknown_category(tag) if known else None
    return severity, category


def _unknown_category(tag: str) -> tuple[None, Category | None] | None:
    """A word in brackets after the severity stands for a category; a number such as ``CWE-89`` for nothing."""
    if _CATEGORY_LIKE.fullmatch(tag):
        return None, Category.CORRECTNESS
    return (None, None) if re.fullmatch(r"[\w-]+", tag) else None


def _pieces(tag: str) -> list[str]:
    """The parts of a tag; ``high security`` counts as two."""
    pieces = [piece for piece in _PIECES.split(tag) if piece]
    if len(pieces) == 1 and not words.is_category(tag) and not words.is_severity(tag):
        first, _, rest = tag.partition(" ")
        if rest and words.is_severity(first):
            return [first, rest]
    return pieces
