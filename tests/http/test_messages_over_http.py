"""The client against a peer that says exactly what the test says."""

import asyncio
import gzip
import json
import logging
import traceback
from collections.abc import Iterator

import pytest

from diffvet.errors import SettingsError
from diffvet.messages.client import MessagesClient
from diffvet.messages.endpoint import Endpoint
from diffvet.messages.errors import (
    AnswerError,
    ApiError,
    AuthenticationError,
    EmptyAnswerError,
    MessagesError,
    RateLimitError,
    TransportError,
)
from diffvet.messages.http import HttpExchange, Limits
from diffvet.messages.key import ApiKey
from diffvet.messages.wire import Completion

SECRET = "rk_" + "0123456789abcdef" * 4
ANSWER = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "content": "- none\nEND OF REVIEW",
    "model": "route/a",
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 13, "output_tokens": 4},
    "credits_charged": 0.25,
}


async def ask(peer, *, key=SECRET, limits=None, deadline=20.0, url=None) -> Completion:
    secret = ApiKey(key) if key else None
    exchange = HttpExchange(Endpoint.parse(url or peer.url), secret, limits=limits)
    async with MessagesClient(exchange, deadline=deadline) as client:
        return await client.ask("review this", model="route/a", max_tokens=64)


async def refused(peer, kind: type[MessagesError] = MessagesError, **how) -> MessagesError:
    with pytest.raises(kind) as caught:
        await ask(peer, **how)
    assert type(caught.value) is kind or kind is MessagesError
    sentence = str(caught.value)
    assert sentence.isprintable()
    assert len(sentence) < 400
    return caught.value


