"""From finding to finding of a root, in order and around; documents are opened where the client opens them."""

from typing import Any

import pytest

from lsp.raw_client import Message, RawClient
from lsp.workspace import CLEAN, RISKY, RISKY_LINE, Workspace, close, open_file, published

OPENS = {"window": {"showDocument": {"support": True}}}
INVALID_PARAMS = -32602
TWO = RISKY + "\n\ndef again(cmd):\n    subprocess.run(cmd, shell=True)\n"
SECOND_LINE = 9


def jump(client: RawClient, which: str, uri: str, line: int, character: int = 0) -> Message | None:
    """The answer to one of the commands."""
    params = {
        "command": f"diffvet.server.{which}Finding",
        "arguments": [uri, {"line": line, "character": character}],
    }
    return client.call("workspace/executeCommand", params)["result"]


def place(answer: Message | None) -> tuple[str, int]:
    assert answer is not None
    return answer["uri"], answer["range"]["start"]["line"]


@pytest.fixture
def files(client: RawClient, workspace: Workspace) -> list[str]:
    """Four files in their order, the second without findings, the last closed; the client opens documents."""
    client.answers["window/showDocument"] = lambda _: {"result": {"success": True}}
    client.initialize(OPENS)
    texts = {"a.py": TWO, "b.py": CLEAN, "c.py": RISKY, "d/e.py": RISKY}
    uris = [workspace.write(name, text) for name, text in texts.items()]
    for uri, text in zip(uris, texts.values(), strict=True):
        seen = len(client.seen)
        open_file(client, uri, text)
        if text is not CLEAN:
            assert published(client, seen)["uri"] == uri
    close(client, uris[-1])
    client.forget()
    return uris


def shown(client: RawClient) -> list[Message]:
    client.sync()
    return [said["params"] for said in client.seen if said.get("method") == "window/showDocument"]


def test_next_walks_through_all_files_and_around(client: RawClient, files: list[str]) -> None:
    a, _, c, e = files
    walked, uri, line = [], a, 0
    for _ in range(5):
        uri, line = place(jump(client, "next", uri, line, 99))
        walked.append((uri, line))
    assert walked == [(a, RISKY_LINE), (a, SECOND_LINE), (c, RISKY_LINE), (e, RISKY_LINE), (a, RISKY_LINE)]


def test_previous_walks_back_through_all_files_and_around(client: RawClient, files: list[str]) -> None:
    a, _, c, e = files
    walked, uri, line = [], a, RISKY_LINE
    for _ in range(5):
        answer = jump(client, "previous", uri, line, 5)
        uri, line = place(answer)
        walked.append((uri, line))
    assert walked == [(e, RISKY_LINE), (c, RISKY_LINE), (a, SECOND_LINE), (a, RISKY_LINE), (e, RISKY_LINE)]


def test_a_file_without_findings_leads_to_its_neighbours(client: RawClient, files: list[str]) -> None:
    a, b, c, _ = files
    assert place(jump(client, "next", b, 0)) == (c, RISKY_LINE)
    assert place(jump(client, "previous", b, 0)) == (a, SECOND_LINE)


def test_the_document_is_opened_with_the_finding_selected_in_the_clients_units(
    client: RawClient, files: list[str]
) -> None:
    answer = jump(client, "next", files[1], 0)
    [asked] = shown(client)
    assert answer is not None
    assert asked == {"uri": files[2], "takeFocus": True, "selection": answer["range"]}
    assert answer["range"]["end"]["character"] == 41  # utf-16: the emoji counts twice


@pytest.mark.parametrize(
    "refusal", [{"result": {"success": False}}, {"error": {"code": -32601, "message": "?"}}]
)
def test_a_client_that_cannot_open_it_after_all_harms_nobody(
    client: RawClient, files: list[str], refusal: Message
) -> None:
    client.answers["window/showDocument"] = lambda _: refusal
    for _ in range(2):
        assert place(jump(client, "next", files[1], 0)) == (files[2], RISKY_LINE)
    assert client.end() == 0
    assert client.stderr == b""


def test_a_client_that_opens_no_documents_gets_the_place_and_is_not_asked(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize({"general": {"positionEncodings": ["utf-8"]}})
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    published(client)
    answer = jump(client, "next", uri, 0)
    assert place(answer) == (uri, RISKY_LINE)
    assert answer is not None
    assert answer["range"]["end"]["character"] == 43
    assert jump(client, "previous", uri, RISKY_LINE, 5) == answer
    assert shown(client) == []


def test_without_findings_or_a_repository_the_answer_is_null(
    client: RawClient, workspace: Workspace, tmp_path: Any
) -> None:
    client.initialize(OPENS)
    for uri in (workspace.write("app.py", CLEAN), (tmp_path / "alone.py").as_uri()):
        assert jump(client, "next", uri, 0) is None
        assert jump(client, "previous", uri, 0) is None
    assert shown(client) == []


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["file:///a"],
        ["untitled:a", {"line": 0, "character": 0}],
        ["file:///a", 3],
        ["file:///a", {"line": True, "character": 0}],
        ["file:///a", {"line": -1, "character": 0}],
        [7, {"line": 0, "character": 0}],
    ],
    ids=str,
)
def test_other_arguments_are_invalid_params(shared: RawClient, arguments: list[Any]) -> None:
    answer = shared.call(
        "workspace/executeCommand", {"command": "diffvet.server.nextFinding", "arguments": arguments}
    )
    assert answer["error"]["code"] == INVALID_PARAMS
    assert "takes a file's URI and a position" in answer["error"]["message"]
