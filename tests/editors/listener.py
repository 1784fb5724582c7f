"""A language server that does nothing but write down how its client introduces itself (``DIFFVET_CAPTURE``).

To capture a client anew, let it start ``python listener.py`` in place of ``diffvet lsp``.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

KEPT = ("capabilities", "clientInfo", "initializationOptions", "trace")
"""What a client says of itself, and not of the folder it opened."""


def received() -> dict[str, Any]:
    """The next message; ends the process where there is none."""
    length = 0
    while line := sys.stdin.buffer.readline():
        if not line.strip():
            said: dict[str, Any] = json.loads(sys.stdin.buffer.read(length))
            return said
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    raise SystemExit(1)


while (message := received())["method"] != "exit":
    if message["method"] == "initialize":
        kept = {name: message["params"][name] for name in KEPT if name in message["params"]}
        Path(os.environ["DIFFVET_CAPTURE"]).write_text(
            json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8"
        )
    if "id" in message:
        result = {"capabilities": {}} if message["method"] == "initialize" else None
        body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()
        sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        sys.stdout.buffer.flush()
