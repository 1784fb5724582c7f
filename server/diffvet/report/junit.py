"""``--format junit``: a test suite a file, a test case a hunk and a finding, for CI servers that show tests.

A finding is a *failure*; a hunk is passed when it was reviewed, *skipped*, or an *error* when it was not reviewed.
"""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement

from diffvet.report import position
from diffvet.report.by_path import by_path
from diffvet.report.report import Report
from diffvet.report.secrecy import visible
from diffvet.report.wording import headline, hunk, message, place, rule_id, unreviewed
from diffvet.report.xml import document, name, text
from diffvet.review.finding import Finding
from diffvet.review.ledger import LedgerRow, Outcome


def render(report: Report) -> str:
    """The suites in the order of their paths; totals stand on each, as readers expect."""
    root = Element("testsuites", name="diffvet")
    for each in by_path(report.review.ledger, report.selected.shown):
        suite = SubElement(root, "testsuite", name=name(each.path), file=name(each.path))
        for row in each.rows:
            _hunk(suite, row)
        for finding in each.findings:
            _finding(suite, finding)
        _total(suite, suite.iter("testcase"))
    _total(root, root.iter("testcase"))
    del root.attrib["skipped"]  # the root has no such total
    return document(root)


def _hunk(suite: Element, row: LedgerRow) -> None:
    said = visible(hunk(row)).removeprefix(visible(row.path)).strip() or "the file as a whole"
    case = _case(suite, row.path, f"review of {said}")
    if row.outcome is Outcome.FAILED:
        error = SubElement(
            case, "error", type="diffvet.incomplete", message=text(row.reason or "not reviewed")
        )
        error.text = text(unreviewed(row))
    elif row.outcome is Outcome.SKIPPED:
        SubElement(case, "skipped", message=text(row.reason or ""))


def _finding(suite: Element, finding: Finding) -> None:
    said = f"{place(finding)}: {headline(finding)} [{finding.fingerprint[:12]}]"
    case = _case(suite, finding.path, said)
    kind = f"{finding.severity}.{rule_id(finding)}"
    failure = SubElement(case, "failure", type=text(kind), message=text(headline(finding)))
    failure.text = text(
        f"{finding.severity}, {finding.category}, {visible(finding.path)}:{position.lines(finding).first}\n"
        f"{message(finding)}"
    )


def _case(suite: Element, path: str, said: str) -> Element:
    return SubElement(suite, "testcase", classname=name(path), name=name(said), time="0")


def _total(element: Element, cases: Iterable[Element]) -> None:
    kinds = [child.tag for case in cases for child in (*case, case)]
    element.attrib |= {
        "tests": str(kinds.count("testcase")),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
        "skipped": str(kinds.count("skipped")),
        "time": "0",
    }
