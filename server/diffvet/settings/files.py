"""The files that settings are read from, within bounds: the repository's are written by strangers."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from diffvet.errors import SettingsError
from diffvet.settings.wording import name as printable

OWN = "diffvet.toml"
PROJECT = "pyproject.toml"

LARGEST = 128 * 1024
"""Bytes a file may have."""

MOST_DOTS = 100
"""Dots on one line. Reading a key of 60,000 dotted parts takes ``tomllib`` more than a minute."""

_OURS = re.compile(rb"tool\s*\.\s*[\"']?diffvet|^\s*\[\s*[\"']?tool[\"']?\s*\]", re.MULTILINE)


def user_file(environ: Mapping[str, str]) -> Path | None:
    """The user's own file, None where there is none; raises ``SettingsError`` where ``DIFFVET_CONFIG`` names none."""
    path = user_place(environ)
    if path is not None and path.is_file():
        return path
    if environ.get("DIFFVET_CONFIG"):
        raise SettingsError(f"DIFFVET_CONFIG names {printable(str(path))}, which is no file")
    return None


def user_place(environ: Mapping[str, str]) -> Path | None:
    """Where it is or would be: ``DIFFVET_CONFIG``, else ``config.toml`` in the configuration directory.

    None where the user has no home (a container under a number that is nobody's).
    """
    named = environ.get("DIFFVET_CONFIG")
    if named:
        return Path(named)
    from platformdirs import user_config_path  # noqa: PLC0415 - not needed where DIFFVET_CONFIG is set

    try:
        return user_config_path("diffvet", appauthor=False) / "config.toml"
    except RuntimeError:
        return None


Stamp = tuple[int, int, int] | None
"""What tells a file from what it was: when it was written, its bytes, its inode; None where there is none."""


def stamps(*places: Path) -> dict[Path, Stamp]:
    """What stands at ``places`` now."""
    return {place: stamp(place) for place in places}


def stamp(place: Path) -> Stamp:
    """What stands at ``place`` now."""
    try:
        facts = place.stat()
    except (OSError, ValueError):
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino


def root_of(directory: Path) -> Path | None:
    """The top directory of the repository that ``directory`` is in."""
    start = directory.resolve()
    return next((place for place in (start, *start.parents) if (place / ".git").exists()), None)


def folders_above(root: Path, path: str) -> Iterator[tuple[str, Path]]:
    """The folders from ``root`` down to the one of ``path``, each with its name relative to ``root``.

    Ends before a folder that is a link (git keeps no files behind one), that is missing, or that would lead
    out of the repository.
    """
    place, relative = root, ""
    for part in path.split("/")[:-1]:
        if part in {"", ".", ".."} or os.sep in part or (os.altsep or "/") in part:
            return
        place, relative = place / part, f"{relative}{part}/"
        if place.is_symlink() or not place.is_dir():
            return
        yield relative, place


def tables_in(folder: Path, root: Path) -> Iterator[tuple[Path, Mapping[str, object] | SettingsError]]:
    """What ``folder`` says: ``[tool.diffvet]`` of ``pyproject.toml``, then ``diffvet.toml``; an error in its place."""
    project, own = folder / PROJECT, folder / OWN
    try:
        table = _project_table(project, root) if project.is_file() else None
        if table is not None:
            yield project, table
    except SettingsError as error:
        yield project, error
    try:
        if own.is_file():
            yield own, read_toml(own, root)
    except SettingsError as error:
        yield own, error


def _project_table(path: Path, root: Path) -> Mapping[str, object] | None:
    """``[tool.diffvet]``, None where there is none. A file that does not mention us may be as it likes."""
    if not _OURS.search(_bytes(path, 128 * LARGEST)):
        return None
    tool = read_toml(path, root).get("tool")
    table = tool.get("diffvet") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise SettingsError(f"{printable(str(path))}: 'tool.diffvet' must be a table")
    return table


def read_toml(path: Path, root: Path | None = None) -> Mapping[str, object]:
    """The document in ``path``; a ``root`` is the repository that it may not be a link out of."""
    where = printable(str(path))
    if root is not None and not path.resolve().is_relative_to(root):
        raise SettingsError(f"{where} is a link that leads out of the repository; it is not read")
    data = _bytes(path, LARGEST)
    if len(data) > LARGEST:
        raise SettingsError(f"{where} is larger than {LARGEST // 1024} KiB; it is not read")
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.count(b".") > MOST_DOTS:
            raise SettingsError(
                f"{where}: line {number} holds more than {MOST_DOTS} dots; break it into several lines"
            )
    import tomllib  # noqa: PLC0415 - 13 ms that only users with a file pay

    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise SettingsError(f"{where} is not valid TOML: it is nested too deep") from None
    except ValueError as error:  # broken TOML, invalid UTF-8, numbers of thousands of digits
        raise SettingsError(f"{where} is not valid TOML: {printable(str(error))}") from None


def _bytes(path: Path, most: int) -> bytes:
    """The content of ``path``, at most one byte more than ``most``."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise SettingsError(f"{printable(str(path))} cannot be read: {error.strerror}") from None
