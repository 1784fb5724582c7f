"""What the readers of one review share."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from diffvet.errors import DiffvetError
from diffvet.review.finding import Usage
from diffvet.review.time_limit import TimeLimit
from diffvet.review.veil import Veil

Settle = Callable[[Usage], None]
"""Takes what a question did cost, in the place of its reservation."""


class Purse:
    """The questions of a review that are reserved and not settled yet.

    A reservation is for the worst, so most of it comes back. A question that finds no room beside others of the same review
    waits for them instead of failing; what other processes have reserved is not waited for.
    """

    def __init__(self) -> None:
        self._open = 0
        self._turn = asyncio.Lock()  # whoever waits for room holds it; the others queue behind
        self._settled = asyncio.Event()

    @asynccontextmanager
    async def reserved(self, reserve: Callable[[], Settle]) -> AsyncGenerator[Settle, None]:
        """What ``reserve`` gives, until the block ends, which is to settle it. Raises what ``reserve`` raises."""
        async with self._turn:
            settle = await self._room(reserve)
            self._open += 1
        try:
            yield settle
        finally:
            self._open -= 1
            self._settled.set()
            self._settled = asyncio.Event()

    async def _room(self, reserve: Callable[[], Settle]) -> Settle:
        while True:
            settled = self._settled
            try:
                return await asyncio.to_thread(reserve)
            except DiffvetError:
                if not (self._open or settled.is_set()):
                    raise
            await settled.wait()


@dataclass(frozen=True, slots=True)
class Course:
    """What the readers of one review share.

    ``refused``: who has refused us for good, and how (no use asking again). ``met``: the parts met so far, by
    content, so that equal hunks are remembered one by one. ``withheld``: the files that are not for models.
    ``limit``: when there is no time left to ask.
    """

    veil: Veil = field(default_factory=Veil)
    refused: dict[str, str] = field(default_factory=dict)
    met: Counter[str] = field(default_factory=Counter)
    withheld: set[int] = field(default_factory=set)
    limit: TimeLimit = field(default_factory=TimeLimit)
    purse: Purse = field(default_factory=Purse)
