"""A finding as a note: what is wrong, why, what to do, and how sure its place is."""

from collections.abc import Iterator

from diffvet.report.html.code import code_of
from diffvet.report.html.markup import Html, el, joined, short
from diffvet.report.html.view import HELD_BACK, Note
from diffvet.report.secrecy import code, suggestion
from diffvet.report.wording import origin, place
from diffvet.review.finding import Finding, Placement

FRAME_LINES = 12
"""Lines of code that a note shows where its lines are not on the page."""

PROSE = 4_000
"""Characters of a reason or a fix that a note shows."""

_STATES = {
    "dismissed": "Dismissed",
    "baseline": "In the baseline",
    "ignored": "Ignored by a marker or a setting",
    HELD_BACK: "Held back by a threshold, filter or limit",
}


def note_of(note: Note, *, framed: bool = False) -> Html:
    """The note; one that asks for no attention is folded. ``framed``: with its lines of code, which stand nowhere else."""
    finding = note.finding
    about: dict[str, str | int | None] = {
        "class": f"note {finding.severity.value}{' quiet' if note.quiet else ''}",
        "id": note.anchor,
        "tabindex": -1,
        "data-severity": finding.severity.value,
        "data-category": finding.category.value,
        "data-state": note.state,
        "aria-label": f"{finding.severity.value}, {place(finding)}: {short(finding.title)}",
    }
    if not note.quiet:
        return el("article", about, el("h4", None, _title(note)), _body(note, framed=framed))
    folded = el("details", None, el("summary", None, _title(note)), _body(note, framed=framed))
    return el("article", about, folded)


def _title(note: Note) -> Html:
    finding = note.finding
    return joined(
        el("span", {"class": "severity"}, finding.severity.value),
        " ",
        el("span", {"class": "what"}, short(finding.title)),
        " ",
        el("span", {"class": "category"}, finding.category.value),
        el("span", {"class": "state"}, _STATES[note.state]) if note.quiet else None,
    )


def _body(note: Note, *, framed: bool) -> Html:
    finding = note.finding
    return el(
        "div",
        {"class": "body"},
        _doubt(finding),
        _frame(finding) if framed else None,
        _prose(finding.why),
        [el("p", {"class": "fix"}, el("strong", None, "Fix:"), " ", _lines(finding.fix))]
        if finding.fix
        else None,
        _suggestion(finding),
        el("p", {"class": "origin"}, list(_origin(note))),
    )


def _origin(note: Note) -> Iterator[Html | str]:
    finding = note.finding
    yield el("a", {"href": f"#{note.anchor}"}, place(finding))
    yield f" · {short(origin(finding))} · "
    yield el("code", None, finding.fingerprint[:12])


def _doubt(finding: Finding) -> Html | None:
    match finding.placement:
        case Placement.EXACT:
            return None
        case Placement.MOVED:
            return el(
                "p",
                {"class": "doubt"},
                "The reviewer named another line; this is where the quoted code stands.",
            )
        case Placement.UNPLACED:
            quote = (
                None
                if finding.sensitive or not finding.quote
                else joined(" It quotes ", el("code", None, short(finding.quote)), ".")
            )
            return el(
                "p",
                {"class": "doubt"},
                "Not placed: the line the reviewer named and the code it quotes do not agree.",
                quote,
            )


def _frame(finding: Finding) -> Html | None:
    lines = code(finding)
    if finding.placement is Placement.UNPLACED or not lines:
        return None
    rows = [
        el("span", {"class": "row"}, el("span", {"class": "number"}, str(number)), " ", code_of([("", text)]))
        for number, text in enumerate(lines[:FRAME_LINES], finding.line)
    ]
    more = len(lines) - FRAME_LINES
    rows += [el("span", {"class": "row clip"}, f"{more} more")] if more > 0 else []
    return el("pre", {"class": "frame"}, rows)


def _suggestion(finding: Finding) -> Html | None:
    """The verified replacement, as a small diff."""
    lines = suggestion(finding)
    if lines is None:
        return None
    rows = [el("span", {"class": "row r"}, "- ", code_of([("", text)])) for text in code(finding)]
    rows += [el("span", {"class": "row a"}, "+ ", code_of([("", text)])) for text in lines]
    said = el("p", {"class": "label"}, "Suggested change, verified")
    return el("div", {"class": "suggestion"}, said, el("pre", None, rows))


def _prose(words: str) -> Html | None:
    return el("p", {"class": "why"}, _lines(words)) if words else None


def _lines(words: str) -> Html:
    """``words`` with their line ends kept."""
    first, *others = short(words, PROSE).split("\n")
    return joined(first, [[el("br"), line] for line in others])
