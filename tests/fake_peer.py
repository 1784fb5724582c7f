"""A ``/v1/messages`` peer on loopback that says what a test tells it to, and remembers what it was asked."""

import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Script = Callable[[str], "str | Reply"]
"""From the prompt to the answer's text, or to a whole reply."""


@dataclass(frozen=True)
class Reply:
    """A raw HTTP answer; ``delay`` seconds pass before it."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0


@dataclass
class Peer:
    """Where the peer listens, and what it was sent: prompts, headers, and ``raw``, the whole requests.

    ``left``: a client did not wait for its answer.
    """

    url: str
    prompts: list[str] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)


def message(text: str, *, output_tokens: int = 7, **extra: object) -> bytes:
    """The simplified message object of the spec, §4."""
    return json.dumps(
        {
            "id": "msg_1750000000123",
            "type": "message",
            "role": "assistant",
            "content": text,
            "model": "route/test",
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 11, "output_tokens": output_tokens},
            "credits_charged": 0.25,
            **extra,
        }
    ).encode()


@contextmanager
def peer(script: Script) -> Iterator[Peer]:
    """Serve ``script`` until the block ends; a delayed answer is given up when it does."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            known.raw.append(f"{self.requestline}\n{self.headers}\n".encode() + body)
            prompt = json.loads(body)["messages"][0]["content"]
            known.prompts.append(prompt)
            known.headers.append({name.lower(): value for name, value in self.headers.items()})
            said = script(prompt)
            reply = said if isinstance(said, Reply) else Reply(body=message(said))
            if self.was_left(reply.delay):
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in {"content-type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def was_left(self, delay: float) -> bool:
            """Wait; whether the client closed the connection meanwhile."""
            deadline = time.monotonic() + delay
            while (rest := deadline - time.monotonic()) > 0 and not known.closing.wait(min(rest, 0.02)):
                readable, _, _ = select.select([self.connection], [], [], 0)
                if readable and not self.connection.recv(1, socket.MSG_PEEK):
                    known.left.set()
                    return True
            return False

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that went away is part of the tests."""

    server = Server(("127.0.0.1", 0), Handler)
    known = Peer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield known
    finally:
        known.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
