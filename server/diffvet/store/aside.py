"""Setting a damaged database aside, so that work goes on with a fresh one."""

import time
from contextlib import suppress
from pathlib import Path

KEPT = 3
"""How many damaged files of one name are kept for a look."""

_SIDES = ("-wal", "-shm", "-journal", "")
"""Side files go first: a fresh database beside an old log would swallow the log."""


def set_aside(path: Path) -> Path:
    """Rename the database at ``path`` with its side files; returns its new place, raises ``OSError``."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    number = 0
    while (place := path.with_name(f"{path.name}.damaged-{stamp}{f'-{number}' if number else ''}")).exists():
        number += 1
    for side in _SIDES:
        with suppress(FileNotFoundError):
            path.with_name(path.name + side).rename(place.with_name(place.name + side))
    _forget_old(path)
    return place


def aside(path: Path) -> list[Path]:
    """The damaged files that once stood at ``path``, with their side files, oldest first."""
    with suppress(OSError):
        return sorted(path.parent.glob(f"{path.name}.damaged-*"))
    return []


def _forget_old(path: Path) -> None:
    places = [place for place in aside(path) if not place.name.endswith(_SIDES[:-1])]
    for place in places[:-KEPT]:
        for side in _SIDES:
            with suppress(OSError):
                place.with_name(place.name + side).unlink()
