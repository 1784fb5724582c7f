"""``diffvet.server.fix`` and ``diffvet.server.ignore``: edits as commands, for clients without code actions of their own."""

from collections.abc import Sequence
from typing import Any

from cattrs import Converter
from lsprotocol import converters, types

from diffvet.lsp.edits import REASON, fix, ignoring, text_edits
from diffvet.lsp.features.named import named
from diffvet.lsp.reviewed import ReviewedFile
from diffvet.lsp.session import Session

FIX = "diffvet.server.fix"
IGNORE = "diffvet.server.ignore"


def apply_fix(session: Session, *arguments: Any) -> Any:
    """Apply the verified fix of ``[uri, fingerprint]``.

    A client that takes edits from the server gets it so and the answer true; any other gets the edit as the answer. Null
    where there is no fix for the text as it is.
    """
    file, anchor, _ = named(session, FIX, arguments)
    return _carried_out(session, file, fix(file.document, anchor), "Apply a fix of Diffvet")


def ignore(session: Session, *arguments: Any) -> Any:
    """Write a comment that ignores ``[uri, fingerprint]`` or ``[uri, fingerprint, reason]``; the answer is as for a fix."""
    file, anchor, reason = named(session, IGNORE, arguments)
    lines = ignoring(file.document, anchor, reason or REASON)
    return _carried_out(session, file, lines, "Ignore a finding of Diffvet")


def workspace_edit(session: Session, file: ReviewedFile, lines: Sequence[str]) -> types.WorkspaceEdit:
    """What makes ``lines`` of the text of ``file``; for exactly this version of it where the client knows versions."""
    document = file.document
    edits = text_edits(document, lines, session.capabilities.encoding)
    if not session.capabilities.versioned:
        return types.WorkspaceEdit(changes={document.uri: edits})
    version = document.version if file.is_open else None
    named = types.OptionalVersionedTextDocumentIdentifier(document.uri, version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(named, edits)])


def _carried_out(session: Session, file: ReviewedFile, lines: Sequence[str] | None, label: str) -> Any:
    if lines is None:
        return None
    edit = workspace_edit(session, file, lines)
    if session.capabilities.edits:
        session.client.apply(types.ApplyWorkspaceEditParams(edit, label))
        return True
    converter: Converter = converters.get_converter()
    return converter.unstructure(edit, types.WorkspaceEdit)
