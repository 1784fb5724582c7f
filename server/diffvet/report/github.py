"""``--format github``: workflow commands that GitHub Actions turns into annotations.

GitHub shows ten annotations of a level and step and drops the rest without a word
(actions/toolkit, ``docs/problem-matchers.md``), so the worst ten are commands; what is left is listed in plain lines.
An incomplete review is always the first error.
"""

from collections.abc import Iterator, Sequence

from diffvet.dialogue.vocabulary import Severity
from diffvet.report import position
from diffvet.report.report import Report
from diffvet.report.secrecy import visible
from diffvet.report.wording import (
    count,
    failed,
    found,
    headline,
    hidden,
    incomplete,
    message,
    named,
    outcomes,
    rule_id,
    unreviewed,
)
from diffvet.review.events import Review
from diffvet.review.finding import Finding

MOST = 10
"""Annotations of one level that GitHub shows of a step."""

ROWS_NAMED = 10
"""How many hunks the annotation of an incomplete review names."""

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def render(report: Report) -> str:
    """Commands, worst first, then plain lines: what has no annotation, and what was covered."""
    review, shown = report.review, report.selected.shown
    lines = list(_incomplete(review))
    left: list[Finding] = []
    for level, name in LEVELS.items():
        findings = [finding for finding in shown if finding.severity is level]
        room = MOST - len(lines) if level is Severity.ERROR else MOST
        lines += [_annotation(name, finding) for finding in findings[:room]]
        left += findings[room:]
    lines += _plain(left)
    lines += [_harmless(f"  {unreviewed(row)}") for row in failed(review)]
    lines.append(f"Diffvet: {found(report.selected)}{hidden(report.selected)}; {outcomes(review)}")
    return "\n".join(lines) + "\n"


def _incomplete(review: Review) -> Iterator[str]:
    """The annotation that says so, on the first hunk that was not reviewed."""
    rows = failed(review)
    if not rows:
        return
    told = [incomplete(review), *map(unreviewed, rows[:ROWS_NAMED])]
    if len(rows) > ROWS_NAMED:
        told.append(f"and {count(len(rows) - ROWS_NAMED, 'more hunk')}; the log lists them all")
    lines = position.lines_of(rows[0])
    place = {"file": rows[0].path, "line": str(lines.first), "endLine": str(lines.last)}
    yield _command("error", place | {"title": "Diffvet: the review is incomplete"}, "\n".join(told))


def _annotation(level: str, finding: Finding) -> str:
    lines = position.lines(finding)
    where = {"file": finding.path, "line": str(lines.first), "endLine": str(lines.last)}
    span = position.span(finding)
    if span is not None:
        where |= {"col": str(span[0] + 1), "endColumn": str(span[1])}
    title = f"{headline(finding)} [{rule_id(finding)}]"
    return _command(level, where | {"title": title}, message(finding))


def _command(name: str, properties: dict[str, str], text: str) -> str:
    said = ",".join(f"{key}={visible(value).translate(_PROPERTY)}" for key, value in properties.items())
    return f"::{name} {said}::{text.translate(_DATA)}"


def _plain(left: Sequence[Finding]) -> Iterator[str]:
    """The findings beyond GitHub's cap, a line each, which the log shows and the page does not."""
    if left:
        yield f"Not annotated, because GitHub shows {MOST} of a level and step: {count(len(left), 'finding')}"
    for finding in left:
        where = f"{visible(finding.path)}:{position.lines(finding).first}"
        yield _harmless(f"  {finding.severity} {where}: {headline(finding)} {named(finding)}")


def _harmless(line: str) -> str:
    """A plain line of the log: the runner looks for its old commands, ``##[name]``, anywhere in one."""
    return line.replace("##[", "##\\[")
