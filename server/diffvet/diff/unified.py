r"""Reads a unified diff that somebody else made: git's, ``diff -u``, a mail from ``format-patch``.

The text is read once, line by line (a line ends at ``\n``), and cut by the counts in the hunk headers:
inside a hunk nothing is taken for a header, whatever it looks like. What does not add up is a
``PatchError`` with the line it was noticed at; a diff is never silently shorter than its text.

* A hunk that ends early, goes on after its counts are used up, or changes nothing, is broken.
* Text that ends inside a line, after the announcement of a file, or before all files of a mail came, was cut.
* Combined diffs (of merges) have two old sides and are refused; so are context diffs and plain ones.
* Prose between diffs is passed over; lines that speak of a change without showing it are sections.
* A patch whose header lines end in ``\r\n`` was translated on its way: one CR is taken off each line.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import BinaryIO, NoReturn

from diffvet.diff import binary_patch
from diffvet.diff.feed import Feed
from diffvet.diff.header import Draft, bare
from diffvet.diff.mail import Mail, begins_mail
from diffvet.diff.model import Status
from diffvet.diff.section import FileSection
from diffvet.diff.textless import announces_file, file_without_text, unreadable
from diffvet.errors import PatchError

_HUNK = re.compile(rb"@@ -(\d{1,15})(?:,(\d{1,15}))? \+(\d{1,15})(?:,(\d{1,15}))? @@")
_COMBINED = re.compile(rb"diff --(?:cc|combined) |@@@+ -\d")
_MIME_BOUNDARY = re.compile(rb"-{14}\S+\s*$")
_STEPS = {b" ": (1, 1), b"+": (0, 1), b"-": (1, 0), b"\\": (0, 0), b"\n": (1, 1)}
_NO_NEWLINE = b"\\ No newline at end of file\n"


class _Since(Enum):
    """How far the last hunk is away."""

    HUNK = "directly behind it"
    BLANK = "only blank lines since"
    OTHER = "something else since"


class UnifiedReader:
    """The sections of one diff text; ``name`` is how the text is called in errors."""

    def __init__(self, stream: BinaryIO, name: str = "standard input") -> None:
        self._feed = Feed(stream, name)
        self._draft: Draft | None = None
        self._mail: Mail | None = None
        self._since = _Since.OTHER
        self._announced = False
        self._file_seen = False
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
        while (line := self._feed.take()) is not None:
            if self._feed.number == 1:
                line = self._first(line)
            done = self._outside(line)
            if done is not None:
                yield done
        if self._feed.cut and (self._file_seen or self._announced):
            self._feed.fail_cut()
        done = self._finish(at_end=True)
        if done is not None:
            yield done
        if self._announced:
            self._feed.fail_at_end("it ends where a file was announced")
        if self._mail is not None:
            self._mail.finish()

    def _outside(self, line: bytes) -> FileSection | None:
        """Deal with a line that is not inside a hunk; the section it closes, if it closes one."""
        since, self._since = self._since, _Since.OTHER
        ahead = self._feed.peek()
        if _COMBINED.match(line):
            self._refuse_combined()
        if line.startswith(b"diff --git "):
            done = self._finish()
            names = bare(line)[len(b"diff --git ") :]
            self._begin(Draft(self._feed.number, names, translated=line.endswith(b"\r\n")))
            return done
        if line.startswith(b"--- ") and ahead is not None and ahead.startswith(b"+++ "):
            return self._file_lines(line)
        if line.startswith(b"@@ "):
            self._hunk(line)
            return None
        self._require_end(since, line)
        if not line.strip():
            return self._blank(since)
        if since is _Since.HUNK and line.startswith(b"\\") and self._draft is not None:
            self._draft.keep(_NO_NEWLINE)
            return None
        if line.startswith((b"--- ", b"+++ ")) and (ahead is None or _HUNK.match(ahead)):
            missing = "one of the two lines with the file's names is missing"
            if ahead is None:
                self._feed.fail_at_end(missing)
            self._feed.fail(missing)
        return self._other(line, ahead)

    def _require_end(self, since: _Since, line: bytes) -> None:
        """Refuse a line that looks as if the hunk above went on."""
        signature = line.rstrip() == b"--"
        goes_on = line.startswith((b"+", b"-", b" ") if since is _Since.HUNK else (b"+", b"-"))
        boundary = since is _Since.BLANK and _MIME_BOUNDARY.match(line)
        if since is not _Since.OTHER and goes_on and not signature and not boundary:
            self._feed.fail("the hunk has more lines than its header counts")

    def _blank(self, since: _Since) -> FileSection | None:
        """A blank line ends a header without hunks."""
        if since is not _Since.OTHER:
            self._since = _Since.BLANK
        draft = self._draft
        return self._finish() if draft is not None and draft.git and not draft.has_hunks else None

    def _other(self, line: bytes, ahead: bytes | None) -> FileSection | None:
        """A header line of git, a file without hunks, a mail, or prose."""
        feed = self._feed
        if begins_mail(line):
            done = self._finish()
            self._next_mail()
            return done
        draft = self._draft
        if draft is not None and draft.git and not draft.has_hunks and draft.header(line):
            if line.startswith(b"GIT binary patch"):
                binary_patch.pass_over(feed)
            return None
        reason = unreadable(line, ahead)
        if reason is not None:
            feed.fail(reason)
        plain = file_without_text(feed.number, line)
        if plain is not None or announces_file(line):
            done = self._finish()
            self._begin(plain)
            return done
        return self._prose(line)

    def _prose(self, line: bytes) -> FileSection | None:
        """Text that is no diff: it ends the hunks above it."""
        self._text_seen = True
        self._colour_seen = self._colour_seen or line.startswith(b"\x1b[")
        self._announced = self._announced and line.startswith(b"====")
        if self._mail is not None:
            self._mail.note(line)
        return self._finish() if self._draft is not None and self._draft.has_hunks else None

    def _next_mail(self) -> None:
        if self._mail is not None:
            self._mail.finish()
        self._text_seen = True
        self._mail = Mail(self._feed)
        self._mail.pass_message()

    def _begin(self, draft: Draft | None) -> None:
        """A file begins; None when only a line was seen that announces one."""
        self._draft = draft
        self._announced = draft is None
        self._file_seen = self._file_seen or draft is not None

    def _file_lines(self, old: bytes) -> FileSection | None:
        """``---`` and ``+++``: they complete a git header or begin a plain one; a hunk must follow."""
        feed = self._feed
        draft = self._draft
        done = None
        if draft is None or not draft.git or draft.named or draft.has_hunks:
            done = self._finish()
            draft = Draft(feed.number)
            self._begin(draft)
        draft.file_lines(old, feed.take() or b"")
        ahead = feed.peek()
        if ahead is None or not _HUNK.match(ahead):
            if ahead is None:
                feed.fail_at_end("no hunk follows the file names")
            feed.take()
            if _COMBINED.match(ahead):
                self._refuse_combined()
            feed.fail("no hunk follows the file names")
        return done

    def _hunk(self, header: bytes) -> None:
        """Take a whole hunk."""
        feed = self._feed
        counts = _HUNK.match(header)
        draft = self._draft
        if counts is None:
            feed.fail("unreadable hunk header")
        if draft is None or not draft.named or (not draft.has_hunks and draft.shows_nothing):
            feed.fail("a hunk without file names above it")
        old = 1 if counts[2] is None else int(counts[2])
        new = 1 if counts[4] is None else int(counts[4])
        if old == new == 0:
            feed.fail("a hunk without lines")
        draft.begin_hunk(feed.number, old, new)
        draft.keep(header)
        self._hunk_lines(draft, old, new)
        draft.check_size()
        self._since = _Since.HUNK

    def _hunk_lines(self, draft: Draft, old: int, new: int) -> None:
        """Take the lines of a hunk until ``old`` and ``new`` of them have come."""
        feed = self._feed
        begin = feed.number
        changes = False
        while old or new:
            line = feed.take()
            if line is None:
                feed.fail_at_end(f"it ends inside a hunk of '{self._path()}'")
            if feed.cut:
                feed.fail_cut()
            step = _STEPS.get(line[:1])
            if step is None and line != b"\r\n":
                feed.fail(f"a hunk of '{self._path()}' ends early")
            on_old, on_new = step or (1, 1)
            old -= on_old
            new -= on_new
            if old < 0 or new < 0:
                feed.fail(f"a hunk of '{self._path()}' has other lines than it counts")
            changes = changes or on_old != on_new
            draft.keep(_NO_NEWLINE if line[:1] == b"\\" else line)
        if not changes:
            feed.fail(f"a hunk of '{self._path()}' changes nothing; make it without --word-diff", begin)

    def _finish(self, *, at_end: bool = False) -> FileSection | None:
        """The section of the file read so far."""
        draft, self._draft = self._draft, None
        if draft is None:
            return None
        missing = draft.missing(at_end=at_end)
        if missing and at_end:
            self._feed.fail_at_end(missing)
        if missing:
            self._feed.fail(missing, draft.line)
        if self._mail is not None:
            self._mail.has_file()
        return draft.section()

    def _first(self, line: bytes) -> bytes:
        """The first line without a byte order mark; text that is not in a byte encoding is refused."""
        if line.startswith((b"\xff\xfe", b"\xfe\xff")):
            name = self._feed.name
            raise PatchError(
                f"{name} is UTF-16 text; save the diff as UTF-8 (git diff --output=FILE writes it so)", 1
            )
        return line.removeprefix(b"\xef\xbb\xbf")

    def _fail_without_diff(self) -> NoReturn:
        if self._colour_seen:
            raise PatchError(f"{self._feed.name} holds colour codes; make the diff with --no-color", 1)
        raise PatchError(f"{self._feed.name} holds text but no unified diff", 1)

    def _refuse_combined(self) -> NoReturn:
        feed = self._feed
        words = f"combined diff of a merge at line {feed.number} of {feed.name}"
        raise PatchError(f"{words}: compare with one parent instead", feed.number)

    def _path(self) -> str:
        return "" if self._draft is None else self._draft.section().path


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
