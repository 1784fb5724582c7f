"""A directory of small files that are written whole, checked when read, and dropped when they become too many.

On the path of a remembered check, hence without ``pathlib``, ``sqlite3`` and the like. A name is made of hexadecimal
digits and dots. Damage, a kill in the middle, a full disk: the entry is missing, never wrong.
"""

import os
import time

try:
    from _blake2 import (
        blake2b,  # ``hashlib`` looks for OpenSSL first, which takes longer than the whole look-up
    )
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_DIGEST = 16
_TEMPORARY = ".tmp"
_ABANDONED = 3600
"""Seconds after which a file that somebody began to write is nobody's."""


def digest(*parts: bytes) -> str:
    """A name for ``parts``: 32 hexadecimal digits, different for parts that are cut differently."""
    hashed = blake2b(digest_size=_DIGEST)
    for part in parts:
        hashed.update(b"%d:" % len(part))
        hashed.update(part)
    return hashed.hexdigest()


class Entries:
    """The entries in ``directory`` (made when something is written): at most ``most``, of ``size_limit`` bytes in all.

    What goes first is what was written or touched longest ago. ``clock`` gives seconds since 1970.
    """

    def __init__(
        self, directory: str, *, most: int, size_limit: int, clock: "Callable[[], float]" = time.time
    ) -> None:
        self.directory = directory
        self._most = most
        self._limit = size_limit
        self._clock = clock

    def read(self, name: str) -> bytes | None:
        """The content of ``name``; None where it is missing, damaged or unreadable."""
        try:
            with open(self._place(name), "rb") as file:  # noqa: PTH123 - without pathlib, see above
                content = file.read()
        except OSError:
            return None
        check, value = content[:_DIGEST], content[_DIGEST:]
        return value if check == self._check(name, value) else None

    def write(self, name: str, value: bytes) -> None:
        """Put ``value`` there as a whole, then drop what is too much; raises ``OSError``, and leaves nothing behind."""
        beside = self._place(f"{digest(os.urandom(16))}{_TEMPORARY}")
        self._make_directory()
        try:
            descriptor = os.open(
                beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
            )
            with os.fdopen(descriptor, "wb") as file:
                file.write(self._check(name, value) + value)
            self._stamp(beside)
            os.replace(beside, self._place(name))  # noqa: PTH105 - see above
        except BaseException:
            _remove(beside)
            raise
        self._evict()

    def touch(self, name: str) -> bool:
        """Make ``name`` the newest entry; False where there is none."""
        try:
            self._stamp(self._place(name))
        except OSError:
            return False
        return True

    def names(self, prefix: str = "") -> list[str]:
        """The entries whose names begin with ``prefix``, oldest first."""
        return [name for _, _, name in self._found() if name.startswith(prefix)]

    def age(self, name: str) -> float:
        """When ``name`` was written or touched last, in seconds since 1970; 0 where there is none."""
        return next((stamp / 1e9 for stamp, _, known in self._found() if known == name), 0.0)

    def remove(self, name: str) -> None:
        """Drop one entry, if it is there."""
        _remove(self._place(name))

    def clear(self) -> int:
        """Drop all entries; returns how many there were."""
        names = self.names()
        for name in names:
            self.remove(name)
        return len(names)

    def _place(self, name: str) -> str:
        return os.path.join(self.directory, name)  # noqa: PTH118 - see above

    def _check(self, name: str, value: bytes) -> bytes:
        return blake2b(name.encode() + b"\0" + value, digest_size=_DIGEST).digest()

    def _stamp(self, place: str) -> None:
        now = int(self._clock() * 1e9)
        os.utime(place, ns=(now, now))

    def _found(self) -> list[tuple[int, int, str]]:
        """Time (nanoseconds), size and name of each entry, oldest first."""
        found = []
        try:
            with os.scandir(self.directory) as files:
                for file in files:
                    if not file.name.endswith(_TEMPORARY):
                        facts = file.stat()
                        found.append((facts.st_mtime_ns, facts.st_size, file.name))
        except OSError:  # there is no directory, or an entry went while it was looked at
            pass
        return sorted(found)

    def _evict(self) -> None:
        found = self._found()
        total = sum(size for _, size, _ in found)
        for index, (_, size, name) in enumerate(found):
            if len(found) - index <= self._most and total <= self._limit:
                break
            self.remove(name)
            total -= size
        self._sweep()

    def _sweep(self) -> None:
        """Remove what killed processes began to write."""
        try:
            for name in os.listdir(self.directory):  # noqa: PTH208 - see above
                place = self._place(name)
                if name.endswith(_TEMPORARY) and os.stat(place).st_mtime < time.time() - _ABANDONED:  # noqa: PTH116
                    _remove(place)
        except OSError:
            return

    def _make_directory(self) -> None:
        if os.path.isdir(self.directory):  # noqa: PTH112 - see above
            return
        from pathlib import Path  # noqa: PLC0415 - once for each user

        from diffvet.store.place import make_directory  # noqa: PLC0415

        make_directory(Path(self.directory))


def _remove(place: str) -> None:
    try:
        os.unlink(place)  # noqa: PTH108 - see above
    except OSError:
        return
