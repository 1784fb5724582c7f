"""``--format rdjson``: the Reviewdog Diagnostic Format, one document; ``rdjsonl`` has a line for each diagnostic.

Lines and columns are 1-based, columns count UTF-8 bytes, an end is exclusive. A failed hunk is a diagnostic with
the code ``diffvet.incomplete`` over all of its lines, so that no filter mode drops it.
"""

import json
from collections.abc import Iterator
from typing import Any

from diffvet.report import position
from diffvet.report.replacement import Replacement, replacement
from diffvet.report.report import Report
from diffvet.report.secrecy import utf8
from diffvet.report.wording import INCOMPLETE, failed, message, rule_id, unreviewed
from diffvet.review.finding import Finding
from diffvet.review.ledger import LedgerRow

SOURCE = {"name": "diffvet"}


def render(report: Report) -> str:
    """One ``DiagnosticResult``; ASCII only."""
    return json.dumps({"source": SOURCE, "diagnostics": list(diagnostics(report))}, indent=1) + "\n"


def diagnostics(report: Report) -> Iterator[dict[str, Any]]:
    """The failed hunks, then the shown findings, each as a ``Diagnostic``."""
    yield from map(_unreviewed, failed(report.review))
    yield from map(_diagnostic, report.selected.shown)


def _diagnostic(finding: Finding) -> dict[str, Any]:
    edit = replacement(finding)
    return {
        "message": message(finding),
        "location": {"path": utf8(finding.path), "range": _range(finding)},
        "severity": finding.severity.upper(),
        "source": SOURCE,
        "code": {"value": rule_id(finding)},
        **({"suggestions": [_suggestion(edit)]} if edit else {}),
    }


def _unreviewed(row: LedgerRow) -> dict[str, Any]:
    lines = position.lines_of(row)
    return {
        "message": unreviewed(row),
        "location": {
            "path": utf8(row.path),
            "range": {"start": {"line": lines.first}, "end": {"line": lines.last}},
        },
        "severity": "ERROR",
        "source": SOURCE,
        "code": {"value": INCOMPLETE},
    }


def _range(finding: Finding) -> dict[str, Any]:
    lines = position.lines(finding)
    span = position.span(finding)
    if span is None:
        return {"start": {"line": lines.first}, "end": {"line": lines.last}}
    start, end = (len(finding.code[0][:at].encode("utf-8", "surrogateescape")) for at in span)
    return {
        "start": {"line": lines.first, "column": start + 1},
        "end": {"line": lines.last, "column": end + 1},
    }


def _suggestion(edit: Replacement) -> dict[str, Any]:
    """Whole lines go without columns, as reviewdog likes them best; that form cannot say "no line" or "an empty one"."""
    text = edit.text.removesuffix("\n").removesuffix("\r")
    if text:
        return {"range": {"start": {"line": edit.first}, "end": {"line": edit.last}}, "text": text}
    return {
        "range": {"start": {"line": edit.first, "column": 1}, "end": {"line": edit.last + 1, "column": 1}},
        "text": edit.text,
    }
