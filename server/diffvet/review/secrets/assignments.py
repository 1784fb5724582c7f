"""Values in key-like places: ``password = "…"``, ``api_key: …``, ``<Token>…</Token>``, in any usual syntax."""

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import Final, NamedTuple

from diffvet.review.secrets import names
from diffvet.review.secrets.addresses import is_login
from diffvet.review.secrets.lookalikes import (
    is_code,
    is_digest,
    is_hex,
    is_path,
    is_reference,
    is_stand_in,
    is_uuid,
)
from diffvet.review.secrets.names import Promise
from diffvet.review.secrets.span import Span
from diffvet.review.secrets.surprise import CLIP, entropy, surprises

_LONGEST: Final = 240
"""A value is judged by so many code points; one that is a secret is masked to its end."""

_NAME: Final = re.compile(r"[A-Za-z0-9_$.-]{0,60}")
_NAME_LEFT: Final = re.compile(r"[A-Za-z0-9_$.-]{0,60}\Z")
_SPACED: Final = re.compile(r"(?:[A-Za-z]{2,12} )\Z")
_TYPE: Final = r"(?::\s?[&A-Za-z][\w.<>\[\]?| ]{0,40}?)"
_GLUE: Final = re.compile(
    rf"""(?:
      (?P<next>["']?[ \t]*,?\s*(?:\n[ \t+-]*)?["']?\b(?:value|default|content|secret)["']?[ \t]*[:=][ \t]*) # name: NAME, value: x
    | (?P<block>["']?[ \t]*\{{[ \t]*\n(?:[^\n{{}}]{{0,200}}\n){{0,4}}?[ \t]*default[ \t]*=[ \t]*)  # variable "name" {{ default = "x"
    | (?P<tag>(?:["']?[ \t]*/?>\s*(?:<(?:string|value|data)>)?|</\w+>\s*<(?:string|value|data)>)\s*(?:<!\[CDATA\[)?)
    | (?P<scalar>["']?:[ \t]*[|>][+-]?[ \t]*\n[ \t]+)                                        # name: |
    | (?P<called>["'`][ \t]*,[ \t]*|[ \t]*\([ \t]*|[ \t]*\|[ \t]*(?=["'`]))                    # "name", "x"   setName("x")
    | (?P<plain>
        \\?["'`]?\]?\)?[ \t]?{_TYPE}?[ \t]*(?:(?::=|=>|->|<-|\?=|\|\|=|\?\?=|==?=?|!==?)[ \t]*)
            (?:[\w.$]{{1,40}}(?:\(\))?[ \t]*(?:\|\||\?\?|\?:|or[ ])[ \t]*(?=["'`]))?               # name: str = "x", name = y or "x"
      | \\?["'`]?[ \t]*:[ \t]*(?:!!?\w+[ \t]+)?                                               # name: x, "name": "x"
      | (?:\[[^\]]{{0,40}}\])?[ \t]*=[ \t]*                                                  # array[0] = x
      | ["']?\]?[ \t]*(?:\|\||\?\?|\?:|or)[ \t]*(?=["'`])                                      # name || "x"
      | :-                                                                             # ${{name:-x}}
      | [ \t]+(?:eq|to|is|was)?[ \t]*(?=["'`])                                            # PASSWORD "x"
      )(?:[(\[]?[ \t]*\n?[ \t]*(?=["'`]))?
    | (?P<space>[ \t]+(?:(?:is|was)[ \t]+)?)                                               # ENV NAME x, --password x
    )""",
    re.VERBOSE,
)
_QUOTED: Final = re.compile(
    r"""(?:[bBuUrRfFL@$]{0,2}|ConvertTo-SecureString (?:-String )?|new\s\w+\(|str\(|String\(|bytes\(|Some\(|\w{1,20}\.from\(|b64decode\(|fromhex\()?\\?(?P<q>["'`]{3}|["'`])"""
)
_END: Final = {q: re.compile(rf"(?:\\.|[^{q[0]}\\\n])*") for q in ('"', "'", "`")}
_BARE: Final = re.compile(r"[^\s\"'`<>]+")
_BARE_STOP: Final = re.compile(r"[,;)\]}]+$|[;&](?=.)|\\[nrt].*")
_JOINT: Final = re.compile(
    r"""(?P<end>["'`])[ \t]*(?:(?:\+|\.\.?|&|\\)[ \t]*\n?[ \t]*|\n[ \t]*(?:(?:\+|\.\.?|&)[ \t]*)?)[fFbBrRuU$@]?(?P<q>["'`])"""
)
"""Between two literals that are one text: an operator, or a new line."""
_PHRASE: Final = re.compile(r"[a-z]{2,12}(?: [a-z]{2,12}){3,11}")
_ABOUT: Final = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "at",
        "be",
        "cannot",
        "do",
        "enter",
        "for",
        "from",
        "has",
        "in",
        "invalid",
        "is",
        "key",
        "must",
        "no",
        "not",
        "of",
        "on",
        "or",
        "please",
        "the",
        "this",
        "to",
        "was",
        "with",
        "wrong",
        "you",
        "your",
    ]
)
"""Words of sentences; passphrases are drawn from lists of nouns."""
_CONFIG: Final = re.compile(
    r"(?:^|/)(?:\.env[^/]*|env|[^/]*\.env|[^/]*\.(?:ya?ml|ini|cfg|conf|cnf|config|properties|props|toml|tfvars|sh|bash|zsh|ksh|fish|ps1|bat|cmd|envrc|env\.\w+|"
    r"npmrc|pypirc|netrc|service|desktop|txt|md|rst|log|secrets?|creds?|credentials)|dockerfile[^/]*|[^/]*\.dockerfile|containerfile|procfile|makefile|credentials|config|"
    r"\.(?:npmrc|pypirc|netrc|pgpass|my\.cnf|s3cfg|aws|bashrc|zshrc|profile|envrc|htpasswd|boto|gitconfig|dockercfg)|_netrc|secrets?)$",
    re.IGNORECASE,
)
_NO_KEYS: Final = re.compile(
    r"(?:^|/)(?:package-lock\.json|npm-shrinkwrap\.json|[^/]*yarn\.lock|pnpm-lock\.ya?ml|[^/]*\.lock|go\.sum|pipfile\.lock|packages\.lock\.json|bun\.lockb?|[^/]*\.(?:sum|lockfile|svg|css|scss|less|map|po|pot|xliff?|strings|resx|snap))$",
    re.IGNORECASE,
)
_VERB: Final = re.compile(r"(?<![A-Za-z0-9_])[Pp]ass\Z")
"""In prose and Python a word; a name only where a sign assigns to it."""
_SEVERAL: Final = re.compile(r",|=(?!=*$)")
"""What an unquoted value in code goes no further than."""
_SPEAKS: Final = re.compile(r"\s--?[\w-]+$|^ENV\s+\w+$")
_SPEAKS_IN_CONFIG: Final = re.compile(
    r"(?:^|\s)(?:--?[\w-]+|(?:ENV|ARG|setx?|machine\s.*|login\s.*|default\s.*)\s+[\w.-]*)$|\bpassword$"
)


