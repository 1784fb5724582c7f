"""Lines between hunks that speak of a change without showing it.

Some stand for a file (:func:`file_without_text`); it becomes a section that says why it has no text.
Others begin a diff that is not a unified one (:func:`unreadable`); passing over it would lose its text.
The words are GNU diff's, git's, Mercurial's and Subversion's, in English; whoever pipes a translated
``diff -r`` in gets its unified parts only.
"""

import re
from collections.abc import Callable

from diffvet.diff.header import Draft, bare
from diffvet.diff.model import Status
from diffvet.diff.names import two_names
from diffvet.diff.quoting import unquote
from diffvet.diff.section import KIND_CHANGED, LINK_CHANGED, NAMES_ONLY, NOT_IN_DIFF, SUBMODULE, UNMERGED

_USE_U = "make it with 'diff -u' or 'git diff'"
_CONTEXT_STARS = re.compile(rb"\*{15}(?: .*)?$")
_NORMAL = re.compile(rb"\d+(?:,\d+)?[acd]\d+(?:,\d+)?$")
_COLOURED = re.compile(rb"(?:\x1b\[[\d;]*m)+(?:diff --git |--- |\+\+\+ |@@ )")
_TEXTLESS: tuple[tuple[re.Pattern[bytes], Callable[[int, "re.Match[bytes]"], Draft]], ...] = (
    (
        re.compile(rb"Binary files (.+) differ$"),
        lambda number, found: _pair(number, two_names(found[1]), binary=True),
    ),
    (
        re.compile(rb"Binary file (.+) has changed$"),
        lambda number, found: _pair(number, (found[1], found[1]), binary=True),
    ),
    (
        re.compile(rb"Files (.+) differ$"),
        lambda number, found: _pair(number, two_names(found[1]), hidden=NAMES_ONLY),
    ),
    (
        re.compile(rb"Symbolic links (.+) differ$"),
        lambda number, found: _pair(number, two_names(found[1]), hidden=LINK_CHANGED),
    ),
    (
        re.compile(rb"File (.+) is an? .+? while file (.+) is an? .+$"),
        lambda number, found: _pair(number, (found[1], found[2]), hidden=KIND_CHANGED, changed_kind=True),
    ),
    (
        re.compile(rb"Only in (.+?): (.+)$"),
        lambda number, found: _pair(
            number, (found[1].rstrip(b"/") + b"/" + found[2],) * 2, hidden=NOT_IN_DIFF
        ),
    ),
    (
        re.compile(rb"\* Unmerged path (.+)$"),
        lambda number, found: _pair(number, (unquote(found[1]) or found[1],) * 2, hidden=UNMERGED),
    ),
    (
        re.compile(rb"Submodule (.+) (?:[0-9a-f]{4,64}\.{2,3}[0-9a-f]{4,64}|contains (?:untracked|modified) content)"),
        lambda number, found: _pair(number, (found[1], found[1]), hidden=SUBMODULE),
    ),
)  # fmt: skip


def file_without_text(number: int, line: bytes) -> Draft | None:
    """The file that ``line`` (numbered ``number``) stands for; None if it stands for none."""
    text = bare(line)
    for pattern, made in _TEXTLESS:
        if found := pattern.match(text):
            return made(number, found)
    return None


def _pair(
    number: int,
    names: tuple[bytes, bytes],
    *,
    binary: bool = False,
    hidden: str | None = None,
    changed_kind: bool = False,
) -> Draft:
    status = Status.TYPE_CHANGED if changed_kind else Status.MODIFIED
    return Draft(number, old=names[0], new=names[1], binary=binary, hidden=hidden, status=status)


def unreadable(line: bytes, ahead: bytes | None) -> str | None:
    """What is wrong with text that begins with ``line``, in words, when it is a diff of another form.

    ``ahead`` is the next line, None at the end of the text.
    """
    text = bare(line)
    if text.startswith(b"*** ") and (ahead is None or ahead.startswith(b"--- ")):
        return f"a context diff; {_USE_U}"
    if _CONTEXT_STARS.match(text) and (ahead is None or ahead.startswith(b"*** ")):
        return f"a context diff; {_USE_U}"
    if _NORMAL.match(text) and (ahead is None or ahead.startswith((b"<", b">"))):
        return f"a diff without context; {_USE_U}"
    if text.startswith(b"diff -") and not _announces(ahead):
        return f"what follows this line is no unified diff; {_USE_U}"
    if _COLOURED.match(text):
        return "it holds colour codes; make it with --no-color"
    return None


def _announces(ahead: bytes | None) -> bool:
    """Whether the line after ``diff -...`` is one that may follow it."""
    if ahead is None or not ahead.strip() or ahead.startswith((b"--- ", b"diff ", b"Index: ")):
        return True
    return file_without_text(0, ahead) is not None


def announces_file(line: bytes) -> bool:
    """Whether ``line`` is one that a tool writes in front of a file's diff."""
    return line.startswith((b"diff -", b"Index: "))
