"""Runs the gateway as a server on this machine until it is told to stop. The only module that imports uvicorn."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from ipaddress import ip_address
from types import FrameType

import uvicorn

from diffvet.errors import UsageError
from diffvet.gateway.app import application
from diffvet.gateway.service import Gateway

INTERRUPTED = 130
BACKLOG = 128
GRACE = 3
"""Seconds that running requests get to end once the server shall stop."""


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


def serve(gateway: Gateway, listener: socket.socket, ready: Callable[[], None]) -> int:
    """Serve ``gateway`` on ``listener`` until a signal comes; closes it and returns the exit code.

    ``ready`` is called once signals are handled and connections accepted. SIGTERM ends it with 0, SIGINT
    with 130; running requests get ``GRACE`` seconds, after a second SIGINT none. Main thread only.
    """
    server = uvicorn.Server(
        uvicorn.Config(
            application(gateway),
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
        )
    )
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
