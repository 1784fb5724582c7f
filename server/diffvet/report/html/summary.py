"""The top of the page: the verdict, where the risk is, what it is about, what it cost."""

from collections import Counter
from collections.abc import Iterator, Sequence

from diffvet.dialogue.vocabulary import Severity
from diffvet.report.html.bars import bar, severities, told
from diffvet.report.html.markup import Content, Html, count, el, joined
from diffvet.report.html.verdict import verdict_of
from diffvet.report.html.view import FileView, Note
from diffvet.report.report import Report
from diffvet.review.events import Review
from diffvet.review.ledger import Outcome

RISKIEST = 12
"""Files in the picture of the risk; the others stand folded below it."""

WEIGHT = {Severity.ERROR: 16, Severity.WARNING: 4, Severity.INFO: 1}
"""What a finding adds to the risk of its file, for the order of files only."""


def summary_of(report: Report, files: Sequence[FileView]) -> Html:
    """The whole summary."""
    notes = [note for file in files for note in file.loud]
    return el(
        "section",
        {"class": "summary", "aria-labelledby": "summary"},
        el("h2", {"id": "summary", "class": "unseen"}, "Summary"),
        verdict_of(report.review, report.selected, files, notes),
        el("div", {"class": "cards"}, list(_cards(report, files, notes))),
    )


def _cards(report: Report, files: Sequence[FileView], notes: Sequence[Note]) -> Iterator[Html]:
    yield _card("Risk by file", _risk(files), wide=True)
    yield _card("Categories", _categories(notes))
    yield _card("Coverage", _coverage(report.review))
    yield _card("Cost", _cost(report))


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


def _cost(report: Report) -> Html:
    usage = report.review.usage
    facts = [
        ("Requests", f"{usage.requests:,}"),
        ("Tokens in", f"{usage.input_tokens:,}"),
        ("Tokens out", f"{usage.output_tokens:,}"),
        ("Credits", f"{usage.credits:,.4g}"),
    ]
    pairs = [el("div", None, el("dt", None, name), el("dd", None, number)) for name, number in facts]
    said = el("p", None, "Reviewed by the embedded rules; nothing was sent.") if report.embedded else None
    return joined(el("dl", None, pairs), said)
