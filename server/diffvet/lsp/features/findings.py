"""``diffvet/findings``: all findings with their states and the coverage ledger, for a client's tree."""

from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from diffvet.lsp.convert import path_of
from diffvet.lsp.listing import VERSION, listing
from diffvet.lsp.session import Session

METHOD = "diffvet/findings"


def findings(session: Session, params: Any) -> dict[str, Any]:
    """What is known of the root that holds ``params.uri``; of all roots where no URI is given."""
    uri = getattr(params, "uri", None)
    if uri is None:
        roots = session.roots.all()
    else:
        path = path_of(uri) if isinstance(uri, str) else None
        if path is None:
            raise JsonRpcInvalidParams(f"{METHOD} takes the URI of a file or folder, or nothing")
        root = session.roots.of(path)
        roots = (root,) if root else ()
    return {"version": VERSION, "roots": [listing(session, root) for root in roots]}