class _Doubt(IntEnum):
    """How much the syntax around a value leaves open whether it is the value of that name."""

    NONE = 0
    CALLED = 1  # an argument after the name
    BARE = 2  # no quotes, where code may stand


class _Value(NamedTuple):
    start: int
    end: int
    text: str
    quoted: bool
    doubt: _Doubt = _Doubt.NONE
    closing: str = ""


def find(text: str, lowered: str, path: str) -> Iterator[Span]:
    """The secret values in key-like places of ``text``, in order, none overlapping.

    ``lowered`` is the text in lower case, with the same offsets.
    """
    if _NO_KEYS.search(path):
        return
    config = _CONFIG.search(path) is not None
    done = 0
    for at in _places(lowered):
        if at < done:
            continue
        start = at - len(_NAME_LEFT.search(text, max(done, at - 60), at)[0])  # type: ignore[index]  # the pattern fits nothing too
        end = _NAME.match(text, at).end()  # type: ignore[union-attr]  # likewise
        done = end
        level, doubt = names.promise(text[start:end].rstrip("."))
        if level is Promise.KEY and (spaced := _SPACED.search(text, max(0, start - 13), start)):
            level, doubt = max((level, doubt), names.promise(spaced[0] + text[start:end]))
        if level is Promise.NONE or text.startswith("::", start - 2):
            continue
        if text[start - 1 : start] == ":" == text[end : end + 1]:  # a word inside of a:colon:list
            continue
        value = _value(text, end, config=config or text[start - 1 : start] in {"?", "&", ";"})
        if value and _is_secret(value, level, max(value.doubt, _Doubt.CALLED if doubt else _Doubt.NONE)):
            done = max(done, _whole_end(text, value))
            yield Span(value.start, done, level.kind)
            for more in _continued(text, value, done):
                done = more.end
                yield Span(more.start, more.end, level.kind)
        elif value and level is not Promise.KEY and _is_phrase(text[start:end], value):
            done = max(done, value.end)
            yield Span(value.start, done, level.kind)


