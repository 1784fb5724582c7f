"""A file the session knows: its text, the findings in it, and the review of it that runs.

Everything here runs on the event loop's thread.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from diffvet.lsp.anchors import Anchor, LineEdit
from diffvet.lsp.document import Document
from diffvet.lsp.following import Put, followed
from diffvet.lsp.roots import Root
from diffvet.lsp.trail import Trail
from diffvet.review.finding import State

NEVER = -1
"""No edition of any document."""


@dataclass(frozen=True, slots=True)
class Step:
    """The ``edits`` of one change of a text; ``mark`` is the one of the text before, None where nothing was found in it."""

    edits: tuple[LineEdit, ...]
    mark: int | None


@dataclass(slots=True, eq=False)
class ReviewedFile:
    """A file that is open, or has findings. One that ``is_gone`` was deleted: its findings are in the list only.

    ``digest`` names the saved content its findings were made on (None: it was not saved). ``steps`` are the changes
    since the running review took its snapshot; ``job`` is that review, ``paid`` whether a model may be asked by it.
    ``reviewed`` is the document's edition that was reviewed last, ``started`` when its last two reviews began.
    ``timers`` wait to show, or to review, this file.
    """

    document: Document
    root: Root | None = None
    is_open: bool = True
    is_gone: bool = False
    digest: str | None = None
    anchors: tuple[Anchor, ...] = ()
    trail: Trail = field(default_factory=Trail)
    steps: list[Step] = field(default_factory=list)
    job: str | None = None
    paid: bool = False
    reviewed: int = NEVER
    started: tuple[float, float] = (float("-inf"), float("-inf"))
    timers: dict[str, asyncio.TimerHandle] = field(default_factory=dict)

    def change(self, edits: Iterable[LineEdit]) -> None:
        """Carry out the ``edits`` of one change, each made in the text the one before left; the findings move with it.

        They stand where they stood if the text read so before.
        """
        document, moved, put = self.document, self.anchors, Put()
        mark = document.mark if moved else None
        made = []
        for edit in edits:
            moved = tuple(anchor.edited(edit, document.lines) for anchor in moved)
            document.replace(edit)
            put.edited(edit)
            made.append(edit)
        if mark is not None and made:
            self.trail.left(mark, self.anchors)
            moved = put.carried(moved, document.lines)
            self.anchors = self.trail.back(document.mark, moved, document.lines)
        if self.job is not None and made:
            self.steps.append(Step(tuple(made), mark))

    def take(self, found: Iterable[Anchor], kept: Iterable[Anchor]) -> None:
        """Its findings from now on: those a review ``found`` in the text as it is, and ``kept`` ones of the earlier."""
        kept = tuple(kept)
        self.anchors = (*self._named(found, self.anchors, kept), *kept)

    def take_late(self, snapshot: Sequence[str], found: Iterable[Anchor], kept: Iterable[Anchor]) -> None:
        """The same, where ``found`` stand in the ``snapshot`` that the running review took, some steps ago.

        What is ``kept`` has moved with them already.
        """
        if not self.steps:
            self.take(found, kept)
            return
        trail, kept, lines = self.trail, tuple(kept), list(snapshot)
        moved = self._named(found, trail.stood(self.steps[0].mark), kept)
        for step in self.steps:
            if step.mark is not None:
                moved = trail.back(step.mark, moved, lines)
                trail.left(step.mark, (*trail.stood(step.mark), *moved))
            moved = followed(moved, lines, step.edits)
            for edit in step.edits:
                lines[edit.start : edit.end] = edit.new
        self.anchors = (*trail.back(self.document.mark, moved, lines), *kept)

    def _named(
        self, found: Iterable[Anchor], before: Iterable[Anchor], kept: Iterable[Anchor]
    ) -> tuple[Anchor, ...]:
        staying = {anchor.name for anchor in kept}
        return self.trail.named(found, [anchor for anchor in before if anchor.name not in staying])

    def wait(self, what: str, seconds: float, act: Callable[[], object]) -> None:
        """Do ``act`` after ``seconds``, in place of the ``what`` that waits already."""
        self.drop(what)

        def due() -> None:
            self.timers.pop(what, None)
            act()

        self.timers[what] = asyncio.get_running_loop().call_later(seconds, due)

    def drop(self, *what: str) -> None:
        """Wait for ``what`` no more."""
        for name in what:
            if timer := self.timers.pop(name, None):
                timer.cancel()

    @property
    def standing(self) -> list[tuple[tuple[int, int], Anchor]]:
        """The open anchors whose text is there, each with its first and last line: in order, worst first."""
        found = [
            (span, anchor)
            for anchor in self.anchors
            if anchor.finding.state is State.OPEN and (span := anchor.span)
        ]
        return sorted(
            found, key=lambda pair: (pair[0], -pair[1].finding.severity.rank, pair[1].finding.fingerprint)
        )
