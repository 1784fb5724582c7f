"""The whole client, as the assembly opens it, against peers that misbehave: one error, one sentence, bounded calls."""

import asyncio
import gzip
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from diffvet.errors import SettingsError
from diffvet.messages.client import FALLBACK
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
from diffvet.messages.key import ApiKey
from diffvet.messages.limiter import Limiter
from diffvet.messages.limits import Limits
from diffvet.messages.peer import endpoints_of, most_requests, open_client
from diffvet.messages.record import Record, Replay
from diffvet.messages.retry import RetryPolicy
from diffvet.messages.wire import Completion

SECRET = "rk_" + "0123456789abcdef" * 4
HURRIED = RetryPolicy(tries=3, first=0.001)
BOUNDS = Limits(connect=2, read=0.3, total=5, body=1_000_000)
ANSWER = {"content": "- none\nEND OF REVIEW", "model": "route/a", "stop_reason": "end_turn",
          "usage": {"input_tokens": 13, "output_tokens": 4}, "credits_charged": 0.25}  # fmt: skip


def body(**change: object) -> bytes:
    return json.dumps({**ANSWER, **change}).encode()


def client(*urls: str, **how):
    settings = {"limits": BOUNDS, "retry": HURRIED, **how}
    return open_client([Endpoint.parse(url) for url in urls], ApiKey(SECRET), **settings)


async def ask(*urls: str, **how) -> Completion:
    async with client(*urls, **how) as opened:
        return await opened.ask("review this", model="route/a", max_tokens=64)


def answers(status: int, data: bytes, **headers: str) -> Callable:
    return lambda peer: peer.answers(status, data, **headers)


def sends(*chunks: bytes, pause: float = 0.0, reset: bool = False) -> Callable:
    async def play(writer: asyncio.StreamWriter) -> None:
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(pause)
        if reset:
            writer.transport.abort()

    return lambda peer: setattr(peer, "play", play)


HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n"
BATTERY = {
    "connection reset mid-body": (sends(HEAD, b'{"content": "- no', reset=True), TransportError, 1, "broke off"),
    "connection closed mid-body": (sends(HEAD, b'{"content": "- no'), TransportError, 1, "broke off"),
    "connection reset before an answer": (sends(reset=True), TransportError, 3, "broke off before .*; tried 3 times"),
    "slow drip": (sends(HEAD, *[b" "] * 4000, pause=0.05), TransportError, 1, "took longer than|within the deadline"),
    "silence": (sends(b"", pause=30), TransportError, 1, "silent for 0.3 seconds"),
    "silence mid-body": (sends(HEAD, b"{", pause=30), TransportError, 1, "silent for 0.3 seconds"),
    "200 with HTML": (answers(200, b"<html><title>Log in</title>"), AnswerError, 1, "is a web page"),
    "200 with an error": (answers(200, b'{"error": "Model not found"}'), ApiError, 1, "Model not found"),
    "200 with an overload": (
        answers(200, b'{"error": {"type": "overloaded_error", "message": "busy"}}'), ApiError, 3, "busy; tried 3 times"),
    "200 with nothing": (answers(200, b""), AnswerError, 1, "is empty"),
    "200 with a text": (answers(200, b"All good!"), AnswerError, 1, "is no message"),
    "200 in invalid UTF-8": (answers(200, b'{"content": "\xff"}'), AnswerError, 1, "is no message"),
    "gzip bomb": (
        answers(200, gzip.compress(b" " * 9_000_000), content_encoding="gzip"), TransportError, 1, "larger than 1,000,000"),
    "redirect to another host": (
        answers(307, b"", location="https://evil.example/v1"), ApiError, 1, "evil.example, which is not followed"),
    "429 with Retry-After: 3600": (
        answers(429, b"slow down", retry_after="3600"), RateLimitError, 1, r"slow down; it asks to wait 3,600 seconds, and \d are left"),
    "429 without more": (answers(429, b"slow down", x_error_code="RATE_LIMIT_ERROR"), RateLimitError, 3, "tried 3 times"),
    "429 Authentication required": (
        answers(429, b"Authentication required", x_error_code="RATE_LIMIT_ERROR"), AuthenticationError, 1, "check the API key"),
    "401": (answers(401, b"who?"), AuthenticationError, 1, "who"),
    "400": (answers(400, b"bad", x_error_code="VALIDATION_ERROR"), ApiError, 1, "VALIDATION_ERROR"),
    "500": (answers(500, b"oops"), ApiError, 3, "oops; tried 3 times"),
    "502 with HTML": (answers(502, b"<html><title>Bad Gateway</title>"), ApiError, 3, "titled “Bad Gateway”; tried 3 times"),
    "529": (
        answers(529, b'{"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}'), ApiError, 3, "busy; tried 3"),
    "empty content with billed tokens, twice": (answers(200, body(content="")), EmptyAnswerError, 2, "asking again"),
    "a refusal": (answers(200, body(content="I will not.", stop_reason="refusal")), AnswerError, 1, "refused.*I will not"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BATTERY)
async def test_a_fault_is_one_error_in_one_sentence_after_so_many_calls(peer, fault):
    play, kind, calls, words = BATTERY[fault]
    play(peer)
    bounds = Limits(connect=2, read=0.3, total=0.6, body=1_000_000) if fault == "slow drip" else BOUNDS
    with pytest.raises(MessagesError) as caught:
        await ask(peer.url, limits=bounds, fallback=FALLBACK)
    sentence = str(caught.value)
    assert type(caught.value) is kind
    assert re.search(words, sentence)
    assert sentence.isprintable()
    assert len(sentence) < 450
    assert len(peer.requests) == caught.value.usage_tokens.requests == calls
    assert calls <= most_requests(1, HURRIED, FALLBACK)


@pytest.mark.parametrize("change", [{"stop_reason": "max_tokens"}, {"usage": {"output_tokens": 64}}])
async def test_a_cut_answer_is_truncated_even_when_it_says_end_turn(peer, change):
    peer.answers(200, body(**change))
    assert (await ask(peer.url)).truncated


async def test_billed_tokens_without_text_are_asked_for_on_chat_completions(peer):
    replies = iter([body(content=""), json.dumps({
        "choices": [{"message": {"content": "- none", "reasoning_content": "hm"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 13, "completion_tokens": 40}}).encode()])  # fmt: skip

    async def play(writer: asyncio.StreamWriter) -> None:
        data = next(replies)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(data) + data)

    peer.play = play
    assert await ask(peer.url) == Completion("- none", "route/a", 26, 44, 0.25, False, "stop", 2)
    assert [request.split()[1] for request in peer.requests] == [b"/v1/messages", b"/v1/chat/completions"]


@pytest.fixture
async def closed_port() -> str:
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as server:
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_dead_first_host_is_left_for_the_second_by_all(peer, closed_port):
    peer.answers(200, body())
    async with client(closed_port, peer.url) as opened:
        first = await opened.ask("x", model="m", max_tokens=64)
        second = await opened.ask("y", model="m", max_tokens=64)
    assert (first.requests, second.requests, len(peer.requests)) == (4, 1, 2)


async def test_a_proxy_that_refuses_is_asked_once(peer, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", peer.url)
    peer.answers(407, b"")
    with pytest.raises(TransportError, match="proxy that refused"):
        await ask("https://api.example.test")
    assert len(peer.requests) == 1


async def test_a_broken_answer_of_the_first_host_is_not_asked_for_at_the_second(peer):
    sends(HEAD, b"{")(peer)
    second: list[int] = []
    async with await asyncio.start_server(lambda *_: second.append(1), "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(TransportError, match="broke off"):
            await ask(peer.url, url)
    assert second == []


async def test_fifty_units_use_no_more_connections_than_slots():
    connections: list[asyncio.Task[None] | None] = []
    data = body()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(asyncio.current_task())
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(data) + data)
        except asyncio.IncompleteReadError:
            writer.close()
            await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with client(url, limiter=Limiter(concurrency=3)) as opened:
            asked = (opened.ask(str(number), model="m", max_tokens=64) for number in range(50))
            assert {reply.text for reply in await asyncio.gather(*asked)} == {ANSWER["content"]}
        await asyncio.gather(*filter(None, connections))
    assert 1 <= len(connections) <= 3


def escaped(words: str) -> str:
    return "".join(f"\\u{ord(letter):04x}" for letter in words)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, '{"error": {"message": "bad key %s", "type": "%s"}}'),
        (400, '{"detail": [{"input": "%s"}], "%s": 1}'),
        (200, '{"content": "I was given %s", "model": "%s"}'),
        (200, '{"content": [{"type": "text", "text": "I %s"}], "stop_reason": "refusal", "x": "%s"}'),
    ],
)
async def test_a_key_that_is_echoed_in_json_escapes_is_masked_after_decoding(peer, status, words, tmp_path):
    peer.answers(status, (words % (escaped(SECRET), escaped(SECRET.upper()))).encode())
    try:
        seen = repr(await ask(peer.url, tape=Record(tmp_path)))
    except MessagesError as error:
        seen = str(error) + repr(vars(error))
    seen += "".join(path.read_text().replace("\\\\u", "\\u") for path in tmp_path.iterdir())
    assert "[api key]" in seen
    assert escaped(SECRET[:12]) not in seen
    assert SECRET[3:15] not in seen.lower()


