r"""The header of one file in a foreign diff: its names, status and modes.

Sources of the rules: git's ``apply.c`` (``git_header_name``, extended header lines) and the output of
GNU diff. Names are taken from ``rename``/``copy`` lines, else from ``---``/``+++``, else from the
``diff --git`` line, where the two names are the same behind their prefixes. The prefixes ``a/`` and
``b/`` (or git's mnemonic ones) are taken off only where both sides have them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from diffvet.diff.model import Status
from diffvet.diff.names import PREFIXES, name_and_stamp, split_git_names, split_same
from diffvet.diff.quoting import to_text, unquote
from diffvet.diff.section import BINARY, LARGEST_SECTION, TOO_LARGE, FileSection

UNNAMED = b"(unnamed)"

_DEV_NULL = b"/dev/null"
_EMPTY_BLOBS = (
    b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",  # SHA-1 of an empty blob
    b"473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",  # SHA-256
)
_INDEX = re.compile(rb"([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: (\d{6}))?$")
_EPOCH = re.compile(rb"(?:1970-01-01|1969-12-31) |\w+ (?:Jan 0?1|Dec 31) [\d:]{8} (?:1970|1969)")


def bare(line: bytes) -> bytes:
    """A header line without its line end (LF, or CRLF of a translated patch)."""
    return line.removesuffix(b"\n").removesuffix(b"\r")


@dataclass(slots=True)
class Draft:
    """What is known so far of one file; ``line`` is where its header begins, 1-based.

    ``git_names`` is the rest of the ``diff --git`` line, None in a plain diff. ``old`` and ``new`` are
    the names of ``---`` and ``+++``, prefixes and all.
    """

    line: int
    git_names: bytes | None = None
    translated: bool = False
    status: Status = Status.MODIFIED
    old: bytes | None = None
    new: bytes | None = None
    old_is_epoch: bool = False
    new_is_epoch: bool = False
    old_mode: str | None = None
    new_mode: str | None = None
    blobs: tuple[bytes, bytes] | None = None
    moved: dict[bytes, bytes] = field(default_factory=dict)
    similarity: int = 100
    binary: bool = False
    hidden: str | None = None
    body: bytearray = field(default_factory=bytearray)
    first_line: int = 0

    @property
    def git(self) -> bool:
        """Whether the header began with ``diff --git``."""
        return self.git_names is not None

    @property
    def named(self) -> bool:
        """Whether ``---`` and ``+++`` have been read."""
        return self.old is not None

    @property
    def has_hunks(self) -> bool:
        """Whether a hunk has begun."""
        return self.first_line > 0

    @property
    def shows_nothing(self) -> bool:
        """Whether this is a file whose text the diff leaves out."""
        return self.binary or self.hidden is not None

    def header(self, line: bytes) -> bool:
        """Take one of git's extended header lines; False if ``line`` is none."""
        text = bare(line)
        for word, take in _EXTENDED.items():
            if text.startswith(word):
                take(self, text[len(word) :])
                return True
        return False

    def file_lines(self, old: bytes, new: bytes) -> None:
        """Take the lines ``--- old`` and ``+++ new``."""
        self.translated = self.translated or new.endswith(b"\r\n")
        self.old, old_stamp = name_and_stamp(bare(old)[4:])
        self.new, new_stamp = name_and_stamp(bare(new)[4:])
        self.old_is_epoch = bool(_EPOCH.match(old_stamp))
        self.new_is_epoch = bool(_EPOCH.match(new_stamp))

    def begin_hunk(self, line: int, old_lines: int, new_lines: int) -> None:
        """Note where the hunks begin; a file from the beginning of time that has no lines is absent."""
        if not self.has_hunks:
            self.first_line = line
            if self.old == _DEV_NULL or (self.old_is_epoch and not old_lines):
                self.status = Status.ADDED
            elif self.new == _DEV_NULL or (self.new_is_epoch and not new_lines):
                self.status = Status.DELETED

    def keep(self, line: bytes) -> None:
        """Add a line of a hunk, without the CR that a translation gave it."""
        if self.hidden is None:
            self.body += line[:-2] + b"\n" if self.translated and line.endswith(b"\r\n") else line

    def check_size(self) -> None:
        """Let go of text that is too large to be read."""
        if len(self.body) > LARGEST_SECTION:
            self.body.clear()
            self.hidden = TOO_LARGE

    def missing(self, *, at_end: bool) -> str | None:
        """What a header without hunks still lacks, in words; None when it is whole.

        Git never writes these, so the text was cut or edited.
        """
        if not self.git or self.has_hunks or self.binary:
            return None
        changed = self.blobs is not None and self.blobs[0] != self.blobs[1]
        if changed and not (self.status is not Status.MODIFIED and self._is_empty()):
            return "the hunks of this file are missing"
        if len(self.moved) == 1 or ((self.old_mode is None) != (self.new_mode is None) and self._mode_pair()):
            return "the header of this file is not complete"
        if self.similarity < 100 and self.blobs is None:
            return "the hunks of this file are missing"
        if (
            at_end
            and self.blobs is None
            and (
                self.status in (Status.ADDED, Status.DELETED) or self._says_nothing() or self._lacks_rename()
            )
        ):
            return "the header of this file is not complete"
        return None

    def _is_empty(self) -> bool:
        """Whether the added or deleted file is the empty one."""
        if self.blobs is None or self.status not in (Status.ADDED, Status.DELETED):
            return False
        blob = self.blobs[self.status is Status.ADDED]
        return any(empty.startswith(blob) for empty in _EMPTY_BLOBS)

    def _mode_pair(self) -> bool:
        return self.status not in (Status.ADDED, Status.DELETED) and self.blobs is None

    def _lacks_rename(self) -> bool:
        return not self.moved and split_same(self.git_names or b"") is None

    def _says_nothing(self) -> bool:
        return not self.moved and self.old_mode is None and self.status is Status.MODIFIED

    def names(self) -> tuple[bytes, bytes]:
        """The old and new path. A side that does not exist has the name of the other."""
        if len(self.moved) == 2:
            return self.moved[b"from"], self.moved[b"to"]
        old, new = self.old, self.new
        if old is None or new is None:
            pair = split_git_names(self.git_names or b"")
            return pair if pair is not None else (self.git_names or b"", self.git_names or b"")
        old_prefix, new_prefix = self._prefixes(old, new)
        if old == _DEV_NULL:
            old, old_prefix = new, new_prefix
        elif new == _DEV_NULL:
            new, new_prefix = old, old_prefix
        return old[len(old_prefix) :] or UNNAMED, new[len(new_prefix) :] or UNNAMED

    def _prefixes(self, old: bytes, new: bytes) -> tuple[bytes, bytes]:
        """What to take off the names of ``---`` and ``+++``."""
        if self.git_names is not None:
            split = split_same(self.git_names)
            if split is not None:
                return split[2], split[3]
            return next(((p, q) for p, q in PREFIXES if _fits(old, p) and _fits(new, q)), (b"", b""))
        if _DEV_NULL in (old, new):
            return (b"a/", b"b/") if _fits(old, b"a/") and _fits(new, b"b/") else (b"", b"")
        for p, q in PREFIXES:
            if old.startswith(p) and new.startswith(q) and old[len(p) :] == new[len(q) :]:
                return p, q
        return b"", b""

    def section(self) -> FileSection:
        """The finished section."""
        old, new = self.names()
        moved = self.status in (Status.RENAMED, Status.COPIED)
        return FileSection(
            path=to_text(old if self.status is Status.DELETED else new),
            status=self.status,
            body=bytes(self.body),
            old_path=to_text(old) if moved else None,
            old_mode=self.old_mode,
            new_mode=self.new_mode,
            binary=self.binary,
            hidden=self.hidden or (BINARY if self.binary else None),
            first_line=self.first_line,
        )


