r"""The text of a document, as LSP counts it.

A line ends at ``\r\n``, ``\n`` or a lone ``\r`` and nowhere else (LSP 3.17, "Text Documents"); the last
line has no end. pygls keeps documents too, but splits them with ``str.splitlines``.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lsprotocol import types

from diffvet.diff.lines import Encoding, from_units
from diffvet.lsp.anchors import LineEdit
from diffvet.lsp.compare import difference
from diffvet.lsp.shelf import Parcel, Shelf

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")

Change = types.TextDocumentContentChangePartial | types.TextDocumentContentChangeWholeDocument


def split(text: str) -> list[str]:
    """The lines of ``text`` with their ends; at least one, the last without end."""
    lines = _LINE.findall(text)
    if len(lines) > 1 and lines[-2][-1:] not in ("\r", "\n"):
        lines.pop()  # the pattern also matches the nothing behind a last line
    return lines


class Document:
    """A document: its lines change with the edits of its editor.

    ``uri`` is kept as the client wrote it; ``path`` is the file it names. ``edition`` grows with each change of
    the text.
    """

    __slots__ = ("_lines", "_mark", "_parcel", "edition", "path", "uri", "version")

    def __init__(self, uri: str, path: Path, version: int, lines: list[str]) -> None:
        self.uri = uri
        self.path = path
        self.version = version
        self.edition = 0
        self._lines: list[str] | None = lines
        self._parcel: Parcel | None = None
        self._mark: int | None = None

    @property
    def mark(self) -> int:
        """What tells its text from that of other editions, in this process; a millisecond for 100,000 lines."""
        if self._mark is None:
            self._mark = hash(tuple(self.lines))
        return self._mark

    @property
    def lines(self) -> list[str]:
        """Its lines with their ends; at least one."""
        if self._lines is None:
            self._lines = split(self._parcel.open() if self._parcel else "")
        return self._lines

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.lines)

    def pack(self, shelf: Shelf) -> None:
        """Nobody looks at it now: keep it on the ``shelf`` until somebody does."""
        if self._lines is not None and self._parcel is None:
            self._parcel = shelf.put(self.text)
        self._lines = None

    def replace(self, edit: LineEdit) -> None:
        """Carry out ``edit``."""
        self.lines[edit.start : edit.end] = edit.new
        self._parcel = None
        self._mark = None
        self.edition += 1

    def edits(self, change: Change, encoding: Encoding) -> list[LineEdit]:
        """What ``change``, whose columns are in units of ``encoding``, does to the lines, to be done in this order."""
        if isinstance(change, types.TextDocumentContentChangeWholeDocument):
            return difference(self.lines, split(change.text))
        places = [self._position(place, encoding) for place in (change.range.start, change.range.end)]
        return self._edits(min(places), max(places), change.text)

    def _edits(self, start: tuple[int, int], end: tuple[int, int], text: str) -> list[LineEdit]:
        """The text between two places (line and code point) becomes ``text``.

        The first line is an edit of its own where all that it reads stands before the place, the last where all
        stands behind it: such a line only has other white space now.
        """
        (first, first_at), (last, last_at) = start, end
        keeps_first = first_at >= len(self.lines[first].rstrip())
        keeps_last = not self.lines[last][:last_at].strip()
        text = self.lines[first][:first_at] + text + self.lines[last][last_at:]
        if first and self.lines[first - 1].endswith("\r") and text.startswith("\n"):  # they become a CRLF
            first -= 1
            text = self.lines[first] + text
            keeps_first = True
        if text.endswith("\r") and self.lines[last + 1 : last + 2] == ["\n"]:  # so do these
            last += 1
            text += self.lines[last]
            keeps_last = False
        old, new = self.lines[first : last + 1], split(text)
        if last + 1 < len(self.lines) and new[-1] == "":
            new.pop()
        edits = []
        if keeps_last and new and new[-1].strip() == old[-1].strip():
            edits.append(LineEdit(last, last + 1, (new.pop(),)))
            old.pop()
        if keeps_first and old and new and new[0].strip() == old[0].strip():
            edits.append(LineEdit(first, first + 1, (new.pop(0),)))
            old.pop(0)
            first += 1
        return [*edits, *(replace(e, start=first + e.start, end=first + e.end) for e in difference(old, new))]

    def _position(self, position: types.Position, encoding: Encoding) -> tuple[int, int]:
        """Line and code point of ``position``; beyond the text is its end, beyond a line that line's end."""
        if position.line >= len(self.lines):
            return len(self.lines) - 1, len(self.lines[-1])
        line = self.lines[position.line].rstrip("\r\n")
        if line.isascii():
            return position.line, min(position.character, len(line))
        return position.line, from_units(line, position.character, encoding)


def as_text(content: bytes) -> str:
    """What an editor shows of a file's ``content``, if it is UTF-8 as almost all code is."""
    return content.decode("utf-8-sig", "replace")


def differs(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two texts read differently, line ends aside (some editors show all of them as line feeds)."""
    return len(one) != len(other) or any(
        a.rstrip("\r\n") != b.rstrip("\r\n") for a, b in zip(one, other, strict=True)
    )