async def test_what_was_recorded_replays_without_network_key_or_waiting(peer, tmp_path):
    replies = iter([(429, b"slow", b"retry-after: 0\r\n"), (500, b"oops", b""), (200, body(), b"")])

    async def play(writer: asyncio.StreamWriter) -> None:
        status, data, more = next(replies)
        writer.write(b"HTTP/1.1 %d X\r\n%scontent-length: %d\r\n\r\n" % (status, more, len(data)) + data)

    peer.play = play
    recorded = await ask(peer.url, tape=Record(tmp_path))
    assert len(list(tmp_path.iterdir())) == 3
    assert all(SECRET not in path.read_text() for path in tmp_path.iterdir())
    asked = len(peer.requests)
    for path in tmp_path.iterdir():  # a pause that nobody would sit out here
        path.write_text(path.read_text().replace('"retry-after": "0"', '"retry-after": "299"'))
    async with open_client([Endpoint.parse("https://api.example.test")], tape=Replay(tmp_path)) as opened:
        replayed = await opened.ask("review this", model="route/a", max_tokens=64)
    assert replayed == recorded
    assert (recorded.requests, len(peer.requests)) == (3, asked)


async def test_a_failed_review_replays_as_it_failed(closed_port, tmp_path):
    with pytest.raises(TransportError) as recorded:
        await ask(closed_port, tape=Record(tmp_path))
    with pytest.raises(TransportError) as replayed:
        await ask(closed_port, tape=Replay(tmp_path))
    assert str(replayed.value) == str(recorded.value)
    assert len(list(tmp_path.iterdir())) == replayed.value.usage_tokens.requests == 3


async def test_a_replay_that_lacks_an_answer_tries_nothing_else(tmp_path, closed_port):
    with pytest.raises(TransportError, match="was recorded") as caught:
        await ask(closed_port, closed_port, tape=Replay(tmp_path))
    assert caught.value.usage_tokens.requests == 1


def test_a_replay_needs_no_http_library(tmp_path: Path):
    code = (
        "import sys; from pathlib import Path; from diffvet.messages.peer import endpoints_of, open_client;"
        "from diffvet.messages.record import Replay;"
        "open_client(endpoints_of('https://h.example'), tape=Replay(Path(sys.argv[1])));"
        "print('httpx' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("endpoint", "second", "hosts"),
    [
        ("https://api.routing.run/v1", "", ["api.routing.run", "ai.routing.sh"]),
        ("https://API.routing.run", "", ["api.routing.run", "ai.routing.sh"]),
        ("https://api.routing.run", "none", ["api.routing.run"]),
        ("https://api.routing.run", "https://mine.example/v1", ["api.routing.run", "mine.example"]),
        ("https://api.routing.run:8443", "", ["api.routing.run"]),
        ("https://api.routing.run/proxied", "", ["api.routing.run"]),
        ("https://api.routing.run.evil.example", "", ["api.routing.run.evil.example"]),
        ("http://127.0.0.1:9", "", ["127.0.0.1"]),
        ("https://h.example", "", ["h.example"]),
        ("https://h.example", "https://h.example/v1/", ["h.example"]),
    ],
)
def test_only_the_vendor_that_names_a_second_host_has_one_by_itself(endpoint, second, hosts):
    assert [one.host for one in endpoints_of(endpoint, second)] == hosts


def test_a_second_endpoint_is_checked_like_the_first():
    with pytest.raises(SettingsError, match="use https"):
        endpoints_of("https://h.example", "http://other.example")
