"""Whose turn it is to run git: of all errands that share a lock one process at a time, and each errand can be ended."""

import os
import signal
import threading
from contextlib import suppress
from typing import Protocol

from diffvet.errors import GitError

_LOOK = 0.05
"""Seconds after which one that waits looks whether it is still wanted."""


class Process(Protocol):
    """A child process; ``subprocess.Popen`` is one."""

    @property
    def pid(self) -> int:
        """Its number."""

    def poll(self) -> int | None:
        """How it has ended, None while it runs."""

    def kill(self) -> None:
        """End it."""


class Turn:
    """One errand's right to run git while nobody else who shares ``lock`` does; a context manager.

    ``stop`` may be called from any thread: git is killed where it runs for this errand, and never started again.
    """

    def __init__(self, lock: threading.Lock) -> None:
        self._lock = lock
        self._stopped = threading.Event()
        self._process: Process | None = None

    def __enter__(self) -> None:
        """Wait for the turn; raises ``GitError`` when the errand was stopped."""
        while not self._stopped.is_set():
            if self._lock.acquire(timeout=_LOOK):
                if not self._stopped.is_set():
                    return
                self._lock.release()
        raise GitError("git was stopped: nobody waits for its answer any more")

    def __exit__(self, *_: object) -> None:
        """The turn of somebody else."""
        self._process = None
        self._lock.release()

    def take(self, process: Process) -> None:
        """``process`` is what runs now."""
        self._process = process
        if self._stopped.is_set():
            _end(process)

    def stop(self) -> None:
        """End what runs, and start nothing any more."""
        self._stopped.set()
        if process := self._process:
            _end(process)


def _end(process: Process) -> None:
    """Kill ``process``, the leader of its group, and the filters it has started."""
    if process.poll() is not None:
        return
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
