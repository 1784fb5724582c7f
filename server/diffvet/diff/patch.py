r"""A section becomes hunks and numbered lines; hunks become patch text again.

unidiff reads the hunks and nothing else: it is given two neutral file headers and one hunk at a time,
decoded from UTF-8 with ``surrogateescape`` and split at ``\n`` only. What it misreads (names, status,
other line ends, text in front of a diff; see ``reference/perf-baselines.md`` §1) never reaches it, and
its objects live no longer than a hunk.
"""

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Status
from diffvet.diff.quoting import quote, to_bytes
from diffvet.diff.section import FileSection, split_hunks
from diffvet.errors import PatchError

if TYPE_CHECKING:
    from unidiff.patch import Line

SLICE = 50_000
"""Lines of a hunk that unidiff is given at once; its objects take ten times the room of the text."""

_HEADER = re.compile(rb"@@ -(\d{1,15})(?:,(\d{1,15}))? \+(\d{1,15})(?:,(\d{1,15}))? @@ ?([^\n]*)\n")
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
    place = f"in '{path}'" + (f" (line {line} of the diff)" if line else "")
    header = _HEADER.match(raw)
    if header is None:
        raise PatchError(f"the diff is broken {place}: unreadable hunk header", line)
    counts = [1 if count is None else int(count) for count in header.group(2, 4)]
    lines: list[DiffLine] = []
    seen = [0, 0]
    for piece, old, new in _slices(raw, (int(header[1]), int(header[3])), length):
        lines += _read_lines(piece, place, line)
        seen = [seen[0] + old, seen[1] + new]
    if seen != counts:
        raise PatchError(
            f"the diff is broken {place}: a hunk does not hold the lines its header counts", line
        )
    heading = header[5].decode("utf-8", "surrogateescape")
    return Hunk(int(header[1]), counts[0], int(header[3]), counts[1], heading, tuple(lines))


def _slices(raw: bytes, starts: tuple[int, int], length: int) -> Iterator[tuple[bytes, int, int]]:
    """The hunk as hunks of at most about ``SLICE`` lines: text, and its lines on the old and new side.

    A count of nothing makes git write the line before as the start; where lines follow, a slice does not.
    """
    at_old, at_new = starts
    source = io.BytesIO(raw)
    source.readline()
    left = length - 1
    while left > 0:
        taken = list(islice(source, SLICE))
        left -= len(taken)
        if left > 0 and raw.startswith(b"\\", source.tell()):
            taken.append(source.readline())
            left -= 1
        signs = Counter(item[:1] for item in taken)
        both = signs[b" "] + signs[b"\n"] + signs[b"\r"]
        old, new = both + signs[b"-"], both + signs[b"+"]
        header = b"@@ -%d,%d +%d,%d @@\n" % (at_old, old, at_new, new)
        yield header + b"".join(taken), old, new
        at_old += old
        at_new += new


def _read_lines(piece: bytes, place: str, line: int | None) -> Iterator[DiffLine]:
    """The lines of one slice, read by unidiff."""
    from unidiff.errors import UnidiffParseError  # noqa: PLC0415 - what is cached is never read
    from unidiff.patch import PatchSet  # noqa: PLC0415 - the same

    text = _NEUTRAL_HEADERS + piece.decode("utf-8", "surrogateescape")
    try:
        files = PatchSet(io.StringIO(text, newline="\n"))
    except UnidiffParseError as error:
        raise PatchError(f"the diff is broken {place}: {error}", line) from error
    if len(files) != 1 or len(files[0]) != 1 or len(files[0][0]) != piece.count(b"\n") - 1:
        raise PatchError(
            f"the diff is broken {place}: a hunk does not hold the lines its header counts", line
        )
    return _convert(files[0][0])


def _convert(read: Iterable["Line"]) -> Iterator[DiffLine]:
    context, added, removed = LineKind.CONTEXT, LineKind.ADDED, LineKind.REMOVED
    last: DiffLine | None = None
    for item in read:
        kind = item.line_type
        text = item.value.removesuffix("\n")
        if kind == "\\":
            last = None if last is None else replace(last, no_newline=True)
            continue
        if last is not None:
            yield last
        if kind == "+":
            last = DiffLine(added, None, item.target_line_no, text)
        elif kind == "-":
            last = DiffLine(removed, item.source_line_no, None, text)
        else:
            last = DiffLine(context, item.source_line_no, item.target_line_no, text)
    if last is not None:
        yield last


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
