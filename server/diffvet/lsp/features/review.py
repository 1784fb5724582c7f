"""``diffvet.server.review`` (``workspace/executeCommand``) and the cancelling of its job."""

from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from diffvet.lsp.reviews import start_review
from diffvet.lsp.session import Session

COMMAND = "diffvet.server.review"


def review(session: Session, *arguments: Any) -> str | None:
    """Start a review of the open file whose URI is the one argument; the id of its job.

    The id is the job's progress token. None where the file is not open or in no repository; the log says so.
    """
    if len(arguments) != 1 or not isinstance(arguments[0], str):
        raise JsonRpcInvalidParams(f"{COMMAND} takes one argument: the URI of an open file")
    file = session.file(arguments[0])
    if file is None or not file.is_open:
        session.complain("Only a file that is open in the editor can be reviewed")
        return None
    return start_review(session, file)


def cancel(session: Session, params: types.WorkDoneProgressCancelParams) -> None:
    """``window/workDoneProgress/cancel``: the job of that token, if it is still running."""
    session.jobs.cancel(params.token)
