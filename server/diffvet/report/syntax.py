"""The words of a line of code by kind, good enough to colour it: comments, strings, numbers, keywords.

A line at a time and without a grammar. What begins on an earlier line is not known, so the inside of a long string or
comment may look like code; nothing is ever left out. Meant for lines that a frame has cut to its width.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

_FAMILIES = {
    "hash": (
        "py pyi rb sh bash zsh fish yaml yml toml tf hcl pl pm r jl nim cr ex exs conf cfg ini mk cmake properties"
    ),
    "slash": (
        "js jsx mjs cjs ts tsx go java kt kts scala c h cc cpp cxx hpp cs rs swift php dart groovy gradle css scss less "
        "proto sol zig v json jsonc"
    ),
    "dash": "sql lua hs elm adb ads vhd vhdl",
    "markup": "html htm xml svg vue svelte xhtml jsp",
    "prose": "md markdown rst txt adoc",
}
"""How comments look, and the endings of paths that look so."""

_BY_NAME = {
    "dockerfile": "hash",
    "makefile": "hash",
    "gemfile": "hash",
    "rakefile": "hash",
    "jenkinsfile": "slash",
}

_COMMENTS = {
    "hash": r"(?:^|(?<=\s))\#.*",
    "slash": r"//.*|/\*.*?(?:\*/|$)|^\s*\*(?=\s|/).*",
    "dash": r"--.*",
    "markup": r"<!--.*?(?:-->|$)",
    "plain": r"(?:^|(?<=\s))(?:\#|//).*",
}

_KEYWORDS = (
    "abstract and as assert async await begin bool boolean break byte case catch chan char class const continue crate "
    "declare def default defer del delete do double elif else elsif end enum except export extends extern false final "
    "finally float fn for foreach from func function global go goto if implements import in include instanceof int "
    "interface is lambda let local long loop match mod module mut namespace new nil none nonlocal not null nullptr of "
    "operator or override package pass private protected pub public raise readonly ref require return self sizeof "
    "static string struct super switch template then this throw throws trait true try type typedef typeof union unless "
    "unsafe until use using var virtual void volatile when where while with yield "
    "select insert update set into values delete create table alter drop join on group order by having limit"
)
_WORDS = "|".join(sorted(_KEYWORDS.split(), key=len, reverse=True))


def tokens(path: str, text: str) -> Iterator[tuple[str, str]]:
    """The parts of ``text`` in order, each with its style (``comment``, ``string``, ``number``, ``keyword``) or ""."""
    family = _family(path)
    if family == "prose":
        yield "", text
        return
    end = 0
    for found in _pattern(family).finditer(text):
        if found.start() > end:
            yield "", text[end : found.start()]
        yield found.lastgroup or "", found[0]
        end = found.end()
    if end < len(text):
        yield "", text[end:]


def _family(path: str) -> str:
    name = path.rpartition("/")[2].lower()
    ending = name.rpartition(".")[2]
    by_ending = next((family for family, endings in _FAMILIES.items() if ending in endings.split()), None)
    return by_ending or _BY_NAME.get(name, "plain")


@lru_cache(maxsize=8)
def _pattern(family: str) -> re.Pattern[str]:
    any_case = "(?i:" if family in {"dash", "plain"} else "(?:"
    return re.compile(
        rf"(?P<comment>{_COMMENTS[family]})"
        r"|(?P<string>\"(?:[^\"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`?)"
        r"|(?P<number>(?<![\w.])\d[\w.]*)"
        rf"|(?P<keyword>(?<![\w$@.-]){any_case}{_WORDS}|True|False|None)(?![\w$-]))"
    )
