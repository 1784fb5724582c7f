"""The editor's settings: asked for where offered, taken as told elsewhere, and what a change of them concerns."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fake_peer import Peer, peer
from lsp.raw_client import Message, RawClient
from lsp.test_lsp_findings import idle, listed
from lsp.workspace import (
    ANSWER,
    CLEAN,
    RISKY,
    RISKY_LINE,
    Workspace,
    change,
    open_file,
    places,
    published,
    save,
)

ASKABLE = {"workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}}}
QUESTION = "workspace/configuration"


class Editor:
    """Settings that a client answers with, and how often it was asked."""

    def __init__(self, client: RawClient, **settings: Any) -> None:
        self.client = client
        self.settings: Any = settings
        self.asked: list[Message] = []
        client.answers[QUESTION] = self.answer
        client.answers["client/registerCapability"] = lambda _: {"result": None}

    def answer(self, question: Message) -> Message:
        items = question["params"]["items"]
        self.asked.append(items)
        return {"result": [self.settings for _ in items]}

    def set(self, **settings: Any) -> None:
        self.settings = settings
        self.client.notify("workspace/didChangeConfiguration", {"settings": None})


@pytest.fixture
def editor(client: RawClient) -> Editor:
    editor = Editor(client)
    client.initialize(ASKABLE)
    return editor


@pytest.fixture
def model() -> Iterator[Peer]:
    with peer(lambda _: ANSWER) as served:
        yield served


def logged(client: RawClient) -> list[str]:
    return [said["params"]["message"] for said in client.seen if said.get("method") == "window/logMessage"]


def sentence(client: RawClient, part: str) -> str:
    return client.wait(
        lambda said: said.get("method") == "window/logMessage" and part in said["params"]["message"]
    )["params"]["message"]


def test_settings_are_asked_for_once_per_root_and_count(
    editor: Editor, workspace: Workspace, tmp_path: Any
) -> None:
    client = editor.client
    editor.settings = {"exclude": ["*.py"], "minSeverity": None}
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    [row] = idle(client, uri)["ledger"]
    assert row["outcome"] == "skipped"
    assert "'exclude' in editor exclude" in row["reason"]
    other = Workspace(tmp_path / "other")
    other_uri = other.write("app.py", RISKY)
    open_file(client, other_uri, RISKY)
    idle(client, other_uri)
    save(client, uri)
    client.forget()
    assert editor.asked == [
        [{"scopeUri": root.as_uri(), "section": "diffvet"}] for root in (workspace.root, other.root)
    ]


def test_a_change_is_registered_for_asked_about_once_and_shows_what_it_concerns(
    editor: Editor, workspace: Workspace
) -> None:
    client = editor.client
    [registered] = client.notification("client/registerCapability")["registrations"]
    assert registered["method"] == "workspace/didChangeConfiguration"
    assert registered["registerOptions"] == {"section": "diffvet"}
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    assert len(published(client)["diagnostics"]) == 1
    seen = len(client.seen)
    for _ in range(20):
        editor.set(exclude=["app.py"])
    assert published(client, seen)["diagnostics"] == []
    assert len(editor.asked) == 2
    seen = len(client.seen)
    editor.set()
    assert places(published(client, seen))[0][0] == RISKY_LINE


def test_a_change_that_says_the_same_reviews_nothing(editor: Editor, workspace: Workspace) -> None:
    client = editor.client
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    published(client)
    client.forget()
    editor.set()
    client.wait(lambda said: said.get("method") == QUESTION)
    client.sync()
    assert listed(client, uri)["status"]["state"] == "idle"
    assert not [said for said in client.seen if said.get("method") == "textDocument/publishDiagnostics"]


def test_what_is_wrong_in_a_setting_is_said_once_its_default_holds_and_the_server_lives(
    editor: Editor, workspace: Workspace
) -> None:
    client = editor.client
    editor.settings = {
        "minSeverty": "error",
        "filter_mode": "add",
        "endpoint": "https://elsewhere.invalid",
        "apiKey": "canary-key",
        "baseline": "../known.json",
        "trace": {"server": "verbose"},
        "interpreter": "/bin/python",
        "lsp_pause": "",
    }
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    assert len(published(client)["diagnostics"]) == 1
    assert "did you mean 'min_severity'?; its default holds" in sentence(client, "minSeverty")
    assert "did you mean 'added'?" in sentence(client, "filter_mode")
    assert "set DIFFVET_ENDPOINT where it is started" in sentence(client, "diffvet.endpoint")
    assert "a key belongs into the environment" in sentence(client, "apiKey")
    assert "must be a path inside the repository" in sentence(client, "baseline")
    editor.set(**editor.settings | {"min_severity": "error"})
    client.wait(lambda said: said.get("method") == QUESTION, len(client.seen))
    client.sync()
    assert len([said for said in logged(client) if "minSeverty" in said]) == 1
    assert not [said for said in logged(client) if "trace" in said or "interpreter" in said]
    assert b"canary-key" not in client.raw + client.stderr
    assert client.end() == 0


def test_settings_that_cannot_work_together_are_left_out_with_one_sentence(
    editor: Editor, workspace: Workspace
) -> None:
    client = editor.client
    editor.settings = {"models": ["some/model"]}
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    assert len(published(client)["diagnostics"]) == 1
    assert "there is no endpoint to ask" in sentence(client, "the editor's settings are left out")


@pytest.mark.parametrize(
    "answer",
    [
        {"error": {"code": -32601, "message": "Method not found"}},
        {"result": None},
        {"result": []},
        {"result": [None]},
        {"result": [7]},
        {"result": {"diffvet": {}}},
    ],
    ids=str,
)
def test_a_client_that_answers_nothing_useful_has_no_settings(
    client: RawClient, workspace: Workspace, answer: Message
) -> None:
    client.answers[QUESTION] = lambda _: answer
    client.initialize({"workspace": {"configuration": True}})
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    assert len(published(client)["diagnostics"]) == 1
    assert client.end() == 0


def test_a_client_that_never_answers_is_not_waited_for_and_its_late_answer_counts(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize({"workspace": {"configuration": True}})
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    question = client.wait(lambda said: said.get("method") == QUESTION)
    assert len(published(client)["diagnostics"]) == 1
    assert sentence(client, "did not answer which settings")
    seen = len(client.seen)
    client.send({"jsonrpc": "2.0", "id": question["id"], "result": [{"exclude": ["app.py"]}]})
    assert published(client, seen)["diagnostics"] == []


def test_a_review_that_is_cancelled_while_the_client_is_asked_leaves_the_answer_be(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize({"workspace": {"configuration": True}})
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    question = client.wait(lambda said: said.get("method") == QUESTION)
    for _ in range(3):
        save(client, uri)
    client.sync()
    client.send({"jsonrpc": "2.0", "id": question["id"], "result": [{}]})
    assert len(published(client)["diagnostics"]) == 1
    assert client.end() == 0
    assert client.stderr == b""


def test_a_client_that_cannot_be_asked_is_not_and_what_it_tells_counts(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize()
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    assert len(published(client)["diagnostics"]) == 1
    seen = len(client.seen)
    told = {"diffvet": {"exclude": ["app.py"]}, "other": {"exclude": 7}}
    client.notify("workspace/didChangeConfiguration", {"settings": told})
    assert published(client, seen)["diagnostics"] == []
    for number in range(20):
        exclude = ["app.py"] if number % 2 else []
        client.notify("workspace/didChangeConfiguration", {"settings": {"diffvet": {"exclude": exclude}}})
    for settings in (None, 7, [], {"diffvet": 7}, {"diffvet": None}):
        client.notify("workspace/didChangeConfiguration", {"settings": settings})
    seen = client.seen.index(client.seen[-1])
    while not published(client, seen)["diagnostics"]:
        seen += 1
    assert "must be a table of options" in sentence(client, "is 7")
    assert not [said for said in client.seen if "id" in said and "method" in said]


def test_the_editor_may_say_when_and_which_model_is_asked(
    start: Callable[..., RawClient], workspace: Workspace, model: Peer
) -> None:
    client = start(env={"DIFFVET_ENDPOINT": model.url, "DIFFVET_MODEL": "dear/model"})
    editor = Editor(client, lspModel="command", model="cheap/model")
    client.initialize(ASKABLE)
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    published(client)
    save(client, uri)
    idle(client, uri)
    assert model.prompts == []
    client.call("workspace/executeCommand", {"command": "diffvet.server.review", "arguments": [uri]})
    while listed(client, uri)["findings"][0]["reviewer"] == "embedded":
        client.sync()
    assert len(model.prompts) == 1
    assert "Reviewing with cheap/model at" in sentence(client, "cheap/model")
    asked = len(editor.asked)
    seen = len(client.seen)
    editor.set(lspModel="command", model="cheap/model", exclude=["*.md"], min_severity="info")
    client.wait(lambda said: said.get("method") == QUESTION, seen)
    client.sync()
    assert len(editor.asked) == asked + 1
    idle(client, uri)
    assert listed(client, uri)["findings"][0]["reviewer"] == "cheap/model"
    assert len(model.prompts) == 1


def test_a_pause_set_in_the_editor_holds_without_a_new_review(editor: Editor, workspace: Workspace) -> None:
    client = editor.client
    editor.settings = {"lsp_pause": 0}
    uri = workspace.write("app.py", CLEAN)
    open_file(client, uri, CLEAN)
    client.sync()
    change(client, uri, 2, {"text": RISKY})
    client.sync()
    seen = len(client.seen)
    editor.set(lsp_pause=0.05)
    client.wait(lambda said: said.get("method") == QUESTION, seen)
    client.sync()
    change(client, uri, 3, {"text": RISKY + "\n"})
    assert len(published(client, seen)["diagnostics"]) == 1
