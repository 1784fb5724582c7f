"""``diffvet.server.dismiss``, ``restore``, ``addToBaseline``: what a user decides about a finding (``workspace/executeCommand``)."""

from typing import Any

from diffvet.lsp.deciding import Act, decide
from diffvet.lsp.decisions import Decisions
from diffvet.lsp.edits import REASON
from diffvet.lsp.features.named import named
from diffvet.lsp.session import Session

DISMISS = "diffvet.server.dismiss"
RESTORE = "diffvet.server.restore"
ACCEPT = "diffvet.server.addToBaseline"


def dismiss(session: Session, *arguments: Any) -> str | None:
    """Dismiss a finding for the user: ``[uri, fingerprint, reason]``; the id of the job."""
    return _decide(session, DISMISS, arguments, Decisions.dismiss, needed=True)


def restore(session: Session, *arguments: Any) -> str | None:
    """Take a dismissal back: ``[uri, fingerprint]``; the id of the job."""
    return _decide(session, RESTORE, arguments, Decisions.restore)


def accept(session: Session, *arguments: Any) -> str | None:
    """Put a finding into the baseline, for everybody: ``[uri, fingerprint]`` or with a reason; the id of the job."""
    return _decide(session, ACCEPT, arguments, Decisions.accept)


def _decide(
    session: Session, command: str, arguments: tuple[Any, ...], act: Act, *, needed: bool = False
) -> str | None:
    file, anchor, reason = named(session, command, arguments, reason_needed=needed)
    return decide(session, file, anchor, act, reason or REASON)
