"""Where the texts of closed files wait until somebody looks at them: compressed, and beyond a limit not in memory.

A file with findings keeps its text, however many there are, because the text is what a finding is followed by. What
does not fit goes into a temporary file that only this process can open (it has no name, and ends with it).
"""

import weakref
import zlib
from contextlib import suppress
from typing import IO

MOST = 32 << 20
"""Bytes of compressed texts in memory: about 150 MB of code."""


class Parcel:
    """One text on the shelf; it leaves when nobody holds it any more."""

    __slots__ = ("__weakref__", "_data", "_file", "_place")

    def __init__(self, data: bytes, file: IO[bytes] | None, place: tuple[int, int]) -> None:
        self._data = data
        self._file = file
        self._place = place

    def open(self) -> str:
        """The text."""
        data = self._data
        if self._file is not None:
            start, size = self._place
            self._file.seek(start)
            data = self._file.read(size)
        return zlib.decompress(data).decode("utf-8", "surrogatepass")


class Shelf:
    """All texts that wait; ``most`` bytes of them in memory. ``held`` is how many bytes are."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self.held = 0
        self._file: IO[bytes] | None = None
        self._end = 0
        self._away = 0

    def put(self, text: str) -> Parcel:
        """``text``, wrapped up. Where no file can be written it stays in memory."""
        data = zlib.compress(text.encode("utf-8", "surrogatepass"), 1)
        if self.held + len(data) > self._most:
            with suppress(OSError):  # no room, or no place for temporary files
                return self._put_away(data)
        parcel = Parcel(data, None, (0, 0))
        self.held += len(data)
        weakref.finalize(parcel, self._freed, len(data)).atexit = False
        return parcel

    def _put_away(self, data: bytes) -> Parcel:
        import tempfile  # noqa: PLC0415 - for few

        if self._file is None:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it lives as long as the shelf
            weakref.finalize(self, self._file.close)
        if self._away == 0:
            self._end = 0
            self._file.truncate(0)
        self._file.seek(self._end)
        written = self._file.write(data)
        if written != len(data):
            raise OSError("no room")
        parcel = Parcel(b"", self._file, (self._end, len(data)))
        self._end += len(data)
        self._away += 1
        weakref.finalize(parcel, self._returned).atexit = False
        return parcel

    def _freed(self, size: int) -> None:
        self.held -= size

    def _returned(self) -> None:
        self._away -= 1
