"""The gateway in this process: what it accepts, what it answers, what it refuses and in which words."""

import asyncio
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.dialogue.prompt import estimate_tokens
from diffvet.errors import RuleError
from diffvet.gateway.cut import cut_to
from diffvet.gateway.errors import STATUS, ErrorCode
from diffvet.gateway.service import Gateway
from diffvet.gateway.upstream import EmbeddedUpstream
from diffvet.messages.client import MessagesClient
from diffvet.messages.errors import ApiError
from diffvet.messages.wire import HttpReply, HttpRequest

SCHEMAS = Path(__file__).parents[2] / "schemas"
GOOD: dict[str, Any] = {
    "model": "embedded",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "look"}],
}


def schema(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((SCHEMAS / f"messages-{name}.schema.json").read_text()))


def echo(prompt: str) -> str:
    return f"saw {prompt}"


def gateway(answer=echo, **how) -> Gateway:
    return Gateway([EmbeddedUpstream(answer)], **how)


async def send(
    document: Any, to: Gateway | None = None, method: str = "POST", path: str = "/v1/messages"
) -> HttpReply:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return await (to or gateway())(HttpRequest(method, path, {}, body))


async def get(path: str, method: str = "GET") -> HttpReply:
    return await send(b"", method=method, path=path)


def refused(reply: HttpReply, code: str, words: str) -> None:
    assert reply.headers["x-error-code"] == code
    assert reply.status == STATUS[ErrorCode(code)]
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert words in reply.body.decode()
    assert "Traceback" not in reply.body.decode()


async def test_a_request_gets_the_simplified_message():
    reply = await send(GOOD)
    message = json.loads(reply.body)
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    schema("response").validate(message)
    assert (message["content"], message["model"], message["stop_reason"]) == (
        "saw look",
        "embedded",
        "end_turn",
    )
    assert message["usage"] == {
        "input_tokens": estimate_tokens("look"),
        "output_tokens": estimate_tokens("saw look"),
    }


async def test_every_answer_has_an_id_of_its_own():
    one = gateway()
    ids = {json.loads((await send(GOOD, one)).body)["id"] for _ in range(20)}
    assert len(ids) == 20


@pytest.mark.parametrize("name", ["request", "response"])
def test_the_schemas_are_sound_and_their_examples_valid(name):
    validator = schema(name)
    validator.check_schema(validator.schema)
    for example in validator.schema["examples"]:
        validator.validate(example)


@pytest.mark.parametrize("example", schema("request").schema["examples"])
async def test_the_examples_of_the_request_schema_are_served(example):
    assert (await send(example)).status == 200


@pytest.mark.parametrize(
    ("messages", "prompt"),
    [
        ([{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}], "a\nb"),
        ([{"role": "user", "content": "a"}, {"role": "user", "content": "b"}], "a\n\nb"),
        ([{"role": "system", "content": "s"}, {"role": "user", "content": "a"}, {"role": "assistant", "content": "p"}], "a"),
        ([{"role": "user", "content": "a"}, {"role": "assistant", "content": []}], "a"),
        ([{"role": "user", "content": 'é \U0001f600 "\\ \u0000'}], 'é \U0001f600 "\\ \u0000'),
        ([{"role": "user", "content": "a", "cache_control": {}}], "a"),
        ([{"role": "assistant", "content": [{"type": "redacted_thinking", "data": "x"}]}, {"role": "user", "content": "a"}], "a"),
        ([{"role": "assistant", "content": [{"type": "tool_use", "id": "1", "name": "n", "input": {}}]}, {"role": "user", "content": "a"}], "a"),
    ],
)  # fmt: skip
async def test_the_prompt_is_the_text_of_the_user(messages, prompt):
    reply = await send({**GOOD, "messages": messages})
    assert json.loads(reply.body)["content"] == f"saw {prompt}"


