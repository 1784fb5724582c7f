"""The border between our positions and words and the protocol's.

Ours: 1-based git lines, code points. The protocol's: 0-based LSP lines, the client's code units.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from diffvet.dialogue.vocabulary import Severity
from diffvet.diff.lines import Encoding, to_units
from diffvet.lsp.note import headline, removed_lines
from diffvet.review.finding import Finding

SOURCE = "diffvet"

SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}

_LOCALHOST = re.compile(r"^file://localhost/", re.IGNORECASE)

MOST_RELATED = 8
"""Removed lines that stand beside one finding."""


def path_of(uri: str) -> Path | None:
    """The file that ``uri`` names, None unless its scheme is ``file``; the host ``localhost`` is this one (RFC 8089)."""
    path = to_fs_path(_LOCALHOST.sub("file:///", uri))
    return Path(path) if path else None


def text_range(lines: Sequence[str], first: int, last: int, encoding: Encoding) -> types.Range:
    """The text of LSP lines ``first``..``last`` without the white space and blank lines around it."""
    while first < last and not lines[first].strip():
        first += 1
    while first < last and not lines[last].strip():
        last -= 1
    head, tail = lines[first], lines[last]
    indent = len(head) - len(head.lstrip()) if head.strip() else 0
    return types.Range(
        types.Position(first, to_units(head, indent, encoding)),
        types.Position(last, to_units(tail, len(tail.rstrip()), encoding)),
    )


def as_json(where: types.Range) -> dict[str, dict[str, int]]:
    """``where`` in an answer of ours, which nobody unstructures."""
    return {
        "start": {"line": where.start.line, "character": where.start.character},
        "end": {"line": where.end.line, "character": where.end.character},
    }


def diagnostic(
    finding: Finding,
    where: types.Range,
    uri: str | None = None,
    page: str | None = None,
    *,
    data: bool = True,
) -> types.Diagnostic:
    """``finding`` as the protocol shows it; with ``data`` it carries its identity back in requests.

    With the ``uri`` of its file, what was removed is shown as a related place. ``page`` is the address to read more at.
    """
    removed = removed_lines(finding) if uri else ()
    related = [
        types.DiagnosticRelatedInformation(
            types.Location(uri, where),
            f"removed here (line {finding.line + number} before): {line.strip()}",
        )
        for number, line in enumerate(removed)
        if uri and line.strip()
    ]
    return types.Diagnostic(
        range=where,
        severity=SEVERITIES[finding.severity],
        code=finding.rule or finding.category.value,
        code_description=types.CodeDescription(page) if page else None,
        source=SOURCE,
        message=headline(finding),
        related_information=related[:MOST_RELATED] or None,
        data={"fingerprint": finding.fingerprint} if data else None,
    )
