"""Runs blocking work beside the event loop without ever making anyone wait for its end."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """The result of ``work()``, or its exception.

    Unlike ``asyncio.to_thread``, whose threads are joined when the loop closes, the thread is a daemon: a
    cancelled caller returns at once, and so does the end of the process; the result is then dropped.
    """
    loop = asyncio.get_running_loop()
    finished: asyncio.Future[tuple[T, None] | tuple[None, Exception]] = loop.create_future()

    def settle(outcome: tuple[T, None] | tuple[None, Exception]) -> None:
        if not finished.done():
            finished.set_result(outcome)

    def run() -> None:
        outcome: tuple[T, None] | tuple[None, Exception]
        try:
            outcome = (work(), None)
        except Exception as error:  # noqa: BLE001 - carried to the caller, whatever it is
            outcome = (None, error)
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=run, name="diffvet-embedded", daemon=True).start()
    result, error = await finished
    if error is not None:
        raise error
    return result  # type: ignore[return-value]
