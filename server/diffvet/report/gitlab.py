"""``--format gitlab``: a GitLab Code Quality report, as merge requests show it.

A failed hunk is an entry of severity ``blocker`` with the check name ``diffvet.incomplete``.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Any

from diffvet.report import position
from diffvet.report.report import Report
from diffvet.report.secrecy import utf8
from diffvet.report.wording import INCOMPLETE, failed, headline, hunk, message, rule_id, unreviewed
from diffvet.review.finding import Finding
from diffvet.review.ledger import LedgerRow

SEVERITIES = {"info": "info", "warning": "major", "error": "critical"}
"""Ours in the words of Code Climate, which also has ``minor`` and ``blocker``."""


def render(report: Report) -> str:
    """The list of entries; ASCII only."""
    entries = [*_unreviewed(failed(report.review)), *map(_entry, report.selected.shown)]
    return json.dumps(entries, indent=1) + "\n"


def _entry(finding: Finding) -> dict[str, Any]:
    return {
        "description": headline(finding),
        "check_name": rule_id(finding),
        "fingerprint": finding.fingerprint,
        "severity": SEVERITIES[finding.severity],
        "location": _location(finding.path, position.lines(finding)),
        "content": {"body": message(finding)},
    }


def _unreviewed(rows: Iterable[LedgerRow]) -> Iterator[dict[str, Any]]:
    """GitLab drops an entry whose fingerprint it has seen, so equal hunks are counted."""
    seen: Counter[str] = Counter()
    for row in rows:
        seen[hunk(row)] += 1
        identity = f"{INCOMPLETE}\0{hunk(row)}\0{seen[hunk(row)]}".encode("utf-8", "surrogateescape")
        yield {
            "description": unreviewed(row),
            "check_name": INCOMPLETE,
            "fingerprint": blake2b(identity, digest_size=16).hexdigest(),
            "severity": "blocker",
            "location": _location(row.path, position.lines_of(row)),
        }


def _location(path: str, lines: position.Lines) -> dict[str, Any]:
    return {"path": utf8(path), "lines": {"begin": lines.first, "end": lines.last}}
