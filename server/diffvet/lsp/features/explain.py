"""``diffvet.server.explain``: all about a finding (``workspace/executeCommand``)."""

from typing import Any

from lsprotocol import types

from diffvet.lsp.features.named import named
from diffvet.lsp.note import explained
from diffvet.lsp.session import Session

COMMAND = "diffvet.server.explain"


def explain(session: Session, *arguments: Any) -> str:
    """The whole story of ``[uri, fingerprint]``: for a client that shows explanations itself, in the words it asked for.

    Any other client is shown it as a message, in plain text; most editors drop what a command answers.
    """
    file, anchor, _ = named(session, COMMAND, arguments)
    desk = session.reviewers.opened(file.root.path) if file.root else None
    note = desk.notes().get(anchor.finding.rule or "") if desk else None
    can = session.capabilities
    text = explained(anchor.finding, note, rich=can.explains and not can.explains_plainly)
    if not can.explains:
        session.client.show(text, types.MessageType.Info)
    return text
