"""The pipeline itself: sections in, events out as they land.

Reading, masking and packing happen in a worker thread; up to ``concurrency`` units are with the readers at
once. Closing the generator cancels what is in flight and stops reading.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from diffvet.dialogue.bullets import Bullet
from diffvet.diff.section import FileSection
from diffvet.review.course import Course
from diffvet.review.events import Answered, Event, Planned
from diffvet.review.reader import Reader
from diffvet.review.screen import Screen
from diffvet.review.settle import Settlement
from diffvet.review.steps import Closed, Opened, Read, Step, Steps, steps
from diffvet.review.suggestion import Suggestions, unsuggested
from diffvet.review.time_limit import TimeLimit
from diffvet.review.unit import ReviewUnit
from diffvet.review.verdict import Verdict, joined

if TYPE_CHECKING:
    from diffvet.diff.turn import Turn

PATIENCE = 0.5
"""Seconds a cancelled review waits for its reading thread; one that is stuck in a read is left behind."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much goes out at a time.

    ``unit_tokens``: estimated tokens of diff that a prompt may show; ``concurrency``: how many units may be
    with the readers at once.
    """

    unit_tokens: int
    concurrency: int


class Reviewer:
    """Reviews streams of sections with one reader, or several that complete each other."""

    def __init__(
        self,
        readers: Sequence[Reader],
        limits: Limits,
        excluded: Callable[[str], str | None] | None = None,
        suggestions: Suggestions | None = None,
        silenced: Callable[[Bullet], bool] | None = None,
    ) -> None:
        """``excluded`` gives the sentence that keeps a path from all readers, None to review it.

        ``suggestions`` verifies what readers would put in the place of their lines; without it nothing is suggested.
        What is ``silenced`` will not be shown, so no reader is told that it is known.
        """
        self._readers = readers
        self._limits = limits
        self._excluded = excluded or (lambda _path: None)
        self._suggestions = suggestions
        self._silenced = silenced or (lambda _bullet: False)
        self._remote = any(reader.remote for reader in readers)
        self._local = not all(reader.remote for reader in readers)

    @property
    def name(self) -> str:
        """What the ledger calls those who review."""
        return ", ".join(reader.name for reader in self._readers)

    def plan(
        self, sections: Iterable[FileSection], *, root: Path | None = None, staged: bool = False
    ) -> Iterator[tuple[str, ReviewUnit, str]]:
        """Who would be asked about which unit in what exact words, in sending order; nothing is sent."""
        course = Course()
        for step in self._steps(sections, course, root, staged=staged):
            if isinstance(step, ReviewUnit):
                for reader in self._readers:
                    shown, text = reader.phrase(step, course)
                    if shown:
                        yield reader.name, ReviewUnit(tuple(shown)), text

    async def review(
        self,
        sections: Iterable[FileSection],
        *,
        root: Path | None = None,
        staged: bool = False,
        seconds: float = 0.0,
        turn: "Turn | None" = None,
    ) -> AsyncGenerator[Event, None]:
        """Yield what happens until every hunk is settled; errors of the diff itself are raised.

        Each hunk is ``Planned`` once, each file ``Settled`` once, each unit ``Answered`` once. ``root`` is the
        repository in which git attributes are read, those of the index if ``staged``, git running only while
        ``turn`` is held. ``seconds`` after the start nobody is asked any more, and what has no answer fails (0: never).
        """
        course = Course(limit=TimeLimit.starting(seconds))
        reading = _Reading(self._steps(sections, course, root, staged=staged, turn=turn))
        settlement = Settlement(self.name, course.veil.star)
        asked: set[asyncio.Task[Verdict]] = set()
        try:
            while True:
                while len(asked) < self._limits.concurrency and (batch := await reading.next()):
                    for step in batch:
                        if isinstance(step, ReviewUnit):
                            asked.add(asyncio.create_task(self._read(step, course)))
                        else:
                            yield _planned(step, settlement)
                for settled in settlement.take():
                    yield settled
                if not asked:
                    return
                done, asked = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
                for verdict in [task.result() for task in done]:
                    await asyncio.to_thread(settlement.add, verdict)  # it may have a thousand findings
                    yield Answered(len(verdict.unit.parts), verdict.usage)
        finally:
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)
            await reading.close()

    def _steps(
        self,
        sections: Iterable[FileSection],
        course: Course,
        root: Path | None,
        *,
        staged: bool,
        turn: "Turn | None" = None,
    ) -> Steps:
        screen = Screen(self._excluded, self._remote, root, cached=staged, turn=turn)
        return steps(screen.over(sections), self._limits.unit_tokens, course, local=self._local)

    async def _read(self, unit: ReviewUnit, course: Course) -> Verdict:
        """What all readers say of ``unit``, each told what those before it said."""
        verdicts: list[Verdict] = []
        for reader in self._readers:
            said = (stated.bullet for verdict in verdicts for stated in verdict.stated)
            known = [bullet for bullet in said if not self._silenced(bullet)]
            verdicts.append(await reader.read(unit, course, known))
        verdict = joined(verdicts)
        if self._suggestions is None or course.limit.over:  # to verify takes time as well
            return unsuggested(verdict)
        return await asyncio.to_thread(self._suggestions.verified, verdict)


def _planned(step: Opened | Read | Closed, settlement: Settlement) -> Planned:
    """Tell ``settlement`` what was read, and the face what it adds to the plan."""
    match step:
        case Opened(file, change):
            settlement.open(file, change)
            return Planned(files=1, path=change.path)
        case Read(file, hunk, parts, tokens, secrets, skipped):
            settlement.expect(file, hunk, parts, skipped)
            settlement.add_secrets(file, hunk, secrets)
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
