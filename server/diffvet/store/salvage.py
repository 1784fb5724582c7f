"""What can still be read of a damaged spending record goes on counting against the caps."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

COLUMNS = (
    "id",
    "at",
    "settled",
    "run",
    "repository",
    "model",
    "face",
    "kind",
    "requests",
    "input_tokens",
    "output_tokens",
    "credits",
)
"""The columns of ``spends``, in the order in which rows are written."""

MOST = 10**12
"""Tokens, requests or credits that one row may hold, so that sums cannot overflow."""

INSERT = f"INSERT INTO spends ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - constants

_NAMES = ", ".join(COLUMNS)


def salvage(damaged: Path, fresh: sqlite3.Connection) -> str:
    """Copy the readable rows of ``damaged`` to ``fresh``; says what that means for the caps."""
    rows = {row[0]: row for row in _readable(damaged) if _sensible(row)}
    kept = 0
    with suppress(sqlite3.Error):
        kept = fresh.executemany(INSERT.replace("INSERT", "INSERT OR IGNORE", 1), rows.values()).rowcount
    if kept > 0:
        return f"{kept} of its requests could still be read and count against the caps, others do not"
    return "what was spent before no longer counts against the caps"


def _readable(damaged: Path) -> Iterator[tuple[object, ...]]:
    """Rows from either end up to the first damage."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(damaged, isolation_level=None)) as connection:
        for order in ("ASC", "DESC"):
            with suppress(sqlite3.Error):
                yield from connection.execute(f"SELECT {_NAMES} FROM spends NOT INDEXED ORDER BY id {order}")  # noqa: S608 - constants


def _sensible(row: tuple[object, ...]) -> bool:
    """Whether ``row`` can be one of ours."""
    number, at, settled, *labels, requests, read, written, credit = row
    return (
        isinstance(number, int)
        and settled in {0, 1}
        and all(isinstance(label, str) for label in labels)
        and all(isinstance(count, int) and 0 <= count <= MOST for count in (at, requests, read, written))
        and isinstance(credit, float)
        and 0 <= credit <= MOST
    )
