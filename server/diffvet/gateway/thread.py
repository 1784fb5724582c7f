"""Runs blocking work beside the event loop without ever making anyone wait for its end."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """The result of ``work()``, or its exception.

    Unlike ``asyncio.to_thread``, whose threads are joined when the loop closes, the thread is a daemon: a
    cancelled caller returns at once, and so does the end of the process; the result is then dropped.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except StopIteration as error:  # no future can carry it
            outcome.set_exception(RuntimeError(f"work stopped with {error!r}"))
        except Exception as error:  # noqa: BLE001 - carried to the caller, whatever it is
            outcome.set_exception(error)

    outcome.set_running_or_notify_cancel()  # from here on it cannot be cancelled, only abandoned
    threading.Thread(target=run, name="diffvet-embedded", daemon=True).start()
    return await asyncio.wrap_future(outcome)
