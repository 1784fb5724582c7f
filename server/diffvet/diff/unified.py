r"""Reads a unified diff that somebody else made: git's, ``diff -u``, a mail from ``format-patch``.

The text is read once, line by line (a line ends at ``\n``), and cut by the counts in the hunk headers:
inside a hunk nothing is taken for a header, whatever it looks like. What does not add up is a
``PatchError`` with the line it was noticed at; a diff is never silently shorter than its text.

* A hunk that ends early, or goes on after its counts are used up, is broken.
* Combined diffs (of merges) have two old sides and are refused.
* Text between diffs is passed over; the message of a ``format-patch`` mail is passed over up to its
  ``---`` line, as ``git am`` does, so a patch quoted in it is not taken for a change.
* A patch whose header lines end in ``\r\n`` was translated on its way: one CR is taken off each line.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, NoReturn

from diffvet.diff.header import Draft, bare
from diffvet.diff.model import Status
from diffvet.diff.section import FileSection
from diffvet.errors import PatchError

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_COMBINED = re.compile(rb"diff --(?:cc|combined) |@@@+ -\d")
_MAIL = re.compile(rb"From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001\s*$")
_STEPS = {b" ": (1, 1), b"+": (0, 1), b"-": (1, 0), b"\\": (0, 0), b"\n": (1, 1)}
_REFUSED = "combined diff of a merge at line {line} of {name}: compare with one parent instead"
_NO_NEWLINE = b"\\ No newline at end of file\n"


class UnifiedReader:
    """The sections of one diff text; ``name`` is how the text is called in errors."""

    def __init__(self, stream: BinaryIO, name: str = "standard input") -> None:
        self._stream = stream
        self._name = name
        self._number = 0  # of the line taken last, 1-based
        self._ahead: bytes | None = None
        self._draft: Draft | None = None
        self._after_hunk = False
        self._text_seen = False
        self._colour_seen = False

    def sections(self) -> Iterator[FileSection]:
        """The changed files in order. Blank text has none; text that is no diff is a ``PatchError``."""
        deleted: FileSection | None = None  # git writes a type change as a deletion and an addition
        seen = False
        for section in self._files():
            seen = True
            merged = None if deleted is None else _type_change(deleted, section)
            if merged is not None:
                yield merged
                deleted = None
                continue
            if deleted is not None:
                yield deleted
            deleted = section if section.status is Status.DELETED else None
            if deleted is None:
                yield section
        if deleted is not None:
            yield deleted
        if not seen and self._text_seen:
            self._fail_without_diff()

    def _files(self) -> Iterator[FileSection]:
        while (line := self._take()) is not None:
            if self._number == 1:
                line = self._first(line)
            done = self._outside(line)
            if done is not None:
                yield done
        done = self._finish(at_end=True)
        if done is not None:
            yield done

    def _outside(self, line: bytes) -> FileSection | None:
        """Deal with a line that is not inside a hunk; the section it closes, if it closes one."""
        after_hunk, self._after_hunk = self._after_hunk, False
        if line.startswith(b"diff --git "):
            done = self._finish()
            self._draft = Draft(
                self._number, bare(line)[len(b"diff --git ") :], translated=line.endswith(b"\r\n")
            )
            return done
        if _COMBINED.match(line):
            self._fail(_REFUSED)
        if line.startswith(b"--- ") and (ahead := self._peek()) is not None and ahead.startswith(b"+++ "):
            return self._file_lines(line)
        if line.startswith(b"@@ "):
            self._hunk(line)
            return None
        if after_hunk and line.startswith((b"+", b"-", b" ")) and line.rstrip() != b"--":
            self._fail("broken diff at line {line} of {name}: the hunk has more lines than its header counts")
        if after_hunk and line.startswith(b"\\") and self._draft is not None:
            self._draft.keep(_NO_NEWLINE)
            return None
        return self._other(line)

    def _other(self, line: bytes) -> FileSection | None:
        """A header line of git, a file without hunks, a mail, or prose."""
        if _MAIL.match(line):
            done = self._finish()
            self._message()
            return done
        draft = self._draft
        if draft is not None and draft.git and not draft.has_hunks:
            if not line.strip():
                return self._finish()
            draft.header(line)
            return None
        plain = Draft.without_text(self._number, line)
        if plain is not None:
            done = self._finish()
            self._draft = plain
            return done
        self._note(line)
        return None

    def _file_lines(self, old: bytes) -> FileSection | None:
        """``---`` and ``+++``: they complete a git header or begin a plain one; a hunk must follow."""
        number = self._number
        draft = self._draft
        done = None
        if draft is None or not draft.git or draft.named or draft.has_hunks:
            done = self._finish()
            draft = self._draft = Draft(number)
        new = self._take() or b""
        draft.file_lines(old, new)
        ahead = self._peek()
        if ahead is None or not _HUNK.match(ahead):
            self._number += 1
            if ahead is not None and _COMBINED.match(ahead):
                self._fail(_REFUSED)
            self._fail("broken diff at line {line} of {name}: no hunk follows the file names")
        return done

    def _hunk(self, header: bytes) -> None:
        """Take a whole hunk."""
        counts = _HUNK.match(header)
        draft = self._draft
        if counts is None:
            self._fail("broken diff at line {line} of {name}: unreadable hunk header")
        if draft is None or not draft.named:
            self._fail("broken diff at line {line} of {name}: a hunk without file names above it")
        old = 1 if counts[2] is None else int(counts[2])
        new = 1 if counts[4] is None else int(counts[4])
        if old == new == 0:
            self._fail("broken diff at line {line} of {name}: a hunk without lines")
        draft.begin_hunk(self._number, old, new)
        draft.keep(header)
        self._hunk_lines(draft, old, new)
        draft.check_size()
        self._after_hunk = True

    def _hunk_lines(self, draft: Draft, old: int, new: int) -> None:
        """Take the lines of a hunk until ``old`` and ``new`` of them have come."""
        while old or new:
            line = self._take()
            if line is None:
                self._number += 1
                self._fail("broken diff at line {line} of {name}: it ends inside a hunk of '{path}'")
            step = _STEPS.get(line[:1])
            if step is None and line != b"\r\n":
                self._fail("broken diff at line {line} of {name}: a hunk of '{path}' ends early")
            on_old, on_new = step or (1, 1)
            old -= on_old
            new -= on_new
            if old < 0 or new < 0:
                self._fail(
                    "broken diff at line {line} of {name}: a hunk of '{path}' has other lines than it counts"
                )
            draft.keep(_NO_NEWLINE if line[:1] == b"\\" else line)

    def _message(self) -> None:
        """Pass over the header and message of a mail, up to and including its ``---`` line."""
        quoted = 0
        while (line := self._take()) is not None:
            if line.rstrip() == b"---":
                return
            if line.startswith(b"diff --git ") and not quoted:
                quoted = self._number
            ahead = self._peek()
            if ahead is None or _MAIL.match(ahead):
                break
        if quoted:
            self._number = quoted
            self._fail("cannot tell message from patch at line {line} of {name}: the mail has no '---' line")

    def _finish(self, *, at_end: bool = False) -> FileSection | None:
        """The section of the file read so far."""
        draft, self._draft = self._draft, None
        if draft is None:
            return None
        missing = draft.missing(at_end=at_end)
        if missing:
            line = self._number + 1 if at_end else draft.line
            raise PatchError(f"broken diff at line {line} of {self._name}: {missing}", line)
        return draft.section()

    def _first(self, line: bytes) -> bytes:
        """The first line without a byte order mark; text that is not in a byte encoding is refused."""
        if line.startswith((b"\xff\xfe", b"\xfe\xff")):
            self._fail("{name} is UTF-16 text; save the diff as UTF-8 (git diff --output=FILE writes it so)")
        return line.removeprefix(b"\xef\xbb\xbf")

    def _note(self, line: bytes) -> None:
        self._text_seen = self._text_seen or bool(line.strip())
        self._colour_seen = self._colour_seen or line.startswith(b"\x1b[")

    def _fail_without_diff(self) -> NoReturn:
        if self._colour_seen:
            raise PatchError(f"{self._name} holds colour codes; make the diff with --no-color", 1)
        raise PatchError(f"{self._name} holds text but no unified diff", 1)

    def _fail(self, message: str) -> NoReturn:
        path = "" if self._draft is None else self._draft.section().path
        raise PatchError(message.format(line=self._number, name=self._name, path=path), self._number)

    def _take(self) -> bytes | None:
        """The next line, None at the end; a last line without its line end gets one."""
        line = self._ahead
        self._ahead = None
        if line is None:
            line = self._stream.readline()
        if not line:
            return None
        self._number += 1
        return line if line.endswith(b"\n") else line + b"\n"

    def _peek(self) -> bytes | None:
        if self._ahead is None:
            self._ahead = self._stream.readline()
        return self._ahead or None


def _type_change(old: FileSection, new: FileSection) -> FileSection | None:
    """One section for the two that git writes when a file becomes a symbolic link, or the reverse."""
    if old.status is not Status.DELETED or new.status is not Status.ADDED or old.path != new.path:
        return None
    if old.old_mode is None or new.new_mode is None or old.old_mode[:3] == new.new_mode[:3]:
        return None
    return FileSection(
        path=new.path,
        status=Status.TYPE_CHANGED,
        body=old.body + new.body,
        old_mode=old.old_mode,
        new_mode=new.new_mode,
        old_blob=old.old_blob,
        new_blob=new.new_blob,
        binary=old.binary or new.binary,
        hidden=old.hidden or new.hidden,
        first_line=old.first_line or new.first_line,
    )