def _fits(name: bytes, prefix: bytes) -> bool:
    return name == _DEV_NULL or name.startswith(prefix)


def _take_index(draft: Draft, text: bytes) -> None:
    found = _INDEX.match(text)
    if found is None:
        return
    draft.blobs = (found[1], found[2])
    if found[3] is not None:
        draft.old_mode = draft.new_mode = found[3].decode()


def _take_added(draft: Draft, text: bytes) -> None:
    draft.status, draft.new_mode = Status.ADDED, _mode(text)


def _take_deleted(draft: Draft, text: bytes) -> None:
    draft.status, draft.old_mode = Status.DELETED, _mode(text)


def _take_old_mode(draft: Draft, text: bytes) -> None:
    draft.old_mode = _mode(text)


def _take_new_mode(draft: Draft, text: bytes) -> None:
    draft.new_mode = _mode(text)


def _take_similarity(draft: Draft, text: bytes) -> None:
    digits = text.rstrip(b"%")
    draft.similarity = int(digits) if digits.isdigit() and len(digits) < 4 else 0


def _take_binary(draft: Draft, _text: bytes) -> None:
    draft.binary = True


def _mode(text: bytes) -> str | None:
    return text.decode() if re.fullmatch(rb"[0-7]{6}", text) else None


def _moved(status: Status, end: bytes) -> Callable[[Draft, bytes], None]:
    def take(draft: Draft, text: bytes) -> None:
        name = unquote(text)
        if name:
            draft.status = status
            draft.moved[end] = name

    return take


_EXTENDED: Mapping[bytes, Callable[[Draft, bytes], None]] = {
    b"index ": _take_index,
    b"new file mode ": _take_added,
    b"deleted file mode ": _take_deleted,
    b"old mode ": _take_old_mode,
    b"new mode ": _take_new_mode,
    b"similarity index ": _take_similarity,
    b"dissimilarity index ": lambda _draft, _text: None,
    b"rename from ": _moved(Status.RENAMED, b"from"),
    b"rename to ": _moved(Status.RENAMED, b"to"),
    b"copy from ": _moved(Status.COPIED, b"from"),
    b"copy to ": _moved(Status.COPIED, b"to"),
    b"Binary files ": _take_binary,
    b"GIT binary patch": _take_binary,
}
