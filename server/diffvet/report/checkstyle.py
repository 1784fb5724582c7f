"""``--format checkstyle``: the XML of Checkstyle's own logger, which many CI servers read.

A failed hunk is an error in its file with the source ``diffvet.incomplete``.
"""

from xml.etree.ElementTree import Element, SubElement

from diffvet.report import position
from diffvet.report.by_path import by_path
from diffvet.report.report import Report
from diffvet.report.wording import INCOMPLETE, failed, message, rule_id, unreviewed
from diffvet.report.xml import document, name, text
from diffvet.review.finding import Finding
from diffvet.review.ledger import LedgerRow

VERSION = "4.3"
"""The version of Checkstyle whose form it is; readers expect one, and any since has the same."""


def render(report: Report) -> str:
    """A ``file`` for each path that has something to say, in the order of the paths."""
    root = Element("checkstyle", version=VERSION)
    for each in by_path(failed(report.review), report.selected.shown):
        file = SubElement(root, "file", name=name(each.path))
        for row in each.rows:
            SubElement(file, "error", _unreviewed(row))
        for finding in each.findings:
            SubElement(file, "error", _error(finding))
    return document(root)


def _error(finding: Finding) -> dict[str, str]:
    span = position.span(finding)
    column = {} if span is None else {"column": str(span[0] + 1)}
    return {
        "line": str(position.lines(finding).first),
        **column,
        "severity": finding.severity.value,
        "message": text(message(finding)),
        "source": text(rule_id(finding)),
    }


def _unreviewed(row: LedgerRow) -> dict[str, str]:
    return {
        "line": str(position.lines_of(row).first),
        "severity": "error",
        "message": text(unreviewed(row)),
        "source": INCOMPLETE,
    }
