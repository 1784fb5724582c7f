"""One limiter for all questions: so many at once, so many a minute, and nobody while the peer wants rest."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from diffvet.messages.errors import RateLimitError
from diffvet.messages.exchange import close
from diffvet.messages.fault import retry_after
from diffvet.messages.wire import Exchange, HttpReply, HttpRequest

MINUTE = 60.0
LONGEST_PAUSE = 3600.0
"""Seconds. A peer that asks for more, by mistake or malice, is tried again after this."""


class Limiter:
    """Turns are given in the order in which they were asked for.

    ``concurrency``: how many may have their turn at once. ``per_minute``: how many turns may begin within
    any 60 seconds; 0 is no limit. Share one instance among everything that asks for the same user: the
    vendor's limits are per user, not per key or host (spec §9). It belongs to one event loop.
    """

    def __init__(self, *, concurrency: int = 4, per_minute: int = 0) -> None:
        self._slots = asyncio.Semaphore(max(1, concurrency))
        self._gate = asyncio.Lock()  # whoever waits for time holds it; the others queue behind
        self._per_minute = per_minute
        self._begun: deque[float] = deque(maxlen=per_minute or None)
        self._rest = 0.0  # the moment when a pause ends

    @asynccontextmanager
    async def turn(self, until: float) -> AsyncGenerator[None, None]:
        """Wait for a turn and hold it. Cancelling gives the place in the queue away.

        Raises ``RateLimitError`` at once when the turn cannot come before ``until`` (loop time).
        """
        async with self._slots:
            async with self._gate:
                await self._until_free(until)
                if self._per_minute:
                    self._begun.append(_now())
            yield

    def pause(self, seconds: float) -> None:
        """Let no turn begin for ``seconds`` from now; the longest pause counts."""
        self._rest = max(self._rest, _now() + min(seconds, LONGEST_PAUSE))

    async def _until_free(self, until: float) -> None:
        while True:  # a pause may begin while the time is waited for
            rest, minute = self._rest - _now(), self._window() - _now()
            wait = max(rest, minute)
            if wait <= 0:
                return
            if _now() + wait >= until:
                raise RateLimitError(_sentence(wait, resting=rest >= minute), retry_after=wait)
            await asyncio.sleep(wait)

    def _window(self) -> float:
        """The moment when the turn before the last ``per_minute`` ones is a minute old."""
        full = self._per_minute and len(self._begun) >= self._per_minute
        return self._begun[0] + MINUTE if full else 0.0


class LimitedExchange:
    """Sends each request in its turn, and has all wait when a 429 says how long."""

    def __init__(self, inner: Exchange, limiter: Limiter) -> None:
        self._inner = inner
        self._limiter = limiter

    async def __call__(self, request: HttpRequest) -> HttpReply:
        """Carry ``request``; raises ``MessagesError``."""
        async with self._limiter.turn(request.trip.until):
            reply = await self._inner(request)
            if reply.status == 429:
                self._limiter.pause(retry_after(reply) or 0.0)
            return reply

    async def aclose(self) -> None:
        """Close the exchange inside."""
        await close(self._inner)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _sentence(wait: float, *, resting: bool) -> str:
    why = "the endpoint asked for a pause" if resting else "the limit of requests per minute is used up"
    return f"{why}, and the next request may go out in {wait:,.0f} seconds, after the deadline of this one"
