"""A suggested replacement under a bullet: a fenced block, as the forges' own suggestions are written.

::

    - [error][security] src/app.py:R42 `yaml.load(text)` **Unsafe YAML.** Why: ... Fix: ...
      ```suggestion
          config = yaml.safe_load(text)
      ```

The block stands two columns in, its lines are those that take the place of the bullet's lines, verbatim and
whole; an empty block deletes them.
"""

from collections.abc import Sequence

from diffvet.expression import expression

INFO = "suggestion"
"""The info string of such a fence."""

_MARGIN = "  "
_RUNS = expression("`{3,}")
_OPENING = expression(rf"{_MARGIN}(`{{3,}}){INFO}")


def write(lines: Sequence[str]) -> list[str]:
    """The lines of the block for ``lines``; no run of backticks in them can close it."""
    longest = max((len(run) for line in lines for run in _RUNS.findall(line)), default=2)
    fence = "`" * (longest + 1)
    return [f"{_MARGIN}{fence}{INFO}", *(f"{_MARGIN}{line}" for line in lines), f"{_MARGIN}{fence}"]


def read(lines: Sequence[str], at: int) -> tuple[tuple[str, ...], int] | None:
    """What the block that opens on ``lines[at]`` suggests, and the index after it; None if there is no whole block."""
    opening = _OPENING.fullmatch(lines[at])
    if opening is None:
        return None
    inside: list[str] = []
    for number in range(at + 1, len(lines)):
        if lines[number] == f"{_MARGIN}{opening[1]}":
            return tuple(inside), number + 1
        inside.append(dedented(lines[number], len(_MARGIN)))
    return None


def dedented(line: str, margin: int) -> str:
    """``line`` of a fence without the ``margin`` columns the fence itself stands in (CommonMark 0.31, §4.5)."""
    indent = len(line) - len(line.lstrip(" "))
    return line[min(indent, margin) :]
