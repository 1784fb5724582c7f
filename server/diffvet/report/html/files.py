"""The changed files: the list to go to them by, and each with its hunks."""

from collections import Counter
from collections.abc import Iterator, Sequence

from diffvet.diff.model import FileChange, Status
from diffvet.report.html.bars import severities, told
from diffvet.report.html.highlight import Highlighter
from diffvet.report.html.hunks import hunk_of
from diffvet.report.html.markup import Content, Html, count, el, short
from diffvet.report.html.notes import note_of
from diffvet.report.html.view import FileView
from diffvet.review.ledger import LedgerRow, Outcome

LISTED = 3_000
"""Files in the list and on the page; those without findings that come after so many are counted."""


MANY = 200
"""From more files on, a browser lays out only those that are in sight."""


def shown(files: Sequence[FileView]) -> list[FileView]:
    """The files that get a place on the page: all with findings, and the first others while there is room."""
    room = LISTED - sum(1 for file in files if file.notes)
    chosen = []
    for file in files:
        if not file.notes:
            room -= 1
        if file.notes or room >= 0:
            chosen.append(file)
    return chosen


def list_of(files: Sequence[FileView]) -> Html:
    """Links to the files, with the number of findings of each."""
    rows = []
    for file in files:
        badge = el(
            "span",
            {"class": f"badge {_worst(file)}", "title": told(severities(file.loud))},
            str(len(file.loud)),
        )
        folder, _, name = file.path.rpartition("/")
        link = el(
            "a",
            {"href": f"#{file.anchor}", "title": file.path},
            el("span", {"class": "folder"}, f"{folder}/") if folder else None,
            el("span", {"class": "name"}, name),
        )
        rows.append(el("li", {"data-file": file.anchor}, link, badge if file.loud else None))
    title = el("summary", None, f"Files ({len(files):,})")
    return el(
        "nav",
        {"class": "files", "aria-label": "Files"},
        el("details", {"open": ""}, title, el("ol", None, rows)),
    )


def _worst(file: FileView) -> str:
    return max((note.finding.severity for note in file.loud), key=lambda s: s.rank, default="none")


def changes_of(files: Sequence[FileView], left_out: int, colours: Highlighter) -> Html:
    """All files, one after the other."""
    more = (
        f"{count(left_out, 'more file')} without findings; --format json names them all."
        if left_out
        else None
    )
    return el(
        "section",
        {"class": "changes many" if len(files) > MANY else "changes", "aria-labelledby": "changes"},
        el("h2", {"id": "changes", "class": "unseen"}, "Changes"),
        [_file_of(file, colours) for file in files],
        el("p", {"class": "left"}, more) if more else None,
    )


def _file_of(file: FileView, colours: Highlighter) -> Html:
    """One file: its header, what stands nowhere else, its hunks, what is left out."""
    notes = Counter(note.state for note in file.notes)
    quiet = ", ".join(f"{number} {state}" for state, number in notes.items() if state != "open")
    head = el(
        "summary",
        None,
        el("h3", {"id": f"{file.anchor}-name"}, _name(file)),
        el(
            "span",
            {"class": "tags"},
            list(_tags(file)),
            el("span", {"class": "tag faint"}, quiet) if quiet else None,
        ),
    )
    body: list[Content] = [
        _elsewhere(file),
        [hunk_of(file.path, view, colours) for view in file.hunks],
        _left_out(file),
    ]
    failed = any(row.outcome is Outcome.FAILED for row in file.rows)
    about: dict[str, str | int | None] = {
        "class": f"file{' failed' if failed else ''}",
        "id": file.anchor,
        "tabindex": -1,
        "data-path": file.path,
        "aria-labelledby": f"{file.anchor}-name",
    }
    return el("article", about, el("details", {"open": ""}, head, el("div", {"class": "body"}, body)))


def _name(file: FileView) -> Content:
    old = file.change.old_path if file.change else None
    return [el("span", {"class": "old"}, f"{old} → "), file.path] if old else file.path


def _tags(file: FileView) -> Iterator[Html]:
    change = file.change
    if change is not None and change.status is not Status.MODIFIED:
        yield el("span", {"class": "tag"}, change.status.value)
    if change is not None and change.old_mode and change.new_mode and change.old_mode != change.new_mode:
        yield el("span", {"class": "tag"}, f"mode {change.old_mode} → {change.new_mode}")
    kinds = Counter(line.kind.value for view in file.hunks for line in view.hunk.lines)
    if kinds["added"] or kinds["removed"]:
        plus = el("span", {"class": "plus"}, f"+{kinds['added']:,}")
        yield el(
            "span",
            {"class": "tag lines"},
            plus,
            " ",
            el("span", {"class": "minus"}, f"\u2212{kinds['removed']:,}"),
        )
    for severity, number in severities(file.loud):
        if number:
            yield el("span", {"class": f"tag {severity}"}, told([(severity, number)]))


def _elsewhere(file: FileView) -> Html | None:
    if not file.elsewhere:
        return None
    where = "on lines that are not shown here" if file.hunks else "with the code they are about"
    title = el("p", {"class": "label"}, f"Findings {where}")
    return el("div", {"class": "elsewhere"}, title, [note_of(note, framed=True) for note in file.elsewhere])


def _left_out(file: FileView) -> Html | None:
    """What there is no picture of: a file without lines, or hunks that the report does not hold."""
    if file.missing:
        size = sum(max(row.old_lines, row.new_lines) for row in file.missing)
        said = f"{count(len(file.missing), 'hunk')} of about {count(size, 'line')} not shown here. {_outcomes(file.missing)}"
        return el("p", {"class": "left"}, said)
    if not file.hunks:
        reasons = {row.reason or row.outcome.value: row.outcome for row in file.rows} or {
            _kind(file.change): Outcome.SKIPPED
        }
        return el(
            "p",
            {"class": "left"},
            [el("span", {"class": f"outcome {o.value}"}, short(why)) for why, o in reasons.items()],
        )
    return None


def _outcomes(rows: Sequence[LedgerRow]) -> str:
    counted = Counter(row.outcome.value for row in rows)
    return "They were " + ", ".join(f"{name} ({number:,})" for name, number in counted.items()) + "."


def _kind(change: FileChange | None) -> str:
    return (change and change.hidden) or "no line of text changed"
