"""Untracked files of a working tree as added files, since ``git diff`` does not know them.

What git would refuse to show as text (attributes, NUL in the first 8000 bytes: git's
``buffer_is_binary``) is hidden in the same way here; what cannot be read is hidden with its reason.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from diffvet.diff.git import Git
from diffvet.diff.model import Status
from diffvet.diff.quoting import to_text
from diffvet.diff.section import BINARY, LARGEST_SECTION, TOO_LARGE, UNREADABLE, FileSection

NESTED = "nested repository"
LOOKED_AT = 8000
"""Bytes in which git looks for a NUL to tell binary from text."""

_NO_NEWLINE = b"\\ No newline at end of file\n"


def untracked_sections(git: Git, paths: Sequence[str]) -> Iterator[FileSection]:
    """The files that are neither tracked nor ignored, in git's order; ``git`` stands at the root."""
    listed = git.run(["ls-files", "--others", "--exclude-standard", "-z", "--", *paths])
    names = [name for name in listed.split(b"\0") if name]
    if not names:
        return
    hidden = binary_by_attribute(git, names)
    for name in names:
        yield _section(git.directory, name, hidden=name in hidden)


def binary_by_attribute(git: Git, names: Sequence[bytes]) -> set[bytes]:
    """Those of ``names`` that git attributes keep from being shown as text."""
    asked = b"".join(name + b"\0" for name in names)
    fields = git.run(["check-attr", "-z", "--stdin", "diff"], stdin=asked).split(b"\0")
    found: set[bytes] = set()
    drivers: dict[bytes, bool] = {}
    for name, value in zip(fields[0::3], fields[2::3], strict=False):
        if value not in (b"unspecified", b"set", b"unset") and value not in drivers:
            drivers[value] = _is_binary_driver(git, value)
        if value == b"unset" or drivers.get(value, False):
            found.add(name)
    return found


def _is_binary_driver(git: Git, driver: bytes) -> bool:
    key = f"diff.{to_text(driver)}.binary"
    return (git.answers(["config", "--type=bool", "--get", key]) or b"").strip() == b"true"


def _section(root: Path, name: bytes, *, hidden: bool) -> FileSection:
    path = to_text(name)
    if name.endswith(b"/"):
        return FileSection(path.rstrip("/"), Status.ADDED, new_mode="160000", hidden=NESTED)
    place = root / os.fsdecode(name)
    try:
        mode, content = _look(place, known_binary=hidden)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        return FileSection(path, Status.ADDED, hidden=f"{UNREADABLE}: {reason}")
    if len(content) > LARGEST_SECTION:
        return FileSection(path, Status.ADDED, new_mode=mode, hidden=TOO_LARGE)
    if mode != "120000" and (hidden or b"\0" in content[:LOOKED_AT]):
        return FileSection(path, Status.ADDED, new_mode=mode, binary=True, hidden=BINARY)
    return FileSection(path, Status.ADDED, added_body(content), new_mode=mode)


def _look(place: Path, *, known_binary: bool) -> tuple[str, bytes]:
    """Git's mode of a file, and its content (a link's target; nothing of a file known to be binary)."""
    facts = place.lstat()
    if stat.S_ISLNK(facts.st_mode):
        return "120000", os.fsencode(place.readlink())
    mode = "100755" if facts.st_mode & stat.S_IXUSR else "100644"
    return mode, b"" if known_binary else _read(place)


def _read(place: Path) -> bytes:
    """The bytes of a regular file, at most one more than are read; never follows a link or waits for a pipe put in its place."""
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    with os.fdopen(os.open(place, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "not a regular file")
        return file.read(LARGEST_SECTION + 1)


def added_body(content: bytes) -> bytes:
    """The hunk that adds the whole of ``content``, as git writes it; nothing for an empty file."""
    if not content:
        return b""
    lines = content.split(b"\n")
    ended = not lines[-1]
    if ended:
        lines.pop()
    count = b"" if len(lines) == 1 else b",%d" % len(lines)
    tail = b"" if ended else _NO_NEWLINE
    return b"@@ -0,0 +1%b @@\n+%b\n%b" % (count, b"\n+".join(lines), tail)
