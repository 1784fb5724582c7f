"""An append-only file of JSON lines that is kept twice, so that damage to one copy costs nothing.

Each line begins with the checksum of its text and holds a number ``n`` that grows. A line is never rewritten and
is on the disk before ``append`` returns. A damaged copy is set aside and written anew from what both still hold.
"""

import errno
import json
import os
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from diffvet.store.fault import words
from diffvet.store.lock import locked
from diffvet.store.notices import Notices
from diffvet.store.place import make_directory

Record = dict[str, object]

_BINARY = getattr(os, "O_BINARY", 0)


class Journal:
    """The lines in the files ``copies`` of one directory, guarded by the lock file ``lock``."""

    def __init__(self, copies: Sequence[Path], lock: Path, notices: Notices, *, about: str) -> None:
        self._copies = copies
        self._lock = lock
        self._notices = notices
        self._about = about

    def read(self) -> list[Record]:
        """Every undamaged line of either copy, in the order they were appended; never raises."""
        contents = [self._content(path) for path in self._copies]
        if any(_is_damaged(content) for content in contents):
            with suppress(OSError), locked(self._lock) as held:
                if held:
                    contents = self._mended()
        return sorted(_merged(contents).values(), key=_number)

    def append(self, record: Record) -> None:
        """Add ``record`` to both copies; raises ``OSError`` where it is in neither afterwards."""
        make_directory(self._lock.parent)
        with locked(self._lock) as held:
            if not held:
                raise TimeoutError(errno.ETIMEDOUT, "another process keeps it locked")
            contents = self._mended()
            merged = _merged(contents)
            number = max((_number(known) for known in merged.values()), default=0) + 1
            merged[_line({**record, "n": number})] = record
            problems = []
            for path, content in zip(self._copies, contents, strict=True):
                here = {line for line, _ in _records(content)}
                try:
                    _append(path, content, [line for line in merged if line not in here])
                except OSError as error:
                    problems.append(error)
        if problems:
            if len(problems) == len(self._copies):
                raise problems[0]
            self._notices.add(f"one copy of {self._about} cannot be written ({words(problems[0])})")

    def state(self) -> object:
        """Something that differs after any change to the files."""
        return [_state(path) for path in self._copies]

    def _content(self, path: Path) -> bytes:
        """What ``path`` holds; nothing where it is missing or unreadable (the latter is said)."""
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return b""
        except (OSError, ValueError) as error:
            self._notices.add(
                f"the store in {path.parent} cannot be used ({words(error)}); going on without memory"
            )
            return b""

    def _mended(self) -> list[bytes]:
        """The copies' contents, each free of damage. The lock is held; raises ``OSError``."""
        contents = [self._content(path) for path in self._copies]
        lines = list(_merged(contents))
        for number, path in enumerate(self._copies):
            if _is_damaged(contents[number]):
                place = path.with_name(time.strftime(f"{path.name}.damaged-%Y%m%dT%H%M%SZ", time.gmtime()))
                place.write_bytes(contents[number])
                fresh = path.with_name(f"{path.name}.new")
                fresh.unlink(missing_ok=True)
                _append(fresh, b"", lines)
                fresh.replace(path)
                contents[number] = path.read_bytes()
                self._notices.add(
                    f"{self._about} in {path} were damaged and are mended from both copies; "
                    f"the damaged file is {place.name} beside it"
                )
        return contents


def _line(record: Record) -> bytes:
    """One line without its end: the checksum of the JSON text, then the text (ASCII, keys sorted)."""
    text = json.dumps(record, sort_keys=True).encode("ascii")
    return b"%08x %b" % (zlib.crc32(text), text)


def _records(content: bytes) -> Iterator[tuple[bytes, Record]]:
    """The lines that are whole and undamaged, each with what it says."""
    for line in content.split(b"\n"):
        checksum, _, text = line.partition(b" ")
        if checksum == b"%08x" % zlib.crc32(text):
            with suppress(ValueError):
                record = json.loads(text)
                if isinstance(record, dict):
                    yield line, record


def _is_damaged(content: bytes) -> bool:
    """Whether a line cannot be read. A last line without its end is a write under way, or one that was cut."""
    return sum(1 for _ in _records(content)) < content.count(b"\n")


def _merged(contents: Sequence[bytes]) -> dict[bytes, Record]:
    lines = {line: record for content in contents for line, record in _records(content)}
    return dict(sorted(lines.items(), key=lambda item: _number(item[1])))


def _number(record: Record) -> int:
    number = record.get("n")
    return number if isinstance(number, int) else 0


def _append(path: Path, content: bytes, lines: Sequence[bytes]) -> None:
    """Write ``lines`` after ``content`` and wait for the disk; a write that fails half-way is undone."""
    data = b"".join(line + b"\n" for line in lines)
    whole = content.rfind(b"\n") + 1
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | _BINARY, 0o600)
    try:
        if whole < len(content):  # a kill or a full disk cut the last line off
            os.ftruncate(descriptor, whole)
        try:
            _write(descriptor, data)
        except OSError:
            os.ftruncate(descriptor, whole)
            raise
    finally:
        os.close(descriptor)


def _write(descriptor: int, data: bytes) -> None:
    if os.write(descriptor, data) != len(data):
        raise OSError(errno.ENOSPC, "the disk is full")
    os.fsync(descriptor)


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
