"""The base protocol, said in raw frames: what pygls 2.1.1 gets wrong and ``lsp/protocol.py`` puts right."""

import importlib.metadata
import os
import subprocess
import sys

import pytest

from lsp.raw_client import RawClient, frame, isolated

INVALID_PARAMS, METHOD_NOT_FOUND, INVALID_REQUEST, NOT_INITIALIZED = -32602, -32601, -32600, -32002


def test_the_overrides_belong_to_the_version_of_pygls_they_were_written_for() -> None:
    assert importlib.metadata.version("pygls") == "2.1.1", (
        "look through lsp/protocol.py again, then change this"
    )


def test_initialize_then_shutdown_then_exit_ends_with_zero(client: RawClient) -> None:
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


def test_a_client_that_closes_its_side_of_the_output_ends_the_server(client: RawClient) -> None:
    client.initialize()
    client.process.stdin.close()
    client.process.stdout.close()
    assert client.wait_exit() == 1


def test_a_request_before_initialize_is_refused(client: RawClient) -> None:
    assert client.call("textDocument/hover", {})["error"]["code"] == NOT_INITIALIZED
    assert client.call("shutdown")["error"]["code"] == NOT_INITIALIZED


def test_a_notification_before_initialize_is_dropped(client: RawClient) -> None:
    document = {"uri": "file:///a", "languageId": "x", "version": 1, "text": ""}
    client.notify("textDocument/didOpen", {"textDocument": document})
    assert client.initialize()["serverInfo"]


def test_a_second_initialize_is_refused(client: RawClient) -> None:
    client.initialize()
    assert (
        client.call("initialize", {"processId": None, "capabilities": {}})["error"]["code"] == INVALID_REQUEST
    )


def test_initialize_with_bad_parameters_can_be_tried_again(client: RawClient) -> None:
    assert client.call("initialize", {"capabilities": 7})["error"]["code"] == INVALID_PARAMS
    assert client.initialize()["serverInfo"]


def test_a_request_after_shutdown_is_refused(client: RawClient) -> None:
    client.initialize()
    assert client.call("shutdown") == {"jsonrpc": "2.0", "id": 2, "result": None}
    for method in ("shutdown", "textDocument/hover", "no/such"):
        assert client.call(method)["error"]["code"] == INVALID_REQUEST


def test_requests_in_one_write_with_shutdown_are_refused_too(client: RawClient) -> None:
    client.initialize()
    client.send(
        {"jsonrpc": "2.0", "id": "a", "method": "shutdown"},
        {"jsonrpc": "2.0", "id": "b", "method": "textDocument/hover", "params": {}},
    )
    assert client.answer("a")["result"] is None
    assert client.answer("b")["error"]["code"] == INVALID_REQUEST


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
def test_parameters_that_do_not_fit_are_answered(client: RawClient, params: object) -> None:
    client.initialize()
    assert client.call("textDocument/hover", params)["error"]["code"] == INVALID_PARAMS


def test_an_unknown_command_is_answered(client: RawClient) -> None:
    client.initialize()
    assert client.call("workspace/executeCommand", {"command": "x"})["error"]["code"] == INVALID_PARAMS


@pytest.mark.parametrize("more", [{}, {"params": None}, {"params": {"a": [1]}}, {"params": 7}])
def test_an_unknown_method_is_answered_whatever_its_parameters(
    client: RawClient, more: dict[str, object]
) -> None:
    client.initialize()
    client.send({"jsonrpc": "2.0", "id": "x", "method": "no/such"} | more)
    assert client.answer("x")["error"]["code"] == METHOD_NOT_FOUND


def test_unknown_notifications_are_ignored_and_optional_ones_in_silence(client: RawClient) -> None:
    client.initialize()
    client.notify("$/optional", {"a": 1})
    client.notify("no/such", {"a": 1})
    client.sync()
    assert client.end() == 0
    assert client.stderr.count(b"\n") == 1


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
def test_a_message_that_is_none_is_logged_and_the_next_one_handled(client: RawClient, body: bytes) -> None:
    client.initialize()
    client.send(body)
    client.sync()
    assert client.end() == 0
    assert client.stderr.startswith(b"diffvet: ignored a message")
    assert not any(message.get("method") == "window/showMessage" for message in client.seen)


def test_a_broken_notification_is_logged_and_not_popped_up(client: RawClient) -> None:
    client.initialize()
    client.notify("textDocument/didOpen", {"textDocument": "nonsense"})
    client.sync()
    assert client.end() == 0
    assert b"ignored a notification" in client.stderr
    assert b"nonsense" not in client.stderr
    assert not any(message.get("method") == "window/showMessage" for message in client.seen)


def test_answers_to_questions_nobody_asked_are_ignored(client: RawClient) -> None:
    client.initialize()
    client.send(
        {"jsonrpc": "2.0", "id": "mine", "result": None},
        {"jsonrpc": "2.0", "id": None, "error": {"code": 1, "message": "m"}},
        {"jsonrpc": "2.0", "result": 1},
    )
    client.sync()
    assert client.end() == 0
    assert client.stderr == b""


def test_cancelling_what_is_not_running_is_harmless(client: RawClient) -> None:
    client.initialize()
    client.notify("$/cancelRequest", {"id": 99})
    client.notify("window/workDoneProgress/cancel", {"token": "nobody"})
    client.sync()
    assert client.end() == 0
    assert client.stderr == b""


def test_header_names_are_read_without_case_and_others_are_skipped(client: RawClient) -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"no/such"}'
    client.write(b"content-type: x\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
    assert client.answer(1)["error"]["code"] == NOT_INITIALIZED


def test_a_frame_may_arrive_in_pieces(client: RawClient) -> None:
    data = frame({"jsonrpc": "2.0", "id": 1, "method": "no/such"})
    for byte in data:
        client.write(bytes([byte]))
    assert client.answer(1)["error"]["code"] == NOT_INITIALIZED


def test_error_answers_carry_no_data(client: RawClient) -> None:
    client.initialize()
    for method in ("textDocument/hover", "workspace/executeCommand", "no/such"):
        assert set(client.call(method)["error"]) == {"code", "message"}


def test_nothing_of_a_message_reaches_standard_error(client: RawClient) -> None:
    client.initialize(initializationOptions={"canary": "canary-value"}, trace="verbose")
    client.notify("$/setTrace", {"value": "verbose"})
    client.notify("workspace/didChangeConfiguration", {"settings": {"canary": "canary-value"}})
    client.call("textDocument/hover", {"canary": "canary-value"})
    assert client.end() == 0
    assert b"canary" not in client.stderr


def test_the_server_ends_when_its_parent_dies_although_its_input_stays_open(start) -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    client = start()
    client.initialize(processId=parent.pid)
    client.sync()
    parent.stdin.close()
    parent.wait()
    assert client.wait_exit() == 1


def test_a_parent_that_cannot_be_seen_is_not_watched(start) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    client = start()
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
    assert (
        run.stderr
        == "diffvet: the language server needs pygls; install it with: pip install 'diffvet[lsp]'\n"
    )
