"""A secret stands in every place that is read: its value is in no frame, log line, request or file of the server."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from fake_peer import peer
from leaky import AFTER, BEFORE, CLUSTER, KEY_FILE, NAMED, NOTES, files, leaks, plant, quoting
from lsp.raw_client import Message, RawClient
from lsp.workspace import Workspace, change, hover, open_file, published, save

CAPABILITIES = {
    "textDocument": {
        "publishDiagnostics": {
            "relatedInformation": True,
            "dataSupport": True,
            "codeDescriptionSupport": True,
        },
        "hover": {"contentFormat": ["markdown"]},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}},
            "resolveSupport": {"properties": ["edit"]},
            "dataSupport": True,
        },
    },
    "window": {"workDoneProgress": True},
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
    "experimental": {"diffvet": {"findingsChanged": True, "status": True, "explain": True}},
}

OPENED = {
    "app.py": AFTER,
    "deploy/id.pem": KEY_FILE,
    "deploy/secret.yaml": CLUSTER,
    "notes.txt": NOTES,
    NAMED: "x = eval(y)\n",
}


def look_at_everything(client: RawClient, uri: str, text: str) -> None:
    """Hover on every line, ask for the actions there, and resolve and carry out what they offer."""
    for line in range(len(text.split("\n"))):
        hover(client, uri, line, 4)
        where = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 80}}
        asked = {"textDocument": {"uri": uri}, "range": where, "context": {"diagnostics": []}}
        for action in client.call("textDocument/codeAction", asked)["result"] or []:
            whole = client.call("codeAction/resolve", action)["result"] if "data" in action else action
            assert whole["title"]
            if "explain" in str(whole.get("command")):
                client.call("workspace/executeCommand", _without_title(whole["command"]))


def _without_title(command: dict[str, Any]) -> dict[str, Any]:
    return {"command": command["command"], "arguments": command["arguments"]}


def _ends(job: str, message: Message) -> bool:
    if message.get("method") != "$/progress" or message["params"]["token"] != job:
        return False
    return message["params"]["value"]["kind"] == "end"


def test_no_value_is_in_a_frame_a_log_line_a_request_or_a_file(
    start: Callable[..., RawClient], workspace: Workspace, tmp_path: Path
) -> None:
    loud = tmp_path / "loud"
    loud.mkdir()
    (loud / "sitecustomize.py").write_text("import logging\nlogging.basicConfig(level=logging.DEBUG)\n")
    plant(workspace.write, workspace.commit)
    with peer(quoting) as model:
        env = {
            "DIFFVET_ENDPOINT": model.url,
            "DIFFVET_MODEL": "m",
            "DIFFVET_API_KEY": "canary-" + "key-12345678",
        }
        client = start(env=env | {"PYTHONPATH": str(loud)})
        client.answers["window/workDoneProgress/create"] = lambda _: {"result": None}
        client.answers["workspace/applyEdit"] = lambda _: {"result": {"applied": False}}
        client.answers["window/showDocument"] = lambda _: {"result": {"success": True}}
        client.initialize(CAPABILITIES, rootUri=workspace.root.as_uri(), trace="verbose")
        client.notify("$/setTrace", {"value": "verbose"})
        shown = 0
        for name, text in OPENED.items():
            seen = len(client.seen)
            uri = (workspace.root / name).as_uri()
            open_file(client, uri, text)
            shown += len(published(client, seen)["diagnostics"])
            look_at_everything(client, uri, text)
        assert shown > len(OPENED)
        uri = (workspace.root / "app.py").as_uri()
        change(client, uri, 2, {"text": AFTER.replace("eval(url)", "eval(url), exec(url)")})
        save(client, uri)
        look_at_everything(client, uri, AFTER)
        change(client, uri, 3, {"text": BEFORE})
        for scope in ("worktree", "staged", "branch", "commit"):
            asked = {"command": "diffvet.server.reviewScope", "arguments": [uri, scope]}
            job = client.call("workspace/executeCommand", asked)["result"]
            client.wait(partial(_ends, job))
        client.call("diffvet/findings", {})
        assert client.end() == 0
    assert b"INFO:httpx" in client.stderr  # as loud as can be
    assert len(model.prompts) > len(OPENED)
    assert leaks({"frames": client.raw}, but="name") == []
    kept = files(client.home)
    assert kept
    requests = {f"request {number}": body for number, body in enumerate(model.raw)}
    assert leaks({"log": client.stderr} | kept | requests) == []
