"""A text whose every character is told from all others, and what that says about where a finding must stand.

It shares nothing with the server but the definition of a line (LSP 3.17) and of a finding's own text: its lines, white
space around each left out.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

from diffvet.diff.lines import Encoding

Char = tuple[str, int]
"""A character, and which one it is."""

_NUMBERS = count(1)
_UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def fresh(text: str) -> list[Char]:
    """``text`` as it is typed or pasted: characters nobody saw before."""
    return [(char, next(_NUMBERS)) for char in text]


def plain(chars: Iterable[Char]) -> str:
    return "".join(char for char, _ in chars)


def units(text: str, encoding: Encoding) -> int:
    codec, size = _UNITS[encoding]
    return len(text.encode(codec)) // size


def lines_of(text: str) -> list[str]:
    """The lines of ``text`` as LSP counts them, without their ends."""
    return re.split(r"\r\n|\r|\n", text)


def starts_of(text: str) -> list[int]:
    """Where each line begins."""
    return [0, *(end.end() for end in re.finditer(r"\r\n|\r|\n", text))]


def splits_an_end(text: str, offset: int) -> bool:
    """Whether ``offset`` lies inside of a CRLF, where no editor can put its cursor."""
    return text[max(offset - 1, 0) : offset + 1] == "\r\n"


@dataclass
class Tagged:
    """The document of one editor."""

    chars: list[Char]
    encoding: Encoding

    @property
    def text(self) -> str:
        return plain(self.chars)

    def position(self, offset: int) -> dict[str, int]:
        text = self.text
        starts = starts_of(text)
        line = bisect_right(starts, offset) - 1
        return {"line": line, "character": units(text[starts[line] : offset], self.encoding)}

    def splice(self, start: int, end: int, new: Sequence[Char]) -> dict[str, object]:
        """Put ``new`` in the place of ``start``..``end``; the LSP change that says so."""
        where = {"start": self.position(start), "end": self.position(end)}
        self.chars[start:end] = new
        return {"range": where, "text": plain(new)}

    def line_numbers(self) -> list[list[Char]]:
        """The characters of each line that are not white space."""
        starts = [*starts_of(self.text), len(self.chars)]
        return [
            [char for char in self.chars[start:end] if not char[0].isspace()]
            for start, end in pairwise(starts)
        ]


@dataclass(frozen=True)
class Own:
    """The own text of one finding: its lines as they read when it was found, and which characters these are.

    ``others`` are the characters of its twins: lines elsewhere that read the same then.
    """

    lines: tuple[str, ...]
    chars: tuple[int, ...]
    others: frozenset[int]

    @classmethod
    def on(cls, document: Tagged, first: int, last: int) -> "Own":
        """The text of the 0-based lines ``first``..``last``."""
        read = [line.strip() for line in lines_of(document.text)]
        by_line = [[number for _, number in line] for line in document.line_numbers()]
        own, size = tuple(read[first : last + 1]), last + 1 - first
        chars = tuple(number for line in by_line[first : last + 1] for number in line)
        twins = [at for at in range(len(read)) if tuple(read[at : at + size]) == own]
        others = frozenset(number for at in twins for line in by_line[at : at + size] for number in line)
        return cls(own, chars, others - set(chars))

    def places(self, document: Tagged) -> tuple[int | None, frozenset[int]]:
        """Where it must stand now (None: nowhere for sure), and where else it may: its text, not a twin's characters."""
        read, size = [line.strip() for line in lines_of(document.text)], len(self.lines)
        by_line = [[number for _, number in line] for line in document.line_numbers()]
        may = set()
        for at in range(len(read) - size + 1):
            if tuple(read[at : at + size]) == self.lines:
                here = [number for line in by_line[at : at + size] for number in line]
                if tuple(here) == self.chars:
                    return at, frozenset()
                if not self.others.intersection(here):
                    may.add(at)
        return None, frozenset(may)
