"""Answers by content key: what was paid for once is not asked again.

Values are opaque text and nothing here looks into them. Each carries a checksum, because SQLite notices damage
to its own structure but not to what it stores: a flipped bit is an absent answer, never a wrong one.
"""

import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from diffvet.store.aside import aside
from diffvet.store.database import Database, Unavailable
from diffvet.store.notices import Notices

FILE = "answers.sqlite3"

SIZE_LIMIT = 256 * 1024 * 1024
"""Bytes the file may grow to before the least recently used answers go."""

TOUCH_AFTER = 3600
"""Seconds within which a second use of an answer is not worth a write."""

_BATCH = 500
_ROOM = 0.9  # an eviction frees a tenth, so that it is rare
_BIGGEST = 0.25  # of the limit; a larger answer would push out too much

_STEPS = (
    (
        """CREATE TABLE answers (
            id INTEGER PRIMARY KEY,
            key BLOB NOT NULL UNIQUE,
            used INTEGER NOT NULL,
            size INTEGER NOT NULL,
            crc INTEGER NOT NULL,
            model TEXT NOT NULL,
            value BLOB NOT NULL
        )""",
        "CREATE INDEX answers_used ON answers (used)",
    ),
)

_PUT = """
    INSERT INTO answers (key, used, size, crc, model, value) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET
        used = excluded.used, size = excluded.size, crc = excluded.crc, model = excluded.model, value = excluded.value
"""


@dataclass(frozen=True, slots=True)
class AnswerStats:
    """``entries`` answers of ``models`` models in a file of ``size`` bytes that may grow to ``limit``.

    ``oldest`` is when the least recently used answer was last used (seconds since 1970, to the hour); None
    without answers. ``problem`` says why the file could not be read.
    """

    path: Path
    entries: int
    models: int
    size: int
    limit: int
    oldest: float | None
    problem: str | None = None


class Answers:
    """The answers in ``directory``. ``clock`` gives seconds since 1970."""

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
            about="the answer cache",
            salvage=lambda _damaged, _fresh: "it starts empty and fills again",
        )
        self._touched: dict[int, None] = {}

    def lookup(self, keys: Sequence[str]) -> dict[str, str]:
        """The values of those ``keys`` that are known; an empty dict where the store cannot be read."""
        wanted = {_bytes(key): key for key in keys}
        try:
            rows = self._database.read(lambda connection: _select(connection, list(wanted)))
        except Unavailable:
            return {}
        stale = int(self._clock()) - TOUCH_AFTER
        found: dict[str, str] = {}
        for number, key, used, crc, value in rows:
            if key in wanted and isinstance(value, bytes) and crc == zlib.crc32(value, zlib.crc32(key)):
                found[wanted[key]] = value.decode("utf-8", "surrogatepass")
                if not isinstance(used, int) or used < stale:
                    self._touched[number] = None
        return found

    def remember(self, entries: Mapping[str, str], *, model: str) -> None:
        """Keep ``entries`` (key to value) as answers of ``model``, all or none; then evict if the file is too large."""
        now = int(self._clock())
        rows = list(_rows(entries, now, model, int(self._limit * _BIGGEST)))

        def put(connection: sqlite3.Connection) -> None:
            connection.executemany(_PUT, rows)
            self._touch(connection, now)
            _evict(connection, self._limit)

        if rows:
            with suppress(Unavailable):
                self._database.write(put)
                self._touched.clear()

    def flush(self) -> None:
        """Write down which answers were used, for the eviction; lookups only note it."""
        if self._touched:
            with suppress(Unavailable):
                self._database.write(lambda connection: self._touch(connection, int(self._clock())))
            self._touched.clear()

    def stats(self) -> AnswerStats:
        """How much is remembered; creates nothing."""
        size = sum(_size(self.path.with_name(self.path.name + side)) for side in ("", "-wal"))
        if self._database.missing():
            return AnswerStats(self.path, 0, 0, size, self._limit, None)
        try:
            entries, models, oldest = self._database.read(
                lambda connection: connection.execute(
                    "SELECT COUNT(*), COUNT(DISTINCT model), MIN(used) FROM answers"
                ).fetchone()
            )
        except Unavailable as error:
            return AnswerStats(self.path, 0, 0, size, self._limit, None, str(error))
        return AnswerStats(self.path, entries, models, size, self._limit, oldest)

    def clear(self) -> AnswerStats:
        """Forget all answers and damaged files set aside; returns what went."""
        before = self.stats()
        for path in aside(self.path):
            with suppress(OSError):
                path.unlink()
        if before.entries:
            with suppress(Unavailable):
                self._database.write(lambda connection: connection.execute("DELETE FROM answers"))
                self._database.read(_shrink)
        self._touched.clear()
        return before

    def close(self) -> None:
        """Write what is pending and close the file."""
        self.flush()
        self._database.close()

    def _touch(self, connection: sqlite3.Connection, now: int) -> None:
        numbers = list(self._touched)
        connection.executemany(
            "UPDATE answers SET used = ? WHERE id = ?", [(now, number) for number in numbers]
        )


def _bytes(text: str) -> bytes:
    """Any text, lone surrogates of undecodable file names included."""
    return text.encode("utf-8", "surrogatepass")


def _rows(entries: Mapping[str, str], now: int, model: str, biggest: int) -> Iterator[tuple[object, ...]]:
    label = model.encode("utf-8", "backslashreplace").decode()
    for key, value in entries.items():
        key_bytes, data = _bytes(key), _bytes(value)
        if len(data) <= biggest:
            yield key_bytes, now, len(data), zlib.crc32(data, zlib.crc32(key_bytes)), label, data


def _select(
    connection: sqlite3.Connection, keys: Sequence[bytes]
) -> list[tuple[int, bytes, object, int, object]]:
    rows: list[tuple[int, bytes, object, int, object]] = []
    for start in range(0, len(keys), _BATCH):
        batch = keys[start : start + _BATCH]
        marks = ",".join("?" * len(batch))
        rows += connection.execute(
            f"SELECT id, key, used, crc, value FROM answers WHERE key IN ({marks})",  # noqa: S608 - question marks only
            batch,
        )
    return rows


def _evict(connection: sqlite3.Connection, limit: int) -> None:
    """Delete the least recently used answers until a tenth of ``limit`` is free again."""
    page, pages, free = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_size", "page_count", "freelist_count")
    )
    used = (pages - free) * page
    if used <= limit:
        return
    excess = used - int(limit * _ROOM)
    gone: list[tuple[int]] = []
    for number, size in connection.execute("SELECT id, size FROM answers ORDER BY used, id"):
        if excess <= 0:
            break
        gone.append((number,))
        excess -= size
    connection.executemany("DELETE FROM answers WHERE id = ?", gone)


def _shrink(connection: sqlite3.Connection) -> None:
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0
