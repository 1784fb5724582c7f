r"""One file's part of a diff, and how git's output is cut into such parts.

The input is ``git diff --raw -z -p``: the records, a NUL, the patch. Everything said about a file
(paths, status, modes, blob ids) is taken from its record; the patch gives only the hunks. Each header
line of the patch is compared with the one its record predicts, so a disagreement is an error and never
a file that goes missing.

Memory holds one section at a time. In git's own output no hunk line can begin with ``diff --git``, so
the cut is a plain byte search.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from diffvet.diff.model import Status
from diffvet.diff.quoting import quote, to_bytes, to_text
from diffvet.errors import GitError

LARGEST_SECTION = 64 << 20
"""Bytes of one file's hunks beyond which they are not read; such a file is a ``hidden`` section."""

TOO_LARGE = f"larger than {LARGEST_SECTION >> 20} MiB"
UNMERGED = "unmerged: resolve the conflict first"
BINARY = "binary file"
HIDDEN_BY_ATTRIBUTE = "not shown: a git attribute hides its text (-diff)"
UNREADABLE = "unreadable"
NOT_IN_DIFF = "on one side only: its text is not in the diff (diff -N shows it)"
NAMES_ONLY = "its text is not in the diff (leave out diff -q)"
LINK_CHANGED = "a symbolic link: where it leads is not in the diff"
KIND_CHANGED = "its kind changed: its text is not in the diff"
SUBMODULE = "submodule"


def is_loss(hidden: str) -> bool:
    """Whether a section is ``hidden`` though it has text that should be reviewed (promise 1 of the design)."""
    return hidden in _LOSSES or hidden.startswith(UNREADABLE)


_LOSSES = frozenset((TOO_LARGE, UNMERGED, NOT_IN_DIFF, NAMES_ONLY, LINK_CHANGED, KIND_CHANGED))
_CUT = "git's list of changed files ended in the middle of an entry"
_HEADER = b"diff --git "
_NEXT_FILE = b"\n" + _HEADER
_NEXT_HUNK = b"\n@@ -"
_STATUS = {
    b"A": Status.ADDED,
    b"D": Status.DELETED,
    b"M": Status.MODIFIED,
    b"R": Status.RENAMED,
    b"C": Status.COPIED,
    b"T": Status.TYPE_CHANGED,
}


@dataclass(frozen=True, slots=True)
class FileSection:
    r"""One changed file, not parsed yet.

    Paths, ``status``, modes, ``binary`` and ``hidden`` mean what they mean in ``model.FileChange``.
    ``old_blob`` and ``new_blob`` are full object names where git knows them (not for a working tree
    file). ``body`` is the hunks, from the first ``@@`` to the last line, each line ended by ``\n``;
    ``first_line`` is the 1-based line of the text that was read at which the body begins (0: unknown).
    """

    path: str
    status: Status
    body: bytes = b""
    old_path: str | None = None
    old_mode: str | None = None
    new_mode: str | None = None
    old_blob: str | None = None
    new_blob: str | None = None
    binary: bool = False
    hidden: str | None = None
    first_line: int = 0

    @property
    def digest(self) -> str:
        """BLAKE2b (128 bits, hex) of everything that is shown of this file."""
        facts = (self.path, self.status, self.old_path, self.old_mode, self.new_mode)
        blobs = (self.old_blob, self.new_blob) if self.hidden is not None else ()
        return _hash(
            to_bytes("\0".join(part or "" for part in (*facts, self.hidden, *blobs))) + b"\0", self.body
        )

    def hunk_digests(self) -> tuple[str, ...]:
        """BLAKE2b (128 bits, hex) of each hunk's lines; its header line, which moves, is left out."""
        return tuple(_hash(hunk.partition(b"\n")[2]) for hunk in split_hunks(self.body))


def _hash(*parts: bytes) -> str:
    state = blake2b(digest_size=16)
    for part in parts:
        state.update(part)
    return state.hexdigest()


def split_hunks(body: bytes) -> Iterator[bytes]:
    """The hunks of a body. Content begins with a space, ``+``, ``-`` or a backslash, never with ``@@``."""
    start = 0
    while start < len(body):
        end = body.find(_NEXT_HUNK, start) + 1 or len(body)
        yield body[start:end]
        start = end


