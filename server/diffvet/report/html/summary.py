"""The top of the page: the verdict, where the risk is, what it is about, what it cost."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from diffvet.dialogue.vocabulary import Severity
from diffvet.diff.model import LineKind
from diffvet.report.html.bars import Segment, bar, told
from diffvet.report.html.markup import Content, Html, count, el, joined, short
from diffvet.report.html.view import FileView, Note
from diffvet.review.events import Review
from diffvet.review.ledger import Outcome
from diffvet.review.select import Selected

RISKIEST = 12
"""Files in the picture of the risk; the others stand folded below it."""

WEIGHT = {Severity.ERROR: 16, Severity.WARNING: 4, Severity.INFO: 1}
"""What a finding adds to the risk of its file, for the order of files only."""


def summary_of(review: Review, selected: Selected, files: Sequence[FileView]) -> Html:
    """The whole summary."""
    notes = [note for file in files for note in file.loud]
    return el(
        "section",
        {"class": "summary", "aria-labelledby": "summary"},
        el("h2", {"id": "summary", "class": "unseen"}, "Summary"),
        _verdict(review, selected, files, notes),
        el("div", {"class": "cards"}, list(_cards(review, files, notes))),
    )


def headline(review: Review, selected: Selected) -> str:
    """The verdict in a few words, as the title of the page says it too."""
    found = len(selected.shown)
    said = count(found, "finding") if found else "No findings"
    return said if review.complete else f"INCOMPLETE: {said} so far"


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


def severities(notes: Iterable[Note]) -> list[Segment]:
    """How many notes of each severity, the worst first."""
    counted = Counter(note.finding.severity for note in notes)
    return [(severity.value, counted[severity]) for severity in reversed(Severity)]


def _verdict(review: Review, selected: Selected, files: Sequence[FileView], notes: Sequence[Note]) -> Html:
    state = "incomplete" if not review.complete else _mood(notes)
    parts: list[Content] = [el("p", {"class": "headline"}, headline(review, selected))]
    failed = [row for row in review.ledger if row.outcome is Outcome.FAILED]
    if failed:
        sentence = (
            f"{count(len(failed), 'hunk')} of {len(review.ledger):,} could not be reviewed. "
            "Nothing is known of that part of the change: this is not a pass."
        )
        parts.append(el("p", {"class": "alarm"}, sentence))
        reasons = Counter(row.reason or "no reason was given" for row in failed).most_common(5)
        said = [el("li", None, count(number, "hunk"), f": {short(why)}") for why, number in reasons]
        parts.append(el("ul", {"class": "reasons"}, said))
    added, removed = _changed(files)
    facts = [told(severities(notes)), count(len(files), "file"), count(len(review.ledger), "hunk")]
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


def _mood(notes: Sequence[Note]) -> str:
    if not notes:
        return "clean"
    return "errors" if any(note.finding.severity is Severity.ERROR for note in notes) else "found"


def _changed(files: Iterable[FileView]) -> tuple[int, int]:
    """How many added and removed lines the page shows."""
    kinds = Counter(line.kind for file in files for view in file.hunks for line in view.hunk.lines)
    return kinds[LineKind.ADDED], kinds[LineKind.REMOVED]


def _cards(review: Review, files: Sequence[FileView], notes: Sequence[Note]) -> Iterator[Html]:
    yield _card("Risk by file", _risk(files), wide=True)
    yield _card("Categories", _categories(notes))
    yield _card("Coverage", _coverage(review))
    yield _card("Cost", _cost(review))


def _card(title: str, content: Content, *, wide: bool = False) -> Html:
    return el("div", {"class": "card wide" if wide else "card"}, el("h3", None, title), content)


def _risk(files: Sequence[FileView]) -> Html:
    """A bar for each file with findings, longest for the riskiest; widths compare the numbers of findings."""
    risky = sorted((file for file in files if file.loud), key=_risk_of)
    if not risky:
        return el("p", {"class": "none"}, "No file has a finding that asks for attention.")
    most = max(len(file.loud) for file in risky)
    rows = [_risk_row(file, most) for file in risky]
    shown = el("ol", {"class": "bars"}, rows[:RISKIEST])
    if len(rows) <= RISKIEST:
        return shown
    more = el("summary", None, f"{count(len(rows) - RISKIEST, 'more file')}")
    return joined(shown, el("details", None, more, el("ol", {"class": "bars"}, rows[RISKIEST:])))


def _risk_of(file: FileView) -> tuple[int, str]:
    return -sum(WEIGHT[note.finding.severity] for note in file.loud), file.path


def _risk_row(file: FileView, most: int) -> Html:
    segments = severities(file.loud)
    name = el("a", {"href": f"#{file.anchor}", "class": "path"}, file.path)
    return el(
        "li", None, name, bar(segments, most, told(segments)), el("span", {"class": "said"}, told(segments))
    )


def _categories(notes: Sequence[Note]) -> Html:
    counted = Counter(note.finding.category.value for note in notes).most_common()
    if not counted:
        return el("p", {"class": "none"}, "None.")
    most = counted[0][1]
    rows = [
        el(
            "li",
            None,
            el("span", {"class": "path"}, name),
            bar([("plain", number)], most, count(number, "finding")),
            el("span", {"class": "said"}, f"{number:,}"),
        )
        for name, number in counted
    ]
    return el("ol", {"class": "bars narrow"}, rows)


def _coverage(review: Review) -> Html:
    counted = Counter(row.outcome.value for row in review.ledger)
    segments = [(outcome.value, counted[outcome.value]) for outcome in Outcome]
    if not review.ledger:
        return el("p", {"class": "none"}, "The change is empty.")
    legend = [
        el("li", None, el("span", {"class": f"dot {name}"}), f"{number:,} {name}")
        for name, number in segments
        if number
    ]
    picture = bar(segments, len(review.ledger), told(segments))
    more = el("a", {"href": "#coverage"}, "Every hunk and its outcome")
    return joined(picture, el("ul", {"class": "legend"}, legend), el("p", None, more))


def _cost(review: Review) -> Html:
    usage = review.usage
    facts = [
        ("Requests", f"{usage.requests:,}"),
        ("Tokens in", f"{usage.input_tokens:,}"),
        ("Tokens out", f"{usage.output_tokens:,}"),
        ("Credits", f"{usage.credits:,.4g}"),
    ]
    return el(
        "dl", None, [el("div", None, el("dt", None, name), el("dd", None, number)) for name, number in facts]
    )
