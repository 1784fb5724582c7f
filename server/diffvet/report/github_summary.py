"""``--format github-summary``: the Markdown report for GitHub's step summary.

GitHub refuses a summary of more than 1 MiB for a step as a whole, so the mildest findings go first when it is too large.
Write it to the file that ``$GITHUB_STEP_SUMMARY`` names; it is added to what the step said before.
"""

from diffvet.report.markdown import block, compose
from diffvet.report.report import Report
from diffvet.review.finding import Finding

LARGEST = 900_000
"""Bytes of a summary, below GitHub's 1,048,576 so that a step can say something beside it."""


def render(report: Report) -> str:
    """The report, with as many findings as fit, the worst ones."""
    room = LARGEST - _size(compose(report, ()))
    kept: set[Finding] = set()
    for finding in sorted(report.selected.shown, key=lambda each: -each.severity.rank):
        room -= _size("\n".join(block(finding))) + _size(finding.path) + 16
        if room < 0:
            break
        kept.add(finding)
    return compose(report, [finding for finding in report.selected.shown if finding in kept])


def _size(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace"))
