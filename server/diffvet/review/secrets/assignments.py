"""Values in key-like places: ``password = "…"``, ``api_key: …``, ``<Token>…</Token>``, in any usual syntax."""

import re
from collections.abc import Iterator
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
from diffvet.review.secrets.surprise import entropy, ratio, surprises

_LONGEST: Final = 600
"""A value is judged by so many code points; one that is a secret is masked to its end."""

_NAME: Final = re.compile(r"[A-Za-z0-9_$.-]{0,60}")
_NAME_LEFT: Final = re.compile(r"[A-Za-z0-9_$.-]{0,60}\Z")
_SPACED: Final = re.compile(r"(?:[A-Za-z]{2,12} )\Z")
_TYPE: Final = r"(?::\s?[&A-Za-z][\w.<>\[\]?| ]{0,40}?)"
_GLUE: Final = re.compile(
    rf"""(?:
      (?P<strong>
        \\?["'`]?\]?\)?\s?{_TYPE}?[ \t]*(?::=|=>|->|\?=|\|\|=|\?\?=|=)[ \t]*\n?[ \t]*     # name = "x", "name"] = "x", name: str = "x"
      | \\?["'`]?[ \t]*:[ \t]*(?:!!?\w+\s+)?                                     # name: x, "name": "x"
      | (?:\[[^\]]{{0,40}}\])?\s*=\s*                                      # array[0] =
      | ["']\s+(?:value|content)\s*=\s*                                    # key="name" value="x"
      | \s*\|\s*(?=["'`])                                                  # table cell
      | [ \t]+(?=["'`])                                                       # PASSWORD "x"
      | ["'`][ \t]*,[ \t]*                                                       # "name", "x"
      | [ \t]*\([ \t]*                                                           # setName("x")
      | \s*(?:==|!=|===|!==|eq|is)\s*(?=["'`])                             # if name == "x"
      | \s+to\s+                                                           # "name" to "x" (Kotlin)
      )
    | (?P<tag>["']?\s*/?>(?:</\w+>)?\s*(?:<(?:string|value|data)>)?\s*(?:<!\[CDATA\[)?)   # <name>x</name>, <key>name</key><string>x
    | (?P<next>["']?\s*,?\s*\n[\s+-]*["']?(?:value|default|secret|content)["']?\s*[:=]\s*)  # - name: X / value: x
    | (?P<block>["']?\s*\{{\s*\n(?:[^\n{{}}]{{0,200}}\n){{0,4}}?\s*default\s*=\s*)           # variable "x" {{ default = "y"
    | (?P<space>[ \t]+)                                                       # ENV NAME x, --password x
    )""",
    re.VERBOSE,
)
_QUOTED: Final = re.compile(
    r"""(?:[bBuUrRfFL@$]{0,2}|new\s\w+\(|str\(|String\(|bytes\(|Some\(|\w{1,20}\.from\(|b64decode\(|fromhex\()?\\?(?P<q>["'`]{3}|["'`])"""
)
_END: Final = {q: re.compile(rf"(?:\\.|[^{q[0]}\\\n])*") for q in ('"', "'", "`")}
_BARE: Final = re.compile(r"[^\s\"'`<>]+")
_BARE_STOP: Final = re.compile(r"[,;)\]}]+$|[;&](?=.)|\\[nrt].*")
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
_SPEAKS: Final = re.compile(r"\s--?[\w-]+$|^ENV\s+\w+$")
_SPEAKS_IN_CONFIG: Final = re.compile(
    r"(?:^|\s)(?:--?[\w-]+|(?:ENV|ARG|setx?|machine\s.*|login\s.*|default\s.*)\s+[\w.-]*)$|\bpassword$"
)
_MINIFIED: Final = 2000
"""A line this long is machine-made: only names that promise a secret count in it."""


class _Value(NamedTuple):
    start: int
    end: int
    text: str
    quoted: bool


def find(text: str, path: str) -> Iterator[Span]:
    """The secret values in key-like places of ``text``; spans may overlap those of other detectors."""
    if _NO_KEYS.search(path):
        return
    config = _CONFIG.search(path) is not None
    done = 0
    for at in _places(text):
        if at < done:
            continue
        start = at - len(_NAME_LEFT.search(text, max(done, at - 60), at)[0])  # type: ignore[index]  # the pattern fits nothing too
        end = _NAME.match(text, at).end()  # type: ignore[union-attr]  # likewise
        done = end
        level, doubt = names.promise(text[start:end].rstrip("."))
        if level is Promise.KEY and (spaced := _SPACED.search(text, max(0, start - 13), start)):
            level, doubt = max((level, doubt), names.promise(spaced[0] + text[start:end]))
        if level is Promise.NONE or text[start:end] == "pass" or text.startswith("::", start - 2):
            continue
        if text[start - 1 : start] == ":" == text[end : end + 1]:  # a word inside of a:colon:list
            continue
        value = _value(text, end, config=config)
        if value and _is_secret(value[0], level, doubt=doubt or value[1]):
            yield Span(value[0].start, value[0].end, level.kind)
            done = max(done, value[0].end)


