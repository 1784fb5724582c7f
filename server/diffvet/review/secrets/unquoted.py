"""Values without quotes: where one may stand, and how far it goes."""

import re
from typing import Final

from diffvet.expression import expression
from diffvet.review.secrets.file_kind import FileKind
from diffvet.review.secrets.phrase import is_passphrase
from diffvet.review.secrets.surprise import is_drawn
from diffvet.review.secrets.value import LONGEST, Doubt, Value

BARE: Final = expression(r"[^\s\"'`<>]+")
_BARE_SETTING: Final = expression(r"[^\s\"'`<>](?:[^\s\"'`<]|<(?!/))*")
_BARE_STOP: Final = expression(r"[,;)\]}]+$|[;&](?=.)|\\[nrt].*")
_CONFIG_STOP: Final = expression(r"[,;)\]}]+$|[;&,](?=[A-Za-z_][\w.-]*=)|\\[nrt].*")
"""In a file of settings marks may be part of a value; another pair never is."""
_PHRASE: Final = expression(r"[a-z0-9]+(?: [a-z0-9]+)+(?=[ \t]*(?:#[^\n]*)?(?:\n|\Z))")
_PAIR_BEFORE: Final = expression(r"[\w-]=[^\s=,()\[\]{};]+[ ;][ ]?[\w. -]{0,40}\Z")
_PAIR_AFTER: Final = expression(r"[ ;][ ]?[\w.-]{1,40}=[^\s=,()\[\]{}]")
_CALLS: Final = frozenset("(*[")
_QUOTES: Final = frozenset("\"'`")
_OPTION: Final = expression(r"(?:^|[\s\"'`])--?[\w.-]*\Z")
_DEFAULT: Final = expression(r"\$\{[\w.-]*\Z")
_COMMENT: Final = expression(r"[ \t]*(?:#|//|--|/?\*)[ \t]")
_COMMENT_END: Final = expression(r"[ \t]*(?:\*/|-->)?(?:\n|\Z)")
_DOCKER: Final = expression(r"[ \t]*(?:ENV|ARG)[ \t]")
_DOTTED: Final = expression(r"\w+(?:[.-]\w+)+[ \t]*")
_SPEAKS: Final = expression(r"\s--?[\w-]+$|^ENV\s+\w+$")
_DIRECTIVE: Final = expression(r"[ \t]*[\w-]*")
_SPEAKS_IN_CONFIG: Final = expression(
    r"(?:^|\s)(?:--?[\w-]+|(?:ENV|ARG|setx?|machine\s.*|login\s.*|default\s.*)\s+[\w.-]*)$|\bpassword$"
)


def unquoted(text: str, at: int, glue: re.Match[str], file: FileKind, *, phrase: bool) -> Value | None:
    """The value without quotes after ``glue``, where one may stand."""
    if glue.lastgroup in {"called", "block", "typed", "argument"} or (
        glue.lastgroup == "cell" and file is not FileKind.PROSE
    ):
        return None
    whole = file is FileKind.SHELL and _is_rather_setting(text, at, glue)
    if whole:
        file = FileKind.SETTINGS
    value = bare(text, glue.end(), file, tagged=glue.lastgroup == "tag", phrase=phrase, whole=whole)
    if value is None or value.quoted:
        return value
    settings = file is not FileKind.CODE
    if glue.lastgroup == "space" and not _speaks(text, at, file):
        if glue[0].strip():  # the password is x
            return value._replace(doubt=Doubt.CALLED)
        if is_drawn(value.text) and not _CALLS.intersection(
            value.text
        ):  # a comment that tells it: no word of code looks so
            return value._replace(doubt=Doubt.CALLED)
        return value._replace(doubt=Doubt.BARE) if settings else None
    certain = settings or _is_pair(text, at, glue, value.pieces[-1][1])
    return value if certain else value._replace(doubt=Doubt.BARE)


def bare(
    text: str, start: int, file: FileKind, *, tagged: bool, phrase: bool, whole: bool = False
) -> Value | None:
    """The unquoted value at ``start``, or the content of an element; ``whole``: up to white space."""
    form = _BARE_SETTING if file is FileKind.SETTINGS and not tagged else BARE
    word = form.match(text, start, min(len(text), start + LONGEST))
    if word is None:
        return None
    end = word.end()
    words = _PHRASE.match(text, start, start + LONGEST) if file is FileKind.SETTINGS else None
    if words and is_passphrase(words[0], named=phrase):
        return Value((words.span(),), words[0], quoted=True)
    enclosed = tagged and text.startswith("<", end)
    stops = (
        _CONFIG_STOP
        if file in {FileKind.SETTINGS, FileKind.PROSE} and text[start - 1 : start] != "?"
        else _BARE_STOP
    )
    stop = None if enclosed or whole else stops.search(text, start, end)
    end = stop.start() if stop else end
    return Value(((start, end),), text[start:end], quoted=enclosed) if end > start else None


def _is_rather_setting(text: str, at: int, glue: re.Match[str]) -> bool:
    """Whether a line of a shell script is none of its commands: ``ENV NAME x`` of Docker, a name with a dot."""
    line = max(text.rfind("\n", 0, at) + 1, at - 80)
    return bool(_DOCKER.match(text, line, at) or ("=" in glue[0] and _DOTTED.fullmatch(text, line, at)))


def _is_pair(text: str, at: int, glue: re.Match[str], end: int) -> bool:
    """Whether an unquoted value stands where one may: ``NAME=value``, or in a list of pairs (``host=x user=y``)."""
    before = text[max(text.rfind("\n", 0, at) + 1, at - 400) : at]
    if _DEFAULT.search(before) and text.startswith("}", end):  # ${name:x}, but not ${name:?say}
        return glue[0] != ":" or text[glue.end()] != "?"
    if _COMMENT.match(before) and _COMMENT_END.match(text, end):
        return True
    if glue[0] in {"=", " "} and _OPTION.search(before):
        return True
    if glue[0] == "=" and text[end : end + 1] in _QUOTES and re.search(rf"{text[end]}[\w.$-]*\Z", before):
        return True  # a string that is nothing but the pair
    if not glue[0].strip(": \t") or glue[0] != glue[0].strip():
        return glue[0].endswith(" ") and text.startswith(("'", '"'), end)
    return bool(text[at - 1].isupper() or _PAIR_BEFORE.search(before) or _PAIR_AFTER.match(text, end))


def _speaks(text: str, at: int, file: FileKind) -> bool:
    """Whether a name followed by nothing but white space takes a value: an option, ``ENV``, a login, a directive."""
    before = text[max(text.rfind("\n", 0, at) + 1, at - 80) : at]
    if file is FileKind.CODE:
        return _SPEAKS.search(before) is not None
    directive = file is FileKind.SETTINGS and _DIRECTIVE.fullmatch(before) is not None
    return directive or _SPEAKS_IN_CONFIG.search(before) is not None
