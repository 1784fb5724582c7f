"""Whatever a peer does, a review is never green by mistake: exit 3, one clear sentence, a bounded number of requests.

The first table answers over HTTP (``reference/peers-review.md`` §1.4 and issue 3), the second breaks the connection.
"""

import gzip
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager

import pytest

from fake_peer import Reply, message, peer

DIFF = b"--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,3 @@\n def f(x):\n-    return 1\n+    check(x)\n+    return eval(x)\n"
BULLET = "- [error][security] a.py:R3 `return eval(x)` **Eval.** Why: w. Fix: f."
TRIES = 3
"""1 + the default of ``retries``: what a fault that may heal is sent at most."""


def said(text: str, **extra: object) -> Reply:
    return Reply(body=message(text, **extra))


def refused(status: int, body: object, **headers: str) -> Reply:
    text = body if isinstance(body, str) else json.dumps(body)
    return Reply(status, text.encode(), {name.replace("_", "-"): value for name, value in headers.items()})


FAULTS = {
    "500": (refused(500, "boom"), TRIES, "answered 500: boom; tried 3 times"),
    "529": (refused(529, {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}), TRIES, "busy"),
    "429": (refused(429, "slow down", x_error_code="RATE_LIMIT_ERROR"), TRIES, "slow down"),
    "429 that is no limit": (refused(429, " authentication REQUIRED\n", x_error_code="RATE_LIMIT_ERROR"), 1, "check the API key"),
    "429 that is no limit, in JSON": (refused(429, {"error": {"message": "Authentication required."}}), 1, "check the API key"),
    "429 for an hour": (refused(429, "later", retry_after="3600"), 1, "asks to wait 3,600 seconds"),
    "401": (refused(401, {"type": "error", "error": {"type": "authentication_error", "message": "bad key"}}), 1, "check the API key"),
    "402": (refused(402, "no credits", x_error_code="INSUFFICIENT_CREDITS"), 1, "check the credit"),
    "404 of a framework": (refused(404, {"detail": "Not Found"}), 1, "check the endpoint and the model"),
    "404 page": (refused(404, "<html>nginx</html>", content_type="text/html"), 1, "a web page"),
    "413": (refused(413, ""), 1, "413"),
    "200 page": (refused(200, "<!doctype html><title>Sign in</title>", content_type="text/html"), 1, "is a web page"),
    "200 error": (refused(200, {"error": "Model not found"}), 1, "200 with an error: Model not found"),
    "200 error object": (refused(200, {"error": {"message": "nope", "type": "x"}}), 1, "nope"),
    "empty body": (refused(200, ""), 1, "the answer is empty"),
    "not UTF-8": (Reply(body=b'{"content":"\xff\xfe"}'), 1, "is no message"),
    "a list": (refused(200, [1, 2]), 1, "is no message"),
    "no content": (refused(200, {"id": "x"}), 1, "without 'content'"),
    "no content but words": (refused(200, {"code": 500, "msg": "worker lost", "data": None}), 1, "it says: worker lost"),
    "events": (refused(200, 'event: message_start\ndata: {"type":"message_start"}\n\n', content_type="text/event-stream"), 1, "a stream of events"),
    "ended by an error": (said("- none\nEND OF REVIEW", stop_reason="error"), 1, "gave up inside the answer (error)"),
    "too large": (Reply(body=b" " * (9 << 20)), 1, "is larger than"),
    "gzip bomb": (Reply(body=gzip.compress(b" " * (64 << 20)), headers={"content-encoding": "gzip"}), 1, "is larger than"),
    "redirect": (Reply(307, headers={"location": "http://127.0.0.1:9/v1/messages"}), 1, "is not followed"),
    "prose": (said("Looks good to me! I found no issues."), 1, "no bullet list"),
    "cut in a bullet": (said(BULLET[:40]), 1, "no closing sentinel"),
    "cut after a bullet": (said(BULLET), 1, "no closing sentinel"),
    "cut after none": (said("- none"), 1, ""),
    "stopped by max_tokens": (said(f"{BULLET}\nEND OF REVIEW", stop_reason="max_tokens"), 1, "cut at its token limit"),
    "end_turn at the limit": (said("- none\nEND OF REVIEW", output_tokens=4096), 1, "cut at its token limit"),
    "filtered": (said("- none\nEND OF REVIEW", stop_reason="content_filter"), 1, "refused"),
    "refusal": (said("", stop_reason="refusal", output_tokens=0), 1, "refused"),
    "billed, no text, twice": (said("", output_tokens=64), 2, "gave no text"),
}  # fmt: skip