def _places(text: str) -> list[int]:
    """The offsets of all telling words, in order."""
    lowered = _lower(text)
    places = []
    for word in names.WORDS:
        at = lowered.find(word)
        while at >= 0:
            places.append(at)
            at = lowered.find(word, at + len(word))
    places.sort()
    return places


def _lower(text: str) -> str:
    """``text`` in lower case, with the same offsets."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if c.isascii() else c for c in text)


def _value(text: str, at: int, *, config: bool) -> tuple[_Value, bool] | None:
    """The value that belongs to the name ending at ``at``, and whether its syntax leaves doubt."""
    glue = _GLUE.match(text, at, min(len(text), at + 1100))
    if glue is None:
        return None
    called = glue["strong"] is not None and any(sign in glue[0] for sign in "(,|")
    quote = _QUOTED.match(text, glue.end())
    if quote:
        return _quoted(text, quote), called
    if (
        called
        or glue["block"] is not None
        or (glue["space"] is not None and not _speaks(text, at, config=config))
    ):
        return None
    value = _bare(text, glue.end(), tagged=glue["tag"] is not None)
    if value is None:
        return None
    return value, not (config or value.quoted or _is_shell(text, at, glue[0]))


def _quoted(text: str, quote: re.Match[str]) -> _Value:
    """The text up to the quote that closes ``quote``; an opening ``\\"`` is closed by the same."""
    start, mark = quote.end(), quote["q"]
    end = _END[mark[0]].match(text, start, min(len(text), start + _LONGEST)).end()  # type: ignore[union-attr]  # it fits nothing too
    if "\\" in quote[0]:
        cut = text.find("\\" + mark[0], start, end)
        end = cut if cut >= 0 else end
    judged = text[start:end]
    if end - start >= _LONGEST - 1:
        stops = [stop for stop in (text.find(mark[0], end), text.find("\n", end)) if stop >= 0]
        end = min(stops, default=len(text))
    return _Value(start, end, judged, quoted=True)


def _bare(text: str, start: int, *, tagged: bool) -> _Value | None:
    """The unquoted value at ``start``, or the content of an element."""
    word = _BARE.match(text, start, min(len(text), start + _LONGEST))
    if word is None:
        return None
    end = word.end()
    enclosed = tagged and text.startswith("<", end)
    stop = None if enclosed else _BARE_STOP.search(text, start, end)
    judged = text[start : stop.start() if stop else end]
    if not stop and end - start >= _LONGEST - 1:
        end = _BARE.match(text, start).end()  # type: ignore[union-attr]  # it matched above
    return _Value(start, stop.start() if stop else end, judged, quoted=enclosed) if judged else None


def _is_shell(text: str, at: int, glue: str) -> bool:
    """Whether an unquoted value stands where one may: ``NAME=value``, or in a list of ``;``-separated pairs."""
    tight = bool(glue.strip(": \t")) and glue == glue.strip()
    return tight and (text[at - 1].isupper() or ";" in text[max(text.rfind("\n", 0, at), at - 400, 0) : at])


def _speaks(text: str, at: int, *, config: bool) -> bool:
    """Whether a name followed by nothing but white space takes a value: an option, ``ENV``, a login."""
    before = text[max(text.rfind("\n", 0, at) + 1, at - 80) : at]
    return (_SPEAKS_IN_CONFIG if config else _SPEAKS).search(before) is not None


def _is_secret(value: _Value, level: Promise, *, doubt: bool) -> bool:
    text = value.text.strip()
    if _is_harmless(text) or (not value.quoted and is_code(text)):
        return False
    if level is Promise.KEY and len(text) >= 12 and is_login(text):
        return True
    if is_hex(text) or is_uuid(text):
        return level >= Promise.SECRET and len(text) >= 16 and not text.isdigit() and entropy(text) >= 2.5
    odd, share = surprises(text), ratio(text)
    if level is Promise.KEY:
        return len(text) >= 20 and odd >= 7 and share >= 0.3 and entropy(text) >= 3.4
    if doubt:
        return len(text) >= 8 and odd >= 4 and share >= 0.25 and any(char.isdigit() for char in text)
    if level is Promise.SECRET:
        return len(text) >= 8 and odd >= 3 and share >= 0.2
    return _is_password(text, odd)


def _is_harmless(text: str) -> bool:
    """Whether ``text`` cannot be a secret under any name."""
    if len(text) < 4 or any(char.isspace() for char in text):
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
