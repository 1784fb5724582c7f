"""Code spans: written so that they survive the backticks in them, found in linear time, blanked out.

The rules are CommonMark's (0.31, §6.1): a span is closed by a run of backticks exactly as long as the one
that opened it, and one space is taken off both ends if both have one.
"""

from collections.abc import Iterator

from diffvet.expression import expression

_RUNS = expression("`+")


def written(code: str) -> str:
    """``code`` (one line, not empty) as a code span."""
    runs = {len(run) for run in _RUNS.findall(code)}
    length = 1
    while length in runs:
        length += 1
    fence = "`" * length
    padded = code[0] == "`" or code[-1] == "`" or (code[0] == " " == code[-1] and bool(code.strip()))
    return f"{fence} {code} {fence}" if padded else f"{fence}{code}{fence}"


def found(text: str) -> Iterator[tuple[int, int, str]]:
    """Every code span of ``text`` as (start, end, content), offsets including the backticks."""
    runs = [(run.start(), run.end()) for run in _RUNS.finditer(text)]
    # For each run, the next run of the same length; looked up from the back, so each run is seen once.
    closing: dict[int, int] = {}
    partner = [-1] * len(runs)
    for at in range(len(runs) - 1, -1, -1):
        length = runs[at][1] - runs[at][0]
        partner[at] = closing.get(length, -1)
        closing[length] = at
    at = 0
    while at < len(runs):
        if partner[at] < 0:
            at += 1
            continue
        start, inner = runs[at]
        outer, end = runs[partner[at]]
        yield start, end, content(text[inner:outer])
        at = partner[at] + 1


def at_start(text: str, at: int) -> tuple[str, int] | None:
    """The content of the code span that starts at offset ``at``, and the offset after it."""
    run = _RUNS.match(text, at)
    if run is None:
        return None
    fence = run[0]
    close = text.find(fence, run.end())
    while close >= 0:
        stop = close + len(fence)
        if not text.startswith("`", stop):
            return content(text[run.end() : close]), stop
        while text.startswith("`", stop):
            stop += 1
        close = text.find(fence, stop)
    return None


def content(inside: str) -> str:
    """What a span means whose backticks enclose ``inside``."""
    if inside.startswith(" ") and inside.endswith(" ") and inside.strip():
        return inside[1:-1]
    return inside


def blanked(text: str) -> str:
    """``text`` at the same length, its code spans filled with NUL: nothing in them can look like a label."""
    parts: list[str] = []
    done = 0
    for start, end, _ in found(text):
        parts += (text[done:start], "\0" * (end - start))
        done = end
    parts.append(text[done:])
    return "".join(parts)
