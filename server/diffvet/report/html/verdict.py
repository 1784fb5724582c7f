"""The verdict: what was found, what was not read, and what was compared."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from diffvet.dialogue.vocabulary import Severity
from diffvet.diff.model import LineKind
from diffvet.report.html.bars import severities, told
from diffvet.report.html.markup import Content, Html, count, el, short
from diffvet.report.html.view import FileView, Note
from diffvet.report.wording import failed, outcomes
from diffvet.review.events import Review
from diffvet.review.ledger import Outcome
from diffvet.review.select import Selected


def headline(review: Review, selected: Selected) -> str:
    """The verdict in a few words, as the title of the page says it too."""
    found = len(selected.shown)
    said = count(found, "finding") if found else "No findings"
    if not found and review.complete and not _was_read(review):
        return "Nothing was reviewed"
    return said if review.complete else f"INCOMPLETE: {said} so far"


def _was_read(review: Review) -> bool:
    return any(row.outcome in {Outcome.REVIEWED, Outcome.CACHED} for row in review.ledger)


def compared(review: Review) -> str:
    """What was compared with what, in words."""
    base, head = (name and name[:12] for name in (review.base, review.head))
    match review.kind:
        case "staged":
            return f"Staged changes against {base or 'nothing'}"
        case "worktree":
            return f"Working tree against {base or 'nothing'}"
        case "stdin":
            return "A diff from standard input"
        case "buffer":
            return f"An open file against {base or 'nothing'}"
        case "commit":
            return f"Commit {head or 'unknown'} against {base or 'nothing'}"
        case _:
            return f"{base or 'nothing'} to {head or 'now'}"


def verdict_of(review: Review, selected: Selected, files: Sequence[FileView], notes: Sequence[Note]) -> Html:
    """The verdict, with all that keeps it from being a pass; ``notes`` are those that ask for attention."""
    state = "incomplete" if not review.complete else _mood(review, notes)
    parts: list[Content] = [el("p", {"class": "headline"}, headline(review, selected))]
    lost = failed(review)
    if lost:
        sentence = (
            f"{count(len(lost), 'hunk')} of {len(review.ledger):,} could not be reviewed. "
            "Nothing is known of that part of the change: this is not a pass."
        )
        parts.append(el("p", {"class": "alarm"}, sentence))
        reasons = Counter(row.reason or "no reason was given" for row in lost).most_common(5)
        said = [el("li", None, count(number, "hunk"), f": {short(why)}") for why, number in reasons]
        parts.append(el("ul", {"class": "reasons"}, said))
    added, removed = _changed(files)
    facts = [told(severities(notes)), count(len(files), "file"), outcomes(review)]
    facts += [f"+{added:,} \u2212{removed:,} lines shown"] if added or removed else []
    parts.append(el("p", {"class": "facts"}, " · ".join(fact for fact in facts if fact)))
    if selected.hidden:
        parts.append(el("p", {"class": "facts"}, f"Not counted: {', '.join(selected.said())}."))
    parts += [el("p", {"class": "facts"}, said) for said in _left_out(files)]
    return el("div", {"class": f"verdict {state}"}, parts)


def _left_out(files: Sequence[FileView]) -> Iterator[str]:
    """What of the change is not on this page, in one sentence; nothing where all is."""
    missing = [row for file in files for row in file.missing]
    if missing:
        lines = sum(max(row.old_lines, row.new_lines) for row in missing)
        yield (
            f"Not shown for their size: {count(len(missing), 'hunk')} of about {count(lines, 'line')}. "
            "Their findings stand here with their own lines of code."
        )


def _mood(review: Review, notes: Sequence[Note]) -> str:
    if not notes:
        return "clean" if _was_read(review) else "unread"
    return "errors" if any(note.finding.severity is Severity.ERROR for note in notes) else "found"


def _changed(files: Iterable[FileView]) -> tuple[int, int]:
    """How many added and removed lines the page shows."""
    kinds = Counter(line.kind for file in files for view in file.hunks for line in view.hunk.lines)
    return kinds[LineKind.ADDED], kinds[LineKind.REMOVED]
