"""The server: its construction, the list of what it handles, and the loop that feeds it."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, BinaryIO

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from diffvet import __version__
from diffvet.lsp import parent
from diffvet.lsp.configuration import Configuration
from diffvet.lsp.faults import log_fault
from diffvet.lsp.features import (
    code_action,
    configuration,
    decide,
    documents,
    edit,
    explain,
    findings,
    hover,
    jump,
    lifecycle,
    review,
    scope,
    watched,
)
from diffvet.lsp.frames import read_frames
from diffvet.lsp.memory import Memory
from diffvet.lsp.news import News
from diffvet.lsp.progress import Value
from diffvet.lsp.protocol import Protocol
from diffvet.lsp.refresh import refresh
from diffvet.lsp.reviewers import OpenDesk
from diffvet.lsp.roots import Root
from diffvet.lsp.session import Session
from diffvet.lsp.watch import Watch

FEATURES: tuple[tuple[str, Callable[..., Any]], ...] = (
    (types.INITIALIZE, lifecycle.initialize),
    (types.INITIALIZED, lifecycle.initialized),
    (types.SHUTDOWN, lifecycle.shutdown),
    (types.TEXT_DOCUMENT_DID_OPEN, documents.did_open),
    (types.TEXT_DOCUMENT_DID_CHANGE, documents.did_change),
    (types.TEXT_DOCUMENT_DID_SAVE, documents.did_save),
    (types.TEXT_DOCUMENT_DID_CLOSE, documents.did_close),
    (types.TEXT_DOCUMENT_HOVER, hover.hover),
    (types.TEXT_DOCUMENT_CODE_ACTION, code_action.code_action),
    (types.CODE_ACTION_RESOLVE, code_action.resolve),
    (types.WINDOW_WORK_DONE_PROGRESS_CANCEL, review.cancel),
    (types.WORKSPACE_DID_CHANGE_CONFIGURATION, configuration.did_change_configuration),
    (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, watched.did_change_watched_files),
    (findings.METHOD, findings.findings),
)
"""What is handled, by whom. Handlers take the session and the parameters."""

OPTIONS = {types.TEXT_DOCUMENT_CODE_ACTION: code_action.OPTIONS}
"""What ``initialize`` says of a feature beyond that it is there."""

COMMANDS: tuple[tuple[str, Callable[..., Any]], ...] = (
    (review.COMMAND, review.review),
    (scope.REVIEW_SCOPE, scope.review_scope),
    (scope.SET_BASE, scope.set_base),
    (decide.DISMISS, decide.dismiss),
    (decide.RESTORE, decide.restore),
    (decide.ACCEPT, decide.accept),
    (edit.FIX, edit.apply_fix),
    (edit.IGNORE, edit.ignore),
    (explain.COMMAND, explain.explain),
    (jump.NEXT, jump.next_finding),
    (jump.PREVIOUS, jump.previous_finding),
)
"""The commands of ``workspace/executeCommand``. Handlers take the session and the arguments."""


class Server(LanguageServer):
    """One client, one process, one session."""

    protocol: Protocol

    def __init__(self, open_desk: OpenDesk, warm: Callable[[], None] = lambda: None) -> None:
        """``warm`` is done in a thread of its own once the client was answered: it may load what reviews need."""
        super().__init__("diffvet", __version__, protocol_cls=Protocol)
        self.session = Session(Wire(self), open_desk)
        _tie(self.session)
        self.session.warm = warm
        for method, handler in FEATURES:
            self.feature(method, OPTIONS.get(method))(partial(handler, self.session))
        for name, handler in COMMANDS:
            self.command(name)(_command(handler, self.session))

    def report_server_error(self, error: Exception, source: type[Exception]) -> None:
        """Log a bug met by a request or notification (pygls would pop it up in the editor); a refusal is none."""
        del source
        if not isinstance(error, JsonRpcException):
            log_fault("handling a message", error)


def _tie(session: Session) -> None:
    """Give ``session`` what looks after it, and is built on it."""
    news, memory, watch = News(session), Memory(session), Watch(session, partial(refresh, session))

    def tell(root: Root) -> None:
        news.of(root)
        memory.of(root)

    session.news, session.look, session.roots.met = tell, watch.check, watch.over
    said = Configuration(session, partial(configuration.apply, session))
    session.reviewers.said, session.settings_changed = said.of, said.renew
    session.ends += [news.stop, memory.stop, watch.stop, said.stop]


def _command(handler: Callable[..., Any], session: Session) -> Callable[..., Any]:
    """``handler`` with a signature that takes any arguments: pygls structures them by what it sees."""

    def command(*arguments: Any) -> Any:
        return handler(session, *arguments)

    return command


class Wire:
    """The session's words as messages; the ``Client`` of ``session.py``."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._watch: asyncio.Task[None] | None = None  # the loop itself holds tasks only weakly

    def publish(self, params: types.PublishDiagnosticsParams) -> None:
        """``textDocument/publishDiagnostics``."""
        self._server.text_document_publish_diagnostics(params)

    def live_with(self, process_id: int | None) -> None:
        """End with the client's process, where its number is known."""
        self._watch = asyncio.create_task(parent.watch(process_id, self._server.protocol.ended.set))

    def say_plainly(self, method: str) -> None:
        """Answer ``initialize`` with no options for ``method``, only that it is there."""
        self._server.protocol.fm.feature_options.pop(method, None)

    def log(self, message: str, kind: types.MessageType) -> None:
        """``window/logMessage``."""
        self._server.window_log_message(types.LogMessageParams(kind, message))

    def show(self, message: str, kind: types.MessageType) -> None:
        """``window/showMessage``."""
        self._server.window_show_message(types.ShowMessageParams(kind, message))

    def apply(self, params: types.ApplyWorkspaceEditParams) -> None:
        """``workspace/applyEdit``."""
        self._server.workspace_apply_edit(params)

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """A notification of our own."""
        self._server.protocol.notify(method, params)

    def register(self, registration: types.Registration) -> None:
        """``client/registerCapability``."""
        self._server.client_register_capability(types.RegistrationParams([registration]))

    def configuration(self, items: Sequence[tuple[str, str]]) -> Future[Sequence[Any]]:
        """``workspace/configuration``, for pairs of a URI and a section."""
        asked = [types.ConfigurationItem(uri, section) for uri, section in items]
        return self._server.workspace_configuration(types.ConfigurationParams(asked))

    def show_document(self, uri: str, selection: types.Range) -> Future[Any]:
        """``window/showDocument``."""
        return self._server.window_show_document(
            types.ShowDocumentParams(uri, take_focus=True, selection=selection)
        )

    def create_progress(self, token: str) -> Future[None]:
        """``window/workDoneProgress/create``."""
        return self._server.window_work_done_progress_create(types.WorkDoneProgressCreateParams(token))

    def show_progress(self, token: str, value: Value) -> None:
        """``$/progress``."""
        self._server.progress(types.ProgressParams(token, value))


class Output:
    """Writes frames until the client is gone, then ends the loop once."""

    def __init__(self, stream: BinaryIO, ended: asyncio.Event) -> None:
        self._stream = stream
        self._ended = ended

    def write(self, data: bytes) -> None:
        """Write and flush ``data``; a closed pipe ends the session instead of raising."""
        try:
            self._stream.write(data)
            self._stream.flush()
        except (BrokenPipeError, ValueError):
            self._ended.set()

    def close(self) -> None:
        """Nothing to do: the process ends with the stream."""


async def serve(server: Server, stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Handle messages until ``exit`` or the end of ``stdin``; the exit code.

    A daemon thread reads, so that a read that never returns cannot hold the process open.
    """
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: _log_loop_fault(context))
    ended = server.protocol.ended
    server.protocol.set_writer(Output(stdout, ended))

    def pump() -> None:
        for body in read_frames(stdin):
            loop.call_soon_threadsafe(server.protocol.receive, body)
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=pump, name="stdin", daemon=True).start()
    await ended.wait()
    await server.session.stop()
    return server.protocol.exit_code


def _log_loop_fault(context: dict[str, Any]) -> None:
    error = context.get("exception")
    if isinstance(error, BaseException):
        log_fault(str(context.get("message", "running a task")), error)
