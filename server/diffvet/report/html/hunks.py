"""A hunk as a table: one row per line, and each finding in a row of its own under the very line it is about.

The rows are those of a unified diff; the script of the page arranges them side by side.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from diffvet.diff.model import DiffLine, Hunk, LineKind, Side
from diffvet.report.html.code import code_of
from diffvet.report.html.highlight import Highlighter
from diffvet.report.html.markup import Html, count, el, joined, short
from diffvet.report.html.notes import note_of
from diffvet.report.html.view import HunkView, Note, Spot
from diffvet.report.html.words import changed_words
from diffvet.report.secrecy import mask
from diffvet.review.ledger import Outcome

SLICE = 150
"""Rows of a table, about: a browser lays out only the tables that are in sight."""

NOTE_ROWS = 7
"""Rows of code that are about as high as a finding."""

_KINDS = {LineKind.CONTEXT: ("x", " "), LineKind.ADDED: ("a", "+"), LineKind.REMOVED: ("r", "-")}
_HEAD = Html(
    "<colgroup><col><col><col><col></colgroup>"
    '<thead><tr><th scope="col">Old line</th><th scope="col">New line</th>'
    '<th scope="col">Change</th><th scope="col">Code</th></tr></thead>'
)


def hunk_of(path: str, view: HunkView, colours: Highlighter) -> Html:
    """The header of a hunk, the findings that stand on it, and its lines."""
    rows = list(_rows(path, view, colours))
    if rows:
        rows[-1] = joined(rows[-1], _end_of(view.hunk))
    slices = _slices(view.hunk.lines, rows)
    tables = [_table(path, view.hunk, piece, size) for piece, size in slices]
    return el("div", {"class": "hunk"}, _header(view), [note_of(note) for note in view.heads], tables)


def numbers_of(hunk: Hunk) -> str:
    """The hunk's header as diff writes it, without what follows the second ``@@``."""
    return f"@@ -{hunk.old_start},{hunk.old_lines} +{hunk.new_start},{hunk.new_lines} @@"


def _header(view: HunkView) -> Html:
    hunk, row = view.hunk, view.row
    said = None
    if row is not None:
        who = f" by {short(row.reviewer)}" if row.reviewer and row.outcome is Outcome.REVIEWED else ""
        why = f": {short(row.reason)}" if row.reason else ""
        said = el("span", {"class": f"outcome {row.outcome.value}"}, f"{row.outcome.value}{who}{why}")
    code = el(
        "code",
        None,
        el("span", {"class": "at"}, numbers_of(hunk)),
        f" {hunk.heading}" if hunk.heading else None,
    )
    return el("div", {"class": "hunk-head"}, code, said)


def _rows(path: str, view: HunkView, colours: Highlighter) -> Iterator[Html]:
    """The rows of each line of the hunk: its own, and those of the findings under it."""
    lines = view.hunk.lines
    changed = changed_words(lines)
    marks = _marks(view)
    old, new = view.hunk.old_start, view.hunk.new_start  # the numbers that come next
    masked = [_without_secret(line, marks) for line in lines]
    for index, (line, pieces) in enumerate(zip(masked, colours.coloured(path, masked), strict=True)):
        gap = _left_out((line.new - new) if line.new is not None else (line.old or 0) - old)
        old, new = (line.old or old - 1) + 1, (line.new or new - 1) + 1
        span = changed.get(index) if line is lines[index] else None
        row = _row(line, code_of(pieces, span), [note for note in _marking(line, marks) if not note.quiet])
        yield joined(gap, row, [_note_row(note, side) for note, side in _under(line, view)])


def _row(line: DiffLine, code: Html, loud: Sequence[Note]) -> Html:
    """The row of one line, marked as the worst of the ``loud`` findings on it."""
    name, sign = _KINDS[line.kind]
    worst = max((note.finding.severity for note in loud), key=lambda severity: severity.rank, default=None)
    hit = f" hit {worst.value}" if worst else ""
    end = '<span class="clip">no newline at end of file</span>' if line.no_newline else ""
    numbers = f"<td>{line.old or ''}</td><td>{line.new or ''}</td>"
    return Html(f'<tr class="{name}{hit}">{numbers}<td>{sign}</td><td>{code}{end}</td></tr>')


def _left_out(lines: int) -> Html | None:
    """A row in the place of ``lines`` that are not shown; None for none."""
    if lines <= 0:
        return None
    return Html(f'<tr class="gap"><td colspan="4">{count(lines, "line")} not shown</td></tr>')


def _end_of(hunk: Hunk) -> Html | None:
    """A row for the lines that are not shown at the end of ``hunk``, on the side that lacks more."""
    old = max((line.old for line in hunk.lines if line.old is not None), default=hunk.old_start - 1)
    new = max((line.new for line in hunk.lines if line.new is not None), default=hunk.new_start - 1)
    missing_old = hunk.old_start + hunk.old_lines - 1 - old if hunk.old_lines else 0
    missing_new = hunk.new_start + hunk.new_lines - 1 - new if hunk.new_lines else 0
    return _left_out(max(missing_old, missing_new))


def _marks(view: HunkView) -> dict[Spot, list[Note]]:
    """The notes on each line they span."""
    marks: dict[Spot, list[Note]] = {}
    for notes in view.under.values():
        for note in notes:
            finding = note.finding
            for number in range(
                max(finding.line, finding.end_line - len(view.hunk.lines)), finding.end_line + 1
            ):
                marks.setdefault((finding.side, number), []).append(note)
    return marks


def _marking(line: DiffLine, marks: dict[Spot, list[Note]]) -> Iterator[Note]:
    for side in Side:
        yield from marks.get((side, line.number(side) or 0), ())


def _without_secret(line: DiffLine, marks: dict[Spot, list[Note]]) -> DiffLine:
    """``line``, masked as a whole where a finding on it speaks of a secret: what masking knows is masked already."""
    if any(note.finding.sensitive for note in _marking(line, marks)):
        return replace(line, text=mask(line.text))
    return line


def _under(line: DiffLine, view: HunkView) -> Iterator[tuple[Note, Side]]:
    for side in Side:
        for note in view.under.get((side, line.number(side) or 0), ()):
            yield note, side


def _note_row(note: Note, side: Side) -> Html:
    return el("tr", {"class": f"says {side.value}"}, el("td", {"colspan": 4}, note_of(note)))


def _slices(lines: Sequence[DiffLine], rows: Sequence[Html]) -> Iterator[tuple[Html, int]]:
    """The rows in pieces of about ``SLICE``, with the height of each in rows of code; never cut between lines that stand side by side."""
    together = _together(lines)
    first = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or (at - first >= SLICE and not together[at]):
            piece = joined(*rows[first:at])
            yield piece, at - first + NOTE_ROWS * piece.count('<article class="note')
            first = at


def _together(lines: Sequence[DiffLine]) -> bytearray:
    """Whether a line belongs to the one before it: inside a block where lines were replaced by others."""
    together = bytearray(len(lines))
    index = 0
    for context, block in groupby(lines, key=lambda line: line.kind is LineKind.CONTEXT):
        kinds = [line.kind for line in block]
        if not context and len(set(kinds)) > 1:
            together[index + 1 : index + len(kinds)] = b"\1" * (len(kinds) - 1)
        index += len(kinds)
    return together


def _table(path: str, hunk: Hunk, rows: Html, size: int) -> Html:
    caption = el("caption", None, f"{path}, {numbers_of(hunk)}")
    table = el("table", {"class": "diff"}, caption, _HEAD, el("tbody", None, rows))
    return el("div", {"class": f"slice z{size.bit_length()}"}, table)
