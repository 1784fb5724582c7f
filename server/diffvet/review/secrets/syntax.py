"""What stands between a name and its value, and how far the value goes, in any usual syntax.

``name = "x"``, ``name: x``, ``<name>x</name>``, ``getenv("NAME", "x")``, ``name = other || "x"``, ``"x" + "y"``.
"""

import re
from collections.abc import Iterator
from typing import Final

from diffvet.expression import expression
from diffvet.review.secrets.file_kind import FileKind
from diffvet.review.secrets.phrase import is_passphrase
from diffvet.review.secrets.value import Doubt, Value

_LONGEST: Final = 240
"""A value is judged by so many code points; one that is a secret is masked to its end."""

_STRING: Final = r"""(?=["'`])"""
_TYPE: Final = r"(?::\s?[&A-Za-z][\w.<>\[\]?| ]{0,40}?(?=[ \t]*=[ \t]*[^\s=])|[ \t]+[*A-Za-z][\w.\[\]]{0,24}(?=[ \t]*=[ \t]*[\"'`]))"
_INSTEAD: Final = r"(?:\|\||\?\?|\?:|\bor\b|\.(?:unwrap_or(?:_else)?|or_?[eE]lse(?:Get)?|getOrElse)\([ \t]*(?:\|_?\w*\|[ \t]*|\(\)[ \t]*->[ \t]*)?)"
"""What gives a value in the place of one that is not there."""
_GLUE: Final = expression(
    rf"""(?:
      (?P<next>["']?[ \t]*,?\s*(?:\n[ \t+-]*)?["']?\b(?:value|default|content|secret)["']?[ \t]*[:=][ \t]*) # name: NAME, value: x
    | (?P<block>["']?[ \t]*\{{[ \t]*\n(?:[^\n{{}}]{{0,200}}\n){{0,4}}?[ \t]*default[ \t]*=[ \t]*)  # variable "name" {{ default = "x"
    | (?P<tag>(?:["']?[ \t]*/?>\s*(?:<(?:string|value|data)>)?|</\w+>\s*<(?:string|value|data)>)\s*(?:<!\[CDATA\[)?)
    | (?P<scalar>["']?:[ \t]*[|>][+-]?[ \t]*\n[ \t]+)                                        # name: |
    | (?P<called>["'`][ \t]*,[ \t]*|[ \t]*\([ \t]*|[ \t]*\|[ \t]*(?=["'`]))                    # "name", "x"   setName("x")
    | (?P<plain>
        \\?["'`]?\]?\)?[ \t]?{_TYPE}?[ \t]*(?:(?::=|=>|->|<-|\?=|\|\|=|\?\?=|==?=?|!==?)[ \t]*)
            (?:[\w.$]{{1,40}}(?:\(\))?[ \t]*(?:\|\||\?\?|\?:|or[ ])[ \t]*(?=["'`]))?               # name: str = "x", name = y or "x"
      | [ \t]*:\*\*[ \t]+[`"']?                                                        # **name:** x
      | \\?["'`]?[ \t]*:[ \t]*(?:!!?\w+[ \t]+)?                                               # name: x, "name": "x"
      | (?:\[[^\]]{{0,40}}\])?[ \t]*=[ \t]*                                                  # array[0] = x
      | ["'`]?[\])]*[ \t]*{_INSTEAD}[ \t]*{_STRING}                                            # name || "x", get("NAME") or "x"
      | ["'`]\)[ \t]*\{{[ \t]*{_STRING}                                                         # fetch("NAME") {{ "x" }}
      | :[-=]                                                                          # ${{name:-x}}
      | [ \t]+(?:eq|to|is|was)?[ \t]*(?=["'`])                                            # PASSWORD "x"
      )(?:[(\[]?[ \t]*\n?[ \t]*(?=["'`]))?
    | (?P<cell>[ \t]*\|[ \t]*(?=[^\s|]+[ \t]*\|))                                              # | name | x |
    | (?P<space>[ \t]+(?:(?:is|was)[ \t]+)?)                                               # ENV NAME x, --password x
    )""",
    re.VERBOSE,
)
_QUOTED: Final = expression(
    r"""(?:[bBuUrRfFL@$]{0,2}|ConvertTo-SecureString (?:-String )?|new\s\w+\(|str\(|String\(|bytes\(|\[\]byte\(|Some\(|\w{1,20}\.from\(|b64decode\(|fromhex\()?\\?(?P<q>["'`]{3}|["'`])"""
)
_OTHERWISE: Final = expression(
    rf"""(?:
      (?:await[ \t])?[\w.$:!]{{1,60}}(?:\([^()\n]{{0,100}}\)|\[[^\[\]\n]{{0,60}}\])?[ \t]*
        (?:{_INSTEAD}|\{{|\?(?![?:.])[^:\n?]{{0,80}}:)                     # get("X") || "x", is_it ? get() : "x"
    | [\w.$:]{{0,40}}(?i:env|get|fetch|config|default|prop|option)\w*\([ \t]*["'][^"'\n]{{1,80}}["'][ \t]*,[ \t]*(?:\w{{1,12}}[ \t]*=[ \t]*)?
    | [^\n"'`;,]{{1,80}}[ \t]else[ \t]                                    # get() if it else "x"
    )[ \t]*{_STRING}""",
    re.VERBOSE,
)
_GETTER: Final = expression(
    r"(?i:env|get|fetch|set|put|define|config|default|prop|property|option|argument)\w*[(\[][ \t]*[\"'](?:--)?[\w.-]{0,30}\Z"
)
"""A call that names a setting in its first argument, up to the name: what follows is its value."""
_SETTER: Final = expression(r"(?<![A-Za-z0-9])(?:set|with|put|use)_?[A-Z]\w*\Z")
_MORE: Final = expression(
    r"""["'`][ \t]*(?:(?:[+.&]|\|\||<<|\.\.)[ \t]*(?:\\?\n[ \t]*)?|\\?\n[ \t]*(?:[+.&][ \t]*)?|[ \t])[rRuUbBfF@$]?(?P<q>["'`])"""
)
"""Between two parts of one string."""
_PARTS: Final = 12
_END: Final = {q: expression(rf"(?:\\.|[^{q[0]}\\\n])*") for q in ('"', "'", "`")}
_BARE: Final = expression(r"[^\s\"'`<>]+")
_BARE_STOP: Final = expression(r"[,;)\]}]+$|[;&](?=.)|\\[nrt].*")
_CONFIG_STOP: Final = expression(r"[,;)\]}]+$|[;&,](?=[\w.-]+=)|\\[nrt].*")
"""In a file of settings marks may be part of a value; another pair never is."""
_PHRASE: Final = expression(r"[a-z0-9]+(?: [a-z0-9]+)+(?=[ \t]*(?:#[^\n]*)?(?:\n|\Z))")
_PAIR_BEFORE: Final = expression(r"[\w-]=[^\s=,()\[\]{};]+[ ;][ ]?[\w. -]{0,40}\Z")
_PAIR_AFTER: Final = expression(r"[ ;][ ]?[\w.-]{1,40}=[^\s=,()\[\]{}]")
_DEFAULT: Final = expression(r"\$\{[\w.-]*\Z")
_COMMENT: Final = expression(r"[ \t]*(?:#|//|--|/?\*)[ \t]")
_VERB: Final = expression(r"(?<![A-Za-z0-9_])[Pp]ass\Z")
"""In prose and Python a word; a name only where a sign assigns to it."""
_SPEAKS: Final = expression(r"\s--?[\w-]+$|^ENV\s+\w+$")
_DIRECTIVE: Final = expression(r"[ \t]*[\w-]*")
_SPEAKS_IN_CONFIG: Final = expression(
    r"(?:^|\s)(?:--?[\w-]+|(?:ENV|ARG|setx?|machine\s.*|login\s.*|default\s.*)\s+[\w.-]*)$|\bpassword$"
)


