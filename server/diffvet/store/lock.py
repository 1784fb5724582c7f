"""A lock between processes on a file of its own; the system frees it when its holder dies."""

import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int, *, shared: bool) -> None:  # noqa: ARG001 - there are no shared locks here
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(descriptor: int, *, shared: bool) -> None:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


@contextmanager
def locked(path: Path, *, shared: bool = False, patience: float = 5.0) -> Iterator[bool]:
    """Hold the lock on ``path`` (created 0600); False where another process kept it for ``patience`` seconds.

    Where the file system has no locks, or the file cannot be made, there is nobody to wait for: True.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield True
        return
    try:
        yield _waited(descriptor, shared=shared, patience=patience)
    finally:
        os.close(descriptor)


def _waited(descriptor: int, *, shared: bool, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while True:
        try:
            _take(descriptor, shared=shared)
        except (BlockingIOError, PermissionError):
            if time.monotonic() > deadline:
                return False
            time.sleep(random.uniform(0.001, 0.01))  # noqa: S311 - spreads waiters, hides nothing
        except OSError:
            return True
        else:
            return True
