"""The protocol with handlers that fail, wait and are cancelled; in process, frames as bytes."""

import asyncio
import json
import logging
from typing import Any

import pytest
from lsprotocol import types
from pygls.lsp.server import LanguageServer

from diffvet.lsp.protocol import INTERNAL_ERROR, Protocol

CANCELLED, INTERNAL = -32800, -32603


class Exchange:
    """A server with two features, spoken to in bodies."""

    def __init__(self) -> None:
        self.server = LanguageServer("t", "1", protocol_cls=Protocol)
        self.protocol: Any = self.server.protocol
        self.sent: list[dict[str, Any]] = []
        self.protocol.set_writer(self, include_headers=False)
        self.cancelled = False

        @self.server.feature(types.TEXT_DOCUMENT_HOVER)
        async def hover(params: types.HoverParams) -> None:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                self.cancelled = True
                raise

        @self.server.feature(types.TEXT_DOCUMENT_DECLARATION)
        def declaration(params: types.DeclarationParams) -> None:
            raise FileNotFoundError(2, "canary", "/secret/place")

        @self.server.feature(types.TEXT_DOCUMENT_DID_SAVE)
        def did_save(params: types.DidSaveTextDocumentParams) -> None:
            raise ValueError("canary")

        self.say(id=0, method="initialize", params={"processId": None, "capabilities": {}})
        self.sent.clear()

    def write(self, data: bytes) -> None:
        self.sent.append(json.loads(data))

    def close(self) -> None:
        raise AssertionError("the stream is not the protocol's to close")

    def say(self, **message: Any) -> None:
        self.protocol.receive(json.dumps({"jsonrpc": "2.0"} | message).encode())

    def ask(self, number: int, method: str) -> None:
        where = {"textDocument": {"uri": "file:///a"}, "position": {"line": 0, "character": 0}}
        self.say(id=number, method=method, params=where)


@pytest.fixture
async def exchange() -> Exchange:
    return Exchange()


async def turn() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_an_internal_error_says_neither_what_nor_where(
    exchange: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL + 1, "pygls")  # as ``cli/lsp.py`` does
    exchange.ask(1, "textDocument/declaration")
    error = {"code": INTERNAL, "message": INTERNAL_ERROR}
    assert exchange.sent == [{"id": 1, "jsonrpc": "2.0", "error": error}]
    assert "canary" not in caplog.text


async def test_a_cancelled_request_is_answered_and_its_handler_ends(exchange: Exchange) -> None:
    exchange.ask(1, "textDocument/hover")
    await turn()
    exchange.say(method="$/cancelRequest", params={"id": 1})
    await turn()
    assert exchange.cancelled
    assert [(said["id"], said["error"]["code"]) for said in exchange.sent] == [(1, CANCELLED)]


async def test_shutdown_cancels_what_is_in_flight_and_is_answered(exchange: Exchange) -> None:
    for number in (1, 2, 3):
        exchange.ask(number, "textDocument/hover")
    await turn()
    exchange.say(id=4, method="shutdown")
    await turn()
    answers = {said["id"]: said.get("error", {}).get("code") for said in exchange.sent}
    assert answers == {1: CANCELLED, 2: CANCELLED, 3: CANCELLED, 4: None}
    assert exchange.protocol.exit_code == 0


async def test_a_late_answer_to_a_question_that_was_given_up_is_ignored(exchange: Exchange) -> None:
    future = exchange.protocol.send_request("workspace/configuration", types.ConfigurationParams([]))
    [question] = exchange.sent
    future.cancel()
    exchange.say(id=question["id"], result=[])
    assert future.cancelled()


async def test_an_answer_that_does_not_fit_fails_the_question(exchange: Exchange) -> None:
    params = types.ShowDocumentParams("file:///a")
    future = exchange.protocol.send_request("window/showDocument", params)
    [question] = exchange.sent
    exchange.say(id=question["id"], result=7)
    assert future.done()
    assert future.exception() is not None


async def test_the_end_is_announced_once_the_client_says_exit(exchange: Exchange) -> None:
    assert not exchange.protocol.ended.is_set()
    exchange.say(method="exit")
    assert exchange.protocol.ended.is_set()
    assert exchange.protocol.exit_code == 1
