"""What stands between a name and its value, and how far the value goes, in any usual syntax.

``name = "x"``, ``name: x``, ``<name>x</name>``, ``getenv("NAME", "x")``, ``name = other || "x"``, ``"x" + "y"``.
"""

import re
from typing import Final

from diffvet.expression import expression
from diffvet.review.secrets.file_kind import FileKind
from diffvet.review.secrets.quoted import QUOTED, quoted
from diffvet.review.secrets.unquoted import unquoted
from diffvet.review.secrets.value import Doubt, Value

_STRING: Final = r"""(?=["'`])"""
_TYPE: Final = r"(?::\s?[&A-Za-z][\w.<>\[\]?| ]{0,40}?(?=[ \t]+=[ \t]*[^\s=]|[ \t]*=[ \t]*[\"'`])|[ \t]+[*A-Za-z][\w.\[\]]{0,24}(?=[ \t]*=[ \t]*[\"'`]))"
_TYPES: Final = "type|fill|sendKeys|send_keys|setValue|set_value|typeText|type_text|enterText|clear_and_type"
"""Calls that write into a field of a form."""
_INSTEAD: Final = r"(?:\|\||\?\?|\?:|\bor\b|\.(?:unwrap_or(?:_else)?|or_?[eE]lse(?:Get)?|getOrElse)\([ \t]*(?:\|_?\w*\|[ \t]*|\(\)[ \t]*->[ \t]*)?)"
"""What gives a value in the place of one that is not there."""
_GLUE: Final = expression(
    rf"""(?:
      (?P<next>["']?[ \t]*,?\s*(?:\n[ \t+-]*)?["']?\b(?:value|default|content|secret)["']?[ \t]*[:=][ \t]*) # name: NAME, value: x
    | (?P<block>["']?[ \t]*\{{[ \t]*\n(?:[^\n{{}}]{{0,200}}\n){{0,4}}?[ \t]*default[ \t]*=[ \t]*)  # variable "name" {{ default = "x"
    | (?P<tag>(?:["']?[ \t]*(?:[ ]\w+=(?:"[^"\n]{{0,40}}"|'[^'\n]{{0,40}}'))?[ \t]*/?>\s*(?:<(?i:string|value|data)>)?|</\w+>\s*<(?i:string|value|data)>)\s*(?:<!\[CDATA\[)?)
    | (?P<scalar>["']?:[ \t]*[|>][+-]?[ \t]*\n[ \t]+|["']?:[ \t]*\n[ \t]*-[ \t]+)             # name: |   names: - x
    | (?P<typed>(?:["'`\])]{{1,6}}(?:\.\w{{1,12}}\(\))?\.(?:{_TYPES})\(|["'`]?\]["'`],|["'`],[ \t]*with:)[ \t]*(?=["'`]))  # "#name").type("x")
    | (?P<argument>[ \t]*,[ \t]*(?:<<)?(?=[A-Za-z@]?["'`]))                                       # same(name, "x")   {{name, <<"x">>
    | (?P<called>["'`][ \t]*,[ \t]*|[ \t]*\([ \t]*|[ \t]*\|[ \t]*(?=["'`]))                    # "name", "x"   setName("x")
    | (?P<plain>
        \\?["'`]?\]?\)?[ \t]?{_TYPE}?[ \t]*(?:(?::=|=>|->|<-|\?=|\|\|=|\?\?=|==?=?|!==?)[ \t]*)
            (?:[\w.$]{{1,40}}(?:\(\))?[ \t]*(?:\|\||\?\?|\?:|or[ ])[ \t]*(?=["'`]))?               # name: str = "x", name = y or "x"
      | [ \t]*:\*\*[ \t]+[`"']?                                                        # **name:** x
      | \\?["'`]?[ \t]*:[ \t]*(?:!!?\w+[ \t]+)?                                               # name: x, "name": "x"
      | (?:\[[^\]]{{0,40}}\])?[ \t]*=[ \t]*                                                  # array[0] = x
      | ["'`]?[\])]*[ \t]*{_INSTEAD}[ \t]*{_STRING}                                            # name || "x", get("NAME") or "x"
      | (?:["'`]\))?[ \t]*\{{[ \t]*{_STRING}                                                    # fetch("NAME") {{ "x" }}   name{{"x"}}
      | :[-=]                                                                          # ${{name:-x}}
      | [ \t]+(?:eq|to|is|was)?[ \t]*(?=["'`])                                            # PASSWORD "x"
      )(?:[(\[]?[ \t]*\n?[ \t]*(?=["'`]))?
    | (?P<cell>[ \t]*\|[ \t]*(?=[^\s|]+[ \t]*\|))                                              # | name | x |
    | (?P<space>[ \t]+(?:(?:(?:on|for|of|at|to)[ \t][\w.@-]{{1,40}}[ \t]+)?(?:is|was)[ \t]+)?)                                               # ENV NAME x, --password x
    )""",
    re.VERBOSE,
)
_WRAPPED: Final = expression(
    r"(?:(?:new[ \t]+)?[A-Za-z_][\w.:]{0,40}(?:<[\w, ]{0,30}>)?[(\[{][ \t]*(?:\w{1,20}[ \t]*=[ \t]*)?){1,3}(?=[bBuU@]?[\"'`])"
)
"""Calls around a value: what they make of it is as secret."""
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
_COMPARES: Final = expression(
    r"(?:(?:str|mem)n?(?:case)?cmp|[eE]quals?|[cC]ompare\w*|[mM]atch(?:es)?|[vV]erify\w*|\w*setopt\w*)\([^\"'()\n]{0,60}\Z|\{[ \t]*\Z"
)
"""What is called with a name and the value it is compared with; a pair in braces."""
_MIRRORED: Final = expression(
    r"""(?P<q>["'`])(?P<value>(?:(?!(?P=q))[^\\\n]){4,120})(?P=q)(?:[ \t]*[!=]==?[ \t]*|\.equals(?:IgnoreCase)?\()[\w.$>\["'(-]{0,60}\Z"""
)
_VERB: Final = expression(r"(?<![A-Za-z0-9_])[Pp]ass\Z")
"""In prose and Python a word; a name only where a sign assigns to it."""


