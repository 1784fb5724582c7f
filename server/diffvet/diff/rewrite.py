"""The patch that turns one text of a file into another, as ``git apply`` takes it."""

import difflib

from diffvet.diff.quoting import quote


def patch_of(path: str, old: bytes, new: bytes) -> bytes:
    r"""A unified diff of ``path`` (from the root) from ``old`` to ``new``; empty if they are equal.

    Lines end at ``\n`` only, as in git.
    """
    before, after = _lines(old), _lines(new)
    name = path.encode("utf-8", "surrogateescape")
    header = [b"--- " + quote(b"a/" + name), b"+++ " + quote(b"b/" + name)]
    hunks = list(difflib.diff_bytes(difflib.unified_diff, before, after, lineterm=b"\n"))[2:]
    if not hunks:
        return b""
    return b"".join([*(line + b"\n" for line in header), *map(_ended, hunks)])


def _lines(text: bytes) -> list[bytes]:
    *whole, last = text.split(b"\n")
    return [line + b"\n" for line in whole] + ([last] if last else [])


def _ended(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
