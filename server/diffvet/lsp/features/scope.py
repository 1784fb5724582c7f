"""What is reviewed: ``diffvet.server.reviewScope`` and ``diffvet.server.setBase`` (``workspace/executeCommand``)."""

from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from diffvet.diff.source import Against
from diffvet.lsp.convert import path_of
from diffvet.lsp.reviewers import Asks
from diffvet.lsp.reviews import start_review
from diffvet.lsp.roots import Root, Scope
from diffvet.lsp.session import Session
from diffvet.lsp.wide import start_wide_review

REVIEW_SCOPE = "diffvet.server.reviewScope"
SET_BASE = "diffvet.server.setBase"

_WIDE = [scope.value for scope in Scope if scope is not Scope.FILE]


def review_scope(session: Session, *arguments: Any) -> str | None:
    """Review more than one file: ``[uri, scope]`` or ``[uri, "commit", revision]``; the id of the job.

    ``uri`` is that of any file or folder of the root. The id is the job's progress token. None where it is in no
    repository; the user is told so.
    """
    uri, scope, commit = (*arguments, None, None, None)[:3]
    if (
        scope not in _WIDE
        or not isinstance(commit or "", str)
        or len(arguments) > 2 + (scope == Scope.COMMIT)
    ):
        raise JsonRpcInvalidParams(
            f"{REVIEW_SCOPE} takes a URI and one of {', '.join(_WIDE)}; commit takes a revision too"
        )
    root = _root(session, uri, REVIEW_SCOPE)
    return start_wide_review(session, root, Scope(scope), commit or "HEAD") if root else None


def set_base(session: Session, *arguments: Any) -> list[str]:
    """Compare the files of a root with something else from now on: ``[uri, base]``; the ids of the reviews that start."""
    words = [against.value for against in Against]
    uri, against = (*arguments, None, None)[:2]
    if against not in words or len(arguments) != len(("uri", "base")):
        raise JsonRpcInvalidParams(f"{SET_BASE} takes a URI and one of {', '.join(words)}")
    root = _root(session, uri, SET_BASE)
    if root is None:
        return []
    root.against = Against(against)
    open_files = [file for file in session.files_of(root) if file.is_open]
    jobs = [start_review(session, file, Asks.COMMAND) for file in open_files]
    return [job for job in jobs if job is not None]


def _root(session: Session, uri: Any, command: str) -> Root | None:
    path = path_of(uri) if isinstance(uri, str) else None
    if path is None:
        raise JsonRpcInvalidParams(f"{command} takes the URI of a file or folder first")
    root = session.roots.of(path)
    if root is None:
        session.tell(f"{path} is not inside a git repository; nothing is reviewed there")
    return root