@pytest.mark.parametrize(
    "extra",
    [{"temperature": 9}, {"thinking": {"type": "enabled"}}, {"of_the_future": [1]}, {"metadata": None}, {"tools": []},
     {"stream": False}, {"stream": None}, {"system": ""}, {"system": None}, {"system": [{"type": "text", "text": "x"}]}],
)  # fmt: skip
async def test_other_fields_are_accepted(extra):
    assert (await send({**GOOD, **extra})).status == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"model": None}, "model:"),
        ({"model": ""}, "model:"),
        ({"model": 5}, "model:"),
        ({"max_tokens": None}, "max_tokens:"),
        ({"max_tokens": 0}, "max_tokens:"),
        ({"max_tokens": True}, "max_tokens:"),
        ({"max_tokens": "9"}, "max_tokens:"),
        ({"max_tokens": 1.5}, "max_tokens:"),
        ({"messages": None}, "messages:"),
        ({"messages": []}, "messages:"),
        ({"messages": {}}, "messages:"),
        ({"messages": ["x"]}, "messages[0]:"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0].role:"),
        ({"messages": [{"role": [], "content": "x"}]}, "messages[0].role:"),
        ({"messages": [GOOD["messages"][0], {"role": "user"}]}, "messages[1].content:"),
        ({"messages": [{"role": "user", "content": [5]}]}, "messages[0].content[0]:"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages[0].content[0].text:"),
        (
            {"messages": [{"role": "user", "content": [{"type": "text", "text": 5}]}]},
            "messages[0].content[0].text:",
        ),
        ({"messages": [{"role": "user", "content": [{"text": "x"}]}]}, "messages[0].content[0].type:"),
        ({"messages": [{"role": "user", "content": [{"type": {"a": 1}}]}]}, "messages[0].content[0].type:"),
        ({"messages": [{"role": "user", "content": [{"type": "image"}]}]}, "messages[0].content[0].source:"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image", "source": {}}]}]},
            "text only, not image",
        ),
        (
            {"messages": [{"role": "assistant", "content": [{"type": "tool_use", "id": "1"}]}]},
            "content[0].name:",
        ),
        ({"messages": [{"role": "user", "content": [{"type": "tool_result"}]}]}, "content[0].tool_use_id:"),
        ({"messages": [{"role": "user", "content": [{"type": "server_tool_use"}]}]}, "'server_tool_use'"),
        ({"system": 5}, "system:"),
        ({"system": [{"type": "text"}]}, "system[0].text:"),
        ({"stream": True}, "streaming is not served yet"),
        ({"stream": "yes"}, "stream:"),
    ],
)
async def test_what_cannot_be_understood_is_refused_by_field(change, field):
    document = {**GOOD, **change}
    refused(await send(document), "VALIDATION_ERROR", field)
    assert not schema("request").is_valid(document)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"{} {}", "not valid JSON"),
        (b"[" * 200_000, "not valid JSON"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b'{"model": "\xff"}', "not valid UTF-8"),
    ],
)  # fmt: skip
async def test_a_body_that_is_no_object_is_refused(body, words):
    refused(await send(body), "VALIDATION_ERROR", words)


@pytest.mark.parametrize("written", [b"100", b"100.0", b"1e2"])
async def test_max_tokens_is_a_whole_number_however_it_is_written(written):
    assert (await send(json.dumps(GOOD).encode().replace(b"100", written))).status == 200


async def test_an_unknown_model_is_not_found():
    refused(await send({**GOOD, "model": "route/x\n"}), "NOT_FOUND", "'route/x\\n' is not served here")


async def test_a_body_above_the_limit_is_refused():
    refused(await send(GOOD, gateway(max_body=20)), "PAYLOAD_TOO_LARGE", "larger than 20 bytes")


async def test_a_text_that_is_no_prompt_of_ours_is_the_clients_mistake():
    refused(
        await send(GOOD, Gateway([EmbeddedUpstream()])),
        "VALIDATION_ERROR",
        "messages: this text is not a review prompt",
    )


@pytest.mark.parametrize(
    "error", [KeyError("secret code"), StopIteration(), RecursionError(), AssertionError("x")]
)
async def test_a_reviewer_that_crashes_is_an_internal_error_without_its_words(error):
    def crash(prompt: str) -> str:
        raise error

    reply = await send(GOOD, gateway(crash))
    refused(reply, "INTERNAL_ERROR", "this is a bug in Diffvet")
    assert b"secret code" not in reply.body


async def test_a_rule_that_cannot_be_used_says_so():
    def refuse(prompt: str) -> str:
        raise RuleError("rule x has no title")

    refused(await send(GOOD, gateway(refuse)), "INTERNAL_ERROR", "rule x has no title")


async def test_an_answer_longer_than_allowed_is_cut_and_says_so():
    reply = await send({**GOOD, "max_tokens": 5}, gateway(lambda _: "word " * 1000))
    message = json.loads(reply.body)
    assert message["stop_reason"] == "max_tokens"
    assert message["usage"]["output_tokens"] == 5
    assert ("word " * 1000).startswith(message["content"])


@given(st.text(max_size=200), st.integers(0, 80))
def test_a_cut_text_is_the_longest_prefix_that_fits(text, limit):
    cut = cut_to(text, limit, estimate_tokens)
    assert text.startswith(cut)
    assert estimate_tokens(cut) <= limit
    assert cut == text or estimate_tokens(text[: len(cut) + 1]) > limit


async def test_the_models_are_listed():
    models = json.loads((await get("/v1/models?limit=5")).body)
    assert models["object"] == "list"
    assert [model["id"] for model in models["data"]] == ["embedded", "diffvet/embedded"]
    assert models["data"][0].keys() == {"id", "object", "created", "owned_by", "tier"}