@dataclass(frozen=True, slots=True)
class Record:
    """One record of ``git diff --raw -z`` (gitformat: "raw output format" in git-diff)."""

    status: bytes
    path: bytes
    old_path: bytes | None
    old_mode: str | None
    new_mode: str | None
    old_blob: str | None
    new_blob: str | None

    def headers(self) -> tuple[bytes, ...]:
        """The ``diff --git`` lines the patch must have for this record, in order."""
        line = _HEADER + quote(b"a/" + (self.old_path or self.path)) + b" " + quote(b"b/" + self.path)
        return (line, line) if self.status == b"T" else (line,)

    def section(self, body: bytes = b"", *, binary: bool = False, hidden: str | None = None) -> FileSection:
        """The section of this record."""
        return FileSection(
            path=to_text(self.path),
            status=_STATUS.get(self.status, Status.MODIFIED),
            body=body,
            old_path=None if self.old_path is None else to_text(self.old_path),
            old_mode=self.old_mode,
            new_mode=self.new_mode,
            old_blob=self.old_blob,
            new_blob=self.new_blob,
            binary=binary,
            hidden=hidden or (BINARY if binary else None),
        )


class GitReader:
    """Reads one answer of ``git diff --raw -z -p``, given as chunks of bytes."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._buffer = bytearray()

    def records(self) -> list[Record]:
        """All records; the reader then stands at the first byte of the patch."""
        found: list[Record] = []
        while (entry := self._field()) is not None and entry:
            facts = entry.removeprefix(b":").split(b" ")
            if len(facts) != 5:
                raise GitError(
                    f"git's list of changed files has an unreadable entry: {to_text(entry)[:80]!r}"
                )
            old_mode, new_mode, old_blob, new_blob, letter = facts
            status = letter[:1]
            first = self._needed_field()
            second = self._needed_field() if status in (b"R", b"C") else None
            found.append(
                Record(
                    status=status,
                    path=first if second is None else second,
                    old_path=None if second is None else first,
                    old_mode=_known(old_mode),
                    new_mode=_known(new_mode),
                    old_blob=_known(old_blob),
                    new_blob=_known(new_blob),
                ),
            )
        return found

    def sections(self, records: Iterable[Record]) -> Iterator[FileSection]:
        """The section of each record, in order; ``GitError`` where patch and records disagree."""
        parts = self._parts()
        for record in records:
            bodies: list[bytes] = []
            binary = hidden = False
            for expected in record.headers():
                part = next(parts, None)
                if part is None or part.header != expected:
                    name = to_text(record.path)
                    raise GitError(
                        f"git's list of files and its patch disagree at '{name}'; nothing was reviewed"
                    )
                bodies.append(part.body)
                binary |= part.binary
                hidden |= part.too_large
            if hidden:
                yield record.section(hidden=TOO_LARGE)
            else:
                yield record.section(bodies[0] if len(bodies) == 1 else b"".join(bodies), binary=binary)
        extra = next(parts, None)
        if extra is not None:
            line = extra.header.decode("utf-8", "replace")
            raise GitError(f"git's patch has a file its list of files does not have: {line}")

    def _parts(self) -> Iterator["_Part"]:
        """The patch cut at its ``diff --git`` lines."""
        searched = 0
        too_large = False
        more = True
        while more:
            while (end := self._buffer.find(_NEXT_FILE, searched)) >= 0:
                yield _part(self._buffer, end + 1, too_large=too_large)
                del self._buffer[: end + 1]
                searched, too_large = 0, False
            if len(self._buffer) > LARGEST_SECTION:
                too_large = True
                header_end = self._buffer.find(b"\n") + 1
                del self._buffer[header_end : -len(_NEXT_FILE)]
            searched = max(0, len(self._buffer) - len(_NEXT_FILE))
            more = self._fill()
        if self._buffer:
            yield _part(self._buffer, len(self._buffer), too_large=too_large)
            self._buffer.clear()

    def _field(self) -> bytes | None:
        """The next NUL-ended field; None at the end of the answer."""
        while (end := self._buffer.find(b"\0")) < 0:
            if not self._fill():
                if self._buffer:
                    raise GitError(_CUT)
                return None
        taken = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return taken

    def _needed_field(self) -> bytes:
        taken = self._field()
        if taken is None:
            raise GitError(_CUT)
        return taken

    def _fill(self) -> bool:
        chunk = next(self._chunks, b"")
        self._buffer += chunk
        return bool(chunk)


@dataclass(frozen=True, slots=True)
class _Part:
    header: bytes
    body: bytes
    binary: bool
    too_large: bool


def _part(buffer: bytearray, end: int, *, too_large: bool) -> _Part:
    """The part of the patch that ends at ``end``: its first line, and its hunks."""
    header = bytes(buffer[: buffer.find(b"\n", 0, end)])
    if too_large:
        return _Part(header, b"", binary=False, too_large=True)
    start = buffer.find(_NEXT_HUNK, 0, end) + 1
    if start:
        with memoryview(buffer) as view:
            return _Part(header, bytes(view[start:end]), binary=False, too_large=False)
    return _Part(header, b"", binary=buffer.find(b"\nBinary files ", 0, end) >= 0, too_large=False)


def _known(field: bytes) -> str | None:
    """A mode or object name of a record; git writes zeros for "none" and for "not known"."""
    return field.decode("ascii") if field.strip(b"0") else None
