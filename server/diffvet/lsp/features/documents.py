"""``textDocument/didOpen``, ``didChange``, ``didSave``, ``didClose``: files of the ``file`` scheme only."""

from lsprotocol import types

from diffvet.lsp.convert import path_of
from diffvet.lsp.document import Document, as_text, differs, split
from diffvet.lsp.refresh import again
from diffvet.lsp.reviewed import ReviewedFile
from diffvet.lsp.reviewers import Asks
from diffvet.lsp.reviews import follow_typing, request_review, start_review
from diffvet.lsp.session import Session

SETTINGS_FILES = frozenset({"diffvet.toml", "pyproject.toml"})


def did_open(session: Session, params: types.DidOpenTextDocumentParams) -> None:
    """Review the file as it is in the editor. Findings from before it was closed stay until then."""
    item = params.text_document
    path = path_of(item.uri)
    if path is None:
        return
    file = session.files.get(path)
    if file is None:
        document = Document(item.uri, path, item.version, split(item.text))
        file = session.files[path] = ReviewedFile(document, session.roots.of(path))
    else:
        session.renew(file, item.text)
        if file.document.uri != item.uri:  # the same file by another name: nobody looks at the old one now
            session.publisher.publish(file.document.uri, [], None)
        file.document.uri, file.document.version, file.is_open = item.uri, item.version, True
        file.is_gone = False
    session.publisher.reopened(item.uri)
    start_review(session, file, Asks.OPEN)


def did_change(session: Session, params: types.DidChangeTextDocumentParams) -> None:
    """Keep the text and let the findings move with it."""
    file = session.file(params.text_document.uri)
    if file is None or not file.is_open:
        return
    session.change(file, params.content_changes)
    file.document.version = params.text_document.version
    follow_typing(session, file)


def did_save(session: Session, params: types.DidSaveTextDocumentParams) -> None:
    """Review the file anew."""
    file = session.file(params.text_document.uri)
    if file is None or not file.is_open:
        return
    path = file.document.path
    root = file.root = file.root or session.roots.of(path)  # ``git init`` may come after ``didOpen``
    if root is not None and path.name in SETTINGS_FILES:
        session.reviewers.forget(root.path)
        again(session, root, None)
    request_review(session, file, Asks.SAVE)


def did_close(session: Session, params: types.DidCloseTextDocumentParams) -> None:
    """Keep the findings of a file that still exists, where they are on disk; stop its review."""
    file = session.file(params.text_document.uri)
    if file is None:
        return
    file.drop(*tuple(file.timers))
    if file.job is not None:
        session.jobs.cancel(file.job)
        file.job = None
    file.is_open = False
    try:
        saved = split(as_text(file.document.path.read_bytes()))
    except OSError:  # deleted or out of reach: nobody could look at the findings
        file.anchors = ()
    else:
        if file.anchors and differs(file.document.lines, saved):  # unsaved edits were thrown away
            session.renew(file, "".join(saved))
    session.show(file)
    if not file.anchors:
        session.forget(file)
