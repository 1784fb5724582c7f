"""The session with one client: what it can do, its files, and the findings in them.

Everything here runs on the event loop's thread.
"""

import asyncio
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import Protocol

from lsprotocol import types

from diffvet.lsp.anchors import Anchor, LineEdit
from diffvet.lsp.capabilities import Capabilities
from diffvet.lsp.convert import diagnostic, path_of, text_range
from diffvet.lsp.document import Document
from diffvet.lsp.jobs import Jobs
from diffvet.lsp.progress import Progress, Value
from diffvet.lsp.publish import Publisher
from diffvet.lsp.reviewers import OpenDesk, Reviewers

PAUSE = 0.25
"""Seconds without an edit after which moved findings are shown where they are now."""

PATIENCE = 0.4
"""Seconds that jobs, and then reviewers, have to end when the session does: ``shutdown`` is due within one."""

AT_ONCE = 4
"""How many files are reviewed at a time; an editor may open a hundred when it starts."""


class Client(Protocol):
    """What the session says to its client."""

    def publish(self, params: types.PublishDiagnosticsParams) -> None:
        """``textDocument/publishDiagnostics``."""

    def live_with(self, process_id: int | None) -> None:
        """End with the client's process, where its number is known."""

    def log(self, message: str, kind: types.MessageType) -> None:
        """``window/logMessage``."""

    def create_progress(self, token: str) -> Future[None]:
        """``window/workDoneProgress/create``."""

    def show_progress(self, token: str, value: Value) -> None:
        """``$/progress``."""


@dataclass(slots=True)
class ReviewedFile:
    """A file that is or was open.

    ``edits`` are those made since the running review took its snapshot; ``job`` is that review.
    """

    document: Document
    is_open: bool = True
    anchors: tuple[Anchor, ...] = ()
    edits: list[LineEdit] = field(default_factory=list)
    job: str | None = None
    timer: asyncio.TimerHandle | None = None


class Session:
    """State and its few rules; features act on it."""

    def __init__(self, client: Client, open_desk: OpenDesk, *, pause: float = PAUSE) -> None:
        self.client = client
        self.capabilities = Capabilities()
        self.files: dict[Path, ReviewedFile] = {}
        self.publisher = Publisher(client.publish)
        self.jobs = Jobs(self._open_progress, self.complain)
        self.reviewers = Reviewers(open_desk)
        self.turns = asyncio.Semaphore(AT_ONCE)
        self._pause = pause
        self._said: set[str] = set()

    def file(self, uri: str) -> ReviewedFile | None:
        """The file of ``uri``, if it is known."""
        path = path_of(uri)
        return self.files.get(path) if path else None

    def edit(self, file: ReviewedFile, edits: Iterable[LineEdit]) -> None:
        """Move the findings of ``file`` with ``edits``; show the result after a pause."""
        for edit in edits:
            file.anchors = tuple(anchor.edited(edit) for anchor in file.anchors)
            if file.job in self.jobs.running:
                file.edits.append(edit)
        if file.timer is not None:
            file.timer.cancel()
        file.timer = asyncio.get_running_loop().call_later(self._pause, self.show, file)

    def renew(self, file: ReviewedFile, text: str) -> None:
        """``file`` reads ``text`` from now on: it was closed, opened again, or changed on disk."""
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.edit(file, [file.document.apply(whole, self.capabilities.encoding)])

    def settle(self, file: ReviewedFile, found: Iterable[Anchor], kept: Iterable[Anchor]) -> None:
        """The findings of ``file`` from now on: ``found`` on the snapshot of its running review, and ``kept`` ones.

        The snapshot may be some edits old; what is kept has moved with them already.
        """
        moved = (reduce(Anchor.edited, file.edits, anchor) for anchor in found)
        file.anchors = (*moved, *kept)
        self.show(file)

    def show(self, file: ReviewedFile) -> None:
        """Publish the findings of ``file`` that stand, each where it is now."""
        if file.timer is not None:
            file.timer.cancel()
            file.timer = None
        document = file.document
        found = [(span, a.finding) for a in file.anchors if (span := a.stands(document.lines))]
        found.sort(key=lambda pair: (pair[0], -pair[1].severity.rank, pair[1].fingerprint))
        shown = [
            diagnostic(finding, text_range(document.lines, *span, self.capabilities.encoding))
            for span, finding in found
        ]
        version = document.version if file.is_open and self.capabilities.versions else None
        self.publisher.publish(document.uri, shown, version)

    def complain(self, sentence: str) -> None:
        """Log ``sentence``: something was not done that the user may count on."""
        self.client.log(sentence, types.MessageType.Warning)

    def say_once(self, sentence: str) -> None:
        """Log ``sentence`` for the user the first time it is said."""
        if sentence not in self._said:
            self._said.add(sentence)
            self.client.log(sentence, types.MessageType.Info)

    async def stop(self) -> None:
        """Cancel all jobs, forget all timers, close all reviewers; none of them can hold up the answer."""
        for file in self.files.values():
            if file.timer is not None:
                file.timer.cancel()
        await self.jobs.stop(PATIENCE)
        await self.reviewers.close(PATIENCE)

    def _open_progress(self, token: str, title: str) -> Progress:
        return Progress(token, title, self.client if self.capabilities.progress else None)
