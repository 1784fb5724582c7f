"""Asks a model: one prompt out, one ``Completion`` back, over whatever exchange it was given."""

import asyncio
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

import msgspec

from diffvet.messages.answer import read_completion
from diffvet.messages.errors import ApiError, TransportError
from diffvet.messages.wire import Completion, Exchange, HttpReply, HttpRequest, MessagesRequest, Turn

DEADLINE = 300.0
_JSON: Mapping[str, str] = {"content-type": "application/json", "accept": "application/json"}


class MessagesClient:
    """The client of ``POST /v1/messages``.

    ``exchange`` is HTTP (``messages.http.HttpExchange``) or the gateway in this process; retries and the
    limiter will wrap it, being exchanges themselves. ``deadline`` bounds one ``ask`` as a whole, in seconds.
    ``redact`` removes secrets from the peer's own words before they stand in an error.
    """

    def __init__(
        self, exchange: Exchange, *, deadline: float = DEADLINE, redact: Callable[[str], str] = str
    ) -> None:
        self._exchange = exchange
        self._deadline = deadline
        self._redact = redact

    async def ask(self, prompt: str, *, model: str, max_tokens: int) -> Completion:
        """Send ``prompt`` as one user message and return the answer; ``max_tokens`` bounds its length.

        Raises ``MessagesError`` and nothing else; cancelling the task cancels the exchange.
        """
        reply = await self._carry(_request(prompt, model, max_tokens))
        try:
            return read_completion(reply, model=model, max_tokens=max_tokens)
        except ApiError as error:
            error.args = (self._redact(str(error)),)
            raise

    async def _carry(self, request: HttpRequest) -> HttpReply:
        limit = asyncio.timeout(self._deadline)
        try:
            async with limit:
                return await self._exchange(request)
        except TimeoutError:
            if not limit.expired():
                raise
        raise TransportError(f"no answer within the deadline of {self._deadline:g} seconds")

    async def aclose(self) -> None:
        """Close the exchange, where it holds connections."""
        close = getattr(self._exchange, "aclose", None)
        if close is not None:
            await close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def _request(prompt: str, model: str, max_tokens: int) -> HttpRequest:
    """The request in bytes. Undecodable bytes of the diff (lone surrogates) become U+FFFD: JSON has no others."""
    body = MessagesRequest(
        model=_sound(model), max_tokens=max_tokens, messages=(Turn("user", _sound(prompt)),)
    )
    return HttpRequest("POST", "/v1/messages", _JSON, msgspec.json.encode(body))


def _sound(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