def read(text: str, at: int, file: FileKind) -> Value | None:
    """The value in ``text`` that belongs to the name ending at ``at``, in a file of the kind ``file``."""
    glue = _GLUE.match(text, at, min(len(text), at + 1100))
    if glue is None or (
        _VERB.search(text, max(0, at - 5), at) and not any(sign in glue[0] for sign in "=:>")
    ):
        return None
    quote = _QUOTED.match(text, glue.end())
    if quote is None and glue.lastgroup == "plain":
        other = _OTHERWISE.match(text, glue.end(), min(len(text), glue.end() + 300))
        quote = other and _QUOTED.match(text, other.end())
    if quote:
        called = glue.lastgroup == "called" and not _is_setting(text, at)
        return _quoted(text, quote, Doubt.CALLED if called else Doubt.NONE)
    return _unquoted(text, at, glue, file)


def _unquoted(text: str, at: int, glue: re.Match[str], file: FileKind) -> Value | None:
    """The value without quotes after ``glue``, where one may stand."""
    if glue.lastgroup in {"called", "block"} or (glue.lastgroup == "cell" and file is not FileKind.PROSE):
        return None
    value = _bare(text, glue.end(), file, tagged=glue.lastgroup == "tag")
    if value is None or value.quoted:
        return value
    settings = file is not FileKind.CODE
    if glue.lastgroup == "space" and not _speaks(text, at, file):
        if glue[0].strip():  # the password is x
            return value._replace(doubt=Doubt.CALLED)
        return value._replace(doubt=Doubt.BARE) if settings else None
    certain = settings or _is_pair(text, at, glue, value.pieces[-1][1])
    return value if certain else value._replace(doubt=Doubt.BARE)


