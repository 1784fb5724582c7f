"""What an error of SQLite or of the system says about the file: damaged, busy, or not usable."""

import sqlite3

_DAMAGE = frozenset(
    {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_FORMAT,
        sqlite3.SQLITE_ERROR,  # a table or column of ours is missing
        sqlite3.SQLITE_CONSTRAINT,  # an index and its table disagree
        sqlite3.SQLITE_MISMATCH,
    }
)
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_NO_WAL = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})
_WRITES = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY})

_WORDS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_PERM: "access is denied",
    sqlite3.SQLITE_BUSY: "another process keeps it locked",
    sqlite3.SQLITE_LOCKED: "another process keeps it locked",
}


class Damaged(sqlite3.DatabaseError):
    """The file says something that we never write, though SQLite does not mind."""


def code(error: BaseException) -> int:
    """SQLite's primary result code, -1 for any other error."""
    extended = getattr(error, "sqlite_errorcode", None)
    return extended & 0xFF if isinstance(extended, int) else -1


def is_damage(error: BaseException) -> bool:
    """The file's content is not what we wrote. A damaged schema comes as an error whose text cannot be decoded."""
    return code(error) in _DAMAGE or isinstance(error, Damaged | UnicodeDecodeError)


def is_busy(error: BaseException) -> bool:
    """Another process is in the way; trying again may help."""
    return code(error) in _BUSY


def is_no_wal(error: BaseException) -> bool:
    """What switching to WAL answers where the file system cannot do it."""
    return code(error) in _NO_WAL


def only_writes(error: BaseException) -> bool:
    """Reading may still work: in WAL mode nobody who writes keeps readers out."""
    return code(error) in _WRITES or is_busy(error)


def words(error: BaseException) -> str:
    """The cause in half a sentence, without a path."""
    known = _WORDS.get(code(error))
    if known is not None:
        return known
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return str(error) or type(error).__name__
