"""One tiny question to the configured peer, and what its answer says about the settings. For ``diffvet doctor``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import msgspec

from diffvet.messages.answer import is_stream, read_completion
from diffvet.messages.endpoint import Endpoint
from diffvet.messages.errors import (
    AnswerError,
    ApiError,
    AuthenticationError,
    EmptyAnswerError,
    MessagesError,
)
from diffvet.messages.fault import fault_of, is_fault, plain
from diffvet.messages.http import HttpExchange
from diffvet.messages.key import ApiKey
from diffvet.messages.limits import Limits
from diffvet.messages.wire import Billed, HttpReply, HttpRequest, MessagesRequest, Turn
from diffvet.settings.model import Settings

PATH = "/v1/messages"
QUESTION = "Reply with the single word: ok"
MAX_TOKENS = 16
WORDS = 300
"""Characters of the server's own words that are shown."""

PATIENCE = 60.0
"""Seconds the whole call may take, where the settings do not say less."""

_MARKUP = re.compile(
    r"<(script|style)\b[^>]*>.*?(</\1\s*>|$)|<!--.*?(-->|$)|<[^>]*(>|$)", re.DOTALL | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Probed:
    """What came of the call. ``change`` names the setting that would help; ``status`` None where no answer came."""

    fine: bool
    what: str
    change: str | None = None
    status: int | None = None
    words: str | None = None
    billed: Billed = field(default_factory=Billed)


async def ask(endpoint: Endpoint, key: ApiKey | None, settings: Settings, model: str) -> Probed:
    """Send one question, once: no repetition, no second host, no redirect."""
    body = MessagesRequest(model=model, max_tokens=MAX_TOKENS, messages=(Turn("user", QUESTION),))
    total = min(settings.deadline, PATIENCE)
    limits = Limits(connect=settings.connect_timeout, read=settings.read_timeout, total=total)
    exchange = HttpExchange(endpoint, key, limits=limits)
    request = HttpRequest(
        "POST",
        PATH,
        {"content-type": "application/json", "accept": "application/json"},
        msgspec.json.encode(body),
    )
    try:
        reply = await exchange(request)
    except MessagesError as error:
        return Probed(False, str(error), _about_transport(str(error), settings), billed=request.trip.billed)
    finally:
        await exchange.aclose()
    return read(reply, settings, model)


def read(reply: HttpReply, settings: Settings, model: str) -> Probed:
    """What ``reply`` says about the settings."""
    billed = Billed(requests=1)
    words = words_of(reply)
    if is_fault(reply):
        error = fault_of(reply)
        return Probed(
            False, _answered(reply), _about_fault(reply, error, words, settings), reply.status, words, billed
        )
    try:
        completion = read_completion(reply, model=model, max_tokens=MAX_TOKENS)
    except EmptyAnswerError as empty:
        what = f"answered {reply.status}; {model} spent the {MAX_TOKENS} tokens of this question on reasoning"
        return Probed(True, what, None, reply.status, None, billed + empty.usage_tokens)
    except AnswerError as error:
        kind, change = _about_body(reply)
        what = f"{_answered(reply)}, but with {kind}"
        return Probed(False, what, change, reply.status, words, billed + error.usage_tokens)
    billed += Billed(0, completion.input_tokens, completion.output_tokens, completion.credits)
    cost = f"{billed.input_tokens} + {billed.output_tokens} tokens"
    if billed.credits is not None:
        cost += f", {billed.credits:g} credits"
    return Probed(
        True,
        f"answered {reply.status} as {plain(completion.model, 80)} ({cost})",
        None,
        reply.status,
        None,
        billed,
    )


def words_of(reply: HttpReply) -> str:
    """The server's own words on one line: the message of an error, the text of a page, else the body itself."""
    message = _message(reply.body)
    text = message or reply.body[: 64 * 1024].decode("utf-8", "replace")
    if not message and _is_page(reply):
        text = _MARKUP.sub(" ", text)
    code = plain(reply.headers.get("x-error-code", ""), 60)
    said = plain(text, WORDS)
    return f"{code}: {said}" if code and code not in said else said


def _message(body: bytes) -> str:
    try:
        document: Any = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return ""
    for _ in range(3):
        if not isinstance(document, Mapping):
            break
        document = document.get("message") or document.get("error") or document.get("detail")
    return document if isinstance(document, str) else ""


def _is_page(reply: HttpReply) -> bool:
    return reply.body[:1024].lstrip()[:1] == b"<"


def _answered(reply: HttpReply) -> str:
    try:
        return f"answered {reply.status} {HTTPStatus(reply.status).phrase}"
    except ValueError:
        return f"answered {reply.status}"


def _about_fault(reply: HttpReply, error: ApiError, words: str, settings: Settings) -> str:
    if 300 <= reply.status < 400:
        return _about_redirect(reply)
    if reply.status in {403, 502, 503, 504} and _is_page(reply):  # APIs answer in JSON or plain text
        return f"HTTPS_PROXY and NO_PROXY: a proxy answered in the server's place; or {_BASE}"
    if reply.status == 403 and re.search(r"\b(model|plan|tier)\b", words, re.IGNORECASE):
        return "model: this key may not use it; 'model' (DIFFVET_MODEL, --model) names another"
    if isinstance(error, AuthenticationError):
        return (
            f"the key: check the variable {settings.api_key_env} (api_key_env names another), and that it is a key for "
            "this endpoint"
        )
    if reply.status in {404, 405, 410} and _is_about_model(reply, words):
        return "model: this endpoint does not know it; 'model' (DIFFVET_MODEL, --model) names another"
    return _about_status(reply.status, error, settings)


def _about_status(status: int, error: ApiError, settings: Settings) -> str:
    advice = {
        402: "nothing here: the account behind the key has no credit left",
        404: _BASE,
        405: _BASE,
        407: "HTTPS_PROXY: the proxy wants a user and a password; or name this host in NO_PROXY",
        410: _BASE,
        429: "nothing, if it passes: wait a little; rate_per_minute and concurrency keep reviews below the limit",
    }
    if status in advice:
        return advice[status]
    if error.status >= 500:
        return "nothing, if it passes: the server itself failed; secondary_endpoint names a second host"
    return f"model or endpoint: the server refused the question as it was put to {settings.model or 'it'}"


_BASE = (
    "endpoint: it must be the base address of a Messages API, without the path (https://api.example.com, not a web page of "
    "the same vendor)"
)


def _is_about_model(reply: HttpReply, words: str) -> bool:
    return bool(_message(reply.body)) and "model" in words.casefold()


def _about_redirect(reply: HttpReply) -> str:
    """The address that a redirect points to, as a base address."""
    try:
        target = urlsplit(reply.headers.get("location", ""))
        host = target.hostname and target.netloc.rpartition("@")[2]
    except ValueError:
        host = None
    if not host:
        return f"endpoint: the server points elsewhere, which is not followed; {_BASE.partition(': ')[2]}"
    base = f"{target.scheme}://{host}{target.path.rstrip('/').removesuffix(PATH)}"
    return (
        f"endpoint: the server points to {plain(base, 200)}, which is not followed; if that is right, set it"
    )


def _about_body(reply: HttpReply) -> tuple[str, str]:
    """What came in the place of a message, and what to change."""
    if _is_page(reply):
        return (
            "a web page",
            f"{_BASE}; or a proxy or login page stands in between: check HTTPS_PROXY and NO_PROXY",
        )
    if is_stream(reply):
        return (
            "a stream of events, which was not asked for",
            "endpoint: one that answers whole; or switch streaming off there",
        )
    return "something that is no message", _BASE


def _about_transport(sentence: str, settings: Settings) -> str:
    """The setting behind an exchange that failed. ``sentence`` is ``messages.http``'s own."""
    for sign, change in (
        (
            "certificate",
            "SSL_CERT_FILE: the file of the authority that signed it; or endpoint, if the host is wrong",
        ),
        ("TLS", "endpoint: does this port speak https? http:// is for this machine only"),
        ("proxy", "HTTPS_PROXY and NO_PROXY"),
        (
            "could not be reached within",
            (
                f"endpoint, HTTPS_PROXY or connect_timeout (now {settings.connect_timeout:g} seconds); "
                "a port that speaks no https may answer with silence"
            ),
        ),
        (
            "broke off",
            (
                "endpoint: is this the port of a Messages API, and does it speak http or https as it is written? "
                "If so, the server or a proxy on the way (HTTPS_PROXY, NO_PROXY) failed"
            ),
        ),
        ("silent", f"read_timeout (now {settings.read_timeout:g} seconds), if the server is only slow"),
        (
            "took longer",
            f"deadline (now {settings.deadline:g} seconds), if the server is only slow; no question waits longer than {PATIENCE:g} here",
        ),
        ("larger than", _BASE),
    ):
        if sign in sentence:
            return change
    return "endpoint: is the host right, is the server running, and does this machine reach it (HTTPS_PROXY, NO_PROXY)?"