def _places(lowered: str) -> list[int]:
    """The offsets of all telling words, in order."""
    places = []
    for word in names.WORDS:
        at = lowered.find(word)
        while at >= 0:
            places.append(at)
            at = lowered.find(word, at + len(word))
    places.sort()
    return places


def _value(text: str, at: int, *, config: bool) -> _Value | None:
    """The value that belongs to the name ending at ``at``."""
    glue = _GLUE.match(text, at, min(len(text), at + 1100))
    if glue is None or (
        _VERB.search(text, max(0, at - 5), at) and not any(sign in glue[0] for sign in "=:>")
    ):
        return None
    quote = _QUOTED.match(text, glue.end())
    if quote:
        return _quoted(text, quote, _Doubt.CALLED if glue.lastgroup == "called" else _Doubt.NONE)
    if glue.lastgroup in {"called", "block"}:
        return None
    value = _bare(text, glue.end(), tagged=glue.lastgroup == "tag")
    if value is None or value.quoted:
        return value
    if glue.lastgroup == "space" and not _speaks(text, at, config=config):
        return value._replace(doubt=_Doubt.BARE) if config else None
    return value if config or _is_shell(text, at, glue[0]) else value._replace(doubt=_Doubt.BARE)


def _quoted(text: str, quote: re.Match[str], doubt: _Doubt) -> _Value:
    """The text up to the quote that closes ``quote``; an escaped one is closed by an escaped one."""
    start, mark = quote.end(), quote["q"]
    end = _END[mark[0]].match(text, start, min(len(text), start + _LONGEST)).end()  # type: ignore[union-attr]  # it fits nothing too
    if "\\" in quote[0]:
        cut = text.find("\\" + mark[0], start, end)
        end = cut if cut >= 0 else end
    judged = text[start:end]
    if len(judged) > 2 and judged[0] in "\"'" and judged[-1] == judged[0]:  # quotes within quotes
        start, end, judged = start + 1, end - 1, judged[1:-1]
    return _Value(start, end, judged, quoted=True, doubt=doubt, closing=mark[0])


def _whole_end(text: str, value: _Value) -> int:
    """The end of ``value`` in ``text``, be it longer than what was judged. Asked only for secrets: it may be far."""
    if value.end - value.start < _LONGEST - 2:
        return value.end
    if value.closing:
        stops = [
            stop for stop in (text.find(value.closing, value.end), text.find("\n", value.end)) if stop >= 0
        ]
        return min(stops, default=len(text))
    word = _BARE.match(text, value.end)
    return word.end() if word else value.end


def _continued(text: str, value: _Value, end: int) -> Iterator[_Value]:
    """The literals that are joined to ``value``, which ends at ``end``: the other parts of one secret."""
    while value.closing and (joint := _JOINT.match(text, end)) is not None:
        value = _quoted(text, joint, _Doubt.NONE)
        if _is_harmless(value.text):
            return
        yield value
        end = value.end


