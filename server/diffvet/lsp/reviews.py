"""The review of one open file: its text in the editor against HEAD, as a job."""

import asyncio
from collections.abc import AsyncIterable, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path

from diffvet.diff.lines import TextLines
from diffvet.diff.model import Side
from diffvet.diff.patch import parse
from diffvet.diff.section import FileSection
from diffvet.diff.source import Buffer, DiffStream, open_source
from diffvet.lsp.anchors import Anchor
from diffvet.lsp.convert import kept_line
from diffvet.lsp.progress import Progress
from diffvet.lsp.saving import as_saved
from diffvet.lsp.session import ReviewedFile, Session
from diffvet.review.events import Answered, Event, Planned, Settled
from diffvet.review.finding import Finding
from diffvet.review.ledger import LedgerRow, Outcome


def start_review(session: Session, file: ReviewedFile) -> str | None:
    """Start reviewing ``file`` in place of its running review; the job's id, None where there is no repository."""
    path = file.document.path
    root = repository_of(path)
    if root is None:
        session.say_once(f"{path.parent} is not inside a git repository; nothing is reviewed there")
        return None
    previous = file.job
    if previous is not None:
        session.jobs.cancel(previous)

    async def work(progress: Progress) -> str:
        if previous is not None:
            await session.jobs.ended(previous)
        try:
            async with session.turns:
                return await _Run(session, file, root, progress).carry_out()
        finally:
            if file.job == progress.token:
                file.job = None
                file.edits.clear()

    file.job = session.jobs.start(f"Diffvet: reviewing {path.name}", work)
    return file.job


def repository_of(path: Path) -> Path | None:
    """The nearest folder above ``path`` that git would take for a work tree; None inside ``.git`` itself."""
    if ".git" in path.parts:
        return None
    return next((folder for folder in path.parents if (folder / ".git").exists()), None)


class _Run:
    """One review of one snapshot."""

    def __init__(self, session: Session, file: ReviewedFile, root: Path, progress: Progress) -> None:
        self._session = session
        self._file = file
        self._root = root
        self._progress = progress
        self._findings: list[Finding] = []
        self._rows: list[LedgerRow] = []
        self._sections: list[FileSection] = []

    async def carry_out(self) -> str:
        """Review, show what was found, and say how it went."""
        session, file = self._session, self._file
        desk = await session.reviewers.at(self._root)
        session.say_once(desk.introduction)
        lines = tuple(file.document.lines)
        file.edits.clear()
        path = file.document.path
        content = await asyncio.to_thread(as_saved, "".join(lines), path)
        stream = await asyncio.to_thread(open_source, Buffer(path, content), self._root)
        async with aclosing(desk.reviewer.review(self._remembered(stream), root=self._root)) as events:
            await self._follow(events)
        shown = await asyncio.to_thread(desk.choose, self._findings)
        anchors = _anchored(shown, lines, self._sections)
        if file.job == self._progress.token:  # only the newest review may speak
            session.settle(file, anchors, self._unanswered(anchors))
        return self._summary(len(shown))

    def _remembered(self, stream: DiffStream) -> Iterator[FileSection]:
        """The sections of ``stream``; they are kept, to look up removed lines in them afterwards."""
        for section in stream:
            self._sections.append(section)
            yield section

    async def _follow(self, events: AsyncIterable[Event]) -> None:
        """Collect what is found, and report how far the review is."""
        planned = answered = 0
        async for event in events:
            match event:
                case Planned():
                    planned += event.parts
                case Answered():
                    answered += event.parts
                case Settled():
                    self._findings += event.findings
                    self._rows += event.rows
            done = min(answered, planned)
            self._progress.report(f"{done}/{planned} hunks", 100 * done // planned if planned else None)

    def _unanswered(self, found: Sequence[Anchor]) -> list[Anchor]:
        """The earlier findings to keep because this review failed in part: none is lost by a bad answer."""
        if not self._failed():
            return []
        known = {anchor.finding.fingerprint for anchor in found}
        return [anchor for anchor in self._file.anchors if anchor.finding.fingerprint not in known]

    def _failed(self) -> list[LedgerRow]:
        return [row for row in self._rows if row.outcome is Outcome.FAILED]

    def _summary(self, findings: int) -> str:
        """How it went, in one sentence; an incomplete review is also logged, and never "no findings"."""
        failed, total = self._failed(), len(self._rows)
        if failed:
            reason = failed[0].reason or "no reason was given"
            sentence = f"Incomplete: {len(failed)} of {_count(total, 'hunk')} not reviewed: {reason}"
            self._session.complain(f"{self._file.document.path.name}: {sentence}")
            return sentence
        if not self._rows:
            return "Nothing changed since the last commit"
        skipped = next((row for row in self._rows if row.outcome is Outcome.SKIPPED), None)
        if skipped is not None and not findings:
            return f"Not reviewed: {skipped.reason}"
        return f"{_count(findings, 'finding') if findings else 'No findings'} in {_count(total, 'hunk')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _anchored(
    findings: Sequence[Finding], lines: Sequence[str], sections: Sequence[FileSection]
) -> list[Anchor]:
    """Where ``findings`` stand in the reviewed text; removed code stands on the nearest line that was kept."""
    text = TextLines("".join(lines))
    removed = any(finding.side is Side.OLD for finding in findings)
    changes = {section.path: parse(section) for section in sections} if removed else {}
    anchors = []
    for finding in findings:
        line, end_line = finding.line, finding.end_line
        if finding.side is Side.OLD:
            line = end_line = kept_line(changes[finding.path], finding.line)
        first, last = text.git_line_to_lsp(line), text.git_line_end_to_lsp(end_line)
        anchors.append(Anchor.at(finding, lines, first, last))
    return anchors
