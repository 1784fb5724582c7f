"""``diffvet gateway`` as a process: the same answers over HTTP, clean starts and ends."""

import asyncio
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from diffvet.dialogue import prompt as prompts
from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Status
from diffvet.gateway.service import Gateway
from diffvet.gateway.upstream import EmbeddedUpstream
from diffvet.messages.client import MessagesClient
from diffvet.messages.endpoint import Endpoint
from diffvet.messages.http import HttpExchange
from diffvet.messages.key import ApiKey
from diffvet.messages.wire import HttpReply, HttpRequest

READY = re.compile(r"diffvet gateway: listening on http://127\.0\.0\.1:(\d+)\n")
PROMPT = prompts.write(
    [
        FileChange(
            "app.py",
            Status.MODIFIED,
            (Hunk(1, 0, 1, 1, "", (DiffLine(LineKind.ADDED, None, 1, "import subprocess"),)),),
        )
    ]
)


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A gateway process on a free port; it is stopped at the end if it still runs."""
    command = [sys.executable, "-m", "diffvet", "gateway", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = READY.fullmatch(process.stdout.readline())
            assert ready, process.stderr.read()
            yield process, int(ready[1])
        finally:
            process.kill()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with running() as (_, number):
        yield number


def over_http(port: int, request: HttpRequest, **headers: str) -> HttpReply:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(request.method, request.path, request.body, {**request.headers, **headers})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return HttpReply(response.status, {name.lower(): value for name, value in response.getheaders()}, body)


def body(**change: object) -> bytes:
    good = {"model": "embedded", "max_tokens": 999, "messages": [{"role": "user", "content": PROMPT}]}
    return json.dumps({**good, **change}).encode()


@pytest.mark.parametrize(
    "request_",
    [
        HttpRequest("POST", "/v1/messages", {}, body()),
        HttpRequest("POST", "/v1/messages", {}, body(max_tokens=3)),
        HttpRequest("POST", "/v1/messages", {}, body(model="nobody")),
        HttpRequest("POST", "/v1/messages", {}, body(stream=True)),
        HttpRequest("POST", "/v1/messages", {}, body(messages=[{"role": "user", "content": "hello"}])),
        HttpRequest("POST", "/v1/messages", {}, b"\xff"),
        HttpRequest("GET", "/v1/messages"),
        HttpRequest("GET", "/v1/models?after=x"),
        HttpRequest("GET", "/v1/models/diffvet/embedded"),
        HttpRequest("GET", "/v1/models/diffvet%2Fembedded"),
        HttpRequest("GET", "/v1/models/none"),
        HttpRequest("GET", "/health"),
        HttpRequest("GET", "/%FF/none"),
    ],
    ids=lambda request: f"{request.method} {request.path} {request.body[:20]!r}",
)
def test_the_answer_is_the_same_in_process_and_over_http(port, request_):
    def comparable(reply: HttpReply) -> tuple[object, ...]:
        shown = {name: reply.headers.get(name) for name in ("content-type", "x-error-code", "allow")}
        return reply.status, shown, re.sub(rb'"msg_\d+"', b'"msg"', reply.body)

    inside = asyncio.run(Gateway([EmbeddedUpstream()])(request_))
    assert comparable(over_http(port, request_)) == comparable(inside)


async def test_the_client_gets_the_same_completion_on_both_ways(port):
    async def ask(client: MessagesClient) -> object:
        async with client:
            return await client.ask(PROMPT, model="embedded", max_tokens=999)

    http = HttpExchange(Endpoint.parse(f"http://127.0.0.1:{port}/v1"), ApiKey("sk-ant-" + "x" * 40))
    inside = await ask(MessagesClient(Gateway([EmbeddedUpstream()])))
    assert await ask(MessagesClient(http)) == inside
    assert inside.text.endswith("END OF REVIEW\n") or inside.text.endswith("END OF REVIEW")


@pytest.mark.parametrize(
    "headers",
    [
        {
            "x-api-key": "sk-ant-" + "a" * 20,
            "anthropic-version": "2023-06-01",
            "anthropic-beta": "x-2025-01-01,y",
        },
        {"Authorization": "Bearer any", "Anthropic-Version": "1999-01-01"},
        {"Content-Type": "text/plain"},
        {},
    ],
)
def test_the_headers_of_other_clients_are_accepted(port, headers):
    assert over_http(port, HttpRequest("POST", "/v1/messages", headers, body())).status == 200


def test_the_server_does_not_say_what_it_runs_on(port):
    assert "server" not in over_http(port, HttpRequest("GET", "/health")).headers


def test_a_body_that_announces_too_much_is_refused_unread(port):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(
            b"POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99999999\r\n\r\n{"
        )
        reply = connection.makefile("rb").readline()
    assert reply.startswith(b"HTTP/1.1 413 ")


def test_a_body_that_grows_too_large_is_refused(port):
    def chunks() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 1024 * 1024

    request = HttpRequest("POST", "/v1/messages")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(request.method, request.path, chunks())
    response = connection.getresponse()
    assert (response.status, response.getheader("x-error-code")) == (413, "PAYLOAD_TOO_LARGE")
    connection.close()


def test_what_is_no_http_does_not_disturb_it(port):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        connection.makefile("rb").read()
    assert over_http(port, HttpRequest("GET", "/health")).status == 200


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it_quietly(number, code):
    with running() as (process, port), socket.create_connection(("127.0.0.1", port)):  # an idle client
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (code, "", "")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "diffvet", "gateway", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_taken_port_is_one_sentence(port):
    ran = run("--port", str(port))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"diffvet: cannot listen on 127.0.0.1, port {port}: ")
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize("number", ["-1", "65536", "x", "\u0663", ""])
def test_a_port_that_is_none_is_one_sentence(number):
    ran = run(f"--port={number}")
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)


def test_a_missing_server_names_what_to_install(tmp_path):
    (tmp_path / "uvicorn.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'uvicorn'\", name='uvicorn')"
    )
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from diffvet.cli.main import run; sys.exit(run(['gateway']))"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 2
    assert ran.stderr == (
        "diffvet: the gateway's server is not installed; install it with: pip install 'diffvet[gateway]'\n"
    )


def test_help_shows_how_to_ask_it():
    ran = run("--help")
    assert ran.returncode == 0
    assert "curl" in ran.stdout