@pytest.fixture
def check(diffvet, tmp_path):
    def run(url: str, *args: str):
        env = {"DIFFVET_CACHE_DIR": str(tmp_path / "cache"), "DIFFVET_API_KEY": "rk_" + "0a" * 32}
        options = ("--endpoint", url, "--model", "m", "--secondary-endpoint", "none")
        return diffvet("check", "--stdin", "--format", "json", *options, *args, stdin=DIFF, env=env)

    return run


def assert_incomplete(ran, words: str) -> None:
    assert ran.code == 3, ran.out
    (row,) = ran.json["ledger"]
    assert (ran.json["status"], row["outcome"]) == ("incomplete", "failed")
    assert words in row["reason"]
    assert "\n" not in row["reason"]
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(("reply", "calls", "words"), FAULTS.values(), ids=FAULTS)
def test_a_peer_that_answers_badly_is_never_green(check, reply, calls, words):
    with peer(lambda _: reply) as model:
        ran = check(model.url)
    assert_incomplete(ran, words)
    assert len(model.prompts) == calls


def test_a_re_ask_shares_the_repetitions_of_the_question_before_it(check):
    script = [refused(503, "busy"), refused(503, "busy"), said("", output_tokens=64), refused(503, "busy")]
    with peer(lambda _: script.pop(0) if len(script) > 1 else script[0]) as model:
        assert_incomplete(
            check(model.url), "asking again on /v1/chat/completions failed: the endpoint answered 503"
        )
    assert len(model.prompts) == TRIES + 1


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def begin(connection: socket.socket) -> None:
    connection.sendall(
        b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"id":'
    )


def reset_inside_the_body(connection: socket.socket) -> None:
    begin(connection)
    reset(connection)


def drip(connection: socket.socket) -> None:
    begin(connection)
    for _ in range(100):
        connection.sendall(b" ")
        time.sleep(0.1)


def speak_no_http(connection: socket.socket) -> None:
    connection.sendall(b"\x00\x01 garbage\r\n\r\n")


@contextmanager
def rude_peer(act: Callable[[socket.socket], None]):
    """A listener that reads a whole request and then does ``act``; yields its address and what it has read."""
    heard: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    def answer(connection: socket.socket) -> None:
        with connection:
            text = b""
            while not (
                head := re.search(rb"content-length: (\d+)[\s\S]*?\r\n\r\n", text, re.IGNORECASE)
            ) or len(text) < head.end() + int(head[1]):
                text += connection.recv(65536)
            heard.append(text)
            try:
                act(connection)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("act", "calls", "words"),
    [
        (reset_inside_the_body, 1, "broke off"),
        (begin, 1, "broke off"),
        (drip, 1, "deadline of 2 seconds"),
        (speak_no_http, TRIES, "broke off"),
        (lambda _: None, TRIES, "broke off"),
    ],
    ids=["reset inside the body", "closed inside the body", "slow drip", "no HTTP", "closed at once"],
)
def test_a_peer_that_breaks_the_connection_is_never_green(check, act, calls, words):
    deadline = ("--deadline", "2") if act is drip else ()
    with rude_peer(act) as (url, heard):
        ran = check(url, *deadline)
    assert_incomplete(ran, words)
    assert len(heard) == calls


def test_a_peer_that_is_not_there_is_never_green(check):
    assert_incomplete(check("http://127.0.0.1:9"), "connection refused")


def test_what_heals_is_reviewed(check):
    replies = iter([refused(503, "warming up"), said(f"{BULLET}\nEND OF REVIEW")])
    with peer(lambda _: next(replies)) as model:
        ran = check(model.url)
    assert (ran.code, ran.json["status"], len(model.prompts)) == (1, "complete", 2)
