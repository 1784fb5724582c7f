"""``--format markdown``: the review as GitHub-flavoured Markdown in which hostile text stays text."""

import re
from collections.abc import Collection, Iterator, Sequence

from diffvet.report.by_path import by_path
from diffvet.report.report import Report
from diffvet.report.secrecy import code, suggestion, visible
from diffvet.report.wording import (
    count,
    doubt,
    failed,
    found,
    hidden,
    hunk,
    incomplete,
    origin,
    outcomes,
    place,
)
from diffvet.review.finding import Finding, Placement
from diffvet.review.ledger import LedgerRow, Outcome

CODE_LINES = 8
"""How many lines of code a finding shows at most."""

CODE_COLUMNS = 200
"""How many characters of such a line."""

ROWS_NAMED = 100
"""How many unreviewed hunks of a kind are named; the JSON report has them all."""

UNTITLED = "\N{EM DASH}"

SIGNS = {
    "error": "\N{LARGE RED CIRCLE}",
    "warning": "\N{LARGE YELLOW CIRCLE}",
    "info": "\N{LARGE BLUE CIRCLE}",
}

_MARKUP = re.compile(r"[\\`*_\[\]<&~$|@#]|:(?=//)")
_CALLS = re.compile(r"(?<=[@#])(?=\w)|(?<=GH-)(?=\d)|(?i:(?<=www)(?=\.))")
_RUNS = re.compile(r"`+")
_BREAK = "\u200b"
"""A zero-width space: what makes ``@name``, ``#12`` and ``www.`` no link, for which there is no escape."""


def render(report: Report) -> str:
    """The whole report."""
    return compose(report, report.selected.shown)


def compose(report: Report, listed: Sequence[Finding]) -> str:
    """The report with the findings ``listed`` of those that are shown; the others are counted."""
    return "\n".join(_lines(report, listed)) + "\n"


def _lines(report: Report, listed: Sequence[Finding]) -> Iterator[str]:
    review, selected = report.review, report.selected
    yield f"## Diffvet: {found(selected)}"
    yield ""
    if not review.complete:
        yield f"**{incomplete(review)}.**"
        yield ""
    files = count(len({row.path for row in review.ledger}), "file")
    yield f"{files}; {outcomes(review)}{hidden(selected)}."
    if report.embedded:
        yield "<br>Reviewed by the embedded rules; nothing was sent."
    yield from (f"<br>{text(notice)}." for notice in report.notices)
    if len(listed) < len(selected.shown):
        yield ""
        yield f"**Listed here: the worst {len(listed)} of {count(len(selected.shown), 'finding')}.**"
    for each in by_path((), listed):
        yield f"\n### {span(each.path)}\n"
        for finding in each.findings:
            yield from block(finding)
    yield from _rows("Not reviewed", failed(review))
    yield from _rows("Skipped", [row for row in review.ledger if row.outcome is Outcome.SKIPPED])


def block(finding: Finding) -> Iterator[str]:
    """One finding as an item of a list, with its code."""
    where = f"{finding.category}, {place(finding)}{doubt(finding)}"
    yield f"- {SIGNS[finding.severity]} **{finding.severity}: {text(finding.title) or UNTITLED}** ({where})"
    for told in (text(finding.why), f"**Fix:** {text(finding.fix)}" if finding.fix else ""):
        if told:
            yield f"  <br>{told}"
    yield f"  <br><sub>{text(origin(finding))}, {span(finding.fingerprint)}</sub>"
    if finding.placement is not Placement.UNPLACED:
        yield from (f"  {line}" for line in _code(finding))
    yield ""


def _code(finding: Finding) -> Iterator[str]:
    """The anchored lines; with a suggestion, what takes their place."""
    now, then = code(finding), suggestion(finding)
    if then is not None:
        lines = [*(f"-{line}" for line in now), *(f"+{line}" for line in then)]
        yield from _fence(lines, "diff", len(lines))
    elif now:
        yield from _fence(now, "", CODE_LINES)


def _fence(lines: Collection[str], language: str, most: int) -> Iterator[str]:
    """``lines`` in a fence that none of them can close."""
    shown = [visible(line[:CODE_COLUMNS]).rstrip() for line in list(lines)[:most]]
    fence = "`" * max(3, 1 + _longest_run("\n".join(shown)))
    yield ""
    yield f"{fence}{language}"
    yield from shown
    yield fence
    if len(lines) > most:
        yield f"({count(len(lines) - most, 'more line')})"


def _rows(title: str, rows: Sequence[LedgerRow]) -> Iterator[str]:
    if not rows:
        return
    yield f"\n### {title}\n"
    for row in rows[:ROWS_NAMED]:
        yield f"- {span(hunk(row))}: {text(row.reason or 'no reason was given')}"
    if len(rows) > ROWS_NAMED:
        yield f"- and {len(rows) - ROWS_NAMED} more"


def text(raw: str) -> str:
    """``raw`` as words within a line: no markup, link, image, HTML, formula, mention or reference comes of it."""
    return _CALLS.sub(_BREAK, _MARKUP.sub(r"\\\g<0>", visible(raw).strip()))


def span(raw: str) -> str:
    """``raw`` as a code span; the first and last space are for the parser (CommonMark §6.1)."""
    plain = visible(raw)
    ticks = "`" * (1 + _longest_run(plain))
    return f"{ticks} {plain} {ticks}" if "`" in plain or plain != plain.strip() else f"{ticks}{plain}{ticks}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _RUNS.findall(text)), default=0)
