"""Sends again what can heal, and only that.

Healing are 408, 409, a real 429 (no spend cap, no missing session), 5xx and 529 (spec §10.4), and an
exchange that failed before an answer had begun. Never sent again: a request whose answer had begun, or
whose peer is silent and may still be at work, since both could be billed twice (spec §1).
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NoReturn

from diffvet.messages.errors import MessagesError, Stage, TransportError
from diffvet.messages.exchange import close
from diffvet.messages.fault import fault_of, is_fault
from diffvet.messages.wire import Exchange, HttpReply, HttpRequest

_RESENDABLE = frozenset({Stage.UNREACHED, Stage.UNANSWERED})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """``tries`` bounds the requests per host and question, the first one included.

    A re-ask on chat completions is one request more; it may be repeated as often as the question itself has left over.
    Before the n-th repetition a random time up to ``first * 2**(n-1)`` seconds passes, at most ``longest``;
    ``Retry-After`` is a lower bound to it. A host that could not be reached with all its tries is tried only
    once by every question that follows, until it is reached again.
    """

    tries: int = 3
    first: float = 1.0
    longest: float = 20.0


class RetryingExchange:
    """Repeats requests to one host until ``request.trip.until``.

    Returns the first reply that repeating cannot better, an error or not. Raises the last error when the
    tries are used up, or at once when the next one would come after the deadline; it says which.
    ``dice`` returns numbers from 0 to 1, for the jitter; ``sleep`` waits so many seconds.
    """

    def __init__(
        self,
        inner: Exchange,
        policy: RetryPolicy | None = None,
        *,
        dice: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._inner = inner
        self._policy = policy or RetryPolicy()
        self._dice = dice
        self._sleep = sleep
        self._unreachable = False

    async def __call__(self, request: HttpRequest) -> HttpReply:
        """Carry ``request``; raises ``MessagesError``."""
        tries = 1
        while isinstance(outcome := await self._try(request), MessagesError):
            request.trip.trouble = str(outcome)
            if request.trip.repeated[self] >= (0 if self._unreachable else self._policy.tries - 1):
                self._unreachable = _is_unreached(outcome)
                _give_up(outcome, f"tried {tries} times" if tries > 1 else "")
            await self._wait(outcome, tries, request.trip.until)
            request.trip.repeated[self] += 1
            tries += 1
        self._unreachable = False
        return outcome

    async def aclose(self) -> None:
        """Close the exchange inside."""
        await close(self._inner)

    async def _try(self, request: HttpRequest) -> HttpReply | MessagesError:
        """A reply to keep, or an error that may heal."""
        try:
            reply = await self._inner(request)
        except TransportError as error:
            if not error.retryable or error.stage not in _RESENDABLE:
                raise
            return error
        fault = fault_of(reply) if is_fault(reply) else None
        return fault if fault and fault.retryable else reply

    async def _wait(self, error: MessagesError, tries: int, until: float) -> None:
        jittered = self._dice() * min(self._policy.longest, self._policy.first * 2 ** (tries - 1))
        asked = getattr(error, "retry_after", None) or 0.0
        left = until - asyncio.get_running_loop().time()
        if asked >= left:
            _give_up(error, f"it asks to wait {asked:,.0f} seconds, and {max(left, 0):,.0f} are left")
        if jittered >= left:
            _give_up(error, "no time is left to try again")
        await self._sleep(max(jittered, asked))


def _is_unreached(error: MessagesError) -> bool:
    return isinstance(error, TransportError) and error.stage is Stage.UNREACHED


def _give_up(error: MessagesError, why: str) -> NoReturn:
    if why:
        error.say_more(why)
    raise error
