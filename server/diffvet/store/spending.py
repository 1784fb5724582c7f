"""The meter: what was spent, when, where, on which model, and the caps that all faces of a user share.

One row is one request. It is written with its estimate *before* the request is sent and corrected when the
answer came. So a process that is killed in between leaves its estimate behind: money that may have been spent
counts as spent, and nobody has to clean up. Days and months are UTC.
"""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from diffvet.review.finding import Usage
from diffvet.store.caps import BudgetError, Caps, Spent, first_reached
from diffvet.store.database import Database, Unavailable
from diffvet.store.notices import Notices
from diffvet.store.price import Price, learn
from diffvet.store.salvage import INSERT, MOST, salvage

FILE = "spending.sqlite3"

DAY = 86_400

LEARN_FROM = 50
"""How many of a model's last paid answers its price is learned from."""

_STEPS = (
    (
        """CREATE TABLE spends (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            settled INTEGER NOT NULL,
            run TEXT NOT NULL,
            repository TEXT NOT NULL,
            model TEXT NOT NULL,
            face TEXT NOT NULL,
            kind TEXT NOT NULL,
            requests INTEGER NOT NULL,
            input_tokens INTEGER NOT NULL,
            output_tokens INTEGER NOT NULL,
            credits REAL NOT NULL
        )""",
        "CREATE INDEX spends_at ON spends (at)",
        "CREATE INDEX spends_run ON spends (run)",
        "CREATE INDEX spends_model ON spends (model, at)",
    ),
)

_SETTLE = """
    UPDATE spends SET settled = 1, requests = ?, input_tokens = ?, output_tokens = ?, credits = ? WHERE id = ?
"""

_SUM = """
    SELECT TOTAL(input_tokens + output_tokens), TOTAL(credits),
        TOTAL(CASE WHEN settled THEN 0 ELSE input_tokens + output_tokens END),
        TOTAL(CASE WHEN settled THEN 0 ELSE credits END)
    FROM spends WHERE
"""


class By(StrEnum):
    """What a summary groups by."""

    DAY = "day"
    REPOSITORY = "repository"
    MODEL = "model"
    FACE = "face"


