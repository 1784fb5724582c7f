"""What clients that are slow, many or browsers get from the server, and how it ends with them connected."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

SERVE = """
import asyncio, sys
from diffvet.gateway.limits import Limits
from diffvet.gateway.serve import listen, serve
from diffvet.gateway.service import Gateway
from diffvet.gateway.upstream import EmbeddedUpstream
def slow(prompt):
    import time
    time.sleep(600)
listener = listen("127.0.0.1", 0)
limits = Limits(silence=float(sys.argv[1]), whole=float(sys.argv[2]), connections=12, grace=0.2)
def ready():
    print(listener.getsockname()[1], flush=True)
sys.exit(serve(Gateway([EmbeddedUpstream(slow)]), listener, ready, limits=limits))
"""
HEAD = b"POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n"
ASKED = b'{"model": "embedded", "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]}'


@contextmanager
def serving(silence: float, whole: float) -> Iterator[tuple[subprocess.Popen[str], int]]:
    command = [sys.executable, "-c", SERVE, str(silence), str(whole)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def answered(connection: socket.socket) -> bytes:
    """All that comes until the server hangs up."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(0.4, 1.0) as (_, number):
        yield number


@pytest.mark.parametrize(
    "sent", [b"", b"POST /v1/mess", HEAD[:-2], HEAD, HEAD + b"{", HEAD.replace(b"content-length: 100", b"transfer-encoding: chunked") + b"2\r\n{ \r\n"]
)  # fmt: skip
def test_a_request_that_never_ends_is_given_up(port, sent):
    with connected(port) as connection:
        connection.sendall(sent)
        reply = answered(connection)
    assert reply.startswith(b"HTTP/1.1 408 ")
    assert b"x-error-code: REQUEST_TIMEOUT" in reply


def test_a_request_that_trickles_for_ever_is_given_up(port):
    with connected(port) as connection:
        connection.sendall(HEAD)
        connection.settimeout(0.1)
        reply = b""
        for _ in range(95):
            try:
                reply = connection.recv(65536)
                break
            except TimeoutError:
                connection.sendall(b" ")
    assert reply.startswith(b"HTTP/1.1 408 ")


def test_a_second_request_that_never_ends_is_given_up_too(port):
    with connected(port) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        connection.sendall(b"GET /hea")
        assert b"408" in answered(connection)


def test_more_connections_than_are_allowed_are_told_so():
    with serving(30, 60) as (_, port), ExitStack() as stack:
        many = [stack.enter_context(connected(port)) for _ in range(14)]
        assert [answered(one)[:13] for one in many[12:]] == [b"HTTP/1.1 503 "] * 2
        many[0].sendall(b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        assert answered(many[0]).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "headers",
    [
        b"host: evil.example\r\n",
        b"host: localhost\r\norigin: http://evil.example\r\n",
        b"host: localhost\r\norigin: null\r\n",
    ],
)
def test_a_page_in_a_browser_is_refused_before_its_body_is_read(port, headers):
    with connected(port) as connection:
        connection.sendall(
            b"POST /v1/messages HTTP/1.1\r\n" + headers + b"connection: close\r\ncontent-length: 100\r\n\r\n"
        )
        reply = answered(connection)
    assert reply.startswith(b"HTTP/1.1 403 ")
    assert b"x-error-code: FORBIDDEN" in reply
    assert b"text/plain" in reply


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it_quietly_whatever_its_clients_are_doing(number, code):
    asking = HEAD.replace(b"100", str(len(ASKED)).encode()) + ASKED
    with serving(300, 600) as (process, port), ExitStack() as stack:
        for sent in (
            b"",
            b"POST /v1/mess",
            HEAD,
            HEAD + b"{",
            asking,
            asking,
            asking + HEAD,
            b"\x16\x03\r\n\r\n",
        ):
            stack.enter_context(connected(port)).sendall(sent)
        with connected(port) as last:  # once this is answered, the others have been read
            last.sendall(b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            assert b" 200 " in answered(last)
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (code, "", "")