def _is_phrase(name: str, value: _Value) -> bool:
    """Whether ``value`` is a passphrase of plain words, and not a sentence about one."""
    if not value.quoted or value.doubt or not name.lower().endswith(("passphrase", "pass_phrase")):
        return False
    return _PHRASE.fullmatch(value.text) is not None and _ABOUT.isdisjoint(value.text.split())


def _bare(text: str, start: int, *, tagged: bool) -> _Value | None:
    """The unquoted value at ``start``, or the content of an element."""
    word = _BARE.match(text, start, min(len(text), start + _LONGEST))
    if word is None:
        return None
    end = word.end()
    enclosed = tagged and text.startswith("<", end)
    stop = None if enclosed else _BARE_STOP.search(text, start, end)
    judged = text[start : stop.start() if stop else end]
    return _Value(start, stop.start() if stop else end, judged, quoted=enclosed) if judged else None


def _is_shell(text: str, at: int, glue: str) -> bool:
    """Whether an unquoted value stands where one may: ``NAME=value``, or in a list of ``;``-separated pairs."""
    tight = bool(glue.strip(": \t")) and glue == glue.strip()
    return tight and (text[at - 1].isupper() or ";" in text[max(text.rfind("\n", 0, at), at - 400, 0) : at])


def _speaks(text: str, at: int, *, config: bool) -> bool:
    """Whether a name followed by nothing but white space takes a value: an option, ``ENV``, a login."""
    before = text[max(text.rfind("\n", 0, at) + 1, at - 80) : at]
    return (_SPEAKS_IN_CONFIG if config else _SPEAKS).search(before) is not None


def _is_secret(value: _Value, level: Promise, doubt: _Doubt) -> bool:
    text = value.text.strip()
    if _is_other(value, text, doubt):
        return False
    return _is_random(text, level, doubt) and not _is_harmless(text)


def _is_random(text: str, level: Promise, doubt: _Doubt) -> bool:
    """Whether ``text`` is as random as a value has to be under a name that promises ``level``."""
    if is_hex(text) or is_uuid(text):
        return level >= Promise.SECRET and len(text) >= 16 and not text.isdigit() and entropy(text) >= 2.5
    odd = surprises(text)
    share = odd / max(min(len(text), CLIP) - 1, 1)
    digits = not doubt or any(char.isdigit() for char in text)
    if level is Promise.KEY:
        random = len(text) >= 20 and odd >= 7 and share >= 0.3 and entropy(text) >= 3.4
        return random or (len(text) >= 12 and is_login(text))
    if level is Promise.SECRET or doubt is _Doubt.BARE:
        least, part = (4 if doubt else 3), (0.3 if doubt is _Doubt.BARE else 0.2)
        return len(text) >= 8 and odd >= least and share >= part and digits
    return _is_password(text, odd) and (not doubt or odd >= 2) and digits


def _is_other(value: _Value, text: str, doubt: _Doubt) -> bool:
    """Whether ``text`` is code, an option, or more than the one value."""
    if not value.quoted and is_code(text):
        return True
    if doubt is _Doubt.BARE:
        return _SEVERAL.search(text) is not None
    return doubt is _Doubt.CALLED and text.startswith("-")


def _is_harmless(text: str) -> bool:
    """Whether ``text`` cannot be a secret under any name."""
    if len(text) < 4 or "://" in text or any(char.isspace() for char in text):
        return True
    return is_stand_in(text) or is_reference(text) or is_digest(text) or is_path(text)


def _is_password(text: str, odd: int) -> bool:
    """Whether ``text`` may be a password: letters mixed with digits or marks, or letters no word has."""
    letters = any(char.isalpha() for char in text)
    mixed = letters and any(char.isdigit() or char in "!@#$%^&*?+~=" for char in text)
    if "_" in text and text.replace("_", "a").isalnum() and odd < 3:
        return False
    if mixed:
        return len(text) >= 5 and (odd >= 1 or len(text) >= 8)
    return odd >= 3 and odd * 5 >= len(text)
