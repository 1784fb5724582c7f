r"""Positions: git lines, LSP lines and offsets; code points and UTF-8/16/32 units.

Git ends a line at ``\n`` and nowhere else. LSP (3.17, "Text Documents") ends one at ``\n``, ``\r\n`` or
a lone ``\r``. They number differently only where a lone CR occurs. Neither ends a line at a form feed,
U+0085 or U+2028, as ``str.splitlines`` does.
"""

import re
from bisect import bisect_right
from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_LSP_END = re.compile(r"\r\n|\n|\r")


class TextLines:
    """The lines of one text, both ways of counting. Offsets are code points from the start.

    Git lines are 1-based, LSP lines 0-based. A text that ends with a line end has one more (empty) LSP
    line after it and no further git line; the empty text has no git line and one LSP line.
    """

    __slots__ = ("_git", "_lsp", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._lsp = [0, *(found.end() for found in _LSP_END.finditer(text))]
        self._git = [0, *(found.end() for found in re.finditer(r"\n", text))]

    @property
    def git_count(self) -> int:
        """How many lines git counts."""
        return len(self._git) - (self._git[-1] == len(self.text))

    @property
    def lsp_count(self) -> int:
        """How many lines an LSP client counts."""
        return len(self._lsp)

    def git_line(self, number: int) -> str:
        r"""The text of git line ``number`` (1-based) without its ``\n``; ``IndexError`` if there is none."""
        if not 1 <= number <= self.git_count:
            raise IndexError(number)
        start = self._git[number - 1]
        end = self._git[number] - 1 if number < len(self._git) else len(self.text)
        return self.text[start:end]

    def lsp_line(self, number: int) -> str:
        """The text of LSP line ``number`` (0-based) without its line end; ``IndexError`` if there is none."""
        if not 0 <= number < len(self._lsp):
            raise IndexError(number)
        end = self._lsp[number + 1] if number + 1 < len(self._lsp) else len(self.text)
        return self.text[self._lsp[number] : end].removesuffix("\n").removesuffix("\r")

    def git_line_to_lsp(self, number: int) -> int:
        """The LSP line at which git line ``number`` begins; past the end, the last LSP line."""
        start = self._git[min(max(number, 1), len(self._git)) - 1]
        return bisect_right(self._lsp, start) - 1

    def git_line_end_to_lsp(self, number: int) -> int:
        """The LSP line at which git line ``number`` ends (later than it begins if it holds a lone CR)."""
        clamped = min(max(number, 1), len(self._git))
        end = self._git[clamped] - 1 if clamped < len(self._git) else len(self.text)
        return bisect_right(self._lsp, end) - 1

    def lsp_to_git(self, number: int) -> int:
        """The git line that LSP line ``number`` is part of; past the end, the last git line (at least 1)."""
        start = self._lsp[min(max(number, 0), len(self._lsp) - 1)]
        return max(1, min(bisect_right(self._git, start), self.git_count))

    def position(self, number: int, column: int) -> tuple[int, int]:
        """LSP line and code-point column of code point ``column`` (0-based) in git line ``number``.

        A column past the line's end is its end.
        """
        clamped = min(max(number, 1), len(self._git))
        end = self._git[clamped] - 1 if clamped < len(self._git) else len(self.text)
        offset = min(self._git[clamped - 1] + max(column, 0), end)
        line = bisect_right(self._lsp, offset) - 1
        return line, min(offset - self._lsp[line], len(self.lsp_line(line)))


def to_units(line: str, column: int, encoding: Encoding) -> int:
    """Code units of ``encoding`` before code point ``column`` of ``line`` (clamped to the line).

    A lone surrogate (an undecodable byte) counts as one UTF-16 unit and three UTF-8 units, which is what
    its replacement character takes on the wire.
    """
    part = line[: max(column, 0)]
    if encoding == "utf-32":
        return len(part)
    if encoding == "utf-16":
        return len(part) + sum(char > "\uffff" for char in part)
    return len(part.encode("utf-8", "surrogatepass"))


def from_units(line: str, units: int, encoding: Encoding) -> int:
    """The code point at which ``units`` code units of ``line`` end; inside a character, its start."""
    if encoding == "utf-32":
        return min(max(units, 0), len(line))
    taken = 0
    for column, char in enumerate(line):
        taken += to_units(char, 1, encoding)
        if taken > units:
            return column
    return len(line)
