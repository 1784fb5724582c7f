"""Untracked files of a working tree as added files, since ``git diff`` does not know them.

What git would refuse to show as text (by its content or its attributes) is hidden in the same way here;
what cannot be read is hidden with its reason.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from diffvet.diff.git import Git
from diffvet.diff.model import Status
from diffvet.diff.quoting import to_bytes, to_text
from diffvet.diff.section import (
    BINARY,
    HIDDEN_BY_ATTRIBUTE,
    LARGEST_SECTION,
    TOO_LARGE,
    UNREADABLE,
    FileSection,
)
from diffvet.diff.undiffed import LOOKED_AT, hidden_by_attribute, is_binary, open_file

NESTED = "nested repository"

_NO_NEWLINE = b"\\ No newline at end of file\n"


def untracked_sections(git: Git, paths: Sequence[str]) -> Iterator[FileSection]:
    """The files that are neither tracked nor ignored, in git's order; ``git`` stands at the root."""
    listed = git.run(["ls-files", "--others", "--exclude-standard", "-z", "--", *paths])
    names = [name for name in listed.split(b"\0") if name]
    if not names:
        return
    hidden = hidden_by_attribute(git, names)
    for name in names:
        yield _section(git.directory, name, hidden=name in hidden)


def file_section(git: Git, path: str) -> FileSection:
    """The file ``path`` as it lies in the working tree, as if all of it were added; ``git`` stands at the root."""
    name = to_bytes(path)
    return _section(git.directory, name, hidden=name in hidden_by_attribute(git, [name]))


def _section(root: Path, name: bytes, *, hidden: bool) -> FileSection:
    path = to_text(name)
    if name.endswith(b"/"):
        return FileSection(path.rstrip("/"), Status.ADDED, new_mode="160000", hidden=NESTED)
    place = root / os.fsdecode(name)
    try:
        facts = place.lstat()
        if stat.S_ISLNK(facts.st_mode):
            target = os.fsencode(place.readlink())
            return FileSection(path, Status.ADDED, added_body(target), new_mode="120000")
        mode = "100755" if facts.st_mode & stat.S_IXUSR else "100644"
        content, reason = _look(place, hidden=hidden)
    except OSError as error:
        words = (error.strerror or type(error).__name__).lower()
        return FileSection(path, Status.ADDED, hidden=f"{UNREADABLE}: {words}")
    if reason is not None:
        return FileSection(path, Status.ADDED, new_mode=mode, binary=reason == BINARY, hidden=reason)
    return FileSection(path, Status.ADDED, added_body(content), new_mode=mode)


def _look(place: Path, *, hidden: bool) -> tuple[bytes, str | None]:
    """The content of a regular file, or nothing and the reason why it is not shown."""
    with open_file(place) as file:
        content = file.read(LOOKED_AT)
        if is_binary(content):
            return b"", BINARY
        if hidden:
            return b"", HIDDEN_BY_ATTRIBUTE
        content += file.read(max(0, LARGEST_SECTION + 1 - len(content)))
    return (b"", TOO_LARGE) if len(content) > LARGEST_SECTION else (content, None)


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
