"""Asks a model: one prompt out, one ``Completion`` back, over whatever exchange it was given."""

import asyncio
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import msgspec

from diffvet.messages.answer import read_chat_completion, read_completion
from diffvet.messages.errors import (
    ApiError,
    EmptyAnswerError,
    MessagesError,
    OutOfTimeError,
    Stage,
    TransportError,
)
from diffvet.messages.exchange import close
from diffvet.messages.wire import (
    ONE_REQUEST,
    Billed,
    Completion,
    Exchange,
    HttpReply,
    HttpRequest,
    MessagesRequest,
    Trip,
    Turn,
)

DEADLINE = 300.0
_JSON: Mapping[str, str] = {"content-type": "application/json", "accept": "application/json"}


@dataclass(frozen=True, slots=True)
class ChatFallback:
    """Ask once more on ``/v1/chat/completions`` when tokens were billed but no text came (spec §4.3).

    ``factor`` times as many tokens are allowed there: the model spent the first lot on reasoning.
    """

    factor: int = 4


FALLBACK = ChatFallback()


class MessagesClient:
    """The client of ``POST /v1/messages``.

    ``exchange`` is HTTP as ``messages.peer.open_client`` stacks it, or the gateway in this process.
    ``deadline`` bounds one ``ask`` as a whole, with all repetitions and pauses, in seconds. ``redact`` removes
    secrets from the peer's own words. ``fallback`` None means that an empty answer is final.
    """

    def __init__(
        self,
        exchange: Exchange,
        *,
        deadline: float = DEADLINE,
        redact: Callable[[str], str] = str,
        fallback: ChatFallback | None = None,
    ) -> None:
        self._exchange = exchange
        self._deadline = deadline
        self._redact = redact
        self._fallback = fallback

    async def ask(
        self,
        prompt: str,
        *,
        model: str,
        max_tokens: int,
        until: float = math.inf,
        conceal: Callable[[str], str] = str,
    ) -> Completion:
        """Send ``prompt`` as one user message and return the answer; ``max_tokens`` bounds its length.

        ``until`` is the moment (of ``loop.time()``) at which the run that asks has no more time. ``conceal`` goes
        over all words of the peer: it may have guessed, or know, what was kept from it. Raises
        ``MessagesError`` and nothing else, with all it has cost in ``usage_tokens``; cancelling the task
        cancels the exchange.
        """
        trip = Trip(asyncio.get_running_loop().time() + self._deadline, conceal)
        limit = asyncio.timeout_at(min(trip.until, until))
        try:
            async with limit:
                return self._completed(await self._answer(prompt, model, max_tokens, trip), trip)
        except TimeoutError:
            if not limit.expired():
                raise
        except MessagesError as error:
            raise self._failed(error, trip) from None
        if until < trip.until:
            raise self._failed(OutOfTimeError("the time of the run was over before an answer"), trip)
        raise self._failed(self._late(trip), trip)

    async def _answer(self, prompt: str, model: str, max_tokens: int, trip: Trip) -> Completion:
        reply = await self._carry(_request("/v1/messages", prompt, model, max_tokens, trip))
        try:
            return _paid(read_completion(reply, model=model, max_tokens=max_tokens), trip)
        except EmptyAnswerError as error:
            trip.add(error.usage_tokens)
            if self._fallback is None:
                raise
            empty = error
        except MessagesError as error:
            trip.add(error.usage_tokens)
            raise
        return await self._chat(empty, prompt, model, max_tokens * self._fallback.factor, trip)

    async def _chat(
        self, empty: EmptyAnswerError, prompt: str, model: str, max_tokens: int, trip: Trip
    ) -> Completion:
        try:
            reply = await self._carry(_request("/v1/chat/completions", prompt, model, max_tokens, trip))
            return _paid(read_chat_completion(reply, model=model, max_tokens=max_tokens), trip)
        except MessagesError as error:
            trip.add(error.usage_tokens)
            twice = EmptyAnswerError(
                f"the model was billed {empty.output_tokens:,} output tokens but gave no text, "
                f"and asking again on /v1/chat/completions failed: {error}",
                output_tokens=trip.billed.output_tokens,
            )
            twice.open_ended = error.open_ended
            raise twice from None

    async def _carry(self, request: HttpRequest) -> HttpReply:
        before = request.trip.billed.requests
        reply = await self._exchange(request)
        if request.trip.billed.requests == before:  # a peer in this process counts nothing
            request.trip.add(ONE_REQUEST)
        return reply

    def _completed(self, completion: Completion, trip: Trip) -> Completion:
        billed = trip.billed
        return replace(
            completion,
            text=trip.conceal(self._redact(completion.text)),
            model=self._redact(completion.model),
            stop_reason=completion.stop_reason and self._redact(completion.stop_reason),
            input_tokens=billed.input_tokens,
            output_tokens=billed.output_tokens,
            credits=billed.credits,
            requests=billed.requests,
        )

    def _failed(self, error: MessagesError, trip: Trip) -> MessagesError:
        error.usage_tokens = trip.billed
        error.args = (trip.conceal(self._redact(str(error))),)
        if isinstance(error, ApiError) and error.code:
            error.code = self._redact(error.code)
        return error

    def _late(self, trip: Trip) -> TransportError:
        sent = trip.billed.requests
        what = f"no answer within the deadline of {self._deadline:g} seconds"
        if sent > 1:
            what += f", after {sent} requests"
        if trip.trouble:
            what += f"; before that: {trip.trouble}"
        return TransportError(what, stage=Stage.SILENT if sent else Stage.UNREACHED)

    async def aclose(self) -> None:
        """Close the exchange, where it holds connections."""
        await close(self._exchange)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def _paid(completion: Completion, trip: Trip) -> Completion:
    trip.add(Billed(0, completion.input_tokens, completion.output_tokens, completion.credits))
    return completion


def _request(path: str, prompt: str, model: str, max_tokens: int, trip: Trip) -> HttpRequest:
    """The request in bytes. Undecodable bytes of the diff (lone surrogates) become U+FFFD: JSON has no others."""
    body = MessagesRequest(
        model=_sound(model), max_tokens=max_tokens, messages=(Turn("user", _sound(prompt)),)
    )  # the same three members serve both paths
    return HttpRequest("POST", path, _JSON, msgspec.json.encode(body), trip)


def _sound(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
