"""Writing a file so that its reader finds the old one or the new one, never a part."""

import os
import stat
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Write next to ``path`` and move there; a link is followed, the permissions of the old file stay.

    Raises ``OSError``; then the old file is as it was and nothing is left beside it.
    """
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            beside.chmod(stat.S_IMODE(target.stat().st_mode))
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
