"""Clients as they introduced themselves: ``initialize`` of real editors, captured, in ``clients/``."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsp.offered import Offer, frames
from lsp.raw_client import Message, RawClient

CLIENTS = Path(__file__).parent / "clients"
EXTENSION = "+extension"
"""Marks a client that runs our extension, which asks for notifications of ours (``vscode-client/src/client.ts``)."""

ASKS = {"diffvet": {"status": True, "findingsChanged": True, "explanations": "plaintext"}}

CAPTURED = tuple(sorted(path.stem for path in CLIENTS.glob("*.json")))
PROFILES = (*CAPTURED, *(name + EXTENSION for name in CAPTURED if name.startswith("visual_studio_code")))


class ProfiledClient:
    """A raw client that declares what a real one does, and answers only what it offered."""

    def __init__(self, profile: str, start: Callable[..., RawClient]) -> None:
        captured = CLIENTS / f"{profile.removesuffix(EXTENSION)}.json"
        self.params: Message = json.loads(captured.read_text("utf-8"))
        if profile.endswith(EXTENSION):
            self.params["initializationOptions"] = ASKS
        self.offer = Offer(self.params["capabilities"], self.params.get("initializationOptions"))
        self.settings: Any = None
        self.clients: list[RawClient] = []
        self._start = start

    def begin(self, root: Path, **more: Any) -> RawClient:
        """Start the server and greet it; ``more`` is as for ``RawClient``."""
        client = self._start(**more)
        client.answers |= {
            "client/registerCapability": lambda _: {"result": None},
            "window/workDoneProgress/create": lambda _: {"result": None},
            "window/showDocument": lambda _: {"result": {"success": True}},
            "workspace/applyEdit": lambda _: {"result": {"applied": True}},
            "workspace/configuration": lambda said: {
                "result": [self.settings for _ in said["params"]["items"]]
            },
        }
        self.clients.append(client)
        self.result = client.initialize(**self.params, rootUri=root.as_uri())
        return client

    def set(self, client: RawClient, settings: Message) -> None:
        """The user changes settings: whoever can be asked waits for the question, any other says them."""
        self.settings = settings
        pushed = None if self.offer.has("workspace.configuration") else {"diffvet": settings}
        client.notify("workspace/didChangeConfiguration", {"settings": pushed})

    def breaches(self) -> list[str]:
        """What the servers said that was not offered, in all they wrote."""
        return [
            breach
            for client in self.clients
            for breach in self.offer.breaches(frames(client.raw), client.asked)
        ]
