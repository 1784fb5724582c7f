"""One SQLite file that may be missing, damaged, locked, full or unwritable at any statement.

Every such state ends in ``Unavailable`` for the caller and at most one notice for the user. A damaged file is
renamed aside and a fresh one takes its place. WAL with its first switch tried again: a new file is not covered by
the busy timeout there (``reference/perf-baselines.md`` §6).
"""

import os
import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from threading import Lock
from typing import TypeVar

from diffvet.store import fault
from diffvet.store.aside import set_aside
from diffvet.store.lock import locked
from diffvet.store.notices import Notices
from diffvet.store.place import make_file

PATIENCE = 5.0
"""Seconds to wait for another process that writes a cache; for a durable record three times as long."""

REST = 30.0
"""Seconds for which a file that failed is left alone: a long-lived process heals, a blocked one stays fast."""

TWICE = 0x10001
"""The schema version is stored in both halves of ``user_version``: a damaged one is not taken for a newer one."""

LOCK_NAME = "store.lock"

T = TypeVar("T")

Salvage = Callable[[Path, sqlite3.Connection], str]
"""Is given the damaged file's new place and the fresh database; says in half a sentence what that means."""


class Unavailable(Exception):  # noqa: N818 - a state of the file, never shown as an error
    """The file cannot be used now. ``str`` is the reason in half a sentence."""


