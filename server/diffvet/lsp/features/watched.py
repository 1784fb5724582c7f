"""``workspace/didChangeWatchedFiles``: the client saw one of the files that say that git did something."""

from lsprotocol import types

from diffvet.lsp.session import Session


def did_change_watched_files(session: Session, params: types.DidChangeWatchedFilesParams) -> None:
    """Look at all roots; a look costs a few file reads and no git."""
    del params
    session.look()
