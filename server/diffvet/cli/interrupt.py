"""Running a coroutine so that Ctrl-C ends it within a second, whatever it waits for."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

INTERRUPTED = 130
"""The exit code of an interrupted run (128 + SIGINT)."""

GRACE = 0.8
"""Seconds a cancelled run may use to clean up; a thread stuck in a read is then left behind."""

_T = TypeVar("_T")


def run(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """The coroutine's result. Raises ``KeyboardInterrupt`` after SIGINT or SIGTERM, when it has cleaned up.

    Unlike ``asyncio.run`` it does not wait for worker threads: one of a request that was given up may be stuck
    in a look-up of a name, and the process ends without it.
    """
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(_guarded(coroutine))
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def _guarded(coroutine: Coroutine[Any, Any, _T]) -> _T:
    loop = asyncio.get_running_loop()
    task = loop.create_task(coroutine)
    interrupted = False

    def interrupt() -> None:
        nonlocal interrupted
        if not interrupted:
            interrupted = True
            task.cancel()
            loop.call_later(GRACE, _leave)

    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, interrupt)
        except NotImplementedError:  # Windows: asyncio turns Ctrl-C into a cancellation by itself
            break
    try:
        return await task
    except asyncio.CancelledError:
        if interrupted:
            raise KeyboardInterrupt from None
        raise


def _leave() -> None:
    print("diffvet: interrupted", file=sys.stderr, flush=True)
    os._exit(INTERRUPTED)
