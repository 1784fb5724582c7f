"""``--format json``: the whole review as one document, ``schemas/review.schema.json``."""

import json
from dataclasses import asdict

from diffvet.report.report import Report
from diffvet.report.secrecy import quote, suggestion
from diffvet.review.finding import Finding

VERSION = 1
"""The version of the document; grows when a reader of the old one could go wrong."""


def render(report: Report) -> str:
    r"""The document, ASCII only (undecodable bytes of paths and code as ``\udcXX``), ending in a newline."""
    review, shown = report.review, set(report.selected.shown)
    document = {
        "version": VERSION,
        "tool": {"name": "diffvet", "version": report.version},
        "status": "complete" if review.complete else "incomplete",
        "source": {"kind": review.kind, "base": review.base, "head": review.head},
        "findings": [_finding(finding, shown=finding in shown) for finding in review.findings],
        "ledger": [asdict(row) for row in review.ledger],
        "usage": asdict(review.usage),
    }
    return json.dumps(document, indent=2) + "\n"


def _finding(finding: Finding, *, shown: bool) -> dict[str, object]:
    fields = asdict(finding)
    for name in ("code", "needs", "sensitive", "near"):
        del fields[name]
    lines = suggestion(finding)
    put = None if lines is None else {"lines": lines}
    return fields | {"quote": quote(finding), "suggestion": put, "shown": shown}