@pytest.mark.parametrize("path", ["/v1/models/diffvet/embedded", "/v1/models/diffvet%2Fembedded"])
async def test_a_model_is_found_with_its_slash_as_it_is_or_escaped(path):
    model = json.loads((await get(path)).body)
    assert (model["id"], model["allowed"], model["providers"]) == ("diffvet/embedded", True, ["embedded"])


async def test_an_unknown_model_in_the_catalogue_is_a_json_error():
    reply = await get("/v1/models/route/none")
    assert (reply.status, json.loads(reply.body)) == (404, {"error": "Model not found"})


async def test_health_is_answered():
    assert json.loads((await get("/health")).body)["status"] == "ok"


async def test_head_is_get_without_a_body():
    reply = await get("/health", method="HEAD")
    assert (reply.status, reply.body) == (200, b"")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/v1/messages", "POST"),
        ("POST", "/v1/models", "GET, HEAD"),
        ("DELETE", "/health", "GET, HEAD"),
    ],
)
async def test_a_wrong_method_names_the_right_one(method, path, allow):
    reply = await get(path, method=method)
    refused(reply, "METHOD_NOT_ALLOWED", f"use {allow}")
    assert reply.headers["allow"] == allow


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/messages/", "/v1/v1/messages", "/v1/modelsx", "/\u00e9", "/%ff%0a"]
)
async def test_another_path_is_not_found(path):
    refused(await get(path), "NOT_FOUND", "no such path")


async def test_the_client_and_the_gateway_speak_in_one_process():
    async with MessagesClient(gateway()) as client:
        completion = await client.ask("look", model="diffvet/embedded", max_tokens=50)
        assert (completion.text, completion.credits, completion.truncated) == ("saw look", 0.0, False)
        with pytest.raises(ApiError, match="NOT_FOUND"):
            await client.ask("look", model="other", max_tokens=50)


async def test_a_cancelled_request_returns_while_the_reviewer_still_works():
    started, release = threading.Event(), threading.Event()

    def work(prompt: str) -> str:
        started.set()
        release.wait(20)
        return "late"

    task = asyncio.create_task(send(GOOD, gateway(work)))
    while not started.is_set():
        await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not release.is_set()
    release.set()


def test_a_loop_that_ends_does_not_wait_for_an_abandoned_reviewer():
    code = (
        "import asyncio, time\n"
        "from diffvet.gateway.thread import in_thread\n"
        "async def main():\n"
        "    task = asyncio.create_task(in_thread(lambda: time.sleep(60)))\n"
        "    await asyncio.sleep(0.05)\n"
        "    task.cancel()\n"
        "asyncio.run(main())\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


async def test_one_prompt_is_reviewed_at_a_time():
    running: list[int] = []
    most: list[int] = []

    def work(prompt: str) -> str:
        running.append(1)
        most.append(len(running))
        threading.Event().wait(0.01)
        running.pop()
        return "done"

    shared = gateway(work)
    await asyncio.gather(*(send(GOOD, shared) for _ in range(5)))
    assert max(most) == 1


def test_the_gateway_in_this_process_needs_no_server():
    code = (
        "import sys, diffvet.gateway.service, diffvet.gateway.upstream\n"
        "print([m for m in ('httpx', 'starlette', 'uvicorn', 'ast_grep_py', 'yaml') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


WORDS = st.sampled_from(
    ["model", "max_tokens", "messages", "role", "content", "type", "text", "system", "stream", "user", "assistant",
     "embedded", "image", "source", "tool_use", "tool_result", "id", "thinking"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2**70) | st.floats() | st.text(max_size=5) | WORDS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=15,
)


@given(JSON)
def test_any_json_body_is_answered_or_refused(document):
    reply = asyncio.run(send(document))
    assert reply.status in {200, 400, 404}


@given(st.fixed_dictionaries({}, optional={"model": JSON | st.just("embedded"), "max_tokens": JSON | st.just(9),
       "messages": JSON | st.lists(st.fixed_dictionaries({"role": st.just("user") | WORDS, "content": JSON | st.text()}), max_size=3),
       "system": JSON, "stream": JSON}))  # fmt: skip
def test_any_body_of_about_the_right_shape_is_answered_or_refused_as_the_schema_says(document):
    reply = asyncio.run(send(document))
    assert reply.status in {200, 400, 404}
    try:
        json.dumps(document, allow_nan=False)
    except ValueError:
        return  # NaN is no JSON
    assert (reply.status == 400) == (not schema("request").is_valid(document))


@given(st.binary(max_size=60), st.text(max_size=20), st.sampled_from(["GET", "POST", "PUT", "HEAD"]))
def test_any_bytes_on_any_path_are_answered(body, path, method):
    reply = asyncio.run(send(body, method=method, path="/" + path))
    assert 200 <= reply.status < 500
