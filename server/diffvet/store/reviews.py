"""The last reviews of each repository, so that a finding can be looked at, dismissed or fixed after its run.

Reviews are opaque text and nothing here looks into them; what is in them, and that no secret is, is
``report.kept``'s matter. They are kept compressed, with a checksum: a flipped bit is a missing review, never a wrong one.
"""

import sqlite3
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from diffvet.store.aside import aside
from diffvet.store.database import Database, Unavailable
from diffvet.store.notices import Notices

FILE = "reviews.sqlite3"

PER_ROOT = 8
"""Reviews that are kept of one repository."""

SIZE_LIMIT = 64 * 1024 * 1024
"""Bytes that all of them together may take before the oldest go."""

LARGEST = 8 * 1024 * 1024
"""Bytes that one review may take; a larger one is not kept."""

_STEPS = (
    (
        """CREATE TABLE reviews (
            id INTEGER PRIMARY KEY,
            root BLOB NOT NULL,
            turn INTEGER NOT NULL,
            at INTEGER NOT NULL,
            crc INTEGER NOT NULL,
            value BLOB NOT NULL
        )""",
        "CREATE INDEX reviews_root ON reviews (root, turn)",
        "CREATE INDEX reviews_turn ON reviews (turn)",
    ),
)

_KEEP = """
    INSERT INTO reviews (root, turn, at, crc, value)
    SELECT ?, COALESCE(MAX(turn), 0) + 1, ?, ?, ? FROM reviews
"""
_LAST = "SELECT at, crc, value FROM reviews WHERE root = ? ORDER BY turn DESC LIMIT 1"
_FORGET_OLD = """
    DELETE FROM reviews WHERE root = ?1 AND id NOT IN
        (SELECT id FROM reviews WHERE root = ?1 ORDER BY turn DESC LIMIT ?2)
"""


@dataclass(frozen=True, slots=True)
class KeptReview:
    """A review as it was kept, and when (seconds since 1970)."""

    text: str
    at: int


class Reviews:
    """The reviews in ``directory``. ``clock`` gives seconds since 1970."""

    def __init__(
        self,
        directory: Path,
        notices: Notices,
        *,
        size_limit: int = SIZE_LIMIT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.path = directory / FILE
        self._limit = size_limit
        self._clock = clock
        self._database = Database(
            self.path,
            _STEPS,
            notices,
            about="the memory of reviews",
            salvage=lambda _damaged, _fresh: "the next review is kept again",
        )

    def keep(self, root: str, text: str) -> bool:
        """Keep ``text`` as the last review of ``root``; False where it is too large or cannot be written.

        A review that is too large takes the earlier ones of ``root`` with it: none of them is the last one.
        """
        name, data = _bytes(root), zlib.compress(_bytes(text), 1)
        fits = len(data) <= min(LARGEST, self._limit)

        def put(connection: sqlite3.Connection) -> None:
            if fits:
                row = (name, int(self._clock()), zlib.crc32(data, zlib.crc32(name)), data)
                connection.execute(_KEEP, row)
            connection.execute(_FORGET_OLD, (name, PER_ROOT if fits else 0))
            _evict(connection, self._limit)

        try:
            self._database.write(put)
        except Unavailable:
            return False
        return fits

    def last(self, root: str) -> KeptReview | None:
        """The last review of ``root``; None where there is none, or none that can be read."""
        if self._database.missing():
            return None
        name = _bytes(root)
        try:
            row = self._database.read(lambda connection: connection.execute(_LAST, (name,)).fetchone())
        except Unavailable:
            return None
        if row is None:
            return None
        at, crc, data = row
        if not isinstance(data, bytes) or crc != zlib.crc32(data, zlib.crc32(name)):
            return None
        with suppress(zlib.error, ValueError):
            return KeptReview(zlib.decompress(data).decode("utf-8", "surrogatepass"), int(at))
        return None

    def count(self) -> int:
        """How many reviews are kept; creates nothing."""
        if not self._database.missing():
            with suppress(Unavailable):
                return self._database.read(
                    lambda connection: int(connection.execute("SELECT COUNT(*) FROM reviews").fetchone()[0])
                )
        return 0

    def clear(self) -> int:
        """Forget all reviews and damaged files set aside; returns how many went."""
        gone = self.count()
        for path in aside(self.path):
            with suppress(OSError):
                path.unlink()
        if gone:
            with suppress(Unavailable):
                self._database.write(lambda connection: connection.execute("DELETE FROM reviews"))
                self._database.read(lambda connection: connection.execute("VACUUM"))
        return gone

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _bytes(text: str) -> bytes:
    """Any text, lone surrogates of undecodable file names included."""
    return text.encode("utf-8", "surrogatepass")


def _evict(connection: sqlite3.Connection, limit: int) -> None:
    """Delete the oldest reviews, whosever they are, until all of them fit."""
    (total,) = connection.execute("SELECT TOTAL(LENGTH(value)) FROM reviews").fetchone()
    excess = total - limit
    for number, size in connection.execute("SELECT id, LENGTH(value) FROM reviews ORDER BY turn").fetchall():
        if excess <= 0:
            return
        connection.execute("DELETE FROM reviews WHERE id = ?", (number,))
        excess -= size
