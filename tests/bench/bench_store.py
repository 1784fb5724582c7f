"""What the store costs beside bare sqlite3, as ratios taken in the same run (medians of several rounds).

Bare is: connect, WAL, synchronous NORMAL, one SELECT or one transaction for each value, no checks and no locks.
"""

import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2] / "server"))

from diffvet.review.finding import Usage
from diffvet.store.caps import Caps
from diffvet.store.spending import Purpose
from diffvet.store.store import Store

COUNT = 1000
ROUNDS = 7
KEYS = [f"{number:064x}" for number in range(COUNT)]
VALUE = "- [warning][security] src/app.py:R42-R44 `run(cmd)` **Title.** Why: because. " * 25  # 2 kB


def bare(directory: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(directory / "bare.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, k TEXT UNIQUE, v TEXT)")
    return connection


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def bare_open(directory: Path) -> None:
    connection = bare(directory)
    connection.execute("SELECT v FROM t WHERE k = ?", KEYS[:1]).fetchone()
    connection.close()


def bare_lookups(connection: sqlite3.Connection) -> None:
    for key in KEYS:
        connection.execute("SELECT v FROM t WHERE k = ?", (key,)).fetchone()


def bare_batch(connection: sqlite3.Connection) -> None:
    marks = ",".join("?" * 500)
    query = f"SELECT v FROM t WHERE k IN ({marks})"  # noqa: S608 - question marks only
    for start in range(0, COUNT, 500):
        connection.execute(query, KEYS[start : start + 500]).fetchall()


def bare_puts(connection: sqlite3.Connection) -> None:
    for key in KEYS:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT OR REPLACE INTO t (k, v) VALUES (?, ?)", (key, VALUE))
        connection.execute("COMMIT")


def bare_batch_put(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT OR REPLACE INTO t (k, v) VALUES (?, ?)", [(key, VALUE) for key in KEYS])
    connection.execute("COMMIT")


def ours_open(directory: Path) -> None:
    with Store(directory) as store:
        store.answers.lookup(KEYS[:1])


def ours_lookups(store: Store) -> None:
    for key in KEYS:
        store.answers.lookup([key])


def ours_puts(store: Store) -> None:
    for key in KEYS:
        store.answers.remember({key: VALUE}, model="m")


def ours_batch_put(store: Store) -> None:
    store.answers.remember(dict.fromkeys(KEYS, VALUE), model="m")


def ours_spend(store: Store) -> None:
    caps = Caps(day_tokens=10**12, month_credits=10**9)
    for _ in range(100):
        reservation = store.spending.reserve(Usage(1, 8000, 800), caps, Purpose("run", "/code", "m", "cli"))
        store.spending.settle(reservation, Usage(1, 8000, 500, 0.1))


Pair = tuple[Callable[[], object], Callable[[], object]]


def pairs_in(directory: Path, store: Store, connection: sqlite3.Connection) -> dict[str, Pair]:
    """What is measured: ours and what bare sqlite3 does for the same."""
    return {
        "1,000 puts, one by one": (lambda: ours_puts(store), lambda: bare_puts(connection)),
        "1,000 puts at once": (lambda: ours_batch_put(store), lambda: bare_batch_put(connection)),
        "1,000 look-ups, one by one": (lambda: ours_lookups(store), lambda: bare_lookups(connection)),
        "1,000 look-ups at once": (lambda: store.answers.lookup(KEYS), lambda: bare_batch(connection)),
        "100 reserve + settle (durable), bare: 1,000 puts": (
            lambda: ours_spend(store),
            lambda: bare_puts(connection),
        ),
        "open + one look-up + close, file exists": (
            lambda: ours_open(directory),
            lambda: bare_open(directory),
        ),
    }


def measure() -> dict[str, list[tuple[float, float]]]:
    """Seconds of ours and of bare sqlite3, round by round and in turn."""
    taken: dict[str, list[tuple[float, float]]] = {}
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as place, Store(Path(place)) as store:
            connection = bare(Path(place))
            for name, (ours, theirs) in pairs_in(Path(place), store, connection).items():
                taken.setdefault(name, []).append((seconds(ours), seconds(theirs)))
            connection.close()
    return taken


def imports() -> list[tuple[float, float]]:
    """Seconds of an interpreter that imports the store, and of one that imports what it stands on."""

    def run(code: str) -> float:
        command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {sys.path[0]!r}); {code}"]
        return seconds(lambda: subprocess.run(command, check=True))

    libraries = "import sqlite3, dataclasses, pathlib, typing, functools, random"
    return [(run("import diffvet.store.store"), run(libraries)) for _ in range(2 * ROUNDS)]


def main() -> None:
    taken = measure() | {"process that imports the store, bare: its libraries": imports()}
    for name, pairs in taken.items():
        ours, theirs = (median(column) * 1000 for column in zip(*pairs, strict=True))
        print(f"{name:54} {ours:8.2f} ms  bare {theirs:8.2f} ms  ratio {ours / theirs:5.2f}")


if __name__ == "__main__":
    main()
