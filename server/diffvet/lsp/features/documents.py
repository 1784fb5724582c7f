"""``textDocument/didOpen``, ``didChange``, ``didSave``, ``didClose``: files of the ``file`` scheme only."""

from lsprotocol import types

from diffvet.lsp.convert import path_of
from diffvet.lsp.document import Document, split
from diffvet.lsp.reviews import repository_of, start_review
from diffvet.lsp.saving import as_saved
from diffvet.lsp.session import ReviewedFile, Session

SETTINGS_FILES = frozenset({"diffvet.toml", "pyproject.toml"})


def did_open(session: Session, params: types.DidOpenTextDocumentParams) -> None:
    """Review the file as it is in the editor. Findings from before it was closed stay until then."""
    item = params.text_document
    path = path_of(item.uri)
    if path is None:
        return
    file = session.files.get(path)
    if file is None:
        file = session.files[path] = ReviewedFile(Document(item.uri, path, item.version, split(item.text)))
    else:
        session.renew(file, item.text)
        if file.document.uri != item.uri:  # the same file by another name: nobody looks at the old one now
            session.publisher.publish(file.document.uri, [], None)
        file.document.uri, file.document.version, file.is_open = item.uri, item.version, True
    session.publisher.reopened(item.uri)
    start_review(session, file)


def did_change(session: Session, params: types.DidChangeTextDocumentParams) -> None:
    """Keep the text and let the findings move with it."""
    file = session.file(params.text_document.uri)
    if file is None or not file.is_open:
        return
    edits = [file.document.apply(change, session.capabilities.encoding) for change in params.content_changes]
    file.document.version = params.text_document.version
    session.edit(file, edits)


def did_save(session: Session, params: types.DidSaveTextDocumentParams) -> None:
    """Review the file anew."""
    file = session.file(params.text_document.uri)
    if file is None or not file.is_open:
        return
    path = file.document.path
    root = repository_of(path)
    if root is not None and path.name in SETTINGS_FILES and path.parent == root:
        session.reviewers.forget(root)
    start_review(session, file)


def did_close(session: Session, params: types.DidCloseTextDocumentParams) -> None:
    """Keep the findings of a file that still exists, where they are on disk; stop its review."""
    file = session.file(params.text_document.uri)
    if file is None:
        return
    if file.job is not None:
        session.jobs.cancel(file.job)
        file.job = None
    file.is_open = False
    path = file.document.path
    try:
        saved = path.read_bytes()
    except OSError:  # deleted or out of reach: nobody could look at the findings
        file.anchors = ()
    else:
        if file.anchors and as_saved(file.document.text, path) != saved:  # unsaved edits were thrown away
            session.renew(file, saved.decode("utf-8", "replace"))
    session.show(file)
    if not file.anchors:
        del session.files[path]
