"""A review as it is kept between runs: all of it as one JSON text, without the values of secrets.

Written by every face after a review, read by the verbs that speak of the last one. The findings stand in it as they
were found: what is dismissed or accepted is decided anew by whoever reads.
"""

import json
from dataclasses import asdict
from typing import Any

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side
from diffvet.report.secrecy import code, quote
from diffvet.review.discreet import hide
from diffvet.review.events import Review
from diffvet.review.finding import FilterMode, Finding, Placement, State, Usage
from diffvet.review.ledger import LedgerRow, Outcome

VERSION = 1
"""The version of the text; another one is not read."""


def render(review: Review) -> str:
    """``review`` as text for ``store.reviews``."""
    paths = {finding.path for finding in review.findings} | {row.path for row in review.ledger}
    names = {path: hide(path) for path in paths}
    return json.dumps(
        {
            "version": VERSION,
            "source": [review.kind, review.base, review.head],
            "findings": [_harmless(finding, names[finding.path]) for finding in review.findings],
            "ledger": [asdict(row) | {"path": names[row.path]} for row in review.ledger],
            "usage": asdict(review.usage),
        },
        separators=(",", ":"),
    )


def read(text: str) -> Review | None:
    """The review that ``render`` made ``text`` of; None where another version, or nobody, did."""
    try:
        document = json.loads(text)
        if document["version"] != VERSION:
            return None
        kind, base, head = document["source"]
        return Review(
            kind,
            base,
            head,
            tuple(_finding(one) for one in document["findings"]),
            tuple(_row(one) for one in document["ledger"]),
            Usage(**document["usage"]),
        )
    except (ValueError, TypeError, KeyError):
        return None


def _harmless(finding: Finding, path: str) -> dict[str, object]:
    """A finding without what must not be written down: where a secret stands, neither its quote nor its code.

    ``path`` has stars where the name of the file holds a secret: such a finding can be shown and dismissed, but not fixed.
    """
    fields = asdict(finding) | {"path": path, "quote": quote(finding), "code": code(finding)}
    return fields | {"suggestion": None} if finding.sensitive or path != finding.path else fields


def _finding(fields: dict[str, Any]) -> Finding:
    suggestion = fields["suggestion"]
    words = {
        "side": Side(fields["side"]),
        "severity": Severity(fields["severity"]),
        "category": Category(fields["category"]),
        "placement": Placement(fields["placement"]),
        "state": State(fields["state"]),
        "needs": FilterMode(fields["needs"]),
        "code": tuple(fields["code"]),
        "suggestion": None if suggestion is None else tuple(suggestion),
    }
    return Finding(**fields | words)


def _row(fields: dict[str, Any]) -> LedgerRow:
    return LedgerRow(**fields | {"outcome": Outcome(fields["outcome"])})
