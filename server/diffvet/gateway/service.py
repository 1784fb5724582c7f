"""The gateway itself, free of any transport: an ``Exchange``, called in this process or by ``app``.

========  ====================  ===========================================================
POST      ``/v1/messages``      a simplified message object (spec §4.1)
GET       ``/v1/models``        the OpenAI list (spec §6)
GET       ``/v1/models/{id}``   one model; the id may contain slashes, escaped or not
GET       ``/health``           ``{"status": "ok", "version": …}``
========  ====================  ===========================================================
"""

import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import unquote

import msgspec

from diffvet import __version__
from diffvet.dialogue.prompt import estimate_tokens
from diffvet.errors import DiffvetError
from diffvet.gateway.cut import cut_to
from diffvet.gateway.errors import ErrorCode, GatewayError
from diffvet.gateway.request import prompt_of, read_messages_request
from diffvet.gateway.upstream import Upstream
from diffvet.messages.wire import HttpReply, HttpRequest, SimpleMessage, UsageCount

MAX_BODY = 32 * 1024 * 1024
"""Bytes of a request body; Anthropic's own limit for messages (spec §12.4)."""

_MODELS = "/v1/models"


class Gateway:
    """Answers requests from its upstreams; never raises, except when it is cancelled.

    ``count`` estimates tokens: for ``usage``, and to hold an answer to ``max_tokens``.
    """

    def __init__(
        self,
        upstreams: Sequence[Upstream],
        *,
        count: Callable[[str], int] = estimate_tokens,
        max_body: int = MAX_BODY,
    ) -> None:
        self._served = {model: upstream for upstream in upstreams for model in upstream.models}
        self._count = count
        self._ids = itertools.count(time.time_ns())  # unique here, and across restarts
        self.max_body = max_body

    async def __call__(self, request: HttpRequest) -> HttpReply:
        """Answer one request. Authentication headers and ``anthropic-*`` are accepted and not read."""
        try:
            reply = await self._answer(request)
        except GatewayError as error:
            return refusal(error)
        except DiffvetError as error:  # e.g. a rule file that cannot be used
            return refusal(GatewayError(ErrorCode.INTERNAL, str(error)))
        except Exception as error:  # noqa: BLE001 - the border: a bug becomes a 500, never a traceback
            return refusal(_bug(error))
        if request.method == "HEAD":
            return HttpReply(reply.status, reply.headers, b"")
        return reply

    async def _answer(self, request: HttpRequest) -> HttpReply:
        path = unquote(request.path.partition("?")[0])
        if path == "/v1/messages":
            _allow(request.method, "POST")
            return await self._message(request.body)
        if path in {"/health", _MODELS} or path.startswith(_MODELS + "/"):
            _allow(request.method, "GET", "HEAD")
            if path == "/health":
                return _json({"status": "ok", "version": __version__})
            return self._models() if path == _MODELS else self._model(path.removeprefix(_MODELS + "/"))
        raise GatewayError(
            ErrorCode.NOT_FOUND, f"no such path: {path[:100]!r}; POST /v1/messages is served here"
        )

    async def _message(self, body: bytes) -> HttpReply:
        if len(body) > self.max_body:
            raise too_large(self.max_body)
        request = read_messages_request(body)
        upstream = self._served.get(request.model)
        if upstream is None:
            raise GatewayError(
                ErrorCode.NOT_FOUND,
                f"model: {request.model[:60]!r} is not served here; GET /v1/models lists those that are",
            )
        written = await upstream.complete(request)
        text = cut_to(written.text, request.max_tokens, self._count)
        message = SimpleMessage(
            id=f"msg_{next(self._ids)}",
            content=text,
            model=request.model,
            stop_reason="end_turn" if text == written.text else "max_tokens",
            usage=UsageCount(self._count(prompt_of(request)), self._count(text)),
            credits_charged=written.credits,
        )
        return _json(message)

    def _models(self) -> HttpReply:
        return _json({"object": "list", "data": [_listed(model) for model in self._served]})

    def _model(self, model: str) -> HttpReply:
        upstream = self._served.get(model)
        if upstream is None:  # the one error in JSON (spec §6)
            return _json({"error": "Model not found"}, status=404)
        return _json({**_listed(model), "allowed": True, "providers": [upstream.name]})


def refusal(error: GatewayError) -> HttpReply:
    """The plain-text answer for ``error`` (spec §10.1)."""
    headers = {"content-type": "text/plain; charset=utf-8", "x-error-code": error.code.value, **error.headers}
    return HttpReply(error.status, headers, str(error).encode("utf-8", "replace"))


def too_large(limit: int) -> GatewayError:
    """The error for a body of more than ``limit`` bytes."""
    return GatewayError(ErrorCode.PAYLOAD_TOO_LARGE, f"the body is larger than {limit:,} bytes")


def _listed(model: str) -> dict[str, Any]:
    """``created`` is 0: the model is part of this program and has no date of its own."""
    return {"id": model, "object": "model", "created": 0, "owned_by": "diffvet", "tier": "free"}


def _allow(method: str, *allowed: str) -> None:
    if method not in allowed:
        names = ", ".join(allowed)
        raise GatewayError(
            ErrorCode.METHOD_NOT_ALLOWED, f"{method[:20]} is not served here; use {names}", {"allow": names}
        )


def _bug(error: Exception) -> GatewayError:
    """Says where it happened and repeats no text: an exception's words may hold the code under review."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = (
        f"{trace.tb_frame.f_globals.get('__name__')}, line {trace.tb_lineno}" if trace else "an unknown place"
    )
    name = type(error).__name__
    return GatewayError(
        ErrorCode.INTERNAL,
        f"the reviewer failed with {name} in {where}; this is a bug in Diffvet, please report it",
    )


def _json(document: Any, status: int = 200) -> HttpReply:
    return HttpReply(status, {"content-type": "application/json"}, msgspec.json.encode(document))
