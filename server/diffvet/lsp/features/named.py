"""The finding that a command names by the URI of its file and its fingerprint."""

from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from diffvet.lsp.anchors import Anchor
from diffvet.lsp.reviewed import ReviewedFile
from diffvet.lsp.session import Session

SHORTEST = 4
"""Characters of a fingerprint that name a finding, as on the command line."""


def named(
    session: Session, command: str, arguments: tuple[Any, ...], *, reason_needed: bool = False
) -> tuple[ReviewedFile, Anchor, str | None]:
    """The file, the finding and the reason of ``[uri, fingerprint, reason]``; raises ``JsonRpcInvalidParams``."""
    uri, name, reason = (*arguments, None, None, None)[:3]
    if (
        not (isinstance(uri, str) and isinstance(name, str) and len(name) >= SHORTEST)
        or not (reason is None or isinstance(reason, str))
        or (reason_needed and not (reason and any(map(str.isalnum, reason))))
    ):
        wanted = (
            "a URI, the fingerprint of a finding and a reason"
            if reason_needed
            else "a URI and the fingerprint of a finding"
        )
        raise JsonRpcInvalidParams(f"{command} takes {wanted}")
    file = session.file(uri)
    found = [anchor for anchor in file.anchors if anchor.finding.fingerprint.startswith(name)] if file else []
    if file is None or len(found) != 1:
        raise JsonRpcInvalidParams(f"{command}: no finding of this file has that fingerprint (any more)")
    return file, found[0], reason
