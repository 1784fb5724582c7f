"""Runs the gateway as a server on this machine until it is told to stop. The only module that imports uvicorn."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from ipaddress import ip_address
from types import FrameType
from typing import Any

import uvicorn
from h11 import LocalProtocolError
from uvicorn.protocols.http.h11_impl import H11Protocol

from diffvet.errors import UsageError
from diffvet.gateway.app import ASGIApp, application
from diffvet.gateway.errors import ErrorCode, GatewayError
from diffvet.gateway.limits import LIMITS, Limits
from diffvet.gateway.service import Gateway, refusal
from diffvet.gateway.visitor import Visitors

INTERRUPTED = 130
BACKLOG = 128


def listen(host: str, port: int) -> socket.socket:
    """A listening TCP socket on ``host`` and ``port`` (0: any free one); ``UsageError`` if that cannot be."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):  # UnicodeError: a name that no resolver takes
        raise UsageError(f"cannot listen on {host}: no such host; give another --host") from None
    listener = socket.socket(family, kind, proto)
    try:
        if sys.platform != "win32":  # there it would let two servers share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        reason = (error.strerror or "refused").lower()
        raise UsageError(
            f"cannot listen on {host}, port {port}: {reason}; give another --port or --host"
        ) from None
    return listener


def address(listener: socket.socket) -> tuple[str, bool]:
    """The URL of a listening socket, and whether only this machine can reach it."""
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}", ip_address(host.partition("%")[0]).is_loopback


def serve(
    gateway: Gateway,
    listener: socket.socket,
    ready: Callable[[], None],
    *,
    host: str = "",
    limits: Limits = LIMITS,
) -> int:
    """Serve ``gateway`` on ``listener`` until a signal comes; closes it and returns the exit code.

    ``ready`` is called once signals are handled and connections accepted; ``host`` is the name it was told to
    listen on, by which clients may call it. SIGTERM ends it with 0, SIGINT with 130; running requests get
    ``limits.grace`` seconds, after a second SIGINT none. Main thread only.
    """
    own = frozenset({host.lower(), str(listener.getsockname()[0])} - {""})
    server = _Server(application(gateway, Visitors(own), limits), limits)
    received: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        server.should_exit = True

    # uvicorn takes the signals while it runs, and raises them again here when it has ended.
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        ready()
        asyncio.run(server.serve(sockets=[listener]))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        listener.close()
    return INTERRUPTED if signal.SIGINT in received else 0


class _Server(uvicorn.Server):
    """Hangs up on whoever is still connected some time after it was told to stop."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._limits = limits
        super().__init__(
            uvicorn.Config(
                app,
                http=partial(_Connection, limits=limits),  # type: ignore[arg-type]  # it is called like the class
                lifespan="off",
                ws="none",
                log_config=None,
                log_level="critical",  # else it prints a traceback for each request that is cancelled at the end
                access_log=False,
                server_header=False,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the connections: idle ones now, the others when their time is up, their tasks with them."""
        hang_up = asyncio.ensure_future(self._hang_up())
        await super().shutdown(sockets)
        hang_up.cancel()

    async def _hang_up(self) -> None:
        await asyncio.sleep(self._limits.grace)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # now they know that nobody listens, and write nothing more
        for task in list(self.server_state.tasks):
            task.cancel()


class _Connection(H11Protocol):
    """A connection that does not wait for ever for a request, and is refused where there are too many.

    The server itself bounds only the pause between two requests, the application the time for a body; here it
    is the time from the first moment, or from the first byte after a pause, to the end of the headers.
    """

    _patience: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, limits: Limits, **more: Any) -> None:
        super().__init__(*args, **more)
        self._limits = limits

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Count the connection; one too many is told so and closed."""
        super().connection_made(transport)
        if len(self.connections) > self._limits.connections:
            self._refuse(GatewayError(ErrorCode.OVERLOADED, "too many connections; ask again later"))
        else:
            self._wait()

    def data_received(self, data: bytes) -> None:
        """Bytes of a request; the wait ends with its headers."""
        self._wait()
        super().data_received(data)
        if not self._between_requests():
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End an idle connection now, and any other after its answer."""
        self._stop_waiting()
        try:
            super().shutdown()
        except LocalProtocolError:  # the request was broken
            self.transport.close()

    def _between_requests(self) -> bool:
        cycle = getattr(self, "cycle", None)  # declared as always there, but None before the first request
        return cycle is None or bool(cycle.response_complete)

    def _wait(self) -> None:
        if self._patience is None and self._between_requests():
            self._patience = self.loop.call_later(self._limits.silence, self._give_up)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self._refuse(GatewayError(ErrorCode.TIMEOUT, "the request did not arrive in time; send it again"))

    def _refuse(self, error: GatewayError) -> None:
        """Answer without a request, and hang up."""
        reply = refusal(error)
        headers = {**reply.headers, "content-length": str(len(reply.body)), "connection": "close"}
        lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.transport.write("\r\n".join([*lines, "", ""]).encode("latin-1") + reply.body)
        self.transport.close()
