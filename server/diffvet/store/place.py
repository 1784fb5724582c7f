"""Where the store lives, and the private files in it.

On the path of a remembered check, hence without ``pathlib`` and ``typing`` at the top.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

VARIABLE = "DIFFVET_CACHE_DIR"


def default_place() -> str:
    """``DIFFVET_CACHE_DIR`` (relative to the working directory), else the user's cache directory.

    Raises ``OSError`` where the user has none (no home directory).
    """
    named = os.environ.get(VARIABLE)
    if named:
        return os.path.join(os.getcwd(), os.path.expanduser(named))  # noqa: PTH109, PTH111, PTH118 - see above
    return _usual_place() or _platforms_place()


def default_directory() -> "Path":
    """The same as a path."""
    from pathlib import Path  # noqa: PLC0415 - see above

    return Path(default_place())


def _usual_place() -> str:
    """What ``platformdirs`` answers on Linux where the variables are as they should be; else nothing."""
    if sys.platform == "linux" and "ANDROID_DATA" not in os.environ:
        cache, home = os.environ.get("XDG_CACHE_HOME", ""), os.environ.get("HOME", "")
        if cache.startswith("/"):
            return os.path.join(cache, "diffvet")  # noqa: PTH118 - see above
        if home.startswith("/"):
            return os.path.join(home, ".cache", "diffvet")  # noqa: PTH118
    return ""


def _platforms_place() -> str:
    from platformdirs import user_cache_path  # noqa: PLC0415 - 5 ms

    try:
        directory = user_cache_path("diffvet", appauthor=False)
    except RuntimeError:
        directory = None
    if directory is None or not directory.is_absolute():
        raise FileNotFoundError(2, f"there is no home directory; set {VARIABLE}")
    return str(directory)


def make_directory(directory: "Path") -> None:
    """Create ``directory`` and its missing parents, for the user only (0700)."""
    missing: list[Path] = []
    while not directory.exists() and directory.parent != directory:
        missing.append(directory)
        directory = directory.parent
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)


def make_file(path: "Path") -> None:
    """Create ``path`` (0600) and its directory where they are missing; SQLite's side files take the same mode."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        make_directory(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.close(descriptor)
