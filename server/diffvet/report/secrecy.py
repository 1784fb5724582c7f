"""What a report may show of untrusted text: no secret values, no terminal control."""

import re
import unicodedata

from diffvet.review.finding import Finding

_VALUE = re.compile(r"[^\s\"'`<>]{6,}")
_LONG_WORD = re.compile(r"[A-Za-z0-9+/=_.~-]{12,}")
_SHOWN = 3
"""How many characters of a masked value stay readable, so that its kind can be recognised."""


def quote(finding: Finding) -> str | None:
    """The quote as a machine-readable report shows it: none on the line of a secret, it would spread it."""
    return None if finding.sensitive else finding.quote


def code(finding: Finding) -> tuple[str, ...]:
    """The anchored lines as a person may see them: values are masked on the line of a secret."""
    if not finding.sensitive:
        return finding.code
    return tuple(mask(line) for line in finding.code)


def suggestion(finding: Finding) -> tuple[str, ...] | None:
    """The lines that would replace it: none on the line of a secret, they may hold it still."""
    return None if finding.sensitive else finding.suggestion


def mask(line: str) -> str:
    """``line`` with everything masked that may be the secret; its length and shape stay."""
    at = min((line.find(sign) for sign in "=:" if sign in line), default=-1)
    if at < 0:
        return _LONG_WORD.sub(_stars, line)
    return line[: at + 1] + _VALUE.sub(_stars, line[at + 1 :])


def _stars(match: re.Match[str]) -> str:
    word = match[0]
    return word[:_SHOWN] + "*" * (len(word) - _SHOWN)


def utf8(text: str) -> str:
    r"""``text`` as it is, but for undecodable bytes, which UTF-8 cannot spell: they become ``\udcff``-like."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def visible(text: str) -> str:
    r"""``text`` for a terminal: control and format characters (escape sequences, bidi overrides) are spelt out.

    A tab becomes four spaces; everything else of the categories Cc, Cf, Cs, Zl and Zp becomes ``\x1b``-like.
    """
    if text.isprintable():
        return text
    return "".join(map(_visible, text))


def _visible(char: str) -> str:
    if char == "\t":
        return "    "
    if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return char.encode("unicode_escape").decode("ascii")
    return char
