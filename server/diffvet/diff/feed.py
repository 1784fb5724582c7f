r"""The lines of a foreign text, counted, with one line of looking ahead.

A line ends at ``\n`` and nowhere else. Every tool that writes a diff ends its last line, so a last line
without its end means that the text was cut; :attr:`Feed.cut` remembers it.
"""

from typing import BinaryIO, NoReturn

from diffvet.errors import PatchError


class Feed:
    """Lines of ``stream``; ``name`` is how the text is called in errors. ``number`` is the line taken last."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._ahead: bytes | None = None
        self.name = name
        self.number = 0
        self.cut = False

    def take(self) -> bytes | None:
        """The next line, None at the end; a last line without its line end gets one and sets ``cut``."""
        line = self._ahead
        self._ahead = None
        if line is None:
            line = self._stream.readline()
        if not line:
            return None
        self.number += 1
        if line.endswith(b"\n"):
            return line
        self.cut = True
        return line + b"\n"

    def peek(self) -> bytes | None:
        """The line that ``take`` gives next, as it stands in the text; None at the end."""
        if self._ahead is None:
            self._ahead = self._stream.readline()
        return self._ahead or None

    def fail(self, what: str, line: int | None = None) -> NoReturn:
        """A ``PatchError`` at ``line``, by default the one taken last."""
        at = self.number if line is None else line
        raise PatchError(f"broken diff at line {at} of {self.name}: {what}", at)

    def fail_at_end(self, what: str) -> NoReturn:
        """A ``PatchError`` at the end of the text: at the line that is missing, or is there in part."""
        if self.cut:
            self.fail_cut()
        self.fail(what, self.number + 1)

    def fail_cut(self) -> NoReturn:
        """A ``PatchError``: the text ends in the middle of its last line."""
        self.fail("its last line has no line end, so the diff was cut there")
