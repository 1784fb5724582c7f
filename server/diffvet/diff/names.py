"""Two names on one line: what ``diff --git``, ``---`` and ``Binary files`` lines call the two sides.

Names are written without escaping unless they must be quoted, so a line may be read in several ways;
git's own rule (``apply.c``: ``git_header_name``) is that both are the same behind their prefixes.
"""

from collections.abc import Iterator

from diffvet.diff.quoting import take_quoted, unquote

PREFIXES = tuple(
    pair
    for one, two in (
        (b"a/", b"b/"),
        (b"i/", b"w/"),
        (b"c/", b"i/"),
        (b"c/", b"w/"),
        (b"o/", b"w/"),
        (b"1/", b"2/"),
    )
    for pair in ((one, two), (two, one))
)
"""Prefixes of the old and the new side as git writes them: usual, mnemonic, ``--no-index``, reversed."""

_LONGEST_LINE = 1 << 14
"""Bytes of a header line beyond which no unusual split into two names is tried."""


def name_and_stamp(text: bytes) -> tuple[bytes, bytes]:
    """The name on a ``---`` or ``+++`` line and the time stamp behind its tab."""
    taken = take_quoted(text)
    if taken is not None:
        return taken[0], taken[1].lstrip(b"\t")
    name, _, stamp = text.partition(b"\t")
    return name, stamp


def two_names(text: bytes) -> tuple[bytes, bytes]:
    """The names in ``X and Y``: where there is a choice, the one whose last components agree."""
    pairs = list(_cuts(text, b" and "))
    for old, new in pairs:
        if old.rpartition(b"/")[2] == new.rpartition(b"/")[2]:
            return old, new
    return pairs[0] if pairs else (text, text)


def split_git_names(text: bytes) -> tuple[bytes, bytes] | None:
    """The two paths of a ``diff --git`` line, prefixes taken off; None when they cannot be told apart."""
    split = split_same(text)
    if split is not None:
        return split[0], split[1]
    for old, new in _cuts(text, b" "):
        for p, q in PREFIXES:
            if old.startswith(p) and new.startswith(q):
                return old[len(p) :], new[len(q) :]
    return None


def split_same(text: bytes) -> tuple[bytes, bytes, bytes, bytes] | None:
    """Old path, new path, old prefix, new prefix, where both paths are the same behind the prefixes."""
    cuts = list(_cuts(text, b" "))
    for old, new in cuts:
        for p, q in PREFIXES:
            if old.startswith(p) and new.startswith(q) and old[len(p) :] == new[len(q) :]:
                return old[len(p) :], new[len(q) :], p, q
        if old == new:
            return old, new, b"", b""
    for old, new in cuts:
        p, slash, rest = old.partition(b"/")
        if rest and new.endswith(slash + rest) and b"/" not in new[: -len(rest) - 1]:
            return rest, rest, p + slash, new[: -len(rest)]
    return None


def _cuts(text: bytes, separator: bytes) -> Iterator[tuple[bytes, bytes]]:
    """All ways to read ``text`` as two names, quoted or not, with ``separator`` between them."""
    taken = take_quoted(text)
    if taken is not None:
        second = unquote(taken[1].removeprefix(separator))
        if second is not None:
            yield taken[0], second
        return
    if len(text) > _LONGEST_LINE:
        return
    at = text.find(separator)
    while at >= 0:
        second = unquote(text[at + len(separator) :])
        if second is not None:
            yield text[:at], second
        at = text.find(separator, at + 1)
