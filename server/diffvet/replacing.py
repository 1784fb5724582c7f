"""Writing a file so that its reader finds the old one or the new one, never a part."""

import os
import stat
from pathlib import Path


def replace_file(path: Path, content: bytes, *, mode: int | None = None, follow: bool = True) -> None:
    """Write next to ``path`` and move there; a link is followed, the permissions of the old file stay.

    ``mode`` gives it permissions of its own; without ``follow`` a link is replaced by the file.
    Raises ``OSError``; then the old file is as it was and nothing is left beside it.
    """
    target = path.resolve() if follow else path
    beside = _beside(target)
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            beside.chmod(mode)
        elif target.exists():
            beside.chmod(stat.S_IMODE(target.stat().st_mode))
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def check_replaceable(path: Path) -> None:
    """Raise the ``OSError`` that ``replace_file`` would raise where it may not write; nothing is changed."""
    beside = _beside(path.resolve())
    try:
        beside.open("xb").close()
    finally:
        beside.unlink(missing_ok=True)


def _beside(target: Path) -> Path:
    """A name of its own length: that of a long file name would not fit with anything added."""
    return target.with_name(f".diffvet.{os.getpid()}.tmp")
