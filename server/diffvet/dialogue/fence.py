"""Fenced blocks while an answer is read line by line: quoted code, or a part of the answer in a fence."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from diffvet.dialogue.suggestion import INFO, dedented
from diffvet.expression import expression

_FENCE = expression(r"(`{3,}|~{3,})\s*([^\s`]*)[^`]*$")


@dataclass(slots=True)
class Fence:
    """An open fence. ``lines`` is None until its first line tells what it encloses; ``transparent``: the answer."""

    mark: str
    indent: int
    info: str
    lines: list[str] | None = None
    transparent: bool = False

    @property
    def suggests(self) -> bool:
        """Whether it holds a replacement; some forges put line offsets behind the word."""
        return self.info.split(":", 1)[0] == INFO

    @property
    def code(self) -> str:
        """What it encloses, without the columns it stands in itself."""
        return "\n".join(dedented(line, self.indent) for line in self.lines or ())


@dataclass(slots=True)
class Fences:
    """The fences that are open. ``encloses`` tells by a fence's info and first line whether it holds the answer."""

    encloses: Callable[[str, str], bool]
    stack: list[Fence] = field(default_factory=list)

    def in_code(self) -> bool:
        """Whether the next line is quoted code."""
        return bool(self.stack) and not self.stack[-1].transparent and self.stack[-1].lines is not None

    def undecided(self) -> bool:
        """Whether the next line tells what the open fence encloses."""
        return bool(self.stack) and not self.stack[-1].transparent and self.stack[-1].lines is None

    def take(self, line: str, text: str, indent: int) -> tuple[bool, Fence | None]:
        """Whether a line (``text``: without the space around it) was used up, and the block of code it closed."""
        mark = _FENCE.match(text) if text.startswith(("```", "~~~")) else None
        if self.stack:
            used, code = self._inside(line, text, indent, mark)
            if used:
                return True, code
        if mark is None:
            return False, None
        self.stack.append(Fence(mark[1], indent, mark[2].lower()))
        return True, None

    def _inside(
        self, line: str, text: str, indent: int, mark: re.Match[str] | None
    ) -> tuple[bool, Fence | None]:
        top = self.stack[-1]
        closes = (
            mark is not None and not mark[2] and mark[1][0] == top.mark[0] and len(mark[1]) >= len(top.mark)
        )
        if top.transparent:
            if closes and indent <= top.indent + 1:
                self.stack.pop()
                return True, None
            return False, None
        if closes:
            self.stack.pop()
            return True, top
        if top.lines is None:
            if not text:
                return True, None
            if self.encloses(top.info, text):
                top.transparent = True
                return mark is not None and not mark[2], None
            top.lines = []
        top.lines.append(line)
        return True, None
