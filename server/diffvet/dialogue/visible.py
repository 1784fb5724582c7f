"""Making characters visible that a reviewer could not see, or would take for the end of a line.

Ordinary text stays as it is. A rare character is written ``⟦U+000D⟧`` (its code point in hexadecimal), and a
literal ``⟦U+`` is written ``⟦U+27E6⟧U+``, so that ``restore(show(text)) == text`` for all text without lone
surrogates. Those (undecodable bytes) cannot travel as UTF-8 and become U+FFFD for good.

Rare are: all control characters but the tab; the line separators U+2028 and U+2029; what reorders or hides
text from a human reader (bidirectional controls, zero-width space, word joiner, byte order mark, tag
characters); a newline too, since one text is one line here.
"""

import re

from diffvet.expression import expression

_RARE = expression(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f"
    "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
    "|\u27e6(?=U\\+)"
)
_SHOWN = expression(r"⟦U\+([0-9A-F]{4,6})⟧")
MARK = "⟦U+"


def show(text: str) -> str:
    """``text`` with its rare characters written out."""
    if text.isprintable() and "⟦" not in text:
        return text
    return _RARE.sub(_written, text)


def restore(text: str) -> str:
    """The text that was shown as ``text``; anything that only looks like an escape stays."""
    if MARK not in text:
        return text
    return _SHOWN.sub(_meant, text)


def _written(found: re.Match[str]) -> str:
    code = ord(found[0])
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else f"⟦U+{code:04X}⟧"


def _meant(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else found[0]
