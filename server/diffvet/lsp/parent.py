"""Ends the server when the process that started it is gone.

The end of standard input says so too, but not where some other process still holds the pipe open.
"""

import asyncio
import os
import sys
from collections.abc import Callable

PERIOD = 2.0
"""Seconds between two looks."""


def is_running(pid: int) -> bool:
    """Whether ``pid`` exists, as far as this process may know."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


async def watch(pid: int | None, gone: Callable[[], None], period: float = PERIOD) -> None:
    """Call ``gone`` once ``pid`` has ended.

    A process that cannot be seen from the start (another container's number) is not watched. Nor is
    anything on Windows, where signal 0 is no question but Ctrl-C: there the end of input must do.
    """
    if pid is None or sys.platform == "win32" or not is_running(pid):
        return
    while is_running(pid):  # noqa: ASYNC110 - nothing tells us of another process's end, so look now and then
        await asyncio.sleep(period)
    gone()
