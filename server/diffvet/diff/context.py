"""The lines around a place of a change, as they stand on its side of the comparison."""

import os
from pathlib import Path

from diffvet.diff.git import Git
from diffvet.diff.model import Side
from diffvet.diff.quoting import to_bytes
from diffvet.diff.undiffed import open_file
from diffvet.errors import GitError

LARGEST = 16 << 20
"""Bytes of a file that is looked into."""


def whole_text(
    root: Path, kind: str, ends: tuple[str | None, str | None], side: Side, path: str
) -> list[str]:
    """The lines of ``path`` (from ``root``) on ``side`` of a comparison of ``kind`` between ``ends``.

    ``kind``, and ``ends`` (full names or None), are those of ``source.DiffStream``. Without line ends, decoded with
    ``surrogateescape``; empty where the text is not there any more. The side of the working tree is what is there *now*.
    """
    base, head = ends
    if side is Side.OLD:
        content = _blob(root, f"{base}:{path}") if base else b""
    elif kind == "staged":
        content = _blob(root, f":0:{path}")
    elif head:
        content = _blob(root, f"{head}:{path}")
    else:
        content = _file(root, path)
    text = content.decode("utf-8", "surrogateescape")
    return text.removesuffix("\n").split("\n") if text else []


def _blob(root: Path, name: str) -> bytes:
    try:
        size = Git.at(root).answers(["cat-file", "-s", name])
        if size is None or int(size) > LARGEST:
            return b""
        return Git.at(root).answers(["cat-file", "blob", name]) or b""
    except (GitError, ValueError):
        return b""


def _file(root: Path, path: str) -> bytes:
    """A regular file inside ``root``; nothing where ``path`` leads elsewhere."""
    place = root / os.fsdecode(to_bytes(path))
    try:
        if not place.resolve().is_relative_to(root.resolve()):
            return b""
        with open_file(place) as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError):
        return b""
    return content if len(content) <= LARGEST else b""