def head_of(request: bytes) -> dict[str, str]:
    lines = request.split(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


async def test_a_string_answer_becomes_a_completion(peer):
    peer.answers(200, json.dumps(ANSWER).encode(), content_type="application/json")
    completion = await ask(peer)
    assert completion == Completion("- none\nEND OF REVIEW", "route/a", 13, 4, 0.25, False, "end_turn")


async def test_typed_blocks_are_joined_and_unknown_ones_ignored(peer):
    blocks = [
        {"type": "thinking", "thinking": "hm", "signature": "x"},
        {"type": "text", "text": "one"},
        {"type": "of_the_future", "text": {"not": "text"}},
        {"type": "text", "text": "two"},
    ]
    peer.answers(200, json.dumps({**ANSWER, "content": blocks, "credits_charged": None}).encode())
    completion = await ask(peer)
    assert (completion.text, completion.credits) == ("one\ntwo", None)


async def test_the_request_is_the_documented_one(peer):
    peer.answers(200, json.dumps(ANSWER).encode())
    await ask(peer, url=peer.url + "/v1/")
    (request,) = peer.requests
    assert request.startswith(b"POST /v1/messages HTTP/1.1\r\n")
    head = head_of(request)
    assert head["x-api-key"] == SECRET
    assert head["anthropic-version"] == "2023-06-01"
    assert head["content-type"] == "application/json"
    assert "authorization" not in head
    body = json.loads(request.split(b"\r\n\r\n", 1)[1])
    assert body == {
        "model": "route/a",
        "max_tokens": 64,
        "messages": [{"role": "user", "content": "review this"}],
    }


async def test_a_key_of_the_openai_family_goes_into_authorization(peer):
    peer.answers(200, json.dumps(ANSWER).encode())
    await ask(peer, key="sk-" + "proj-abcdefghijkl")
    head = head_of(peer.requests[0])
    assert head["authorization"].startswith("Bearer sk-")
    assert "x-api-key" not in head


async def test_without_a_key_none_is_sent(peer):
    peer.answers(200, json.dumps(ANSWER).encode())
    await ask(peer, key=None)
    assert not {"x-api-key", "authorization"} & head_of(peer.requests[0]).keys()


async def test_a_compressed_answer_is_read(peer):
    peer.answers(200, gzip.compress(json.dumps(ANSWER).encode()), content_encoding="gzip")
    assert (await ask(peer)).text.startswith("- none")


@pytest.mark.parametrize("limits", [None, Limits(read=5.0, total=0.3)])
async def test_a_slow_drip_ends_at_the_total_deadline(peer, limits):
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    peer.play = drip
    error = await refused(peer, TransportError, limits=limits, deadline=0.3 if limits is None else 20.0)
    assert "0.3 seconds" in str(error)
    assert error.retryable


async def test_silence_ends_at_the_read_limit(peer):
    async def silence(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    peer.play = silence
    assert "silent for 0.2 seconds" in str(await refused(peer, TransportError, limits=Limits(read=0.2)))


@pytest.mark.parametrize("announced", [True, False])
async def test_an_answer_above_the_size_limit_is_refused_for_good(peer, announced):
    body = b"x" * 300_000
    if announced:
        peer.answers(200, body)
    else:
        peer.play = peer.raw(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + body)
    error = await refused(peer, TransportError, limits=Limits(body=100_000))
    assert "100,000 bytes" in str(error)
    assert not error.retryable


async def test_a_gzip_bomb_is_stopped_at_the_size_limit(peer):
    peer.answers(200, gzip.compress(b"\0" * 5_000_000), content_encoding="gzip")
    assert "larger than" in str(await refused(peer, TransportError, limits=Limits(body=1_000_000)))


@pytest.mark.parametrize(
    "body", [b"not gzip at all", gzip.compress(b"x" * 1000 + bytes(range(256)))[:40]], ids=["foreign", "cut"]
)
async def test_a_broken_compressed_answer_is_a_transport_error(peer, body):
    peer.answers(200, body, content_encoding="gzip")
    assert "compressed answer" in str(await refused(peer, TransportError))


async def test_an_encoding_that_was_not_asked_for_is_refused(peer):
    peer.answers(200, b"...", content_encoding="br")
    assert "'br'" in str(await refused(peer, TransportError))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_names_its_host(peer, status):
    peer.answers(status, b"", location="https://other.example/v1/messages")
    error = await refused(peer, ApiError)
    assert "other.example" in str(error)
    assert error.status == status
    assert len(peer.requests) == 1


async def test_an_html_page_is_known_by_its_title(peer):
    peer.answers(502, b"<html><head><title>502 Bad\nGateway</title></head>", content_type="text/html")
    error = await refused(peer, ApiError)
    assert "a web page titled “502 Bad Gateway”" in str(error)
    assert error.retryable


async def test_a_page_behind_a_200_is_no_answer(peer):
    peer.answers(200, b"<!doctype html><title>Login</title>", content_type="text/html")
    assert "web page" in str(await refused(peer, AnswerError))


async def test_plain_text_with_the_vendor_header_is_repeated_on_one_line(peer):
    peer.answers(
        400, "no\x1b[31m such\r\n\u202efield".encode() + b"!" * 5000, x_error_code="VALIDATION_ERROR"
    )
    error = await refused(peer, ApiError)
    assert error.code == "VALIDATION_ERROR"
    assert "400 (VALIDATION_ERROR): no [31m such field!!!" in str(error)


async def test_the_429_without_a_session_is_not_a_rate_limit(peer):
    peer.answers(429, b" authentication REQUIRED\n", x_error_code="RATE_LIMIT_ERROR")
    error = await refused(peer, AuthenticationError)
    assert not error.retryable
    assert "check the API key" in str(error)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("7", 7.0),
        ("1.5", 1.5),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("soon", None),
        ("-3", None),
        ("٣", None),
    ],
)
async def test_a_real_429_says_how_long_to_wait(peer, given, seconds):
    body = json.dumps(
        {"type": "error", "error": {"type": "rate_limit_error", "message": "slow down"}}
    ).encode()
    peer.play = peer.raw(
        f"HTTP/1.1 429 X\r\nretry-after: {given}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body
    )
    error = await refused(peer, RateLimitError)
    assert (error.retry_after, error.code, error.retryable) == (seconds, "rate_limit_error", True)


async def test_a_spend_cap_is_not_waited_for(peer):
    details = {"error_code": "enforced_spend_limit_reached"}
    peer.answers(429, json.dumps({"error": {"type": "rate_limit_error", "details": details}}).encode())
    assert not (await refused(peer, RateLimitError)).retryable


@pytest.mark.parametrize(
    ("status", "document", "words", "kind"),
    [
        (529, {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}, "busy", ApiError),
        (
            401,
            {"error": {"message": "bad key", "type": "invalid_request_error", "code": None}},
            "bad key",
            AuthenticationError,
        ),
        (403, {"error": {"type": "permission_error", "message": "no"}}, "no", AuthenticationError),
        (404, {"error": "Model not found"}, "Model not found", ApiError),
        (422, {"detail": [{"loc": ["body", "model"]}]}, '"loc"', ApiError),
        (503, {"message": "no upstream"}, "no upstream", ApiError),
        (500, [1, 2], "[1, 2]", ApiError),
        (418, {"error": {"message": None}}, "418", ApiError),
    ],
)
async def test_json_errors_of_all_families_are_understood(peer, status, document, words, kind):
    peer.answers(status, json.dumps(document).encode(), content_type="text/plain")
    error = await refused(peer, kind)
    assert words in str(error)
    assert error.status == status


