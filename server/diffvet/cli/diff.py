"""``diffvet diff``: shows how a change is read, without reviewing it."""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from diffvet.cli.directory_flag import directory_from
from diffvet.cli.source_flags import SOURCES, add_source_arguments, source_from
from diffvet.diff.model import Hunk, LineKind
from diffvet.diff.patch import read_hunks
from diffvet.diff.quoting import quote, to_bytes, to_text
from diffvet.diff.section import FileSection
from diffvet.diff.source import DiffStream, open_source

DESCRIPTION = "Show how a change is read: files, hunks and numbered lines. Nothing is reviewed or sent."
EPILOG = (
    SOURCES
    + """
examples:
  diffvet diff --staged                  what the next commit will hold, line by line
  diffvet diff --base main --format json     schemas/diff.schema.json
  git diff | diffvet diff --stdin        how any unified diff is read

exit codes:
  0  the change was read (it may be empty)
  2  it cannot be read: usage, git, or a broken diff; nothing is printed then
"""
)

_IN_MEMORY = 4 << 20
"""Bytes of output kept in memory until the whole change has been read; the rest waits in a file."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``diffvet diff`` takes."""
    add_source_arguments(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: %(default)s")


def run(args: argparse.Namespace) -> int:
    """Print the change. The output begins only once all of it could be read: no half document."""
    stream = open_source(source_from(args), directory_from(args))
    pieces = json_pieces(stream) if args.format == "json" else text_pieces(stream)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
        for piece in pieces:
            spool.write(piece.encode("utf-8", "backslashreplace"))
        spool.seek(0)
        sys.stdout.flush()
        shutil.copyfileobj(spool, _stdout())
        _stdout().flush()
    return 0


def _stdout() -> IO[bytes]:
    return sys.stdout.buffer


def json_pieces(stream: DiffStream) -> Iterator[str]:
    r"""The document of ``schemas/diff.schema.json``, a file and a hunk at a time, in ASCII.

    Undecodable bytes are ``\udcXX`` escapes (PEP 383).
    """
    source = {"kind": stream.kind, "base": stream.base, "head": stream.head}
    yield f'{{"version": 1, "source": {json.dumps(source)}, "files": ['
    for number, section in enumerate(stream):
        yield ",\n" if number else "\n"
        facts = json.dumps(_facts(section))
        yield facts.removesuffix("}") + ', "hunks": ['
        for place, hunk in enumerate(read_hunks(section)):
            yield ",\n" if place else "\n"
            yield json.dumps(_hunk(hunk))
        yield "]}"
    yield "]}\n"


def _facts(section: FileSection) -> dict[str, Any]:
    return {
        "path": section.path,
        "old_path": section.old_path,
        "status": section.status,
        "binary": section.binary,
        "hidden": section.hidden,
        "old_mode": section.old_mode,
        "new_mode": section.new_mode,
    }


def _hunk(hunk: Hunk) -> dict[str, Any]:
    return {
        "old_start": hunk.old_start,
        "old_lines": hunk.old_lines,
        "new_start": hunk.new_start,
        "new_lines": hunk.new_lines,
        "heading": hunk.heading,
        "lines": [
            {"kind": line.kind, "old": line.old, "new": line.new, "text": line.text}
            | ({"no_newline": True} if line.no_newline else {})
            for line in hunk.lines
        ],
    }


def text_pieces(stream: DiffStream) -> Iterator[str]:
    """A line a file (status, name, counts), and the totals."""
    files = total_added = total_removed = 0
    for section in stream:
        added = removed = 0
        for hunk in read_hunks(section):
            added += sum(line.kind is LineKind.ADDED for line in hunk.lines)
            removed += sum(line.kind is LineKind.REMOVED for line in hunk.lines)
        yield f"{section.status:<12}  {_name(section)}  {_counts(section, added, removed)}\n"
        files, total_added, total_removed = files + 1, total_added + added, total_removed + removed
    if files:
        noun = "file" if files == 1 else "files"
        yield f"{files} {noun} changed, {total_added} added and {total_removed} removed lines\n"
    else:
        yield "no changes\n"


def _name(section: FileSection) -> str:
    """The path as git would quote it, other invisible characters spelt out: no name can disturb a terminal."""
    from diffvet.report.secrecy import visible  # noqa: PLC0415 - JSON needs nothing of it

    names = [section.path] if section.old_path is None else [section.old_path, section.path]
    return " -> ".join(visible(to_text(quote(to_bytes(name)))) for name in names)


def _counts(section: FileSection, added: int, removed: int) -> str:
    if section.hidden is not None:
        return f"({section.hidden})"
    if section.old_mode and section.new_mode and section.old_mode != section.new_mode:
        return f"+{added} -{removed} (mode {section.old_mode} -> {section.new_mode})"
    return f"+{added} -{removed}"
