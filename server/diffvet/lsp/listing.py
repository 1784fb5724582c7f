"""All findings of a root with its coverage ledger, as ``diffvet/findings`` answers it (``schemas/findings.schema.json``)."""

from collections import Counter
from dataclasses import asdict
from typing import Any

from diffvet.lsp.anchors import Anchor
from diffvet.lsp.convert import as_json, text_range
from diffvet.lsp.reviewed import ReviewedFile
from diffvet.lsp.roots import Root
from diffvet.lsp.session import Session
from diffvet.report.secrecy import quote
from diffvet.review.finding import State
from diffvet.store.caps import Cap

VERSION = 1
"""The version of the answer; grows when a reader of the old one could go wrong."""

STALE = "stale"
"""The state of a finding whose lines read differently now: it is in no diagnostic, and comes back with them."""


def listing(session: Session, root: Root) -> dict[str, Any]:
    """Findings in the order of the tree, worst first on one line; ``range`` is where each is now, in the client's units."""
    findings = [
        _finding(session, file, anchor)
        for file in sorted(session.files_of(root), key=lambda file: file.document.path)
        for anchor in sorted(file.anchors, key=_order)
    ]
    for file in session.files_of(root):
        if not file.is_open:
            file.document.pack(session.shelf)
    desk = session.reviewers.opened(root.path)
    return {
        "root": root.path.as_uri(),
        "against": (root.against or desk.against if desk else root.against) or "head",
        "base": root.base,
        "scope": root.wide or "file",
        "status": status(root),
        "counts": counts(findings),
        "findings": findings,
        "ledger": [asdict(row) for path in sorted(root.rows) for row in root.rows[path]],
    }


def counts(findings: list[dict[str, Any]]) -> dict[str, int]:
    """How many open ones there are of each severity, and how many are stale (these count as nothing else)."""
    open_or_stale = [one for one in findings if one["state"] in (State.OPEN, STALE)]
    found = Counter(STALE if one["state"] == STALE else one["severity"] for one in open_or_stale)
    return {name: found[name] for name in ("error", "warning", "info", STALE)}


def status(root: Root) -> dict[str, Any]:
    """What ``root`` is doing, what its reviews have cost since the server started, and what the caps leave."""
    now = root.status
    return {
        "state": now.mood.value,
        "done": now.done,
        "total": now.total,
        "reason": now.reason,
        "usage": asdict(root.usage),
        "budget": [_cap(cap) for cap in root.caps],
    }


def _cap(cap: Cap) -> dict[str, Any]:
    window, _, unit = cap.name.partition("_")
    return {"window": window, "unit": unit, "limit": cap.limit, "spent": cap.spent, "left": cap.left}


def _order(anchor: Anchor) -> tuple[int, int, str]:
    at = anchor.finding.line if anchor.at is None else anchor.at
    return at, -anchor.finding.severity.rank, anchor.finding.fingerprint


def _finding(session: Session, file: ReviewedFile, anchor: Anchor) -> dict[str, Any]:
    finding, origin, span = anchor.finding, anchor.origin, anchor.span
    place = None
    if span is not None and not file.is_gone:
        place = as_json(text_range(file.document.lines, *span, session.capabilities.encoding))
    new, old = (origin.new, origin.old) if origin else ((finding.line, finding.end_line),) * 2
    return {
        "fingerprint": finding.fingerprint,
        "uri": file.document.uri,
        "path": finding.path,
        "side": finding.side.value,
        "line": finding.line,
        "end_line": finding.end_line,
        "range": place,
        "new": {"line": new[0], "end_line": new[1]},
        "old": {
            "line": old[0],
            "end_line": old[1],
            "path": origin.old_path if origin else None,
            "blob": origin.old_blob if origin else None,
            "commit": origin.base if origin else None,
        },
        "severity": finding.severity.value,
        "category": finding.category.value,
        "title": finding.title,
        "why": finding.why,
        "fix": finding.fix,
        "quote": quote(finding),
        "placement": finding.placement.value,
        "reviewer": finding.reviewer,
        "rule": finding.rule,
        "state": STALE if span is None and finding.state is State.OPEN else finding.state.value,
        "fixable": finding.suggestion is not None,
    }
