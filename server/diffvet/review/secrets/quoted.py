"""Values in quotes: how far they go, and the parts that are joined to them."""

import re
from typing import Final

from diffvet.expression import expression
from diffvet.review.secrets.value import LONGEST, Doubt, Value

QUOTED: Final = expression(
    r"""(?:[bBuUrRfFLN@$]{0,2}|%[qQ]?(?=[(\[{])|ConvertTo-SecureString (?:-String )?|new\s\w+\(|str\(|String\(|bytes\(|\[\]byte\(|Some\(|\w{1,20}\.from\(|b64decode\(|fromhex\()?\\?(?P<q>["'`]{3}\n?|["'`]|(?<=[%qQ])[(\[{])"""
)
_MORE: Final = expression(
    r"""["'`][ \t]*(?:(?:[+.&]|\|\||<<|\.\.)[ \t]*(?:\\?\n[ \t]*)?|\\?\n[ \t]*(?:[+.&][ \t]*)?|[ \t])[rRuUbBfF@$]?(?P<q>["'`])"""
)
"""Between two parts of one string."""
_DEFAULT: Final = expression(r"\$\{[\w.]{1,60}:?[-=](?P<value>[^{}$]+)\}")
"""A variable and what stands for it where it is not set."""
_PARTS: Final = 12
_END: Final = {
    q: expression(rf"(?:\\.|[^{closing}\\\n])*")
    for q, closing in {'"': '"', "'": "'", "`": "`", "(": ")", "[": r"\]", "{": "}"}.items()
}
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}


def quoted(text: str, quote: re.Match[str], doubt: Doubt) -> Value:
    """The text up to the quote that closes ``quote``, with the parts that are joined to it."""
    start, end = _within(text, quote)
    judged = text[start:end]
    if len(judged) > 2 and judged[0] in "\"'" and judged[-1] == judged[0]:  # quotes within quotes
        return Value(((start + 1, end - 1),), judged[1:-1], quoted=True, doubt=doubt, closing=judged[0])
    if default := _DEFAULT.fullmatch(judged):
        start += default.start("value")
        end = start + len(default["value"])
        return Value(((start, end),), default["value"], quoted=True, doubt=doubt, closing="}")
    pieces = [(start, end)]
    while len(pieces) < _PARTS and (more := _MORE.match(text, pieces[-1][1])):
        piece = _within(text, more)
        if not text.startswith(more["q"], piece[1]):
            break
        pieces.append(piece)
    judged = "".join(text[slice(*piece)] for piece in pieces)
    mark = quote["q"][0]
    return Value(tuple(pieces), judged[:LONGEST], quoted=True, doubt=doubt, closing=_CLOSING.get(mark, mark))


def _within(text: str, quote: re.Match[str]) -> tuple[int, int]:
    """Where the text after ``quote`` begins and ends; an escaped quote is closed by an escaped one."""
    start, mark = quote.end(), quote["q"][0]
    end = _END[mark].match(text, start, min(len(text), start + LONGEST)).end()  # type: ignore[union-attr]  # it fits nothing too
    if "\\" in quote[0].rstrip("\n"):
        cut = text.find("\\" + mark, start, end)
        end = cut if cut >= 0 else end
    return start, end
