"""What is found outlives the server, costs nothing twice, and the key is seen by nobody on the way."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_peer import Reply, message, peer
from lsp.raw_client import PATIENCE, RawClient
from lsp.workspace import (
    ANSWER,
    CLEAN,
    RISKY,
    RISKY_LINE,
    Workspace,
    change,
    hover,
    open_file,
    places,
    published,
    save,
)

KEY = "canary-" + "key-0123456789abcdef"
HERE = [(RISKY_LINE, 4, RISKY_LINE, 41)]


class Peer:
    """A model that counts what it is asked."""

    def __init__(self, url: str) -> None:
        self.env = {
            "DIFFVET_ENDPOINT": url,
            "DIFFVET_MODEL": "route/test",
            "DIFFVET_API_KEY": KEY,
            "DIFFVET_RETRIES": "0",
        }
        self.prompts: list[str] = []
        self.script: Callable[[str], Any] = lambda _: ANSWER


@pytest.fixture
def model() -> Iterator[Peer]:
    made: list[Peer] = []

    def answer(prompt: str) -> Any:
        made[0].prompts.append(prompt)
        return made[0].script(prompt)

    with peer(answer) as listening:
        made.append(Peer(listening.url))
        yield made[0]


def edit(client: RawClient, uri: str, version: int, line: int, text: str) -> None:
    at = {"line": line, "character": 0}
    change(client, uri, version, {"range": {"start": at, "end": at}, "text": text})


def test_a_server_that_is_started_again_shows_the_model_s_findings_without_asking(
    start: Callable[..., RawClient], workspace: Workspace, model: Peer
) -> None:
    uri = workspace.write("app.py", RISKY)
    first = start(env=model.env)
    first.initialize()
    open_file(first, uri, RISKY)
    shown = published(first)
    assert places(shown) == HERE
    assert first.end() == 0
    second = start(env=model.env)
    second.initialize()
    open_file(second, uri, RISKY)
    assert published(second)["diagnostics"] == shown["diagnostics"]
    assert second.end() == 0
    assert len(model.prompts) == 1


def test_findings_in_files_nobody_opens_are_back_after_a_restart_where_nothing_changed(
    start: Callable[..., RawClient], workspace: Workspace
) -> None:
    names = ["kept.py", "changed.py"]
    kept, changed = (workspace.write(name, RISKY) for name in names)
    app = workspace.write("app.py", CLEAN)
    first = start()
    first.initialize()
    command = {"command": "diffvet.server.reviewScope", "arguments": [app, "worktree"]}
    first.call("workspace/executeCommand", command)
    assert {published(first)["uri"], published(first, len(first.seen))["uri"]} == {kept, changed}
    while (
        first.call("diffvet/findings", {"uri": app})["result"]["roots"][0]["status"]["state"] == "reviewing"
    ):
        pass
    assert first.end() == 0
    workspace.write("changed.py", "# above\n" + RISKY)
    second = start()
    second.initialize()
    open_file(second, app, CLEAN)
    assert (published(second)["uri"], places(published(second))) == (kept, HERE)
    second.sync()
    [root] = second.call("diffvet/findings", {"uri": app})["result"]["roots"]
    assert [one["uri"] for one in root["findings"]] == [kept]
    assert second.end() == 0
    workspace.commit()
    third = start()
    third.initialize()
    open_file(third, app, CLEAN)
    third.wait(lambda said: "Reviewing with" in str(said))
    third.sync()
    assert third.end() == 0
    assert not [said for said in third.seen if said.get("method") == "textDocument/publishDiagnostics"]


def test_while_one_types_only_the_embedded_rules_and_what_was_paid_for_answer(
    start: Callable[..., RawClient], workspace: Workspace, model: Peer
) -> None:
    model.script = lambda prompt: ANSWER if "shell=True" in prompt else "- none\nEND OF REVIEW\n"
    uri = workspace.write("app.py", RISKY)
    client = start(env=model.env)
    client.initialize()
    open_file(client, uri, RISKY)
    assert published(client)["diagnostics"][0]["message"].startswith("Shell injection")
    seen = len(client.seen)
    edit(client, uri, 2, 0, "import pickle\nx = pickle.loads(data)\n")
    while len((said := published(client, seen))["diagnostics"]) < 2:
        seen = len(client.seen)
    messages = [one["message"].split(":")[0] for one in said["diagnostics"]]
    assert "Shell injection" in messages  # the model's, moved
    assert len(model.prompts) == 1
    seen = len(client.seen)
    change(client, uri, 3, {"text": CLEAN})
    assert published(client, seen)["diagnostics"] == []
    time.sleep(0.6)
    seen = len(client.seen)
    change(client, uri, 4, {"text": RISKY})
    assert places(published(client, seen)) == HERE
    assert client.end() == 0
    assert len(model.prompts) == 1


@pytest.mark.parametrize(("when", "asked"), [("open", [1, 1]), ("save", [0, 1]), ("command", [0, 0])])
def test_when_the_model_is_asked_is_a_setting(
    start: Callable[..., RawClient], workspace: Workspace, model: Peer, when: str, asked: list[int]
) -> None:
    uri = workspace.write("app.py", RISKY)
    client = start(env=model.env | {"DIFFVET_LSP_MODEL": when})
    client.answers["window/workDoneProgress/create"] = lambda _: {"result": None}
    client.initialize({"window": {"workDoneProgress": True}})
    counts = []
    open_file(client, uri, RISKY)
    for act in (lambda: None, lambda: save(client, uri)):
        seen = len(client.seen)
        act()
        client.wait(
            lambda said: said.get("method") == "$/progress" and said["params"]["value"]["kind"] == "end", seen
        )
        counts.append(len(model.prompts))
    assert counts == asked
    job = {"command": "diffvet.server.review", "arguments": [uri]}
    seen = len(client.seen)
    client.call("workspace/executeCommand", job)
    client.wait(
        lambda said: said.get("method") == "$/progress" and said["params"]["value"]["kind"] == "end", seen
    )
    assert len(model.prompts) == 1
    assert client.end() == 0


def test_unsaved_text_an_editor_opens_with_is_not_sent(
    start: Callable[..., RawClient], workspace: Workspace, model: Peer
) -> None:
    uri = workspace.write("app.py", CLEAN)
    client = start(env=model.env)
    client.initialize()
    open_file(client, uri, RISKY)
    assert places(published(client)) == HERE  # the embedded rules know it too
    assert client.end() == 0
    assert model.prompts == []


def test_what_is_typed_while_a_save_waits_its_turn_is_not_sent_but_what_was_saved_is(
    start: Callable[..., RawClient], workspace: Workspace, model: Peer
) -> None:
    client = start(env=model.env | {"DIFFVET_CACHE": "false"})
    client.initialize()
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    published(client)
    for version in range(2, 5):
        edit(client, uri, version, 0, f"# saved {version}\n")
        text = "".join(f"# saved {number}\n" for number in range(version, 1, -1)) + RISKY
        workspace.write("app.py", text)
        save(client, uri)
    edit(client, uri, 5, 0, "# typed\n")
    deadline = time.monotonic() + PATIENCE
    while not any("# saved 4" in prompt for prompt in model.prompts) and time.monotonic() < deadline:
        client.sync()
        time.sleep(0.05)
    moved = (RISKY_LINE + 4, 4, RISKY_LINE + 4, 41)
    client.wait(
        lambda said: (
            said.get("method") == "textDocument/publishDiagnostics" and moved in places(said["params"])
        )
    )
    assert "# saved 4" in model.prompts[-1]
    assert not any("# typed" in prompt for prompt in model.prompts)
    assert client.end() == 0


def test_the_key_is_in_no_frame_and_no_line_whatever_goes_wrong(
    start: Callable[..., RawClient], workspace: Workspace, model: Peer, tmp_path: Path
) -> None:
    client = start(
        env=model.env | {"DIFFVET_CACHE": "false", "PYTHONASYNCIODEBUG": "1", "PYTHONDEVMODE": "1"}
    )
    client.answers["window/workDoneProgress/create"] = lambda _: {"result": None}
    experimental = {"diffvet": {"findingsChanged": True, "status": True}}
    client.initialize({"window": {"workDoneProgress": True}, "experimental": experimental}, trace="verbose")
    client.notify("$/setTrace", {"value": "verbose"})
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    published(client)
    answers = [
        Reply(status=401, body=f"bad key {KEY}".encode()),
        Reply(status=500, body=f'{{"error": {{"message": "{KEY}"}}}}'.encode()),
        Reply(body=b"<html>" + KEY.encode()),
        Reply(body=message(ANSWER.replace("Shell injection", f"Key {KEY}"))),
    ]
    for number, said in enumerate(answers):
        model.script = lambda _, said=said: said
        seen = len(client.seen)
        workspace.write("app.py", RISKY + f"# {number}\n")
        change(client, uri, number + 2, {"text": RISKY + f"# {number}\n"})
        save(client, uri)
        client.wait(lambda m: m.get("method") == "$/progress" and m["params"]["value"]["kind"] == "end", seen)
        hover(client, uri, RISKY_LINE, 8)
        client.call("diffvet/findings", {})
    client.notify("textDocument/didChange", {"textDocument": {"uri": uri}})
    client.call("workspace/executeCommand", {"command": "diffvet.server.review", "arguments": [KEY[:0]]})
    assert client.end() == 0
    assert KEY.encode() not in client.raw
    assert KEY.encode() not in client.stderr
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


def test_of_two_racing_reviews_the_newer_speaks_even_if_the_older_answers_last(
    start: Callable[..., RawClient], workspace: Workspace, model: Peer
) -> None:
    model.script = lambda _: Reply(body=message(ANSWER.replace("Shell injection", "Older")), delay=1.0)
    client = start(env=model.env | {"DIFFVET_CACHE": "false"})
    client.initialize()
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    deadline = time.monotonic() + PATIENCE
    while not model.prompts and time.monotonic() < deadline:
        client.sync()
    model.script = lambda _: ANSWER.replace("Shell injection", "Newer")
    save(client, uri)
    assert published(client)["diagnostics"][0]["message"].startswith("Newer")
    time.sleep(1.2)
    client.sync()
    assert len([said for said in client.seen if said.get("method") == "textDocument/publishDiagnostics"]) == 1
    assert client.end() == 0
