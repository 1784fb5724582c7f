"""Billed tokens without text are asked for once more, on chat completions, and paid for in one sum."""

import json
from typing import Any

import pytest

from diffvet.messages.answer import read_chat_completion
from diffvet.messages.client import ChatFallback, MessagesClient
from diffvet.messages.errors import AnswerError, ApiError, EmptyAnswerError, MessagesError
from diffvet.messages.wire import Billed, Completion, HttpReply, HttpRequest

EMPTY = {"content": "", "stop_reason": "end_turn", "usage": {"input_tokens": 100, "output_tokens": 64},
         "credits_charged": 0.5}  # fmt: skip


def reply(document: Any, status: int = 200) -> HttpReply:
    return HttpReply(status, {}, json.dumps(document).encode())


def chat(content: Any, finish: str | None = "stop", **more: Any) -> dict[str, Any]:
    return {
        "model": "route/a",
        "choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": finish}],
        "usage": {"prompt_tokens": 110, "completion_tokens": 90},
        **more,
    }


class Peer:
    def __init__(self, *replies: HttpReply) -> None:
        self.replies = list(replies)
        self.asked: list[tuple[str, Any]] = []

    async def __call__(self, request: HttpRequest) -> HttpReply:
        self.asked.append((request.path, json.loads(request.body)))
        return self.replies.pop(0)


async def ask(peer: Peer, fallback: ChatFallback | None = ChatFallback()) -> Completion:  # noqa: B008 - frozen
    return await MessagesClient(peer, fallback=fallback).ask("review", model="m", max_tokens=64)


@pytest.mark.parametrize("content", ["", " \n", [], [{"type": "thinking", "thinking": "- none"}], None])
async def test_an_empty_billed_answer_is_asked_for_once_more_with_more_room(content):
    peer = Peer(reply(EMPTY | {"type": "message", "content": content}), reply(chat("- none")))
    completion = await ask(peer)
    assert [path for path, _ in peer.asked] == ["/v1/messages", "/v1/chat/completions"]
    assert [body["max_tokens"] for _, body in peer.asked] == [64, 256]
    assert peer.asked[1][1]["messages"] == [{"role": "user", "content": "review"}]
    assert completion == Completion("- none", "route/a", 210, 154, 0.5, False, "stop", 2)


@pytest.mark.parametrize("document", [{**EMPTY, "content": "- none"}, {"content": "", "usage": {}}])
async def test_an_answer_with_text_or_without_a_bill_is_not_asked_for_again(document):
    peer = Peer(reply(document))
    if document["content"]:
        assert (await ask(peer)).requests == 1
    else:
        with pytest.raises(AnswerError, match="gave no text"):
            await ask(peer)
    assert len(peer.asked) == 1


async def test_without_the_fallback_the_empty_answer_is_final_and_says_what_it_cost():
    with pytest.raises(EmptyAnswerError) as caught:
        await ask(Peer(reply(EMPTY)), None)
    assert caught.value.usage_tokens == Billed(1, 100, 64, 0.5)


@pytest.mark.parametrize(
    ("second", "billed", "words"),
    [
        (chat("", "length", credits_charged=0.25), Billed(2, 210, 154, 0.75), "gave no text"),
        ({"error": {"message": "no such path"}}, Billed(2, 100, 64, 0.5), "no such path"),
        (chat(None), Billed(2, 210, 154, 0.5), "gave no text"),
        ({}, Billed(2, 100, 64, 0.5), "without 'choices'"),
        ({"content": "messages shape"}, Billed(2, 100, 64, 0.5), "without 'choices'"),
    ],
)
async def test_when_the_second_fails_too_the_error_tells_both_and_holds_the_whole_bill(second, billed, words):
    with pytest.raises(
        EmptyAnswerError, match="billed 64 output tokens but gave no text, and asking again"
    ) as caught:
        await ask(Peer(reply(EMPTY), reply(second)))
    assert words in str(caught.value)
    assert caught.value.usage_tokens == billed


def read(document: Any, max_tokens: int = 256) -> Completion:
    return read_chat_completion(reply(document), model="m", max_tokens=max_tokens)


def test_reasoning_is_never_taken_for_the_answer():
    thought = {"role": "assistant", "content": "", "reasoning_content": "- none\nEND OF REVIEW"}
    with pytest.raises(EmptyAnswerError):
        read(chat("") | {"choices": [{"message": thought, "finish_reason": "stop"}]})


@pytest.mark.parametrize(("finish", "room", "truncated"), [("length", 256, True), ("stop", 90, True), ("stop", 91, False), (None, 256, False)])  # fmt: skip
def test_a_cut_chat_answer_is_known_by_reason_or_count(finish, room, truncated):
    assert read(chat("- none", finish), room).truncated is truncated


def test_content_in_parts_is_joined_without_the_parts_that_think():
    parts = [
        {"type": "thinking", "text": "x"},
        {"type": "text", "text": "a"},
        {"type": "image"},
        {"text": "b"},
    ]
    assert read(chat(parts)).text == "ab"


@pytest.mark.parametrize(
    "document",
    [
        chat("I cannot help with that", "content_filter"),
        chat(None) | {"choices": [{"message": {"content": None, "refusal": "I cannot help with that"}}]},
    ],
)
def test_a_refusal_on_chat_is_an_error_with_its_words(document):
    with pytest.raises(AnswerError, match="refused to answer: I cannot help with that") as caught:
        read(document)
    assert not isinstance(caught.value, EmptyAnswerError)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"content": "I will not read this."}, "refused to answer: I will not read this."),
        (
            {"content": [], "stop_details": {"type": "refusal", "explanation": "unsafe"}},
            "refused to answer: refusal unsafe",
        ),
        ({"content": "", "usage": {"output_tokens": 9}}, "refused to answer and did not say why"),
    ],
)
async def test_a_refusal_is_an_error_with_the_models_words_and_is_not_asked_again(document, words):
    peer = Peer(reply({"stop_reason": "refusal", **document}))
    with pytest.raises(AnswerError, match=words):
        await ask(peer)
    assert len(peer.asked) == 1


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"<html>", b'{"choices": 3}', b'{"choices": [7]}', b'{"choices": [{}]}',
             b'{"choices": [{"message": "x"}]}', b'{"choices": [{"message": {"content": 5}}]}', b"\xff"]
)  # fmt: skip
def test_what_is_no_chat_completion_is_one_sentence(body):
    with pytest.raises(MessagesError) as caught:
        read_chat_completion(HttpReply(200, {}, body), model="m", max_tokens=9)
    assert str(caught.value).isprintable()


def test_an_error_of_the_chat_endpoint_is_the_same_error_as_elsewhere():
    with pytest.raises(ApiError, match="404"):
        read_chat_completion(HttpReply(404, {}, b"nothing here"), model="m", max_tokens=9)
