"""How far a value goes once it is a secret: to its very end, and on to the others of its list."""

from collections.abc import Iterator
from typing import Final

from diffvet.expression import expression
from diffvet.review.secrets.file_kind import FileKind
from diffvet.review.secrets.quoted import quoted
from diffvet.review.secrets.unquoted import BARE, bare
from diffvet.review.secrets.value import LONGEST, Doubt, Value

_ITEM: Final = expression(r"""["'`][ \t]*,\s*(?P<q>["'`])(?![^"'`\n]*["'`][ \t]*[:=])""")
_DASH: Final = expression(r"""[ \t]*\n[ \t]*-[ \t]+(?=[^\s"'`:]+[ \t]*(?:\n|\Z))""")
"""What stands between two values of a list."""
_LIST: Final = expression(r"""[\[\n][ \t]*(?:-[ \t]+)?["'`]?\Z""")
_ITEMS: Final = 100


def whole(text: str, value: Value) -> Iterator[tuple[int, int]]:
    """The pieces of ``value`` in ``text``, the last to its very end, be it longer than what was judged.

    Asked only for secrets: the end may be far.
    """
    *before, (start, end) = value.pieces
    yield from before
    yield start, _whole_end(text, start, end, value.closing)


def _whole_end(text: str, start: int, end: int, closing: str) -> int:
    if end - start < LONGEST - 2:
        return end
    if closing:
        stops = [stop for stop in (text.find(closing, end), text.find("\n", end)) if stop >= 0]
        return min(stops, default=len(text))
    word = BARE.match(text, end)
    return word.end() if word else end


def others(text: str, first: Value, file: FileKind) -> Iterator[Value]:
    """The further values of the list that ``first`` begins, if it does."""
    start = first.pieces[0][0]
    if not _LIST.search(text, max(0, start - 20), start):
        return
    end = first.pieces[-1][1]
    for _ in range(_ITEMS):
        if first.quoted:
            more = _ITEM.match(text, end)
            value = more and quoted(text, more, Doubt.NONE)
        else:
            dash = _DASH.match(text, end)
            value = dash and bare(text, dash.end(), file, tagged=False, phrase=False)
        if not value:
            return
        yield value
        end = value.pieces[-1][1]
