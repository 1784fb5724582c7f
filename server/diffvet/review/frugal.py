"""A reader that costs nothing: what a model said before, and the embedded reviewer on what nobody was asked yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from diffvet.dialogue.bullets import Bullet
from diffvet.review.course import Course
from diffvet.review.part import Part
from diffvet.review.reader import EmbeddedReader, ModelReader
from diffvet.review.unit import ReviewUnit
from diffvet.review.verdict import Verdict


@dataclass(frozen=True, slots=True)
class FrugalReader:
    """``models`` are never asked: a part that all of them remember is answered so, any other by ``embedded``."""

    models: tuple[ModelReader, ...]
    embedded: EmbeddedReader

    @property
    def name(self) -> str:
        """The embedded reviewer's, since it has the first word on what is new."""
        return self.embedded.name

    @property
    def remote(self) -> bool:
        """As the models: only what is masked and withheld as for them is remembered."""
        return True

    def phrase(self, unit: ReviewUnit, course: Course) -> tuple[Sequence[Part], str]:
        """The unit as the embedded reviewer would be shown it."""
        return self.embedded.phrase(unit, course)

    async def read(self, unit: ReviewUnit, course: Course, known: Sequence[Bullet]) -> Verdict:
        """Answer from memory what is known, let the embedded reviewer look at the rest."""
        said = [await model.recall(unit, course, known) for model in self.models]
        remembered = frozenset.intersection(*(verdict.cached or frozenset() for verdict in said))
        stated = tuple(one for verdict in said for one in verdict.stated)
        rest = [index for index in range(len(unit.parts)) if index not in remembered]
        if not rest:
            return Verdict(unit, stated, cached=remembered)
        verdict = await self.embedded.read(ReviewUnit(tuple(unit.parts[i] for i in rest)), course, ())
        failures = {rest[index]: cause for index, cause in verdict.failures.items()}
        return Verdict(unit, (*stated, *verdict.stated), failures, remembered)
