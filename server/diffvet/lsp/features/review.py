"""``diffvet.server.review`` (``workspace/executeCommand``) and the cancelling of its job."""

from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from diffvet.lsp.convert import path_of
from diffvet.lsp.document import Document, split
from diffvet.lsp.reviewed import ReviewedFile
from diffvet.lsp.reviewers import Asks
from diffvet.lsp.reviews import start_review
from diffvet.lsp.session import Session

COMMAND = "diffvet.server.review"


def review(session: Session, *arguments: Any) -> str | None:
    """Start a review of the file whose URI is the one argument; the id of its job.

    The id is the job's progress token. An open file is reviewed as it is in the editor, any other as it is on
    disk. None where it cannot be read or is in no repository; the user is told so.
    """
    path = path_of(arguments[0]) if len(arguments) == 1 and isinstance(arguments[0], str) else None
    if path is None:
        raise JsonRpcInvalidParams(f"{COMMAND} takes one argument: a file's URI")
    file = session.files.get(path)
    if file is None or not file.is_open:
        try:
            lines = split(path.read_bytes().decode("utf-8", "replace"))
        except OSError as error:
            session.tell(f"{path} cannot be reviewed: {error.strerror}")
            return None
        if file is None:
            document = Document(arguments[0], path, 0, lines)
            file = session.files[path] = ReviewedFile(document, session.roots.of(path), is_open=False)
        else:
            session.renew(file, "".join(lines))
    return start_review(session, file, Asks.COMMAND)


def cancel(session: Session, params: types.WorkDoneProgressCancelParams) -> None:
    """``window/workDoneProgress/cancel``: the job of that token, if it is still running."""
    session.jobs.cancel(params.token)