@pytest.mark.parametrize(
    ("document", "kind", "status", "retryable"),
    [
        ({"error": "Model not found"}, ApiError, 200, False),
        ({"error": {"type": "overloaded_error", "message": "busy"}}, ApiError, 529, True),
        ({"error": {"type": "authentication_error", "message": "who?"}}, AuthenticationError, 401, False),
        ({"error": {"code": 429, "message": "slow"}}, RateLimitError, 429, True),
        ({**ANSWER, "error": {"message": "half way"}}, ApiError, 200, False),
    ],
)
async def test_a_200_with_an_error_is_an_error(peer, document, kind, status, retryable):
    peer.answers(200, json.dumps(document).encode())
    error = await refused(peer, kind)
    assert (error.status, error.retryable) == (status, retryable)
    assert "answered 200 with an error" in str(error)


async def test_a_success_with_an_error_code_is_an_error(peer):
    peer.answers(200, b"no", x_error_code="UPSTREAM_ERROR")
    assert (await refused(peer, ApiError)).code == "UPSTREAM_ERROR"


@pytest.mark.parametrize("member", [{"error": None}, {"error": {}}, {}])
async def test_an_empty_error_member_is_no_error(peer, member):
    peer.answers(200, json.dumps({**ANSWER, **member}).encode())
    assert (await ask(peer)).output_tokens == 4


@pytest.mark.parametrize(
    "body",
    [b"", b"  \n", b"null", b"[]", b"12", b'"text"', b"{", b"{}", b'{"content": 5}', b'{"content": [1]}', b"\xff\xfe",
     b'{"content": "\xff"}', b"[" * 100_000, b'{"choices": []}', b"data: {}\n\n"],
)  # fmt: skip
async def test_a_200_that_is_no_message_is_an_answer_error(peer, body):
    peer.answers(200, body)
    await refused(peer, AnswerError)


@pytest.mark.parametrize(
    "content", ["", " \n", [], [{"type": "thinking", "thinking": "…"}], [{"type": "text"}]]
)
async def test_billed_tokens_without_text_are_their_own_error(peer, content):
    peer.answers(200, json.dumps({**ANSWER, "content": content}).encode())
    assert (await refused(peer, EmptyAnswerError)).output_tokens == 4


async def test_no_text_and_no_tokens_is_an_answer_error(peer):
    peer.answers(200, json.dumps({**ANSWER, "content": "", "usage": None}).encode())
    await refused(peer, AnswerError)


@pytest.mark.parametrize(
    ("change", "truncated"),
    [
        ({"stop_reason": "max_tokens"}, True),
        ({"stop_reason": "model_context_window_exceeded"}, True),
        ({"usage": {"output_tokens": 64}}, True),
        ({"usage": {"output_tokens": 63}}, False),
        ({"stop_reason": None}, False),
        ({"stop_reason": "pause_turn"}, True),
        ({"stop_reason": "of_the_future"}, False),
    ],
)
async def test_a_cut_answer_is_known_by_reason_or_count(peer, change, truncated):
    peer.answers(200, json.dumps({**ANSWER, **change}).encode())
    assert (await ask(peer)).truncated is truncated


@pytest.mark.parametrize(
    "usage", [None, [], "x", {}, {"output_tokens": "4"}, {"output_tokens": -4}, {"output_tokens": True}]
)
async def test_usage_that_makes_no_sense_counts_nothing(peer, usage):
    peer.answers(200, json.dumps({**ANSWER, "usage": usage, "credits_charged": "free", "model": 3}).encode())
    completion = await ask(peer)
    assert (completion.output_tokens, completion.credits, completion.model) == (0, None, "route/a")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-le",
        b'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"content": "- none',
        b'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"con',
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
    ],
)  # fmt: skip
async def test_a_cut_or_foreign_stream_is_a_transport_error(peer, sent):
    peer.play = peer.raw(sent)
    error = await refused(peer, TransportError)
    assert "127.0.0.1" in str(error)
    assert error.retryable


