"""pygls's protocol with its gaps closed (``reference/lsp-anchors.md`` §5.4); pygls 2.1.1.

What differs, each with a test on raw frames in ``tests/lsp/test_lsp_protocol.py``:

- a request whose parameters do not fit is answered with -32602 (pygls never answers it);
- a request before ``initialize`` gets -32002, one after ``shutdown`` or a second ``initialize`` -32600;
- an unknown method gets -32601 whatever its parameters are;
- malformed JSON and failures inside notifications are logged, never popped up;
- error answers carry neither traceback nor path;
- ``shutdown`` waits for its own handler and walks over a copy of the requests in flight;
- a code action is answered whatever diagnostics of other servers are sent along (microsoft/vscode#177094);
- a late answer to a request that was cancelled here is ignored;
- ``exit`` ends the loop with 0 after ``shutdown``, 1 without; so does the end of the input, because a
  client that goes away without ``shutdown`` did not end the session as the protocol asks;
- document text and progress tokens are kept by our own session: pygls splits lines with
  ``str.splitlines`` (so at form feeds too) and never forgets a token.
"""

import asyncio
import json
import logging
from collections.abc import Generator
from typing import Any

from cattrs import Converter
from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcServerNotInitialized,
)
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from diffvet.lsp.faults import log_fault

logger = logging.getLogger(__name__)

KEPT_BY_THE_SESSION = (
    types.TEXT_DOCUMENT_DID_OPEN,
    types.TEXT_DOCUMENT_DID_CHANGE,
    types.TEXT_DOCUMENT_DID_CLOSE,
    types.NOTEBOOK_DOCUMENT_DID_OPEN,
    types.NOTEBOOK_DOCUMENT_DID_CHANGE,
    types.NOTEBOOK_DOCUMENT_DID_CLOSE,
    types.WINDOW_WORK_DONE_PROGRESS_CANCEL,
)
"""Methods whose handling by pygls is taken out; features register their own."""

INTERNAL_ERROR = "Internal error in diffvet; the server's standard error has the details"


class Protocol(LanguageServerProtocol):
    """The messages of one client. All methods run on the event loop's thread."""

    def __init__(self, server: LanguageServer, converter: Converter) -> None:
        super().__init__(server, converter)
        for method in KEPT_BY_THE_SESSION:
            self.fm.builtin_features.pop(method)
        self.ended = asyncio.Event()
        self._initialized = False

    @property
    def exit_code(self) -> int:
        """What the process ends with: 0 after ``shutdown``, 1 without."""
        return 0 if self._shutdown else 1

    def receive(self, body: bytes) -> None:
        """Handle the body of one frame. Never raises: a bad message ends here, in an answer or the log."""
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            logger.warning("ignored a message that is not JSON")
            return
        if not isinstance(data, dict) or data.get("jsonrpc") != self.VERSION:
            logger.warning("ignored a message that is not JSON-RPC 2.0")
            return
        try:
            self._dispatch(data)
        except Exception as error:  # noqa: BLE001 - the border: a bug here must not end the loop
            log_fault("handling a message", error)

    def _dispatch(self, data: dict[str, Any]) -> None:
        method, msg_id = data.get("method"), data.get("id")
        if method is None:
            self._receive_answer(data)
            return
        try:
            self._admit(method, is_request="id" in data)
            message = self._structured(data)
        except JsonRpcException as refusal:
            if isinstance(msg_id, str | int):
                self._send_response(msg_id, error=refusal.to_response_error())
            elif not (self._shutdown or _is_optional(method, refusal)):
                logger.warning("ignored a notification: %s", refusal)
            return
        self._initialized = True
        self.handle_message(message)

    def _admit(self, method: Any, *, is_request: bool) -> None:
        """Raise the JSON-RPC error that ``method`` deserves in the present state of the session."""
        if method == types.EXIT and not is_request:
            return
        if not isinstance(method, str):
            raise JsonRpcInvalidRequest
        if self._shutdown:
            raise JsonRpcInvalidRequest("The server has been shut down")
        if not self._initialized and method != types.INITIALIZE:
            raise JsonRpcServerNotInitialized("The server has not been initialized")
        if self._initialized and method == types.INITIALIZE:
            raise JsonRpcInvalidRequest("The server is already initialized")
        known = method in self.fm.builtin_features or method in self.fm.features
        if not known and method != types.CANCEL_REQUEST:
            raise JsonRpcMethodNotFound.of(method)

    def _structured(self, data: dict[str, Any]) -> Any:
        if data["method"] == types.TEXT_DOCUMENT_CODE_ACTION:
            _forget_diagnostics(data)
        try:
            message = self.structure_message(data)
        except JsonRpcException:
            raise JsonRpcInvalidParams(f"Invalid parameters for {data['method']}") from None
        if "id" in data and not hasattr(message, "id"):
            raise JsonRpcInvalidRequest(f"{data['method']} is a notification")
        return message

    def _receive_answer(self, data: dict[str, Any]) -> None:
        future = self._request_futures.get(data.get("id", ""))
        if future is None or future.done():
            return
        try:
            message = self.structure_message(data)
        except JsonRpcException as error:
            self._handle_response(data["id"], error=error.to_response_error())
            return
        self.handle_message(message)

    def _send_response(
        self, msg_id: str | int, result: Any | None = None, error: types.ResponseError | None = None
    ) -> None:
        if error is not None:
            internal = error.code == JsonRpcInternalError.CODE
            error = types.ResponseError(error.code, INTERNAL_ERROR if internal else error.message)
        super()._send_response(msg_id, result, error)

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *_: Any) -> Generator[Any, Any, None]:
        """Refuse what comes from now on, let the session stop its jobs, cancel what is in flight."""
        self._shutdown = True
        own = self.msg_id
        handler = self.fm.features.get(types.SHUTDOWN)
        if handler is not None:
            yield handler, (None,), None
        for msg_id, future in tuple(self._request_futures.items()):
            if msg_id != own:
                future.cancel()

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: Any) -> Generator[Any, Any, None]:
        """End the loop."""
        self.ended.set()
        yield from ()


def _forget_diagnostics(data: dict[str, Any]) -> None:
    """Drop the diagnostics a code action is asked for: other servers' may be broken, and ours are known."""
    params = data.get("params")
    context = params.get("context") if isinstance(params, dict) else None
    if isinstance(context, dict):
        context["diagnostics"] = []


def _is_optional(method: Any, refusal: JsonRpcException) -> bool:
    """Whether the notification ``method`` may stay unhandled without a word: LSP's own, and what begins with ``$/``."""
    unhandled = isinstance(refusal, JsonRpcMethodNotFound)
    return unhandled and (str(method).startswith("$/") or method in types.METHOD_TO_TYPES)
