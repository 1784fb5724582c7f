"""What every review of the session does: read the change in turn, follow its events, sum up."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace

from diffvet.diff.section import TOO_LARGE, FileSection
from diffvet.diff.source import DiffStream, Source, open_source
from diffvet.lsp.progress import Progress
from diffvet.lsp.reviewers import Reviews
from diffvet.lsp.roots import Root
from diffvet.lsp.session import Session
from diffvet.review.events import Answered, Planned, Settled
from diffvet.review.finding import Finding, State
from diffvet.review.ledger import LedgerRow, Outcome

MOST_BYTES = 64 << 20
"""Bytes of hunks that one review holds; files beyond are not reviewed, and their rows say so."""

BREATH = 0.002
"""Seconds after which a run of events lets the editor's requests through."""

NOTEBOOK = "a notebook: its cells are not lines of the file"


class Run:
    """One review of one root: its sections, and what has come of them so far."""

    def __init__(self, session: Session, root: Root, progress: Progress, *, quiet: bool = False) -> None:
        self._session = session
        self._root = root
        self._progress = progress
        self._quiet = quiet
        self.sections: dict[str, FileSection] = {}
        self.ends: tuple[str | None, str | None] = (None, None)
        self.findings: list[Finding] = []
        self.rows: list[LedgerRow] = []
        self._done = self._planned = 0
        self._telling: asyncio.Handle | None = None
        self.token = progress.token
        self.turn = root.turn()

    def close(self) -> None:
        """The review is over, however it ended: no git runs for it any more."""
        self.turn.stop()

    async def review(
        self, source: Source, reviewer: Reviews, *, staged: bool = False
    ) -> AsyncGenerator[Settled, None]:
        """Review ``source``; what becomes of each file, as it comes."""
        stream = await asyncio.to_thread(self._open, source)
        self.ends = stream.base, stream.head
        self._root.base = stream.base
        root, loop = self._root, asyncio.get_running_loop()
        sections = tuple(self.sections.values())
        events = reviewer.review(sections, root=root.path, turn=self.turn, staged=staged)
        breath = loop.time()
        async with aclosing(events):
            async for event in events:
                match event:
                    case Planned():
                        self._planned += event.parts
                    case Answered():
                        self._done += event.parts
                        root.usage += event.usage
                    case Settled():
                        self.findings += event.findings
                        self.rows += event.rows
                        yield event
                if self._telling is None:  # hundreds of events may come at once: the last one tells it all
                    self._telling = loop.call_soon(self._tell)
                if loop.time() - breath > BREATH:
                    await asyncio.sleep(0)
                    breath = loop.time()
        if self._telling is not None:
            self._telling.cancel()
            self._tell()

    def _open(self, source: Source) -> DiffStream:
        stream = open_source(source, self._root.path, self.turn)
        self.sections = {section.path: section for section in bounded(stream)}
        return stream

    def _tell(self) -> None:
        """Say how far it is."""
        self._telling = None
        planned, done = self._planned, min(self._done, self._planned)
        self._progress.report(f"{done}/{planned} hunks", 100 * done // planned if planned else None)
        if not self._quiet:
            self._session.working(self._root, self._progress.token, done, planned)

    @property
    def failed(self) -> list[LedgerRow]:
        """The rows of what was not reviewed though it should have been."""
        return [row for row in self.rows if row.outcome is Outcome.FAILED]

    def summary(self, about: str, found: Sequence[Finding], nothing: str) -> str:
        """How it went, in one sentence; an incomplete review is also logged, and never "no findings"."""
        shown = sum(finding.state is State.OPEN for finding in found)
        total = len(self.rows)
        if self.failed:
            reason = self.failed[0].reason or "no reason was given"
            sentence = f"Incomplete: {len(self.failed)} of {count(total, 'hunk')} not reviewed: {reason}"
            if not self._quiet:
                self._session.complain(f"{about}: {sentence}")
            return sentence
        if not self.rows:
            return nothing
        skipped = next((row for row in self.rows if row.outcome is Outcome.SKIPPED), None)
        if skipped is not None and not shown and total == 1:
            return f"Not reviewed: {skipped.reason}"
        return f"{count(shown, 'finding') if shown else 'No findings'} in {count(total, 'hunk')}"


def bounded(stream: Iterable[FileSection]) -> Iterator[FileSection]:
    """The sections of ``stream``: what does not fit into memory without its text, notebooks too."""
    room = MOST_BYTES
    for section in stream:
        room -= len(section.body)
        if section.path.endswith(".ipynb") and section.hidden is None:
            yield replace(section, body=b"", hidden=NOTEBOOK)
        elif room < 0 and section.body:
            yield replace(section, body=b"", hidden=TOO_LARGE)
        else:
            yield section


def by_path(rows: Sequence[LedgerRow]) -> dict[str, tuple[LedgerRow, ...]]:
    """``rows`` of each file."""
    found: dict[str, list[LedgerRow]] = {}
    for row in rows:
        found.setdefault(row.path, []).append(row)
    return {path: tuple(of_path) for path, of_path in found.items()}


def count(number: int, noun: str) -> str:
    """``3 hunks``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
