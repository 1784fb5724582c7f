"""Why git shows no text of a file: its content is binary, or a git attribute says so of a text.

Both look the same in git's answer. A repository's own words must not hide its code unseen, so text that
only an attribute (``-diff``, ``binary``, a driver with ``binary = true``) hides is called by that name.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from diffvet.diff.git import Git
from diffvet.diff.quoting import to_bytes, to_text
from diffvet.diff.section import HIDDEN_BY_ATTRIBUTE, FileSection, Record

LOOKED_AT = 8000
"""Bytes in which git looks for a NUL to tell binary from text (``buffer_is_binary``)."""


def is_binary(content: bytes) -> bool:
    """Whether git takes ``content`` (or its first ``LOOKED_AT`` bytes) for binary."""
    return b"\0" in content[:LOOKED_AT]


def hidden_by_attribute(git: Git, names: Sequence[bytes]) -> set[bytes]:
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


def with_reasons(
    git: Git, records: Sequence[Record], sections: Iterable[FileSection]
) -> Iterator[FileSection]:
    """``sections`` with the true reason where git shows no text; ``git`` stands at the root.

    Asks nothing unless there is such a section, then the attributes of all ``records`` at once.
    """
    hidden: set[bytes] | None = None
    for section in sections:
        if not section.binary:
            yield section
            continue
        if hidden is None:
            names = [name for record in records for name in (record.path, record.old_path) if name]
            hidden = hidden_by_attribute(git, names)
        named = {to_bytes(name) for name in (section.path, section.old_path) if name}
        if named & hidden and not any(map(is_binary, _beginnings(git, section))):
            yield replace(section, binary=False, hidden=HIDDEN_BY_ATTRIBUTE)
        else:
            yield section


def _beginnings(git: Git, section: FileSection) -> Iterator[bytes]:
    """The first bytes of both sides. A side of the working tree has no name of a blob."""
    for blob in (section.new_blob, section.old_blob):
        if blob is not None:
            yield _beginning_of_blob(git, blob)
    if section.new_blob is None and section.new_mode is not None:
        try:
            with open_file(git.directory / os.fsdecode(to_bytes(section.path))) as file:
                yield file.read(LOOKED_AT)
        except OSError:
            return


def _beginning_of_blob(git: Git, blob: str) -> bytes:
    taken = bytearray()
    chunks = git.stream(["cat-file", "blob", blob])
    try:
        for chunk in chunks:
            taken += chunk
            if len(taken) >= LOOKED_AT:
                break
    finally:
        chunks.close()
    return bytes(taken)


def open_file(place: Path) -> BinaryIO:
    """A regular file to read; ``OSError`` for anything else. Follows no link, waits for no pipe put in its place."""
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    file = os.fdopen(os.open(place, flags), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(0, "not a regular file")
    return file
