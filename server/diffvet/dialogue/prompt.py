r"""The prompt: a unit of changes written for a reviewer, and read back by the embedded one.

A unit is a tuple of ``FileChange`` whose ``hunks`` are only those under review. One user message holds
everything. The diff stands last, in a fence of backticks longer than any run of them before it::

    FILE renamed src/new.py from src/old.py mode 100644 to 100755 crlf
    @@ -10,2 +10,2 @@ def main():
    R10   context
    L11 - removed
    R11 + added
    \ no newline at end of file

Every line of it begins with a word of ours, so no content can pose as a fence, header or label. Paths are
written as ``dialogue.paths`` says, texts and headings as ``dialogue.visible`` says; ``mode`` appears only
where it tells something (a change, an executable, a symbolic link), ``from`` only for an old path, ``crlf``
only when all lines of the file end in CR (then it is left out of them). Nothing is clipped.
"""

from collections.abc import Sequence
from typing import Final

from diffvet.dialogue import paths, visible
from diffvet.dialogue.wording import (
    CLOSING,
    INSTRUCTIONS,
    LEGEND,
    LEGEND_CRLF,
    LEGEND_ESCAPES,
    OPENING,
    PROMPT_VERSION,
    RULES,
)
from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Status
from diffvet.errors import DiffvetError
from diffvet.expression import expression

__all__ = ["PROMPT_VERSION", "PromptError", "estimate_tokens", "read", "write"]

_NO_NEWLINE: Final = "\\ no newline at end of file"
_RUN = expression(r"`{3,}")
_HUNK = expression(r"@@ -(\d+),(\d+) \+(\d+),(\d+) @@(?: (.*))?")
_TAIL = expression(r"(?: mode (\d{6}|none) to (\d{6}|none))?( crlf)?")
_TOLD_BY_STATUS: Final = {(None, "100644"), ("100644", None), ("100644", "100644"), (None, None)}


class PromptError(DiffvetError):
    """A text that is not a prompt of ours, or one that was cut or altered on its way."""


