"""Those who read units: the embedded reviewer, and a model behind an endpoint.

A model sees masked text only, is asked only about what it has not answered before, and only while the
budget lasts. The embedded reviewer sits in this process: nothing to mask, to remember or to pay.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from diffvet.dialogue import prompt
from diffvet.dialogue.answer import Answer, Bullet
from diffvet.diff.model import Side
from diffvet.errors import DiffvetError
from diffvet.review import cache
from diffvet.review.course import Course, Settle
from diffvet.review.discreet import hide
from diffvet.review.finding import Usage
from diffvet.review.place import Placer
from diffvet.review.question import UNREAD, Asker, ask
from diffvet.review.unit import Part, ReviewUnit
from diffvet.review.verdict import Stated, Verdict
from diffvet.store.price import Price


class Meter(Protocol):
    """Keeps the caps: one reservation for each question."""

    def reserve(self, model: str, estimate: Usage) -> Settle:
        """Allow a question of about ``estimate``; the result takes what it did cost.

        Raises ``DiffvetError`` when a cap is reached.
        """


class Reader(Protocol):
    """One reviewer."""

    @property
    def name(self) -> str:
        """What findings and rows call it."""

    @property
    def remote(self) -> bool:
        """Whether text leaves this process."""

    def phrase(self, unit: ReviewUnit, course: Course) -> tuple[Sequence[Part], str]:
        """The parts of ``unit`` that this reader would be shown, and its exact prompt."""

    async def read(self, unit: ReviewUnit, course: Course, known: Sequence[Bullet]) -> Verdict:
        """The verdict on ``unit``; ``known`` was already said by others. Raises nothing but cancellation."""


@dataclass(frozen=True, slots=True)
class EmbeddedReader:
    """The embedded reviewer, asked through the same wire format."""

    asker: Asker
    name: str
    max_tokens: int
    remote: bool = False

    def phrase(self, unit: ReviewUnit, course: Course) -> tuple[Sequence[Part], str]:
        """The whole unit as it is."""
        del course  # nothing to cover
        return unit.parts, prompt.write(unit.changes)

    async def read(self, unit: ReviewUnit, course: Course, known: Sequence[Bullet]) -> Verdict:
        """Ask about the whole unit."""
        del known  # it needs no hints
        if course.limit.over:
            return Verdict(unit, failures=dict.fromkeys(range(len(unit.parts)), course.limit.reason))
        _, text = await asyncio.to_thread(self.phrase, unit, course)
        asked = await ask(
            self.asker, text, model=self.name, max_tokens=self.max_tokens, remote=False, course=course
        )
        failures = dict.fromkeys(range(len(unit.parts)), asked.failure) if asked.failure else {}
        return Verdict(unit, _stated(asked.answer.bullets, self.name), failures, usage=asked.usage)


@dataclass(frozen=True, slots=True)
class ModelReader:
    """A model behind an endpoint. ``answers`` and ``meter`` are None where nothing is remembered or capped.

    ``instructions`` gives what the user or the repository says about a path; ``most_output`` is the most tokens
    one question may be answered with in all, a second try with more room included (0: ``max_tokens``); ``price``
    is what the user says it costs, for a peer that does not tell.
    """

    asker: Asker
    name: str
    max_tokens: int
    answers: cache.Answers | None = None
    meter: Meter | None = None
    instructions: Callable[[str], str] = lambda _path: ""
    most_output: int = 0
    price: Price | None = None
    remote: bool = True

    def phrase(self, unit: ReviewUnit, course: Course) -> tuple[Sequence[Part], str]:
        """What is not withheld, masked; as if nothing were remembered and nothing known."""
        shown = [
            part for index, part in enumerate(self._shown(unit, course)) if self._may_see(unit, index, course)
        ]
        return shown, self._prompt(shown, course, ()) if shown else ""

    async def read(self, unit: ReviewUnit, course: Course, known: Sequence[Bullet]) -> Verdict:
        """Answer from memory what is known, ask about the rest."""
        shown, keys, remembered = await self._looked_up(unit, course, known)
        said = [bullet for known_bullets in remembered.values() for bullet in known_bullets]
        asked = [i for i in range(len(shown)) if i not in remembered and self._may_see(unit, i, course)]
        failure: str | None = None
        usage = Usage()
        if asked:
            parts = [shown[index] for index in asked]
            answer, failure, usage = await self._ask(parts, course, known)
            said += answer.bullets
            if failure is None:
                await self._remember(parts, [keys[index] for index in asked], answer.bullets)
        return Verdict(
            unit,
            self._uncovered(unit, course, said),
            dict.fromkeys(asked, failure) if failure else {},
            frozenset(remembered),
            usage,
        )

    async def recall(self, unit: ReviewUnit, course: Course, known: Sequence[Bullet]) -> Verdict:
        """What was said of the parts that are remembered, and which these are (``cached``); nobody is asked."""
        _, _, remembered = await self._looked_up(unit, course, known)
        said = [bullet for known_bullets in remembered.values() for bullet in known_bullets]
        return Verdict(unit, self._uncovered(unit, course, said), cached=frozenset(remembered))

    async def _looked_up(
        self, unit: ReviewUnit, course: Course, known: Sequence[Bullet]
    ) -> tuple[list[Part], list[str], Mapping[int, tuple[Bullet, ...]]]:
        """The parts as they may be shown, their keys, and the bullets of those that were answered before."""
        shown = self._shown(unit, course)
        keys = [self._key(part, course, known) for part in shown]
        return shown, keys, await self._remembered(keys, shown)

    def _uncovered(self, unit: ReviewUnit, course: Course, said: Sequence[Bullet]) -> tuple[Stated, ...]:
        """``said`` with the lines as they are, where the veil lets it through."""
        uncovered = (course.veil.uncover(unit.parts, bullet) for bullet in said)
        return _stated([bullet for bullet in uncovered if bullet], self.name)

    async def _ask(
        self, parts: Sequence[Part], course: Course, known: Sequence[Bullet]
    ) -> tuple[Answer, str | None, Usage]:
        """The answer about ``parts``, why it does not count (None if it does), and what it cost."""
        if vain := course.refused.get(self.name) or (course.limit.reason if course.limit.over else None):
            return UNREAD, vain, Usage()
        text = await asyncio.to_thread(self._prompt, parts, course, known)
        estimate = self._priced(Usage(1, prompt.estimate_tokens(text), self.most_output or self.max_tokens))
        try:
            async with course.purse.reserved(partial(self._reserve, estimate)) as settle:
                asked = await ask(
                    self.asker, text, model=self.name, max_tokens=self.max_tokens, remote=True, course=course
                )
                usage = self._priced(asked.usage)
                await asyncio.to_thread(settle, estimate if asked.open_ended else usage)
        except DiffvetError as error:
            return UNREAD, f"budget: {error}", Usage()
        return asked.answer, asked.failure, usage

    def _priced(self, usage: Usage) -> Usage:
        """``usage`` with credits, where the peer told none and the user knows the price."""
        if self.price is None or usage.credits:
            return usage
        return replace(usage, credits=self.price.of(usage))

    def _shown(self, unit: ReviewUnit, course: Course) -> list[Part]:
        return [replace(part, change=course.veil.cover(part)) for part in unit.parts]

    def _may_see(self, unit: ReviewUnit, index: int, course: Course) -> bool:
        return unit.parts[index].file not in course.withheld

    def _prompt(self, parts: Sequence[Part], course: Course, known: Sequence[Bullet]) -> str:
        told = dict.fromkeys(self._told(part, course) for part in parts)
        said = (*filter(None, told), *course.veil.instructions(parts), *_facts(known, course))
        return prompt.write(ReviewUnit(tuple(parts)).changes, instructions=said)

    def _told(self, part: Part, course: Course) -> str:
        """The instructions for a part's path; no secret in them is passed on."""
        return course.veil.hide(hide(self.instructions(part.change.path)))

    def _key(self, part: Part, course: Course, known: Sequence[Bullet]) -> str:
        own = "" if part.own is None else str(part.own)
        titles = sorted(bullet.title for bullet in known if bullet.path == part.change.path)
        said = (self._told(part, course), *titles)
        key = cache.key(part.change, model=self.name, instructions=said, own=own)
        course.met[key] += 1
        return key if course.met[key] == 1 else f"{key}-{course.met[key]}"

    def _reserve(self, estimate: Usage) -> Settle:
        if self.meter is None:
            return lambda _usage: None
        return self.meter.reserve(self.name, estimate)

    async def _remembered(
        self, keys: Sequence[str], shown: Sequence[Part]
    ) -> Mapping[int, tuple[Bullet, ...]]:
        """The bullets of the parts that were answered before, by index."""
        if self.answers is None:
            return {}
        texts = await asyncio.to_thread(self.answers.lookup, keys)
        read = {i: cache.read(texts[k], shown[i].change) for i, k in enumerate(keys) if k in texts}
        return {index: known for index, known in read.items() if known is not None}

    async def _remember(self, parts: Sequence[Part], keys: Sequence[str], said: Sequence[Bullet]) -> None:
        """Keep what was said of each part; texts are as they were sent, secrets masked."""
        if self.answers is None:
            return
        placer = Placer(parts)
        places = [(placer.place(bullet).part, bullet) for bullet in said]
        entries = {
            key: cache.write([bullet for at, bullet in places if at is part], part.change)
            for key, part in zip(keys, parts, strict=True)
        }
        await asyncio.to_thread(self.answers.remember, entries, model=self.name)


def _stated(said: Sequence[Bullet], reviewer: str) -> tuple[Stated, ...]:
    return tuple(Stated(bullet, reviewer) for bullet in said)


def _facts(known: Sequence[Bullet], course: Course) -> tuple[str, ...]:
    """What other reviewers already said, as an instruction; a secret in their words is not passed on."""
    if not known:
        return ()
    said = "; ".join(
        f"{bullet.path}:{'L' if bullet.side is Side.OLD else 'R'}{bullet.start} {bullet.title}"
        for bullet in known
        if bullet.start
    )
    said = course.veil.hide(hide(said))
    return (f"Already reported, do not repeat unless you can say it better on the same line: {said}.",)