def _is_setting(text: str, at: int) -> bool:
    """Whether the name ending at ``at`` is what a call sets or gets: ``setToken(``, ``get("TOKEN"``."""
    start = max(0, at - 60)
    return _SETTER.search(text, start, at) is not None or _GETTER.search(text, start, at) is not None


def whole(text: str, value: Value) -> Iterator[tuple[int, int]]:
    """The pieces of ``value`` in ``text``, the last to its very end, be it longer than what was judged.

    Asked only for secrets: the end may be far.
    """
    *before, (start, end) = value.pieces
    yield from before
    yield start, _whole_end(text, start, end, value.closing)


def _whole_end(text: str, start: int, end: int, closing: str) -> int:
    if end - start < _LONGEST - 2:
        return end
    if closing:
        stops = [stop for stop in (text.find(closing, end), text.find("\n", end)) if stop >= 0]
        return min(stops, default=len(text))
    word = _BARE.match(text, end)
    return word.end() if word else end


def _quoted(text: str, quote: re.Match[str], doubt: Doubt) -> Value:
    """The text up to the quote that closes ``quote``, with the parts that are joined to it."""
    start, end = _within(text, quote)
    judged = text[start:end]
    if len(judged) > 2 and judged[0] in "\"'" and judged[-1] == judged[0]:  # quotes within quotes
        return Value(((start + 1, end - 1),), judged[1:-1], quoted=True, doubt=doubt, closing=quote["q"][0])
    pieces = [(start, end)]
    while len(pieces) < _PARTS and (more := _MORE.match(text, pieces[-1][1])):
        piece = _within(text, more)
        if not text.startswith(more["q"], piece[1]):
            break
        pieces.append(piece)
    judged = "".join(text[slice(*piece)] for piece in pieces)
    return Value(tuple(pieces), judged[:_LONGEST], quoted=True, doubt=doubt, closing=quote["q"][0])


def _within(text: str, quote: re.Match[str]) -> tuple[int, int]:
    """Where the text after ``quote`` begins and ends; an escaped quote is closed by an escaped one."""
    start, mark = quote.end(), quote["q"][0]
    end = _END[mark].match(text, start, min(len(text), start + _LONGEST)).end()  # type: ignore[union-attr]  # it fits nothing too
    if "\\" in quote[0].rstrip("\n"):
        cut = text.find("\\" + mark, start, end)
        end = cut if cut >= 0 else end
    return start, end


def _bare(text: str, start: int, file: FileKind, *, tagged: bool) -> Value | None:
    """The unquoted value at ``start``, or the content of an element."""
    word = _BARE.match(text, start, min(len(text), start + _LONGEST))
    if word is None:
        return None
    end = word.end()
    phrase = _PHRASE.match(text, start, start + _LONGEST) if file is FileKind.SETTINGS else None
    if phrase and is_passphrase(phrase[0], named=False):
        return Value((phrase.span(),), phrase[0], quoted=True)
    enclosed = tagged and text.startswith("<", end)
    stops = _CONFIG_STOP if file is FileKind.SETTINGS and text[start - 1 : start] != "?" else _BARE_STOP
    stop = None if enclosed else stops.search(text, start, end)
    end = stop.start() if stop else end
    return Value(((start, end),), text[start:end], quoted=enclosed) if end > start else None


def _is_pair(text: str, at: int, glue: re.Match[str], end: int) -> bool:
    """Whether an unquoted value stands where one may: ``NAME=value``, or in a list of pairs (``host=x user=y``)."""
    before = text[max(text.rfind("\n", 0, at) + 1, at - 400) : at]
    if _DEFAULT.search(before) and text.startswith("}", end):  # ${name:x}, but not ${name:?say}
        return glue[0] != ":" or text[glue.end()] != "?"
    if _COMMENT.match(before) and text.startswith("\n", end) | (end == len(text)):
        return True
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
