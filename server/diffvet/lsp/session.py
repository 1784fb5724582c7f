"""The session with one client: what it can do, its roots, their files, and the findings in them.

Everything here runs on the event loop's thread.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol

from lsprotocol import types

from diffvet.lsp.anchors import Anchor
from diffvet.lsp.capabilities import Capabilities
from diffvet.lsp.compare import difference
from diffvet.lsp.convert import diagnostic, path_of, text_range
from diffvet.lsp.document import Change, split
from diffvet.lsp.jobs import Jobs
from diffvet.lsp.progress import Progress, Value
from diffvet.lsp.publish import Publisher
from diffvet.lsp.reviewed import ReviewedFile
from diffvet.lsp.reviewers import Desk, OpenDesk, Reviewers
from diffvet.lsp.roots import Root, Roots
from diffvet.lsp.shelf import Shelf

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

    def say_plainly(self, method: str) -> None:
        """Answer ``initialize`` with no options for ``method``, only that it is there."""

    def log(self, message: str, kind: types.MessageType) -> None:
        """``window/logMessage``."""

    def show(self, message: str, kind: types.MessageType) -> None:
        """``window/showMessage``."""

    def apply(self, params: types.ApplyWorkspaceEditParams) -> None:
        """``workspace/applyEdit``; nobody waits for the answer."""

    def create_progress(self, token: str) -> Future[None]:
        """``window/workDoneProgress/create``."""

    def show_progress(self, token: str, value: Value) -> None:
        """``$/progress``."""

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """A notification of our own."""

    def register(self, registration: types.Registration) -> None:
        """``client/registerCapability``."""

    def configuration(self, items: Sequence[tuple[str, str]]) -> Future[Sequence[Any]]:
        """``workspace/configuration``, for pairs of a URI and a section."""

    def show_document(self, uri: str, selection: types.Range) -> Future[Any]:
        """``window/showDocument``."""


class Session:
    """State and its few rules; features act on it.

    ``settings_changed`` takes what the client says of its settings. ``news`` is told of every root whose findings,
    ledger or status may be others now; ``look`` looks whether git did something; ``ends`` is done at the end.
    """

    def __init__(self, client: Client, open_desk: OpenDesk, *, pause: float = PAUSE) -> None:
        self.client = client
        self.capabilities = Capabilities()
        self.roots = Roots()
        self.files: dict[Path, ReviewedFile] = {}
        self.shelf = Shelf()
        self.publisher = Publisher(client.publish)
        self.jobs = Jobs(self._open_progress, self.complain)
        self.reviewers = Reviewers(open_desk)
        self.jobs.rest = self.reviewers.tidy
        self.news: Callable[[Root], None] = lambda _root: None
        self.warm: Callable[[], None] = lambda: None
        self.warming: asyncio.Task[None] | None = None
        self.look: Callable[[], None] = lambda: None
        self.settings_changed: Callable[[object], None] = lambda _settings: None
        self.ends: list[Callable[[], None]] = []
        self.turns = asyncio.Semaphore(AT_ONCE)
        self._pause = pause
        self._said: set[str] = set()

    def file(self, uri: str) -> ReviewedFile | None:
        """The file of ``uri``, if it is known."""
        path = path_of(uri)
        return self.files.get(path) if path else None

    def files_of(self, root: Root) -> list[ReviewedFile]:
        """The files of ``root`` that are known."""
        return [file for file in self.files.values() if file.root is root]

    def change(self, file: ReviewedFile, changes: Iterable[Change]) -> None:
        """The client changed ``file``: its findings move with the text."""
        document, encoding = file.document, self.capabilities.encoding
        file.change(edit for change in changes for edit in document.edits(change, encoding))
        file.wait("show", self._pause, lambda: self.show(file))

    def renew(self, file: ReviewedFile, text: str) -> None:
        """``file`` reads ``text`` from now on: it was closed, opened again, or changed on disk."""
        file.change(difference(file.document.lines, split(text)))

    def settle(
        self,
        file: ReviewedFile,
        snapshot: Sequence[str],
        found: Iterable[Anchor],
        kept: Iterable[Anchor] = (),
    ) -> None:
        """The findings of ``file`` from now on: ``found`` on the ``snapshot`` its running review took, and ``kept`` ones.

        The snapshot may be some edits old; what is kept has moved with them already.
        """
        file.take_late(snapshot, found, kept)
        self.show(file)

    def show(self, file: ReviewedFile) -> None:
        """Publish the findings of ``file`` that stand, each where it is now."""
        file.drop("show")
        document = file.document
        shown = [
            self.diagnostic(file, anchor, span) for span, anchor in (() if file.is_gone else file.standing)
        ]
        version = document.version if file.is_open and self.capabilities.versions else None
        self.publisher.publish(document.uri, shown, version)
        if not file.is_open:
            document.pack(self.shelf)
        if file.root is not None:
            self.news(file.root)

    def diagnostic(self, file: ReviewedFile, anchor: Anchor, span: tuple[int, int]) -> types.Diagnostic:
        """The finding of ``anchor``, which stands on the lines of ``span``, as the client shows it."""
        can, document = self.capabilities, file.document
        desk = self.reviewers.opened(file.root.path) if file.root and can.links else None
        return diagnostic(
            anchor.finding,
            text_range(document.lines, *span, can.encoding),
            document.uri if can.related else None,
            desk.address(anchor.finding) if desk else None,
            data=can.data,
        )

    def forget(self, file: ReviewedFile) -> None:
        """Nobody looks at ``file`` any more, and nothing is found in it."""
        file.drop(*tuple(file.timers))
        if self.files.get(file.document.path) is file:
            del self.files[file.document.path]

    def working(self, root: Root, job: str, done: int, total: int) -> None:
        """``job`` has done so many hunks of those it knows of."""
        root.running[job] = done, total
        self.news(root)

    def worked(self, root: Root, job: str) -> None:
        """``job`` has ended."""
        root.running.pop(job, None)
        self.news(root)

    def complain(self, sentence: str) -> None:
        """Log ``sentence``: something was not done that the user may count on."""
        self.client.log(sentence, types.MessageType.Warning)

    def tell(self, sentence: str) -> None:
        """Show ``sentence``: something was not done that the user asked for just now."""
        self.client.show(sentence, types.MessageType.Warning)

    def say_once(self, sentence: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Log ``sentence`` for the user the first time it is said."""
        if sentence not in self._said:
            self._said.add(sentence)
            self.client.log(sentence, kind)

    async def desk_of(self, root: Root) -> Desk:
        """The desk of ``root``; who reviews there was said. Raises ``DiffvetError`` where it cannot be opened."""
        desk = await self.reviewers.at(root.path)
        self.say_once(desk.introduction)
        if desk.warning:
            self.say_once(desk.warning, types.MessageType.Warning)
        root.caps = await asyncio.to_thread(desk.budget)
        return desk

    async def stop(self) -> None:
        """Cancel all jobs, forget all timers, close all reviewers; none of them can hold up the answer."""
        for end in self.ends:
            end()
        for file in self.files.values():
            file.drop(*tuple(file.timers))
        await self.jobs.stop(PATIENCE)
        await self.reviewers.close(PATIENCE)

    def _open_progress(self, token: str, title: str, quiet: bool) -> Progress:
        shown = self.capabilities.progress and not quiet
        return Progress(token, title, self.client if shown else None)