def estimate_tokens(text: str) -> int:
    """A deterministic, slightly pessimistic count of the tokens of ``text``.

    One token per 2.8 UTF-8 bytes, rounded up: vocabularies of today spend one per 3 to 4 bytes of code, and
    more on the digits of the labels; no vocabulary is downloaded for a better guess.
    """
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return -(-size * 5 // 14)


def write(changes: Sequence[FileChange], *, instructions: Sequence[str] = ()) -> str:
    """The whole user message for one unit.

    ``instructions`` are the user's own additions, one list item each. The counts of every hunk header
    must agree with its lines, as ``diffvet.diff.patch`` guarantees.
    """
    diff: list[str] = []
    any_crlf = False
    for change in changes:
        crlf = _is_crlf(change)
        any_crlf = any_crlf or crlf
        diff.append(_file_line(change, crlf=crlf))
        for hunk in change.hunks:
            _append_hunk(diff, hunk, crlf=crlf)
    body = "".join(f"{line}\n" for line in diff)
    said = "".join(f"- {_indented(each)}\n" for each in instructions)
    fence = "`" * (1 + max((len(run) for run in _RUN.findall(body + said)), default=2))
    parts = [
        f"{OPENING} {RULES}",
        f"{INSTRUCTIONS}{said}" if said else "",
        LEGEND + (LEGEND_ESCAPES if visible.MARK in body else "") + (LEGEND_CRLF if any_crlf else ""),
    ]
    return "\n".join(part for part in parts if part) + f"\n{fence}diff\n{body}{fence}\n{CLOSING}\n"


def read(text: str) -> tuple[FileChange, ...]:
    """The unit that ``write`` put into ``text``, with the facts a prompt shows.

    Raises ``PromptError`` if the text is no such prompt, or not whole: counts and labels are checked.
    """
    lines = _body(text).split("\n")
    lines.pop()  # the body ends with a line feed
    files: list[FileChange] = []
    at = 0
    while at < len(lines):
        if not lines[at].startswith("FILE "):
            raise PromptError(f"the prompt's diff has an unexpected line {at + 1}; send the prompt unaltered")
        path, old_path, status, modes, crlf = _read_file_line(lines[at])
        at += 1
        hunks: list[Hunk] = []
        while at < len(lines) and lines[at].startswith("@@ "):
            hunk, at = _read_hunk(lines, at, crlf=crlf)
            hunks.append(hunk)
        files.append(FileChange(path, status, tuple(hunks), old_path, modes[0], modes[1]))
    return tuple(files)


def _is_crlf(change: FileChange) -> bool:
    """Whether all lines that end in a line feed end in CR LF, and there is one."""
    seen = False
    for hunk in change.hunks:
        for line in hunk.lines:
            if not line.no_newline:
                if not line.text.endswith("\r"):
                    return False
                seen = True
    return seen


def _file_line(change: FileChange, *, crlf: bool) -> str:
    line = f"FILE {change.status} {paths.written(change.path)}"
    if change.old_path is not None:
        line += f" from {paths.written(change.old_path)}"
    if (change.old_mode, change.new_mode) not in _TOLD_BY_STATUS:
        line += f" mode {change.old_mode or 'none'} to {change.new_mode or 'none'}"
    return f"{line} crlf" if crlf else line


def _append_hunk(diff: list[str], hunk: Hunk, *, crlf: bool) -> None:
    head = f"@@ -{hunk.old_start},{hunk.old_lines} +{hunk.new_start},{hunk.new_lines} @@"
    diff.append(f"{head} {visible.show(hunk.heading)}" if hunk.heading else head)
    added, removed, show = LineKind.ADDED, LineKind.REMOVED, visible.show
    for line in hunk.lines:
        text = line.text[:-1] if crlf and not line.no_newline else line.text
        if not text.isprintable() or not text.isascii():
            text = show(text)
        if line.kind is added:
            diff.append(f"R{line.new} + {text}")
        elif line.kind is removed:
            diff.append(f"L{line.old} - {text}")
        else:
            diff.append(f"R{line.new}   {text}")
        if line.no_newline:
            diff.append(_NO_NEWLINE)


def _indented(instruction: str) -> str:
    return "\n  ".join(visible.show(line) for line in instruction.split("\n"))


def _body(text: str) -> str:
    """The diff between the fences, with its last line feed; the fence is known from its last line."""
    trimmed = text.strip()
    if not trimmed.startswith(OPENING):
        raise PromptError("this text is not a review prompt; the embedded reviewer answers nothing else")
    inside = trimmed.removesuffix(CLOSING).rstrip("\n")
    fence = inside[inside.rfind("\n") + 1 :]
    if len(inside) == len(trimmed) or len(fence) < 3 or fence.strip("`"):
        raise PromptError("the review prompt is cut before its end; send it whole")
    opening = f"\n{fence}diff\n"
    start = inside.find(opening)
    if start < 0:
        raise PromptError("the review prompt has no diff; send it whole")
    return inside[start + len(opening) : len(inside) - len(fence)]


def _read_file_line(line: str) -> tuple[str, str | None, Status, tuple[str | None, str | None], bool]:
    problem = PromptError("a file header of the prompt cannot be read; send the prompt unaltered")
    try:
        _, word, rest = line.split(" ", 2)
        status = Status(word)
        path, at = paths.read_at(rest, 0)
        old_path = None
        if rest.startswith(" from ", at):
            old_path, at = paths.read_at(rest, at + len(" from "))
    except ValueError as error:
        raise problem from error
    tail = _TAIL.fullmatch(rest, at)
    if tail is None:
        raise problem
    old_mode, new_mode = (None if mode == "none" else mode for mode in tail.group(1, 2))
    return path, old_path, status, (old_mode, new_mode), tail[3] is not None


def _read_hunk(lines: list[str], at: int, *, crlf: bool) -> tuple[Hunk, int]:
    """The hunk whose header is ``lines[at]``, and the index of the line after it."""
    head = _HUNK.fullmatch(lines[at])
    if head is None:
        raise PromptError("a hunk header of the prompt cannot be read; send the prompt unaltered")
    old_start, old_lines, new_start, new_lines = (int(number) for number in head.group(1, 2, 3, 4))
    try:
        read, at = _read_lines(lines, at + 1, (old_start, old_lines, new_start, new_lines), crlf=crlf)
    except IndexError:
        raise PromptError("the prompt ends inside a hunk; send it whole") from None
    heading = visible.restore(head[5] or "")
    return Hunk(old_start, old_lines, new_start, new_lines, heading, tuple(read)), at


def _read_lines(
    lines: list[str], at: int, counts: tuple[int, int, int, int], *, crlf: bool
) -> tuple[list[DiffLine], int]:
    old, old_lines, new, new_lines = counts
    old_end, new_end = old + old_lines, new + new_lines
    end = "\r" if crlf else ""
    read: list[DiffLine] = []
    added, removed, context, mark = LineKind.ADDED, LineKind.REMOVED, LineKind.CONTEXT, visible.MARK
    while old < old_end or new < new_end:
        shown = lines[at]
        at += 1
        label, _, rest = shown.partition(" ")
        text = rest[2:]
        if mark in text:
            text = visible.restore(text)
        # A line whose label is not the next number shifts everything after it: refuse, do not guess.
        if rest[:1] == "+" and label == f"R{new}" and new < new_end:
            line = DiffLine(added, None, new, text + end)
            new += 1
        elif rest[:1] == "-" and label == f"L{old}" and old < old_end:
            line = DiffLine(removed, old, None, text + end)
            old += 1
        elif not rest[:2].strip() and label == f"R{new}" and new < new_end and old < old_end:
            line = DiffLine(context, old, new, text + end)
            old += 1
            new += 1
        else:
            raise PromptError(
                f"the prompt shows {label[:12]!r} where another line follows; send it unaltered"
            )
        if at < len(lines) and lines[at] == _NO_NEWLINE:
            line = DiffLine(line.kind, line.old, line.new, text, no_newline=True)
            at += 1
        read.append(line)
    return read, at
