"""``--format sarif``: SARIF 2.1.0 (OASIS standard, errata 01), as code scanning and SARIF viewers read it.

Every shown finding is a result; dismissed, accepted and ignored ones are results with a ``suppressions`` entry.
A failed hunk is an error notification, and then the run was not successful.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote_from_bytes

from diffvet.report import position
from diffvet.report.replacement import replacement
from diffvet.report.report import Report
from diffvet.report.sarif_rules import LEVELS, descriptor, notification
from diffvet.report.secrecy import code, utf8, visible
from diffvet.report.wording import INCOMPLETE, message, rule_id, unreviewed
from diffvet.review.finding import Finding, Placement, State
from diffvet.review.ledger import LedgerRow, Outcome

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
SKIPPED = "diffvet.skipped"
NOTIFICATIONS = (
    (
        INCOMPLETE,
        "A part of the change was not reviewed",
        "No usable answer came back for this hunk. What it holds is unknown: run the review again.",
    ),
    (
        SKIPPED,
        "A part of the change is not for review",
        "This part has no lines to read, or attributes, markers or settings keep it from review.",
    ),
)

_LINK = re.compile(r"\](?=\()")
_SUPPRESSIONS = {
    State.DISMISSED: ("external", "dismissed by the user"),
    State.BASELINE: ("external", "accepted in the baseline"),
    State.IGNORED: ("inSource", "ignored by a marker in the code or by the repository's settings"),
}


def render(report: Report) -> str:
    """The log with its one run; ASCII only."""
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report)]}, indent=1) + "\n"


def _run(report: Report) -> dict[str, Any]:
    review = report.review
    shown = set(report.selected.shown)
    listed = [each for each in review.findings if each in shown or each.state is not State.OPEN]
    rules: dict[str, list[Finding]] = {}
    for each in listed:
        rules.setdefault(rule_id(each), []).append(each)
    places = {name: index for index, name in enumerate(sorted(rules))}
    return {
        "tool": {
            "driver": {
                "name": "Diffvet",
                "version": report.version,
                "semanticVersion": report.version,
                "rules": [descriptor(name, rules[name], report.rules.get(name)) for name in places],
                "notifications": [notification(*each) for each in NOTIFICATIONS],
            }
        },
        "invocations": [
            {
                "executionSuccessful": review.complete,
                "toolExecutionNotifications": list(_notifications(review.ledger)),
            }
        ],
        "automationDetails": {"id": "diffvet/"},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The top of the repository."}}},
        "results": [_result(each, places, report.reasons) for each in listed],
        "properties": {
            "source": {"kind": review.kind, "base": review.base, "head": review.head},
            "hidden": {reason.value: number for reason, number in report.selected.hidden.items()},
        },
    }


def _result(finding: Finding, places: dict[str, int], reasons: Mapping[str, str]) -> dict[str, Any]:
    name = rule_id(finding)
    result: dict[str, Any] = {
        "ruleId": name,
        "ruleIndex": places[name],
        "level": LEVELS[finding.severity],
        "message": {"text": _plain(message(finding))},
        "locations": [{"physicalLocation": {**_artifact(finding.path), "region": _region(finding)}}],
        "partialFingerprints": {
            "diffvet/v1": finding.fingerprint,
            # code scanning tells alerts apart by this one alone
            "primaryLocationLineHash": f"{finding.fingerprint}:1",
        },
        "suppressions": list(_suppressions(finding, reasons.get(finding.fingerprint))),
        "properties": {
            "category": finding.category,
            "placement": finding.placement,
            "reviewer": visible(finding.reviewer),
            "side": finding.side,
            "sideStartLine": finding.line,
            "sideEndLine": finding.end_line,
        },
    }
    edit = replacement(finding)
    if edit is not None:
        region = {"startLine": edit.first, "startColumn": 1, "endLine": edit.last + 1, "endColumn": 1}
        put = {"deletedRegion": region, "insertedContent": {"text": edit.text}}
        says = _plain(visible(finding.fix or finding.title))
        change = {**_artifact(finding.path), "replacements": [put]}
        result["fixes"] = [{"description": {"text": says}, "artifactChanges": [change]}]
    return result


def _region(finding: Finding) -> dict[str, Any]:
    lines = position.lines(finding)
    region: dict[str, Any] = {"startLine": lines.first, "endLine": lines.last}
    span = position.span(finding)
    if span is not None:
        start, end = (len(finding.code[0][:at].encode("utf-16-le", "surrogatepass")) // 2 for at in span)
        region |= {"startColumn": start + 1, "endColumn": end + 1}
        region["snippet"] = {"text": utf8(finding.code[0][span[0] : span[1]])}
    elif finding.placement is not Placement.UNPLACED and lines.first == finding.line:
        region["snippet"] = {"text": utf8("\n".join(code(finding)))}
    return region


def _suppressions(finding: Finding, reason: str | None) -> Iterator[dict[str, str]]:
    if finding.state in _SUPPRESSIONS:
        kind, why = _SUPPRESSIONS[finding.state]
        said = f"{why}: {visible(reason)}" if reason else why
        yield {"kind": kind, "status": "accepted", "justification": said}


def _notifications(rows: Iterable[LedgerRow]) -> Iterator[dict[str, Any]]:
    for row in rows:
        if row.outcome is Outcome.FAILED:
            yield _notification(row, INCOMPLETE, "error", unreviewed(row))
        elif row.outcome is Outcome.SKIPPED:
            yield _notification(row, SKIPPED, "note", f"Skipped: {visible(row.reason or '')}")


def _notification(row: LedgerRow, name: str, level: str, text: str) -> dict[str, Any]:
    lines = position.lines_of(row)
    region = {"startLine": lines.first, "endLine": lines.last}
    return {
        "descriptor": {"id": name},
        "level": level,
        "message": {"text": _plain(text)},
        "locations": [{"physicalLocation": {**_artifact(row.path), "region": region}}],
    }


def _artifact(path: str) -> dict[str, Any]:
    """Where ``path`` lies; every byte that is not plain in an address is percent-encoded, undecodable ones too."""
    uri = quote_from_bytes(path.encode("utf-8", "surrogateescape"), safe="/")
    return {"artifactLocation": {"uri": uri, "uriBaseId": ROOT}}


def _plain(text: str) -> str:
    """``text`` as the text of a message, in which ``[words](target)`` would be a link (§3.11.6)."""
    return _LINK.sub(r"\\]", text)
