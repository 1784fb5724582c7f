"""The client without a network: what it needs, and what any reply becomes."""

import asyncio
import codecs
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.messages.answer import read_chat_completion, read_completion
from diffvet.messages.client import MessagesClient
from diffvet.messages.errors import AnswerError, ApiError, MessagesError, TransportError
from diffvet.messages.wire import Completion, HttpReply, HttpRequest


def test_the_client_costs_no_http_library():
    code = "import sys, diffvet.messages.client; print([m for m in ('httpx', 'httpcore', 'anyio', 'starlette') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["content", "error", "type", "text", "message", "usage", "output_tokens", "detail", "model",
                             "code", "stop_reason", "credits_charged", "input_tokens"]), inner, max_size=6)
    ),
    max_leaves=12,
)  # fmt: skip
HEADERS = st.dictionaries(st.sampled_from(["x-error-code", "retry-after", "location"]), st.text(max_size=60))


def outcome(status: int, headers: dict[str, str], body: bytes) -> Completion | str:
    try:
        return read_completion(HttpReply(status, headers, body), model="m", max_tokens=9)
    except MessagesError as error:
        return str(error)


def check(status: int, headers: dict[str, str], body: bytes) -> None:
    read = outcome(status, headers, body)
    if isinstance(read, str):
        assert read.isprintable()
        assert len(read) < 500
    else:
        assert 200 <= status < 300
        assert read.text.strip()
        assert read.output_tokens >= 0


@given(st.integers(100, 599), HEADERS, st.binary(max_size=300))
def test_any_bytes_become_a_completion_or_one_sentence(status, headers, body):
    check(status, headers, body)


@given(st.sampled_from([200, 200, 302, 400, 401, 429, 500]), HEADERS, JSON)
def test_any_json_becomes_a_completion_or_one_sentence(status, headers, document):
    check(status, headers, json.dumps(document).encode())


async def test_undecodable_bytes_in_the_prompt_are_sent_as_replacement_characters():
    seen: list[HttpRequest] = []

    async def exchange(request: HttpRequest) -> HttpReply:
        seen.append(request)
        return HttpReply(200, {}, b'{"content": "ok"}')

    await MessagesClient(exchange).ask("a\udcffb \U0001f600", model="m", max_tokens=1)
    assert "a\ufffdb \U0001f600".encode() in seen[0].body


async def test_the_deadline_ends_an_exchange_that_does_not():
    async def exchange(request: HttpRequest) -> HttpReply:
        await asyncio.sleep(30)
        raise AssertionError

    with pytest.raises(TransportError, match=r"0\.05 seconds"):
        await MessagesClient(exchange, deadline=0.05).ask("x", model="m", max_tokens=1)


async def test_the_peers_words_are_redacted():
    async def exchange(request: HttpRequest) -> HttpReply:
        return HttpReply(400, {}, b"no hush here")

    client = MessagesClient(exchange, redact=lambda text: text.replace("hush", "***"))
    with pytest.raises(MessagesError, match=r"no \*\*\* here"):
        await client.ask("x", model="m", max_tokens=1)


async def test_an_exchange_without_connections_needs_no_closing():
    async def exchange(request: HttpRequest) -> HttpReply:
        return HttpReply(200, {}, b'{"content": "ok"}')

    async with MessagesClient(exchange) as client:
        assert (await client.ask("x", model="m", max_tokens=1)).model == "m"


@pytest.mark.parametrize(
    ("document", "kind", "words"),
    [
        ({"type": "error", "content": "over the limit"}, ApiError, "over the limit"),
        ({"type": "error", "message": "over the limit"}, ApiError, "over the limit"),
        ({"type": "error", "error": {"type": "overloaded_error", "message": "busy"}, "content": "x"}, ApiError, "busy"),
        ({"type": "error"}, ApiError, "with an error"),
        ({"role": "user", "content": "Review this."}, AnswerError, "Review this."),
        ({"role": "system", "content": [{"type": "text", "text": "Rules."}]}, AnswerError, "Rules."),
        ({"stop_reason": "tool_use", "content": [{"type": "text", "text": "I call grep."}]}, AnswerError, "I call grep."),
        ({"stop_reason": "tool_use", "content": "- none\nEND OF REVIEW"}, AnswerError, "tool"),
        ({"stop_reason": "refusal", "content": "- none\nEND OF REVIEW"}, AnswerError, "refused"),
        ({"stop_reason": "content_filter", "content": "- none\nEND OF REVIEW"}, AnswerError, "refused"),
        ({"stop_reason": "cancelled", "content": "- none\nEND OF REVIEW"}, AnswerError, "gave up"),
        ({"stop_reason": "guardrail_intervened", "content": "- none\nEND OF REVIEW"}, AnswerError, "refused"),
        ({"success": False, "errors": [{"message": "over quota"}]}, AnswerError, "over quota"),
        ({"stop_reason": "SAFETY", "content": "- none\nEND OF REVIEW"}, AnswerError, "refused"),
    ],
)  # fmt: skip
def test_a_200_that_is_no_finished_message_of_the_model_is_an_error_with_the_peers_words(
    document, kind, words
):
    reply = HttpReply(200, {}, json.dumps(document).encode())
    with pytest.raises(kind) as error:
        read_completion(reply, model="m", max_tokens=9)
    assert words in str(error.value)


@pytest.mark.parametrize(
    "document",
    [{}, {"type": "message"}, {"role": "assistant"}, {"type": None, "role": None}, {"type": "completion"}, {"role": 3}, {"stop_reason": "stop"}],
)  # fmt: skip
def test_a_message_that_leaves_out_or_misspells_its_kind_is_still_read(document):
    reply = HttpReply(200, {}, json.dumps({**document, "content": "ok"}).encode())
    assert read_completion(reply, model="m", max_tokens=9).text == "ok"


@pytest.mark.parametrize("reason", ["max_tokens", "MAX_TOKENS", "length", "pause_turn"])
def test_a_cut_message_is_known_by_its_reason_in_anyones_words(reason):
    body = json.dumps({"content": "- none\nEND OF REVIEW", "stop_reason": reason}).encode()
    assert read_completion(HttpReply(200, {}, body), model="m", max_tokens=99).truncated


def test_a_byte_order_mark_before_the_answer_is_no_part_of_it():
    body = codecs.BOM_UTF8 + b'{"content": "ok"}'
    assert read_completion(HttpReply(200, {}, body), model="m", max_tokens=9).text == "ok"


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"message": {"role": "user", "content": "Review this."}}, "Review this."),
        ({"finish_reason": "tool_calls", "message": {"content": "- none\nEND OF REVIEW"}}, "tool"),
        (
            {
                "finish_reason": "insufficient_system_resource",
                "message": {"content": "- none\nEND OF REVIEW"},
            },
            "gave up",
        ),
        ({"finish_reason": "function_call", "message": {"content": "- none\nEND OF REVIEW"}}, "tool"),
    ],
)
def test_a_chat_answer_is_held_to_the_same(choice, words):
    reply = HttpReply(200, {}, json.dumps({"choices": [choice]}).encode())
    with pytest.raises(AnswerError, match=words):
        read_chat_completion(reply, model="m", max_tokens=9)
