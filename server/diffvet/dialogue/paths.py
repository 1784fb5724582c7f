"""How a path is written where words are separated by spaces: plain if it can be, a JSON string if not.

The prompt shows paths this way and asks the reviewer to copy them; the bullets write them the same way.
"""

import json

from diffvet.expression import expression

# What would end a word, open a code span or bold text, or look like the line number after a path (a forge's too).
_AMBIGUOUS = expression(r'[\s"\\`*:]|#L\d')
_LINE_REFERENCE = expression(r"[RL]\d+(-[RL]?\d+)?")
_DECODER = json.JSONDecoder()


def written(path: str) -> str:
    r"""``path`` as one word, or as a JSON string when it holds anything but plain printable characters.

    Lone surrogates (undecodable bytes) and invisible characters become ``\uXXXX``, so any path survives
    and none can break a line.
    """
    if path and path.isprintable() and not _AMBIGUOUS.search(path) and not _LINE_REFERENCE.fullmatch(path):
        return path
    quoted = json.dumps(path, ensure_ascii=False)
    if quoted.isprintable():
        return quoted
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in quoted)


def read_at(text: str, at: int) -> tuple[str, int]:
    """The path that starts at offset ``at``, and the offset just after it.

    A plain path ends at the first white space, or at the ``:`` of a line number. Raises ``ValueError``
    for a broken JSON string or where there is no path at all.
    """
    if text.startswith('"', at):
        value, end = _DECODER.raw_decode(text, at)
        return str(value), end
    end = at
    while end < len(text) and not (text[end].isspace() or text[end] == ":"):
        end += 1
    if end == at:
        raise ValueError("there is no path here")
    return text[at:end], end
