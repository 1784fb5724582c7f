"""Tells a client that asked for it what became of a root: ``diffvet/findingsChanged`` and ``diffvet/status``.

Both are coalesced, and sent only where what they are about is another than was told last.
"""

import asyncio
import json
from typing import Any

from diffvet.lsp.listing import listing, status
from diffvet.lsp.roots import Root
from diffvet.lsp.session import Session

FINDINGS_CHANGED = "diffvet/findingsChanged"
STATUS = "diffvet/status"

PAUSE = 0.1
"""Seconds that news wait for more of the same root."""


class News:
    """What the client was told last about each root."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._told: dict[tuple[str, Root], int | dict[str, Any]] = {}
        self._waiting: dict[Root, asyncio.TimerHandle] = {}

    def of(self, root: Root) -> None:
        """Something about ``root`` may be new."""
        wanted = self._session.capabilities
        if (wanted.findings_changed or wanted.status) and root not in self._waiting:
            self._waiting[root] = asyncio.get_running_loop().call_later(PAUSE, self._tell, root)

    def stop(self) -> None:
        """Say nothing any more."""
        for timer in self._waiting.values():
            timer.cancel()

    def _tell(self, root: Root) -> None:
        self._waiting.pop(root, None)
        session, uri = self._session, root.path.as_uri()
        if session.capabilities.status:
            now = status(root)
            if self._new(STATUS, root, now):
                session.client.notify(STATUS, {"root": uri, **now})
        if session.capabilities.findings_changed:
            whole = listing(session, root)
            del whole["status"]
            if not whole["ledger"] and not whole["findings"] and (FINDINGS_CHANGED, root) not in self._told:
                return  # nothing was known of it, nothing is
            if self._new(FINDINGS_CHANGED, root, hash(json.dumps(whole, sort_keys=True))):
                session.client.notify(FINDINGS_CHANGED, {"root": uri, "counts": whole["counts"]})

    def _new(self, what: str, root: Root, now: int | dict[str, Any]) -> bool:
        if self._told.get((what, root)) == now:
            return False
        self._told[what, root] = now
        return True
