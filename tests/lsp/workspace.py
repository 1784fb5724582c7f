"""A small repository with changed files, and the words an editor uses for them."""

import subprocess
from pathlib import Path
from typing import Any

from lsp.raw_client import RawClient, isolated

CLEAN = "import subprocess\n\n\ndef run(cmd):\n    return cmd\n"
RISKY = 'import subprocess\n\n\ndef run(cmd):\n    "\U0001f600"; subprocess.run(cmd, shell=True)\n    return cmd\n'
RISKY_LINE = 4
FIXED = RISKY.replace("cmd, shell=True", "[cmd], check=True")

ANSWER = (
    "- [error][security] app.py:R5 `subprocess.run(cmd, shell=True)` **Shell injection.** "
    "Why: `cmd` holds user input. Fix: pass a list.\nEND OF REVIEW\n"
)
"""What a model says of ``RISKY``."""


class Workspace:
    """A repository whose HEAD holds ``CLEAN`` as ``app.py``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self.git("init", "-q", "-b", "main")
        self.write("app.py", CLEAN)
        self.commit()

    def git(self, *args: str) -> None:
        identity = ("-c", "user.name=Test", "-c", "user.email=test@example.invalid")
        subprocess.run(["git", *identity, *args], cwd=self.root, check=True, env=isolated(self.root))

    def write(self, name: str, text: str | bytes) -> str:
        """Write a file; its URI."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path.as_uri()

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "work")


def open_file(client: RawClient, uri: str, text: str, version: int = 1) -> None:
    client.open.add(uri)
    document = {"uri": uri, "languageId": "python", "version": version, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": document})


def change(client: RawClient, uri: str, version: int, *changes: dict[str, Any]) -> None:
    client.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": uri, "version": version}, "contentChanges": list(changes)},
    )


def save(client: RawClient, uri: str) -> None:
    client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})


def close(client: RawClient, uri: str) -> None:
    client.open.discard(uri)
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def hover(client: RawClient, uri: str, line: int, character: int = 0) -> dict[str, Any] | None:
    position = {"line": line, "character": character}
    return client.call("textDocument/hover", {"textDocument": {"uri": uri}, "position": position})["result"]


def published(client: RawClient, after: int = 0) -> dict[str, Any]:
    return client.notification("textDocument/publishDiagnostics", after)


def places(params: dict[str, Any]) -> list[tuple[int, int, int, int]]:
    """The ranges of published diagnostics as (line, character, end line, end character)."""
    ranges = [diagnostic["range"] for diagnostic in params["diagnostics"]]
    return [
        (r["start"]["line"], r["start"]["character"], r["end"]["line"], r["end"]["character"]) for r in ranges
    ]