async def test_a_closed_port_is_said_to_be_unreachable(peer):
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
    assert "could not be reached: connection refused;" in str(
        await refused(peer, TransportError, url=f"http://127.0.0.1:{port}")
    )


async def test_tls_to_a_peer_that_speaks_none_is_said(peer):
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        assert "TLS failed" in str(await refused(peer, TransportError, url=url))


async def test_cancelling_an_ask_is_felt_at_once_and_stays_a_cancellation(peer):
    async def silence(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    peer.play = silence
    task = asyncio.create_task(ask(peer))
    await peer.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_requests_to_this_machine_ignore_the_proxy_of_the_environment(peer, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    peer.answers(200, json.dumps(ANSWER).encode())
    assert (await ask(peer)).output_tokens == 4


async def test_requests_to_other_machines_go_through_the_proxy_of_the_environment(peer, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", peer.url)
    peer.answers(407, b"")
    error = await refused(peer, TransportError, url="https://api.example.test")
    assert peer.requests[0].startswith(b"CONNECT api.example.test:443 ")
    assert "proxy" in str(error)
    assert SECRET.encode() not in peer.requests[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [("HTTPS_PROXY", "ftp://127.0.0.1"), ("ALL_PROXY", "socks5://127.0.0.1"), ("SSL_CERT_FILE", "/no")],
)
async def test_unusable_environment_settings_are_said_before_anything_is_sent(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        HttpExchange(Endpoint.parse("https://api.example.test"), ApiKey(SECRET))


@pytest.mark.parametrize("host", ["xn--", "\u0661", "[v1.x]"])
def test_a_host_that_cannot_be_is_said_before_anything_is_sent(host):
    with pytest.raises(SettingsError):
        HttpExchange(Endpoint.parse(f"https://{host}"), ApiKey(SECRET))


async def test_a_proxy_that_is_no_address_is_a_transport_error(peer, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "/no")
    await refused(peer, TransportError, url="https://api.example.test")


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    known = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
    levels = [(logger, logger.level) for logger in known]
    for logger in known:
        logger.setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG):
        yield caplog
    for logger, level in levels:
        logger.setLevel(level)


@pytest.mark.parametrize(
    "case", ["echo in text", "echo in json", "echo in headers", "cut", "no route", "answer"]
)
async def test_the_key_shows_up_nowhere(peer, everything_logged, case):
    echo = f"Invalid key {SECRET.upper()}, ending {SECRET[-20:]}".encode()
    url = None
    if case == "echo in text":
        peer.answers(401, echo, x_error_code="AUTHENTICATION_ERROR")
    elif case == "echo in json":
        peer.answers(
            401, json.dumps({"error": {"message": "x" * 180 + echo.decode(), "type": SECRET}}).encode()
        )
    elif case == "echo in headers":
        peer.answers(401, b"", x_error_code=SECRET, set_cookie=SECRET, location=f"https://{SECRET}.example")
    elif case == "cut":
        peer.play = peer.raw(b"HTTP/1.1 200 OK\r\nx-" + SECRET.encode())
    elif case == "answer":
        peer.answers(200, json.dumps({**ANSWER, "content": "you sent " + SECRET, "usage": []}).encode())
    else:
        url = "http://127.0.0.1:1"
    exchange = HttpExchange(Endpoint.parse(url or peer.url), ApiKey(SECRET))
    seen = repr(exchange)
    async with MessagesClient(exchange) as client:
        seen += repr(client)
        try:
            seen += repr(await client.ask("review this", model="m", max_tokens=64))
        except MessagesError as error:
            ours = error.__traceback__.tb_next  # the frame of this test knows the key
            report = traceback.TracebackException(type(error), error, ours, capture_locals=True)
            seen += "".join(report.format()) + repr(vars(error)) + repr(error.__context__)
    for record in everything_logged.records:
        seen += record.getMessage() + repr(record.args)
    assert all(SECRET[i : i + 12] not in seen.lower() for i in range(len(SECRET) - 11))


async def test_one_connection_serves_many_requests():
    body = json.dumps(ANSWER).encode()
    connections: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        for _ in range(3):
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with MessagesClient(HttpExchange(Endpoint.parse(url))) as client:
            for _ in range(3):
                assert (await client.ask("x", model="m", max_tokens=64)).output_tokens == 4
    assert connections == [1]
