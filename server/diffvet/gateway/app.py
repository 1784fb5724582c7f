"""The gateway over HTTP: an ASGI application around ``Gateway``. The only module that imports starlette."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from diffvet.gateway.errors import ErrorCode, GatewayError
from diffvet.gateway.limits import LIMITS, Limits
from diffvet.gateway.service import Gateway, refusal, too_large
from diffvet.gateway.visitor import Visitors
from diffvet.messages.wire import HttpReply, HttpRequest

__all__ = ["ASGIApp", "application"]


def application(gateway: Gateway, visitors: Visitors, limits: Limits = LIMITS) -> ASGIApp:
    """The ASGI application that serves ``gateway`` to ``visitors``.

    A body is read up to the gateway's limit and no further (413), and no longer than ``limits`` say (408).
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # no websockets; the server runs without lifespan events
            return
        request = Request(scope, receive)
        try:
            reply = await _answer(gateway, visitors, limits, request)
        except ClientDisconnect:
            return
        await Response(reply.body, reply.status, dict(reply.headers))(scope, receive, send)

    return app


async def _answer(gateway: Gateway, visitors: Visitors, limits: Limits, request: Request) -> HttpReply:
    server = request.scope.get("server") or ("", None)
    try:
        visitors.check(request.headers, server[0])
        body = await _body(request, gateway.max_body, limits)
    except GatewayError as error:
        return refusal(error)
    path = request.scope["raw_path"].decode("latin-1")  # still escaped: an id may hold an escaped slash
    return await gateway(HttpRequest(request.method, path, dict(request.headers), body))


async def _body(request: Request, limit: int, limits: Limits) -> bytes:
    """The whole body, or ``GatewayError`` (408, 413).

    A body that announces its size is refused unread. One that turns out too large is read to its end,
    keeping nothing: a client that is still sending would see a broken connection instead of the answer.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise too_large(limit)
    body = bytearray()
    size = 0
    async for chunk in _in_time(request.stream(), limits):
        size += len(chunk)
        if size <= limit:
            body += chunk
    if size > limit:
        raise too_large(limit)
    return bytes(body)


async def _in_time(chunks: AsyncIterator[bytes], limits: Limits) -> AsyncIterator[bytes]:
    """The chunks, as long as none is waited for too long, nor all of them."""
    clock = asyncio.get_running_loop().time
    end = clock() + limits.whole
    while True:
        try:
            async with asyncio.timeout_at(min(end, clock() + limits.silence)):
                chunk = await anext(chunks, None)
        except TimeoutError:
            raise GatewayError(
                ErrorCode.TIMEOUT,
                "the request did not arrive in time; send it again",
                {"connection": "close"},
            ) from None
        if chunk is None:
            return
        yield chunk
