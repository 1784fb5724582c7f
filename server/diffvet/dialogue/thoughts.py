"""What stands outside of ``<think>`` blocks."""

import re
from dataclasses import dataclass

from diffvet.expression import expression

_NAMES = "(?:think|thinking|thought|reasoning|analysis|reflection|scratchpad)"
_OPEN = expression(rf"\s*<{_NAMES}>", re.IGNORECASE)
_CLOSE = expression(rf"</{_NAMES}>", re.IGNORECASE)


@dataclass(slots=True)
class Thoughts:
    """Whether a block of thoughts is open after some lines."""

    open: bool = False

    def outside(self, line: str) -> str | None:
        """What is left of a line; None if nothing is."""
        if not self.open:
            opening = _OPEN.match(line)
            if opening is None:
                return line
            self.open = True
            line = line[opening.end() :]
        close = _CLOSE.search(line)
        if close is None:
            return None
        self.open = False
        return line[close.end() :]

    def lone_close(self, line: str) -> int | None:
        """Where a line goes on after a closing tag without an opening one, which was part of the peer's template."""
        if self.open or _OPEN.match(line):
            return None
        close = _CLOSE.search(line)
        return None if close is None else close.end()