class _Session:
    """The connection of one process; one thread uses it at a time.

    A forked child starts its own: SQLite forbids carrying a connection over, and the lock may be held.
    """

    __slots__ = ("connection", "identity", "lock", "rest")

    def __init__(self) -> None:
        self.lock = Lock()
        self.connection: sqlite3.Connection | None = None
        self.identity: tuple[int, int] | None = None
        self.rest: tuple[float, bool, str] | None = None

    def drop(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()


class Database:
    """The SQLite file ``path``, opened at its first use.

    ``steps`` holds the statements that lead from each schema version to the next; ``about`` names the content in
    notices; ``salvage`` takes what it can from a damaged file. ``durable`` commits survive a power cut (synchronous
    FULL). All methods may be called from any thread.
    """

    def __init__(
        self,
        path: Path,
        steps: Sequence[Sequence[str]],
        notices: Notices,
        *,
        about: str,
        salvage: Salvage,
        durable: bool = False,
    ) -> None:
        self.path = path
        self._steps = steps
        self._notices = notices
        self._about = about
        self._salvage = salvage
        self._durable = durable
        self._patience = PATIENCE * (3 if durable else 1)
        self._sessions: dict[int, _Session] = {}

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What ``work`` makes of the connection, outside any transaction; raises ``Unavailable``."""
        return self._run(work, writes=False)

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """The same within ``BEGIN IMMEDIATE``: all of it is kept or nothing; raises ``Unavailable``.

        ``work`` may run twice, when the first run met a damaged file.
        """
        return self._run(lambda connection: _transaction(connection, work), writes=True)

    def missing(self) -> bool:
        """Whether there is no file yet, so that reading need not create one."""
        try:
            os.stat(self.path)  # noqa: PTH116 - as in ``_identity``
        except (FileNotFoundError, NotADirectoryError):
            return True
        except (OSError, ValueError):
            return False
        return False

    def close(self) -> None:
        """Close this process's connection; a later call opens it again."""
        session = self._session()
        with session.lock:
            session.drop()

    def _session(self) -> _Session:
        return self._sessions.setdefault(os.getpid(), _Session())

    def _run(self, work: Callable[[sqlite3.Connection], T], *, writes: bool) -> T:
        session = self._session()
        with session.lock:
            self._respect_rest(session, writes=writes)
            try:
                try:
                    return work(self._connected(session))
                except (sqlite3.Error, UnicodeDecodeError) as error:
                    if not fault.is_damage(error):
                        raise
                    self._start_afresh(session)
                    return work(self._connected(session))
            except sqlite3.ProgrammingError:
                raise  # ours, not the environment's
            except (Unavailable, sqlite3.Error, OSError, ValueError) as error:
                raise self._unavailable(session, error) from error

    def _respect_rest(self, session: _Session, *, writes: bool) -> None:
        if session.rest is None:
            return
        until, only_writes, reason = session.rest
        if time.monotonic() >= until:
            session.rest = None
        elif writes or not only_writes:
            raise Unavailable(reason)

    def _unavailable(self, session: _Session, error: Exception) -> Unavailable:
        reason = fault.words(error)
        only_writes = fault.only_writes(error) and session.connection is not None
        if not only_writes:
            session.drop()
        if not (fault.is_busy(error) and self._durable):
            session.rest = (time.monotonic() + REST, only_writes, reason)
        verb = "written" if only_writes else "used"
        self._notices.add(
            f"the store in {self.path.parent} cannot be {verb} ({reason}); going on without memory"
        )
        return Unavailable(reason)

    def _connected(self, session: _Session) -> sqlite3.Connection:
        """The open connection to the file that stands at ``path`` now (it may have been renamed or removed)."""
        if session.connection is not None and session.identity == _identity(self.path):
            return session.connection
        session.drop()
        make_file(self.path)
        with locked(self.path.with_name(LOCK_NAME), shared=True, patience=self._patience):
            session.identity = _identity(self.path)
            session.connection = self._open()
        return session.connection

    def _open(self) -> sqlite3.Connection:
        deadline = time.monotonic() + self._patience
        reverted = False
        while True:
            connection = sqlite3.connect(
                self.path, timeout=self._patience, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare(connection, may_wal=not reverted)
            except sqlite3.OperationalError as error:
                connection.close()
                if not reverted and fault.is_no_wal(error) and _revert_from_wal(self.path):
                    reverted = True
                elif not fault.is_busy(error) or time.monotonic() > deadline:
                    raise
                else:
                    time.sleep(random.uniform(0.002, 0.02))  # noqa: S311 - spreads waiters, hides nothing
            except BaseException:
                connection.close()
                raise
            else:
                return connection

    def _prepare(self, connection: sqlite3.Connection, *, may_wal: bool) -> None:
        connection.text_factory = _forgiving
        version = _version(connection)
        if version > len(self._steps):
            raise Unavailable(
                f"a newer Diffvet wrote it, in schema {version}; this one knows {len(self._steps)}"
            )
        switch = may_wal and version == 0  # an old file without WAL is on a file system that cannot do it
        (mode,) = connection.execute(
            "PRAGMA journal_mode=WAL" if switch else "PRAGMA journal_mode"
        ).fetchone()
        cached = mode == "wal" and not self._durable
        connection.execute(f"PRAGMA synchronous={'NORMAL' if cached else 'FULL'}")
        if version != len(self._steps):
            _transaction(connection, self._migrate)

    def _migrate(self, connection: sqlite3.Connection) -> None:
        """Bring the schema to the newest version; another process may have done so meanwhile."""
        version = _version(connection)
        for step in self._steps[version:]:
            for statement in step:
                connection.execute(statement)
        if version < len(self._steps):
            connection.execute(f"PRAGMA user_version={len(self._steps) * TWICE}")

    def _start_afresh(self, session: _Session) -> None:
        """Set the damaged file aside, unless another process already did; raises ``OSError``."""
        session.drop()
        with locked(self.path.with_name(LOCK_NAME), patience=self._patience) as held:
            if session.identity != _identity(self.path):
                return
            if not held:
                raise Unavailable("it is damaged, and other processes keep it open")
            place = set_aside(self.path)
        outcome = _transaction(self._connected(session), lambda fresh: self._salvage(place, fresh))
        self._notices.add(
            f"{self._about} at {self.path} was damaged and is now {place.name} beside it; {outcome}"
        )


def _transaction(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk rolls back by itself
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        raise
    return result


def _revert_from_wal(path: Path) -> bool:
    """Whether the file has a rollback journal again: a file system without shared memory can keep no WAL.

    The switch itself may succeed there and the first use fail; only exclusive locking then opens the file.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            (mode,) = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
            return bool(mode == "delete")
    except sqlite3.Error:
        return False


def _version(connection: sqlite3.Connection) -> int:
    """The schema version, 0 for a new file; raises ``fault.Damaged`` for one that no Diffvet wrote."""
    stored = int(connection.execute("PRAGMA user_version").fetchone()[0])
    version, rest = divmod(stored, TWICE)
    if rest or version < 0:
        raise fault.Damaged(f"its schema version is {stored}")
    return version


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - on the path of every look-up
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _forgiving(data: bytes) -> str:
    """Text of a damaged row is odd text, not an exception."""
    return data.decode("utf-8", "replace")