def read(text: str, start: int, at: int, file: FileKind, *, phrase: bool = False) -> Value | None:
    """The value in ``text`` that belongs to the name from ``start`` to ``at``, in a file of the kind ``file``."""
    glue = _GLUE.match(text, at, min(len(text), at + 1100))
    if glue is None or (
        _VERB.search(text, max(0, at - 5), at) and not any(sign in glue[0] for sign in "=:>")
    ):
        return None
    if glue.lastgroup == "argument" and not _COMPARES.search(text, max(0, at - 100), start):
        return None
    quote = QUOTED.match(text, glue.end())
    wrapped = None
    if quote is None and glue.lastgroup == "plain":
        most = min(len(text), glue.end() + 300)
        other = _OTHERWISE.match(text, glue.end(), most)
        wrapped = None if other else _WRAPPED.match(text, glue.end(), most)
        before = other or wrapped
        quote = before and QUOTED.match(text, before.end())
    if quote:
        called = wrapped or (glue.lastgroup == "called" and not _is_setting(text, at))
        return quoted(text, quote, Doubt.CALLED if called else Doubt.NONE)
    return unquoted(text, at, glue, file, phrase=phrase)


def mirrored(text: str, start: int) -> Value | None:
    """The value that is compared with the name beginning at ``start``: ``"x" == name``, ``"x".equals(name)``."""
    line = max(text.rfind("\n", 0, start) + 1, start - 200)
    if not any(sign in text[line:start] for sign in ("==", "!=", "equals")):
        return None
    hit = _MIRRORED.search(text, line, start)
    return hit and Value((hit.span("value"),), hit["value"], quoted=True)


def _is_setting(text: str, at: int) -> bool:
    """Whether the name ending at ``at`` is what a call sets or gets: ``setToken(``, ``get("TOKEN"``."""
    start = max(0, at - 60)
    return _SETTER.search(text, start, at) is not None or _GETTER.search(text, start, at) is not None
