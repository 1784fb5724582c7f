"""Files that reports are written to: checked before anything is paid for, then replaced as a whole."""

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from diffvet.errors import UsageError
from diffvet.replacing import check_replaceable, replace_file
from diffvet.report.formats import Format


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file that will hold a report in ``format``; ``said`` is the flag that named it."""

    format: Format
    path: Path
    said: str

    def write(self, text: str) -> None:
        """Put ``text`` there; raises ``UsageError``."""
        content = text.encode("utf-8", "backslashreplace")
        try:
            if self.format.appends or _is_special(self.path):
                with self.path.open("ab") as file:
                    file.write(content)
            else:
                replace_file(self.path, content)
        except OSError as error:
            raise self._unwritable(error) from error

    def check(self, root: Path | None) -> None:
        """Raise ``UsageError`` if it may not or cannot be written; nothing is changed.

        A link of the repository at ``root`` is not followed: whoever wrote the change would choose what is overwritten.
        """
        link = _link_in(root, self.path) if root else None
        if link is not None:
            raise UsageError(
                f"{self.said} goes through {link}, a link in the repository; name where it leads"
            )
        if self.path.is_dir():
            raise UsageError(f"{self.said} is a directory; name a file in it")
        if not self.path.resolve().parent.is_dir():
            raise UsageError(
                f"{self.said}: the directory {self.path.resolve().parent} does not exist; make it first"
            )
        if _is_stdout(self.path):
            raise UsageError(
                f"{self.said} is where standard output goes already; use --format {self.format.name}"
            )
        try:
            if self.path.exists() and (self.format.appends or _is_special(self.path)):
                if not os.access(self.path, os.W_OK):
                    raise PermissionError(13, "Permission denied")
            else:
                check_replaceable(self.path)
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> UsageError:
        return UsageError(f"{self.said} cannot be written: {error.strerror or error}")


def checked(named: Sequence[tuple[Format, str]], root: Path | None = None) -> tuple[ReportFile, ...]:
    """The files that the flags name, every one writable and none named twice; raises ``UsageError``."""
    files = tuple(_files(named))
    by_place: dict[Path, ReportFile] = {}
    for file in files:
        file.check(root)
        other = by_place.setdefault(file.path.resolve(), file)
        if other is not file and not _is_special(file.path):
            raise UsageError(f"{other.said} and {file.said} are the same file; give each report its own")
    return files


def _files(named: Sequence[tuple[Format, str]]) -> Iterator[ReportFile]:
    for form, name in named:
        said = f"--{form.name}-output={name}"
        if not name or "\0" in name:
            raise UsageError(
                f"{said} names no file; write it as in: --{form.name}-output=diffvet{form.suffix}"
            )
        if name == "-":
            raise UsageError(f"{said}: to print to standard output, use --format {form.name}")
        yield ReportFile(form, Path(name), said)


def _link_in(root: Path, path: Path) -> Path | None:
    """The first symbolic link on the way to ``path`` that lies in ``root``."""
    top = root.resolve()
    way = path.absolute()
    for place in (*reversed(way.parents), way):
        if place.is_symlink() and place.parent.resolve().is_relative_to(top):
            return place
    return None


def _is_special(path: Path) -> bool:
    """Whether ``path`` is a pipe or a device: something to write to, not to replace."""
    with suppress(OSError):
        return not stat.S_ISREG(path.stat().st_mode)
    return False


def _is_stdout(path: Path) -> bool:
    with suppress(OSError, ValueError):
        there, here = path.stat(), os.fstat(sys.stdout.fileno())
        return stat.S_ISREG(there.st_mode) and os.path.samestat(there, here)
    return False
