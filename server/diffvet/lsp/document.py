r"""The text of an open document, as LSP counts it.

A line ends at ``\r\n``, ``\n`` or a lone ``\r`` and nowhere else (LSP 3.17, "Text Documents"); the last
line has no end. pygls keeps documents too, but splits them with ``str.splitlines``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types

from diffvet.diff.lines import Encoding, from_units
from diffvet.lsp.anchors import LineEdit

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")

Change = types.TextDocumentContentChangePartial | types.TextDocumentContentChangeWholeDocument


def split(text: str) -> list[str]:
    """The lines of ``text`` with their ends; at least one, the last without end."""
    lines = _LINE.findall(text)
    if len(lines) > 1 and lines[-2][-1:] not in ("\r", "\n"):
        lines.pop()  # the pattern also matches the nothing behind a last line
    return lines


@dataclass(slots=True)
class Document:
    """An open document: its lines change with the edits of its editor.

    ``uri`` is kept as the client wrote it; ``path`` is the file it names.
    """

    uri: str
    path: Path
    version: int
    lines: list[str]

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.lines)

    def apply(self, change: Change, encoding: Encoding) -> LineEdit:
        """Carry out ``change``, whose columns are in units of ``encoding``; which lines it touched."""
        if isinstance(change, types.TextDocumentContentChangeWholeDocument):
            return self._become(split(change.text))
        start, end = change.range.start, change.range.end
        first, first_at = self._position(start, encoding)
        last, last_at = self._position(end, encoding)
        if (last, last_at) < (first, first_at):
            first, first_at, last, last_at = last, last_at, first, first_at
        pure = (first, first_at) == (last, last_at) and first_at == 0 and change.text[-1:] == "\n"
        text = self.lines[first][:first_at] + change.text + self.lines[last][last_at:]
        if first and self.lines[first - 1].endswith("\r"):  # its end may become part of a CRLF
            first -= 1
            text = self.lines[first] + text
            pure = False
        if text.endswith("\r") and last + 1 < len(self.lines):  # so may the end of the new text
            last += 1
            text += self.lines[last]
            pure = False
        new = split(text)
        if last + 1 < len(self.lines) and new[-1] == "":
            new.pop()
        self.lines[first : last + 1] = new
        return LineEdit(first, last, len(new), above=pure)

    def _position(self, position: types.Position, encoding: Encoding) -> tuple[int, int]:
        """Line and code point of ``position``; beyond the text is its end, beyond a line that line's end."""
        if position.line >= len(self.lines):
            return len(self.lines) - 1, len(self.lines[-1])
        line = self.lines[position.line].rstrip("\r\n")
        if line.isascii():
            return position.line, min(position.character, len(line))
        return position.line, from_units(line, position.character, encoding)

    def _become(self, lines: list[str]) -> LineEdit:
        """Replace all lines; what is equal at both ends counts as untouched."""
        before = _common(self.lines, lines)
        rest = min(len(self.lines), len(lines)) - before
        after = min(_common(self.lines[::-1], lines[::-1]), max(rest - 1, 0))
        before = min(before, len(self.lines) - after - 1, len(lines) - after - 1)
        edit = LineEdit(before, len(self.lines) - after - 1, len(lines) - after - before)
        self.lines[:] = lines
        return edit


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many elements at the beginning are equal."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))
