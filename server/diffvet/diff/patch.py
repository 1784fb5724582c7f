r"""A section becomes hunks and numbered lines; hunks become patch text again.

unidiff reads the hunks and nothing else: it is given two neutral file headers and one hunk at a time,
decoded from UTF-8 with ``surrogateescape`` and split at ``\n`` only. What it misreads (names, status,
other line ends, text in front of a diff; see ``reference/perf-baselines.md`` §1) never reaches it, and
its objects live no longer than a hunk.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import replace

from unidiff.errors import UnidiffParseError
from unidiff.patch import Hunk as ReadHunk
from unidiff.patch import PatchSet

from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Status
from diffvet.diff.quoting import quote, to_bytes
from diffvet.diff.section import FileSection, split_hunks
from diffvet.errors import PatchError

_NEUTRAL_HEADERS = "--- a/f\n+++ b/f\n"
_DEV_NULL = b"/dev/null"
_SIGN = {LineKind.CONTEXT: " ", LineKind.ADDED: "+", LineKind.REMOVED: "-"}


def parse(section: FileSection) -> FileChange:
    """The file change of ``section``; ``PatchError`` if its hunks are broken."""
    return replace(outline(section), hunks=tuple(read_hunks(section)))


def outline(section: FileSection) -> FileChange:
    """The file change of ``section`` without its hunks, which ``read_hunks`` gives one by one."""
    return FileChange(
        path=section.path,
        status=section.status,
        old_path=section.old_path,
        old_mode=section.old_mode,
        new_mode=section.new_mode,
        binary=section.binary,
        hidden=section.hidden,
    )


def read_hunks(section: FileSection) -> Iterator[Hunk]:
    """The hunks of ``section`` one after the other, each read when it is asked for."""
    line = section.first_line
    for raw in split_hunks(section.body):
        length = raw.count(b"\n")
        yield _read_hunk(raw, length, section.path, line or None)
        line += length if line else 0


def _read_hunk(raw: bytes, length: int, path: str, line: int | None) -> Hunk:
    text = _NEUTRAL_HEADERS + raw.decode("utf-8", "surrogateescape")
    place = f"in '{path}'" + (f" (line {line} of the diff)" if line else "")
    try:
        files = PatchSet(io.StringIO(text, newline="\n"))
    except UnidiffParseError as error:
        raise PatchError(f"the diff is broken {place}: {error}", line) from error
    if len(files) != 1 or len(files[0]) != 1 or len(files[0][0]) != length - 1:
        raise PatchError(
            f"the diff is broken {place}: a hunk does not hold the lines its header counts", line
        )
    return _convert(files[0][0])


def _convert(read: ReadHunk) -> Hunk:
    lines: list[DiffLine] = []
    add = lines.append
    context, added, removed = LineKind.CONTEXT, LineKind.ADDED, LineKind.REMOVED
    for item in read:
        kind = item.line_type
        text = item.value.removesuffix("\n")
        if kind == "+":
            add(DiffLine(added, None, item.target_line_no, text))
        elif kind == "-":
            add(DiffLine(removed, item.source_line_no, None, text))
        elif kind != "\\":
            add(DiffLine(context, item.source_line_no, item.target_line_no, text))
        elif lines:
            lines[-1] = replace(lines[-1], no_newline=True)
    return Hunk(
        read.source_start,
        read.source_length,
        read.target_start,
        read.target_length,
        read.section_header,
        tuple(lines),
    )


def rebuild(change: FileChange) -> bytes:
    """``change`` as patch text that ``git apply`` reads.

    A type change becomes two patches, as git writes it. A hidden change has no text to apply: it
    gives the header only.
    """
    if change.status is Status.TYPE_CHANGED:
        removed = tuple(hunk for hunk in change.hunks if hunk.new_lines == 0)
        added = tuple(hunk for hunk in change.hunks if hunk.old_lines == 0)
        old = FileChange(change.path, Status.DELETED, removed, old_mode=change.old_mode)
        new = FileChange(change.path, Status.ADDED, added, new_mode=change.new_mode)
        return rebuild(old) + rebuild(new)
    out = [b"\n".join(_header(change)), b"\n"]
    for hunk in change.hunks:
        out.append(to_bytes(_hunk_header(hunk)))
        for line in hunk.lines:
            out.append(to_bytes(f"{_SIGN[line.kind]}{line.text}\n"))
            if line.no_newline:
                out.append(b"\\ No newline at end of file\n")
    return b"".join(out)


def _header(change: FileChange) -> Iterator[bytes]:
    new = to_bytes(change.path)
    old = to_bytes(change.old_path or change.path)
    yield b"diff --git " + quote(b"a/" + old) + b" " + quote(b"b/" + new)
    if change.status is Status.ADDED:
        yield b"new file mode " + (change.new_mode or "100644").encode()
    elif change.status is Status.DELETED:
        yield b"deleted file mode " + (change.old_mode or "100644").encode()
    elif change.old_mode and change.new_mode and change.old_mode != change.new_mode:
        yield b"old mode " + change.old_mode.encode()
        yield b"new mode " + change.new_mode.encode()
    if change.status in (Status.RENAMED, Status.COPIED):
        verb = b"rename" if change.status is Status.RENAMED else b"copy"
        yield verb + b" from " + quote(old)
        yield verb + b" to " + quote(new)
    if change.hunks:
        yield b"--- " + (_DEV_NULL if change.status is Status.ADDED else _file_line(b"a/" + old))
        yield b"+++ " + (_DEV_NULL if change.status is Status.DELETED else _file_line(b"b/" + new))


def _file_line(name: bytes) -> bytes:
    """A name after ``---`` or ``+++``; a tab ends one with white space in it, as git writes it."""
    quoted = quote(name)
    return quoted + b"\t" if re.search(rb"\s", quoted) and not quoted.startswith(b'"') else quoted


def _hunk_header(hunk: Hunk) -> str:
    heading = f" {hunk.heading}" if hunk.heading else ""
    return f"@@ -{hunk.old_start},{hunk.old_lines} +{hunk.new_start},{hunk.new_lines} @@{heading}\n"
