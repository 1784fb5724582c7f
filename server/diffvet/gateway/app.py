"""The gateway over HTTP: an ASGI application around ``Gateway``. The only module that imports starlette."""

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from diffvet.gateway.errors import GatewayError
from diffvet.gateway.service import Gateway, refusal, too_large
from diffvet.messages.wire import HttpReply, HttpRequest


def application(gateway: Gateway) -> ASGIApp:
    """The ASGI application that serves ``gateway``.

    A body is read up to the gateway's limit and no further; what is above it is answered with 413.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # no websockets; the server runs without lifespan events
            return
        request = Request(scope, receive)
        try:
            reply = await _answer(gateway, request)
        except ClientDisconnect:
            return
        await Response(reply.body, reply.status, dict(reply.headers))(scope, receive, send)

    return app


async def _answer(gateway: Gateway, request: Request) -> HttpReply:
    try:
        body = await _body(request, gateway.max_body)
    except GatewayError as error:
        return refusal(error)
    path = request.scope["raw_path"].decode("latin-1")  # still escaped: an id may hold an escaped slash
    return await gateway(HttpRequest(request.method, path, dict(request.headers), body))


async def _body(request: Request, limit: int) -> bytes:
    """The whole body, or ``GatewayError`` (413).

    A body that announces its size is refused unread. One that turns out too large is read to its end,
    keeping nothing: a client that is still sending would see a broken connection instead of the answer.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise too_large(limit)
    body = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            body += chunk
    if size > limit:
        raise too_large(limit)
    return bytes(body)
