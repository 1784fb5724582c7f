"""The pipeline itself: sections in, events out as they land.

Reading, parsing and packing happen in a worker thread; up to ``concurrency`` units are with the reviewer
at once. Closing the generator cancels what is in flight and stops reading.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from diffvet.dialogue import bullets, prompt
from diffvet.diff.model import FileChange, Hunk
from diffvet.diff.patch import outline, read_hunks
from diffvet.diff.section import FileSection
from diffvet.messages.errors import AuthenticationError, MessagesError
from diffvet.messages.wire import Completion
from diffvet.review.events import Answered, Event, Planned
from diffvet.review.finding import Usage
from diffvet.review.settle import Settlement, Verdict
from diffvet.review.unit import Packer, ReviewUnit, parts_of

PATIENCE = 0.5
"""Seconds a cancelled review waits for its reading thread; one that is stuck in a read is left behind."""


class Asker(Protocol):
    """Whoever carries a prompt to a reviewer; ``messages.client.MessagesClient`` is one."""

    async def ask(self, prompt: str, *, model: str, max_tokens: int) -> Completion:
        """The reviewer's answer; raises ``MessagesError``."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much goes out at a time.

    ``unit_tokens``: estimated tokens of diff that a prompt may show; ``max_tokens``: tokens of an answer;
    ``concurrency``: how many units may be with the reviewer at once.
    """

    unit_tokens: int
    max_tokens: int
    concurrency: int


@dataclass(frozen=True, slots=True)
class Opened:
    """File number ``file`` begins; ``change`` comes without its hunks."""

    file: int
    change: FileChange


@dataclass(frozen=True, slots=True)
class Read:
    """The next hunk of ``file`` was read; it will come in ``parts`` parts of about ``tokens`` tokens."""

    file: int
    hunk: Hunk
    parts: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Closed:
    """All of ``file`` was read."""

    file: int


Step = Opened | Read | Closed | ReviewUnit
Steps = Generator[Step, None, None]


def steps(sections: Iterable[FileSection], unit_tokens: int) -> Steps:
    """Read ``sections``, a hunk at a time: what is read, and each unit as it fills."""
    packer = Packer(unit_tokens)
    for file, section in enumerate(sections):
        change = outline(section)
        yield Opened(file, change)
        for index, hunk in enumerate(read_hunks(section)):
            parts = list(parts_of(change, file, index, hunk, unit_tokens))
            yield Read(file, hunk, len(parts), sum(part.tokens for part in parts))
            for part in parts:
                yield from packer.add(part)
        yield Closed(file)
    yield from packer.flush()


def plan(sections: Iterable[FileSection], unit_tokens: int) -> Iterator[tuple[ReviewUnit, str]]:
    """The units and their exact prompts, in sending order; nothing is sent (``--dry-run``)."""
    for step in steps(sections, unit_tokens):
        if isinstance(step, ReviewUnit):
            yield step, prompt.write(step.changes)


class Reviewer:
    """Reviews streams of sections with one model behind one endpoint."""

    def __init__(self, asker: Asker, *, model: str, limits: Limits) -> None:
        self.model = model
        self._asker = asker
        self._limits = limits

    async def review(self, sections: Iterable[FileSection]) -> AsyncGenerator[Event, None]:
        """Yield what happens until every hunk is settled; errors of the diff itself are raised.

        Each hunk is ``Planned`` once, each file ``Settled`` once, each unit ``Answered`` once.
        """
        reading = _Reading(steps(sections, self._limits.unit_tokens))
        settlement = Settlement(self.model)
        asked: set[asyncio.Task[Verdict]] = set()
        hopeless: list[str] = []
        try:
            while True:
                while len(asked) < self._limits.concurrency and (batch := await reading.next()):
                    for step in batch:
                        if isinstance(step, ReviewUnit):
                            asked.add(asyncio.create_task(self._ask(step, hopeless)))
                        else:
                            yield _planned(step, settlement)
                for settled in settlement.take():
                    yield settled
                if not asked:
                    return
                done, asked = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
                for verdict in [task.result() for task in done]:
                    settlement.add(verdict)
                    yield Answered(len(verdict.unit.parts), verdict.usage)
        finally:
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)
            await reading.close()

    async def _ask(self, unit: ReviewUnit, hopeless: list[str]) -> Verdict:
        """The reviewer's verdict on ``unit``. A refused key is remembered: no further unit is sent."""
        if hopeless:
            return Verdict(unit, (), hopeless[0], Usage())
        text = await asyncio.to_thread(prompt.write, unit.changes)
        try:
            reply = await self._asker.ask(text, model=self.model, max_tokens=self._limits.max_tokens)
        except MessagesError as error:
            if isinstance(error, AuthenticationError):
                hopeless.append(str(error))
            return Verdict(unit, (), str(error), Usage(requests=1))
        usage = Usage(1, reply.input_tokens, reply.output_tokens, reply.credits or 0.0)
        answer = await asyncio.to_thread(bullets.read, reply.text)
        failure = None if answer.complete else answer.problem or "the answer could not be read"
        if failure is None and reply.truncated:
            failure = "the answer was cut at its token limit"
        return Verdict(unit, answer.bullets, failure, usage)


def _planned(step: Opened | Read | Closed, settlement: Settlement) -> Planned:
    """Tell ``settlement`` what was read, and the face what it adds to the plan."""
    match step:
        case Opened(file, change):
            settlement.open(file, change)
            return Planned(files=1)
        case Read(file, hunk, parts, tokens):
            settlement.expect(file, hunk, parts)
            return Planned(hunks=1, parts=parts, tokens=tokens)
        case Closed(file):
            settlement.close(file)
            return Planned()


class _Reading:
    """The steps of a review, taken in a worker thread up to the next unit."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._taking: asyncio.Future[list[Step]] | None = None
        self._ended = False

    async def next(self) -> list[Step]:
        """The steps up to and with the next unit; nothing at the end (and ever after)."""
        if self._ended:
            return []
        self._taking = asyncio.get_running_loop().run_in_executor(None, self._take)
        batch = await asyncio.shield(self._taking)
        self._ended = not batch
        return batch

    def _take(self) -> list[Step]:
        batch: list[Step] = []
        for step in self._steps:
            batch.append(step)
            if isinstance(step, ReviewUnit):
                break
        return batch

    async def close(self) -> None:
        """Stop reading, which ends git; waits for the thread no longer than ``PATIENCE``."""
        self._ended = True
        if self._taking is not None:
            await asyncio.wait({self._taking}, timeout=PATIENCE)
            if not self._taking.done():
                return
            self._taking.exception()  # read here, or asyncio reports it as never retrieved
        self._steps.close()
