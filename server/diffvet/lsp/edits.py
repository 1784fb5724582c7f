"""Edits of a document's text: a verified fix, a comment that ignores a finding. Exact in the text as it is now."""

from collections.abc import Sequence

from lsprotocol import types

from diffvet.diff.lines import Encoding, TextLines, to_units
from diffvet.diff.model import Side
from diffvet.lsp.anchors import Anchor, LineEdit
from diffvet.lsp.compare import difference, shared
from diffvet.lsp.document import Document, split
from diffvet.review.apply import StaleFixError, applied_at
from diffvet.review.comment import comment_for
from diffvet.review.finding import Finding, Placement
from diffvet.review.marker import markers

REASON = "reviewed and accepted"
"""Why a finding is ignored or accepted where the editor's user could not be asked."""


def fix(document: Document, anchor: Anchor) -> list[str] | None:
    """The lines of ``document`` with the suggestion of ``anchor``; None unless its code stands there to the letter."""
    finding = anchor.finding
    if anchor.at is None or finding.suggestion is None or finding.side is Side.OLD:
        return None
    content = document.text.encode("utf-8", "surrogatepass")
    try:
        fixed = applied_at(content, finding, TextLines(document.text).lsp_to_git(anchor.at))
    except StaleFixError:
        return None
    return split(fixed.decode("utf-8", "surrogatepass"))


def ignoring(document: Document, anchor: Anchor, reason: str = REASON) -> list[str] | None:
    """The lines of ``document`` with a marker that ignores the finding of ``anchor``; None where none can be written.

    It stands alone above the finding, or behind the kept line that is nearest to removed code. What is proposed
    has been read back: it is a marker, and it covers the finding.
    """
    finding, at = anchor.finding, anchor.at
    if at is None or finding.placement is Placement.UNPLACED:
        return None
    lines = document.lines
    line, end = _apart(lines[at])
    words = f"diffvet: ignore[{_name(finding)}] {' '.join(reason.split())}"
    comment = comment_for(finding.path, line)
    if comment is None or (at and _apart(lines[at - 1])[0].endswith("\\")):
        return None
    if finding.side is Side.OLD:
        written = f"{line}  {comment.around(words)}" if line.strip() else comment.around(words)
        new = [*lines[:at], written + end, *lines[at + 1 :]]
    else:
        indent = line[: len(line) - len(line.lstrip())]
        written = indent + comment.around(words)
        new = [*lines[:at], written + (end or _end_of(lines)), *lines[at:]]
    read = markers(written, finding.path)
    alone = finding.side is Side.OLD or (bool(read) and read[0].alone)
    return new if alone and any(marker.covers(finding.category, finding.rule) for marker in read) else None


def text_edits(document: Document, new: Sequence[str], encoding: Encoding) -> list[types.TextEdit]:
    """What makes ``new`` of the lines of ``document``; columns in units of ``encoding``.

    Of a line that is changed only the characters that differ: the cursor stays where it is, and nothing is repeated. But
    the whole line where columns are not the same in all units: ALE 3.3 slices bytes with columns of UTF-16.
    """
    lines = document.lines

    def place(line: int, column: int = 0) -> types.Position:
        if line < len(lines):
            return types.Position(line, to_units(lines[line], column, encoding))
        last = lines[-1]
        return types.Position(len(lines) - 1, to_units(last, len(last), encoding))

    def written(edit: LineEdit) -> types.TextEdit:
        text = "".join(edit.new)
        if edit.end - edit.start == len(edit.new) == 1 and _apart(lines[edit.start])[1] == _apart(text)[1]:
            since, until, narrow = _narrowed(lines[edit.start], text)
            if lines[edit.start][:until].isascii():
                return types.TextEdit(types.Range(place(edit.start, since), place(edit.start, until)), narrow)
        return types.TextEdit(types.Range(place(edit.start), place(edit.end)), text)

    return [written(edit) for edit in difference(lines, new)]


def _narrowed(old: str, new: str) -> tuple[int, int, str]:
    """Which code points of the line ``old`` to replace, from and up to, and by what, to make ``new`` of it."""
    head, tail = shared(old, new)
    return head, len(old) - tail, new[head : len(new) - tail]


def _name(finding: Finding) -> str:
    """What a marker calls it: its rule where that has an id of ours, else its category."""
    return finding.rule if finding.rule and "." in finding.rule else finding.category.value


def _apart(line: str) -> tuple[str, str]:
    text = line.rstrip("\r\n")
    return text, line[len(text) :]


def _end_of(lines: Sequence[str]) -> str:
    """How lines end in a text of ``lines``."""
    return _apart(lines[0])[1] or "\n"
