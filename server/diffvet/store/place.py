"""Where the store lives, and the private files in it."""

import os
from pathlib import Path

VARIABLE = "DIFFVET_CACHE_DIR"


def default_directory() -> Path:
    """``DIFFVET_CACHE_DIR`` (relative to the working directory), else the user's cache directory.

    Raises ``OSError`` where the user has none (no home directory).
    """
    named = os.environ.get(VARIABLE)
    if named:
        return Path.cwd() / os.path.expanduser(named)  # noqa: PTH111 - ``Path.expanduser`` raises where this does not
    from platformdirs import user_cache_path  # noqa: PLC0415 - not needed where the variable is set

    directory = user_cache_path("diffvet", appauthor=False)
    if not directory.is_absolute():
        raise FileNotFoundError(2, f"there is no home directory; set {VARIABLE}")
    return directory


def make_directory(directory: Path) -> None:
    """Create ``directory`` and its missing parents, for the user only (0700)."""
    missing: list[Path] = []
    while not directory.exists() and directory.parent != directory:
        missing.append(directory)
        directory = directory.parent
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)


def make_file(path: Path) -> None:
    """Create ``path`` (0600) and its directory where they are missing; SQLite's side files take the same mode."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        make_directory(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.close(descriptor)
