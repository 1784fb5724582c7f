"""The base protocol, said in raw frames: what pygls 2.1.1 gets wrong and ``lsp/protocol.py`` puts right."""

import importlib.metadata
import os
import subprocess
import sys

import pytest

from lsp.raw_client import RawClient, frame, isolated

INVALID_PARAMS, METHOD_NOT_FOUND, INVALID_REQUEST, NOT_INITIALIZED = -32602, -32601, -32600, -32002


def said_since(client: RawClient, errors: int, messages: int) -> str:
    """What came on standard error since it was ``errors`` bytes long; and no pop-up came since ``messages``."""
    client.sync()
    assert not any(message.get("method") == "window/showMessage" for message in client.seen[messages:])
    return client.stderr[errors:].decode()


def test_the_overrides_belong_to_the_version_of_pygls_they_were_written_for() -> None:
    assert importlib.metadata.version("pygls") == "2.1.1", "look through lsp/protocol.py, then change this"


def test_initialize_shutdown_exit_ends_with_zero_and_says_nothing_on_the_way(client: RawClient) -> None:
    result = client.initialize()
    assert result["serverInfo"]["name"] == "diffvet"
    assert "diagnosticProvider" not in result["capabilities"]
    assert client.end() == 0
    assert client.stderr == b""


def test_exit_without_shutdown_ends_with_one(client: RawClient) -> None:
    client.initialize()
    client.notify("exit")
    assert client.wait_exit() == 1


def test_exit_before_initialize_ends_with_one(client: RawClient) -> None:
    client.notify("exit")
    assert client.wait_exit() == 1


def test_the_end_of_the_input_ends_the_server_with_one(client: RawClient) -> None:
    client.initialize()
    client.process.stdin.close()
    assert client.wait_exit() == 1


def test_the_end_of_the_input_after_shutdown_ends_with_zero(client: RawClient) -> None:
    client.initialize()
    client.call("shutdown")
    client.process.stdin.close()
    assert client.wait_exit() == 0


def test_before_initialize_requests_are_refused_and_notifications_dropped(client: RawClient) -> None:
    assert client.call("textDocument/hover", {})["error"]["code"] == NOT_INITIALIZED
    assert client.call("shutdown")["error"]["code"] == NOT_INITIALIZED
    document = {"uri": "file:///a", "languageId": "x", "version": 1, "text": ""}
    client.notify("textDocument/didOpen", {"textDocument": document})
    assert client.call("initialize", {"capabilities": 7})["error"]["code"] == INVALID_PARAMS
    assert client.initialize()["serverInfo"]


def test_after_shutdown_requests_are_refused_and_notifications_dropped(client: RawClient) -> None:
    client.initialize()
    client.send(
        {"jsonrpc": "2.0", "id": "a", "method": "shutdown"},
        {"jsonrpc": "2.0", "id": "b", "method": "textDocument/hover", "params": {}},
    )
    assert client.answer("a") == {"jsonrpc": "2.0", "id": "a", "result": None}
    assert client.answer("b")["error"]["code"] == INVALID_REQUEST
    for method in ("shutdown", "textDocument/hover", "no/such"):
        assert client.call(method)["error"]["code"] == INVALID_REQUEST
    client.notify("textDocument/didSave", {"textDocument": {"uri": "file:///a"}})
    client.notify("exit")
    assert client.wait_exit() == 0
    assert client.stderr == b""


def test_a_second_initialize_is_refused(shared: RawClient) -> None:
    again = shared.call("initialize", {"processId": None, "capabilities": {}})
    assert again["error"]["code"] == INVALID_REQUEST


@pytest.mark.parametrize(
    "params",
    [
        {},
        None,
        [],
        {"textDocument": {"uri": "file:///a"}},
        {"textDocument": {"uri": "file:///a"}, "position": {"line": None, "character": 0}},
        {"textDocument": 3, "position": {"line": 1, "character": 0}},
    ],
)
def test_parameters_that_do_not_fit_are_answered(shared: RawClient, params: object) -> None:
    answer = shared.call("textDocument/hover", params)
    assert answer["error"] == {
        "code": INVALID_PARAMS,
        "message": "Invalid parameters for textDocument/hover",
    }


@pytest.mark.parametrize(
    "params",
    [
        {"command": "x"},
        {"command": "diffvet.server.review"},
        {"command": "diffvet.server.review", "arguments": []},
        {"command": "diffvet.server.review", "arguments": [1]},
        {"command": "diffvet.server.review", "arguments": ["file:///a", "file:///b"]},
    ],
)
def test_commands_that_do_not_fit_are_answered(shared: RawClient, params: object) -> None:
    error = shared.call("workspace/executeCommand", params)["error"]
    assert error["code"] == INVALID_PARAMS
    assert set(error) == {"code", "message"}


@pytest.mark.parametrize("more", [{}, {"params": None}, {"params": {"a": [1]}}, {"params": 7}])
def test_an_unknown_method_is_answered_whatever_its_parameters(
    shared: RawClient, more: dict[str, object]
) -> None:
    shared.send({"jsonrpc": "2.0", "id": str(more), "method": "no/such"} | more)
    error = shared.answer(str(more))["error"]
    assert error == {"code": METHOD_NOT_FOUND, "message": "Method Not Found: no/such"}