_LABEL = {
    By.DAY: "strftime('%Y-%m-%d', at, 'unixepoch')",
    By.REPOSITORY: "repository",
    By.MODEL: "model",
    By.FACE: "face",
}


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a request is for. ``run`` is unique for one review; ``face`` is ``cli``, ``hook`` or ``lsp``."""

    run: str
    repository: str
    model: str
    face: str
    kind: str = "review"


@dataclass(frozen=True, slots=True)
class Reservation:
    """A request that may be sent now. ``row`` is None where it could not be written down (and no cap is set)."""

    row: int | None
    purpose: Purpose
    estimate: Usage


@dataclass(frozen=True, slots=True)
class SpendRow:
    """One group of a summary. ``unsettled`` of its requests have no known end: in flight, or killed, at their estimate."""

    label: str
    usage: Usage
    unsettled: int


class Spending:
    """The meter in ``directory``. ``clock`` gives seconds since 1970."""

    def __init__(self, directory: Path, notices: Notices, *, clock: Callable[[], float] = time.time) -> None:
        self.path = directory / FILE
        self._clock = clock
        self._database = Database(
            self.path,
            _STEPS,
            notices,
            about="the spending record",
            salvage=salvage,
            durable=True,
        )

    def reserve(self, estimate: Usage, caps: Caps, purpose: Purpose) -> Reservation:
        """Write down that a request of about ``estimate`` goes out, directly before sending it.

        Without credits in the estimate they are computed from what the model's answers cost so far. Raises
        ``BudgetError`` where a cap would be passed, or where a cap is set and the record cannot be written.
        Check and writing are one transaction: of two processes only one gets the last tokens.
        """
        now = int(self._clock())
        row = int.from_bytes(
            os.urandom(7)
        )  # never the number of another request, whatever became of the file

        def book(connection: sqlite3.Connection) -> Usage:
            guess = _with_credits(connection, estimate, purpose.model)
            reached = first_reached(caps, guess, lambda window: _spent(connection, window, purpose.run, now))
            if reached is not None:
                raise BudgetError(reached)
            connection.execute(INSERT, (row, now, 0, *_purpose(purpose), *_usage(guess)))
            return guess

        try:
            guess = self._database.write(book)
        except Unavailable as error:
            if caps.any:
                raise BudgetError(
                    f"the spending record at {self.path} cannot be written ({error}), so the cap "
                    f"'{caps.first}' cannot be kept; make it writable or remove the cap"
                ) from error
            return Reservation(None, purpose, estimate)
        return Reservation(row, purpose, guess)

    def settle(self, reservation: Reservation, usage: Usage) -> None:
        """Replace the estimate by what the request cost. Twice is once; what cannot be written keeps its estimate."""
        if reservation.row is None:
            return
        values = _usage(usage)

        def correct(connection: sqlite3.Connection) -> None:
            changed = connection.execute(_SETTLE, (*values, reservation.row)).rowcount
            if not changed:  # the record was set aside or removed in between
                now = int(self._clock())
                connection.execute(INSERT, (reservation.row, now, 1, *_purpose(reservation.purpose), *values))

        with suppress(Unavailable):
            self._database.write(correct)

    def release(self, reservation: Reservation) -> None:
        """Take back a reservation whose request was *not* sent. One that was sent and got lost stays."""
        if reservation.row is not None:
            with suppress(Unavailable):
                self._database.write(
                    lambda connection: connection.execute(
                        "DELETE FROM spends WHERE id = ? AND NOT settled", (reservation.row,)
                    )
                )

    def spent(self, window: str, run: str = "") -> Spent:
        """What counts in ``window`` (``run``, ``day`` or ``month``); nothing where the record cannot be read."""
        now = int(self._clock())
        if not self._database.missing():
            with suppress(Unavailable):
                return self._database.read(lambda connection: _spent(connection, window, run, now))
        return Spent()

    def price(self, model: str) -> Price | None:
        """What ``model`` costs, learned from its last paid answers; None before the first."""
        if not self._database.missing():
            with suppress(Unavailable):
                return self._database.read(lambda connection: _price(connection, model))
        return None

    def summary(self, by: By, *, since: float = 0) -> list[SpendRow]:
        """Spend since ``since`` (seconds since 1970): days in order, the others dearest first."""
        order = "1" if by is By.DAY else "5 DESC, 3 + 4 DESC, 1"
        query = f"""
            SELECT {_LABEL[by]}, SUM(requests), SUM(input_tokens), SUM(output_tokens), TOTAL(credits),
                SUM(CASE WHEN settled THEN 0 ELSE requests END)
            FROM spends WHERE at >= ? GROUP BY 1 ORDER BY {order}
        """  # noqa: S608 - built from constants of this module
        if not self._database.missing():
            with suppress(Unavailable):
                rows = self._database.read(
                    lambda connection: connection.execute(query, (int(since),)).fetchall()
                )
                return [SpendRow(str(label), Usage(*sums), unsettled) for label, *sums, unsettled in rows]
        return []

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _spent(connection: sqlite3.Connection, window: str, run: str, now: int) -> Spent:
    if window == "run":
        return _sum(connection, "run = ?", _text(run))
    today = now - now % DAY
    if window == "day":
        return _sum(connection, "at >= ?", today)
    return _sum(connection, "at >= ?", today - (time.gmtime(now).tm_mday - 1) * DAY)


def _sum(connection: sqlite3.Connection, condition: str, value: object) -> Spent:
    tokens, credit, open_tokens, open_credit = connection.execute(_SUM + condition, (value,)).fetchone()
    return Spent(int(tokens), credit, int(open_tokens), open_credit)


def _price(connection: sqlite3.Connection, model: str) -> Price | None:
    rows = connection.execute(
        """SELECT input_tokens, output_tokens, credits FROM spends
        WHERE model = ? AND settled AND credits > 0 ORDER BY at DESC LIMIT ?""",
        (_text(model), LEARN_FROM),
    )
    return learn(rows.fetchall())


def _with_credits(connection: sqlite3.Connection, estimate: Usage, model: str) -> Usage:
    if estimate.credits > 0:
        return estimate
    price = _price(connection, model)
    if price is None:
        return estimate
    return Usage(estimate.requests, estimate.input_tokens, estimate.output_tokens, price.of(estimate))


def _purpose(purpose: Purpose) -> tuple[str, ...]:
    fields = (purpose.run, purpose.repository, purpose.model, purpose.face, purpose.kind)
    return tuple(_text(field) for field in fields)


def _usage(usage: Usage) -> tuple[int, int, int, float]:
    """Counts as a peer told them, held to what can be added up: never negative, finite, below 10^12."""
    counts = (usage.requests, usage.input_tokens, usage.output_tokens)
    requests, read, written = (min(max(count, 0), MOST) for count in counts)
    credit = usage.credits if usage.credits >= 0 else 0.0  # also where it is no number
    return requests, read, written, min(credit, float(MOST))


def _text(text: str) -> str:
    """A label that SQLite can hold: a path may carry undecodable bytes."""
    return text.encode("utf-8", "backslashreplace").decode()
