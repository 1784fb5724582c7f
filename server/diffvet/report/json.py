"""``--format json``: the whole review as one document, ``schemas/review.schema.json``."""

import json
from dataclasses import asdict

from diffvet import __version__
from diffvet.report.secrecy import quote
from diffvet.review.events import Review
from diffvet.review.finding import Finding

VERSION = 1
"""The version of the document; grows when a reader of the old one could go wrong."""


def render(review: Review) -> str:
    r"""The document, ASCII only (undecodable bytes of paths and code as ``\udcXX``), ending in a newline."""
    document = {
        "version": VERSION,
        "tool": {"name": "diffvet", "version": __version__},
        "status": "complete" if review.complete else "incomplete",
        "source": {"kind": review.kind, "base": review.base, "head": review.head},
        "findings": [_finding(finding) for finding in review.findings],
        "ledger": [asdict(row) for row in review.ledger],
        "usage": asdict(review.usage),
    }
    return json.dumps(document, indent=2) + "\n"


def _finding(finding: Finding) -> dict[str, object]:
    fields = asdict(finding)
    del fields["code"], fields["needs"], fields["sensitive"], fields["suggestion"]
    return fields | {"quote": quote(finding)}