@pytest.mark.parametrize("method", [7, None, [], {}])
def test_a_method_that_is_no_text_is_refused_or_ignored(shared: RawClient, method: object) -> None:
    shared.send({"jsonrpc": "2.0", "id": f"odd {method}", "method": method})
    shared.sync()


def test_a_notification_that_wants_an_answer_is_refused(shared: RawClient) -> None:
    document = {"uri": "file:///a", "languageId": "x", "version": 1, "text": ""}
    answer = shared.call("textDocument/didOpen", {"textDocument": document})
    assert answer["error"] == {"code": INVALID_REQUEST, "message": "textDocument/didOpen is a notification"}


def test_unknown_notifications_are_logged_and_optional_ones_ignored_in_silence(client: RawClient) -> None:
    client.initialize()
    client.notify("$/optional", {"a": 1})
    client.notify("no/such", {"a": 1})
    client.notify("workspace/didChangeConfiguration", {"settings": {"canary": "canary-value"}})
    assert client.end() == 0
    assert client.stderr.decode() == "diffvet: ignored a notification: Method Not Found: no/such\n"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"jsonrpc":"1.0","id":1,"method":"shutdown"}',
        b"[" * 100_000,
    ],
)
def test_a_message_that_is_none_is_logged_and_the_next_one_handled(shared: RawClient, body: bytes) -> None:
    errors, messages = len(shared.stderr), len(shared.seen)
    shared.send(body)
    shared.sync()
    shared.send(body)
    said = said_since(shared, errors, messages)
    assert "ignored a message" in said or not said  # standard error may be behind by one line


def test_a_broken_notification_is_logged_and_not_popped_up(client: RawClient) -> None:
    client.initialize(initializationOptions={"canary": "canary-value"}, trace="verbose")
    client.notify("$/setTrace", {"value": "verbose"})
    client.notify("textDocument/didOpen", {"textDocument": "canary-value"})
    client.call("textDocument/hover", {"canary": "canary-value"})
    client.send(b"{")
    assert client.end() == 0
    assert client.stderr.decode().splitlines() == [
        "diffvet: ignored a notification: Invalid parameters for textDocument/didOpen",
        "diffvet: ignored a message that is not JSON",
    ]
    assert not any(message.get("method") == "window/showMessage" for message in client.seen)


def test_a_message_inside_a_message_is_only_data(shared: RawClient) -> None:
    inner = {"jsonrpc": "2.0", "id": 7, "method": "initialize", "params": 3}
    params = {"command": "diffvet.server.review", "arguments": [inner]}
    assert shared.call("workspace/executeCommand", params)["error"]["code"] == INVALID_PARAMS


def test_answers_to_questions_nobody_asked_are_ignored(shared: RawClient) -> None:
    shared.send(
        {"jsonrpc": "2.0", "id": "mine", "result": None},
        {"jsonrpc": "2.0", "id": None, "error": {"code": 1, "message": "m"}},
        {"jsonrpc": "2.0", "id": [], "result": None},
        {"jsonrpc": "2.0", "result": 1},
    )
    shared.sync()


def test_cancelling_what_is_not_running_is_harmless(shared: RawClient) -> None:
    shared.notify("$/cancelRequest", {"id": 99_999})
    shared.notify("window/workDoneProgress/cancel", {"token": "nobody"})
    shared.notify("window/workDoneProgress/cancel", {"token": 7})
    shared.sync()


def test_header_names_are_read_without_case_and_others_are_skipped(shared: RawClient) -> None:
    body = b'{"jsonrpc":"2.0","id":"case","method":"no/such"}'
    shared.write(b"content-type: x\r\nCONTENT-LENGTH: %d\r\n\r\n%s" % (len(body), body))
    assert shared.answer("case")["error"]["code"] == METHOD_NOT_FOUND


def test_a_frame_may_arrive_byte_by_byte(shared: RawClient) -> None:
    for byte in frame({"jsonrpc": "2.0", "id": "slow", "method": "no/such"}):
        shared.write(bytes([byte]))
    assert shared.answer("slow")["error"]["code"] == METHOD_NOT_FOUND


def test_the_server_ends_when_its_parent_dies_although_its_input_stays_open(client: RawClient) -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    client.initialize(processId=parent.pid)
    client.sync()
    parent.stdin.close()
    parent.wait()
    assert client.wait_exit() == 1


def test_a_parent_that_cannot_be_seen_is_not_watched(client: RawClient) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    client.initialize(processId=gone.pid)
    client.sync()
    assert client.end() == 0


def test_without_pygls_one_sentence_names_the_extra(tmp_path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import importlib.util as u\n"
        "find = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'pygls' else find(name, *rest)\n"
    )
    run = subprocess.run(
        [sys.executable, "-m", "diffvet", "lsp"],
        capture_output=True,
        text=True,
        check=False,
        env=isolated(tmp_path) | {"PYTHONPATH": os.fspath(hidden)},
    )
    assert run.returncode == 2
    sentence = "the language server needs pygls; install it with: pip install 'diffvet[lsp]'"
    assert run.stderr == f"diffvet: {sentence}\n"
