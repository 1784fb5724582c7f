"""What is found is shown as it comes, nothing flickers meanwhile, and a review that is given up is over at once."""

import threading
from collections.abc import Callable, Iterator

import pytest

from fake_peer import Peer, Reply, peer
from lsp.raw_client import PATIENCE, Message, RawClient
from lsp.workspace import ANSWER, RISKY, RISKY_LINE, Workspace, close, open_file, places, published

PROGRESS = {"window": {"workDoneProgress": True}}
PUBLISH = "textDocument/publishDiagnostics"


class SlowModel:
    """Answers for a file when it is told to; ``held`` are the words in prompts whose answers are held back."""

    def __init__(self) -> None:
        self.held: dict[str, threading.Event] = {}

    def answer(self, prompt: str) -> str:
        for word, release in self.held.items():
            if f"FILE added {word}.py" in prompt:
                release.wait(PATIENCE)
                return ANSWER.replace("app.py", f"{word}.py")
        return ANSWER

    def hold(self, *words: str) -> None:
        self.held = {word: threading.Event() for word in words}


@pytest.fixture
def model() -> Iterator[SlowModel]:
    slow = SlowModel()
    yield slow
    for release in slow.held.values():
        release.set()


def editor(start: Callable[..., RawClient], listening: Peer, **env: str) -> RawClient:
    client = start(env={"DIFFVET_ENDPOINT": listening.url, "DIFFVET_MODEL": "m"} | env)
    client.answers["window/workDoneProgress/create"] = lambda _: {"result": None}
    client.initialize(PROGRESS)
    return client


def review(client: RawClient, uri: str, scope: str = "worktree") -> str:
    params = {"command": "diffvet.server.reviewScope", "arguments": [uri, scope]}
    return client.call("workspace/executeCommand", params)["result"]


def progress(client: RawClient, token: str, kind: str, part: str = "", after: int = 0) -> Message:
    """The first progress of its kind whose message holds ``part``."""

    def wanted(said: Message) -> bool:
        value = said.get("params", {}).get("value", {}) if said.get("method") == "$/progress" else {}
        return (
            said.get("params", {}).get("token") == token
            and value.get("kind") == kind
            and part in (value.get("message") or "")
        )

    return client.wait(wanted, after)["params"]["value"]


def publications(client: RawClient, after: int = 0) -> list[Message]:
    client.sync()
    return [said["params"] for said in client.seen[after:] if said.get("method") == PUBLISH]


def test_each_file_is_shown_when_its_answers_are_there_and_the_others_keep_what_they_show(
    start: Callable[..., RawClient], workspace: Workspace, model: SlowModel
) -> None:
    uris = {word: workspace.write(f"{word}.py", RISKY) for word in ("one", "two")}
    with peer(model.answer) as listening:
        client = editor(start, listening, DIFFVET_UNIT_TOKENS="80", DIFFVET_CACHE="false")
        model.hold("one", "two")
        first = review(client, uris["one"])
        model.held["two"].set()
        shown = published(client)
        assert (shown["uri"], [place[0] for place in places(shown)]) == (uris["two"], [RISKY_LINE])
        progress(client, first, "report", "1/2 hunks")
        assert len(publications(client)) == 1
        model.held["one"].set()
        assert "2 findings in 2 hunks" in progress(client, first, "end")["message"]
        assert [said["uri"] for said in publications(client)] == [uris["two"], uris["one"]]

        model.hold("one", "two")
        seen = len(client.seen)
        second = review(client, uris["one"])
        model.held["one"].set()
        progress(client, second, "report", "1/2 hunks", seen)
        assert publications(client, seen) == []
        model.held["two"].set()
        progress(client, second, "end", "", seen)
        assert publications(client, seen) == []


@pytest.mark.parametrize("how", ["cancel", "close"])
def test_a_review_that_is_given_up_closes_its_connection_and_says_nothing_more(
    start: Callable[..., RawClient], workspace: Workspace, how: str
) -> None:
    uri = workspace.write("app.py", RISKY)
    with peer(lambda _: Reply(delay=3 * PATIENCE)) as listening:
        client = editor(start, listening)
        open_file(client, uri, RISKY)
        begin = client.wait(lambda said: said.get("method") == "window/workDoneProgress/create")
        token = begin["params"]["token"]
        progress(client, token, "report", "0/1 hunks")
        while not listening.prompts:
            client.sync()
        if how == "cancel":
            client.notify("window/workDoneProgress/cancel", {"token": token})
        else:
            close(client, uri)
        assert progress(client, token, "end")["message"] == "Cancelled"
        assert listening.left.wait(PATIENCE)
        seen = len(client.seen)
        client.sync()
        assert [said["method"] for said in client.seen[seen:] if "method" in said] == []
        assert publications(client) == []
        assert client.end() == 0


def test_a_wide_review_that_is_cancelled_keeps_what_it_has_shown_and_shows_no_more(
    start: Callable[..., RawClient], workspace: Workspace
) -> None:
    uris = {word: workspace.write(f"{word}.py", RISKY) for word in ("one", "two")}

    def script(prompt: str) -> str | Reply:
        return (
            Reply(delay=3 * PATIENCE) if "FILE added one.py" in prompt else ANSWER.replace("app.py", "two.py")
        )

    with peer(script) as listening:
        client = editor(start, listening, DIFFVET_UNIT_TOKENS="80")
        token = review(client, uris["one"])
        assert published(client)["uri"] == uris["two"]
        client.notify("window/workDoneProgress/cancel", {"token": token})
        assert progress(client, token, "end")["message"] == "Cancelled"
        assert listening.left.wait(PATIENCE)
        assert [said["uri"] for said in publications(client)] == [uris["two"]]
        hovered = {"textDocument": {"uri": uris["two"]}, "position": {"line": RISKY_LINE, "character": 0}}
        assert client.call("textDocument/hover", hovered)["result"]
