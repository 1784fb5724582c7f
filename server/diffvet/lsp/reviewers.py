"""The reviewers of the session: one per repository, opened when first needed, closed at the end."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from diffvet.diff.section import FileSection
from diffvet.diff.source import Against
from diffvet.diff.turn import Turn
from diffvet.lsp.decisions import Decisions
from diffvet.report.report import RuleNote
from diffvet.review.events import Event
from diffvet.review.finding import Finding
from diffvet.store.caps import Cap


class Reviews(Protocol):
    """What reviews a stream; ``review.reviewer.Reviewer`` is one."""

    def review(
        self,
        sections: Iterable[FileSection],
        /,
        *,
        root: Path | None,
        turn: Turn | None,
        staged: bool,
    ) -> AsyncGenerator[Event, None]:
        """What happens, as it happens; closing it cancels the review.

        Git attributes are read at ``root``, those of the index if ``staged``, in ``turn``.
        """


class Asks(StrEnum):
    """When a model that costs something is asked: at each of these and those below it."""

    OPEN = "open"
    SAVE = "save"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Desk:
    """The reviewers of one repository, with what their face needs of its settings.

    ``choose`` picks the findings to keep, with their states: the open ones to show (not ignored or too minor), and those
    that somebody decided about; it may block. ``decisions`` takes such decisions, ``notes`` says more about rules.
    ``introduction`` says in one sentence who reviews, and whether anything leaves this machine. ``free`` is the
    reviewer that costs nothing, where ``reviewer`` may cost: it answers from memory or by the embedded rules.
    ``remember`` and ``recall`` keep a text about the repository for the next server; both may block.
    ``budget`` tells how things stand with the caps that are set, ``current`` whether the settings' files are what they
    were; both may block. ``warning`` says which settings are left out, and why. ``asks``: when ``reviewer`` is asked.
    ``pause``: seconds after an edit until the text is reviewed (0: never).
    """

    reviewer: Reviews
    choose: Callable[[Sequence[Finding]], Sequence[Finding]]
    introduction: str
    free: Reviews | None = None
    decisions: Decisions | None = None
    notes: Callable[[], Mapping[str, RuleNote]] = dict
    asks: Asks = Asks.OPEN
    against: Against = Against.HEAD
    pause: float = 0.4
    remember: Callable[[str], object] | None = None
    recall: Callable[[], str | None] | None = None
    budget: Callable[[], Sequence[Cap]] = tuple
    current: Callable[[], bool] = lambda: True
    warning: str | None = None

    def address(self, finding: Finding) -> str | None:
        """Where one can read more about the rule of ``finding``."""
        note = self.notes().get(finding.rule) if finding.rule else None
        return note.address if note else None

    def reviewer_at(self, occasion: Asks | None) -> Reviews:
        """Who reviews on ``occasion``; None is one on which nothing may be spent."""
        if self.free is None:
            return self.reviewer
        order = list(Asks)
        allowed = occasion is not None and order.index(self.asks) <= order.index(occasion)
        return self.reviewer if allowed else self.free


Said = Mapping[str, object]
"""The options that an editor's settings say (``settings.editor``)."""

OpenDesk = Callable[[Path, Said], AbstractAsyncContextManager[Desk]]
"""Opens the desk of a repository, as the editor said; raises ``DiffvetError`` where its settings cannot be used."""


async def _nothing(_root: Path) -> Said:
    return {}


class Reviewers:
    """Desks by repository root.

    Each is opened and closed inside one task of its own, as context managers built on task groups ask. ``said`` asks
    what the editor says about a repository.
    """

    def __init__(self, open_desk: OpenDesk) -> None:
        self._open_desk = open_desk
        self.said: Callable[[Path], Awaitable[Said]] = _nothing
        self._desks: dict[Path, asyncio.Future[Desk]] = {}
        self._hosts: dict[asyncio.Task[None], asyncio.Event] = {}
        self._leaves: dict[Path, asyncio.Event] = {}
        self._forgotten: list[asyncio.Event] = []

    async def at(self, root: Path) -> Desk:
        """The desk of ``root``: a new one where its settings changed on disk, or it could not be opened the last time."""
        known = self.opened(root)
        if known and not await asyncio.to_thread(known.current) and self.opened(root) is known:
            self.forget(root)
        if root not in self._desks:
            desk: asyncio.Future[Desk] = asyncio.get_running_loop().create_future()
            self._desks[root] = desk
            leave = self._leaves[root] = asyncio.Event()
            host = asyncio.create_task(self._host(root, desk, leave))
            self._hosts[host] = leave
            host.add_done_callback(lambda task: self._hosts.pop(task, None))
        return await asyncio.shield(self._desks[root])

    def opened(self, root: Path) -> Desk | None:
        """The desk of ``root``, if it is open already."""
        desk = self._desks.get(root)
        return desk.result() if desk and desk.done() and not desk.exception() else None

    def forget(self, root: Path) -> bool:
        """The settings of ``root`` changed: the next review opens a new desk. Running ones keep theirs.

        False where nothing was reviewed by the old settings.
        """
        if self._desks.pop(root, None) is None:
            return False
        self._forgotten.append(self._leaves.pop(root))
        return True

    def tidy(self) -> None:
        """Nothing runs: close the desks that were forgotten."""
        for leave in self._forgotten:
            leave.set()
        self._forgotten.clear()

    async def close(self, patience: float) -> None:
        """Close all desks; return when they are closed, or after ``patience`` seconds."""
        self._desks.clear()
        for leave in self._hosts.values():
            leave.set()
        if self._hosts:
            await asyncio.wait(tuple(self._hosts), timeout=patience)

    async def _host(self, root: Path, opened: asyncio.Future[Desk], leave: asyncio.Event) -> None:
        try:
            async with self._open_desk(root, await self.said(root)) as desk:
                opened.set_result(desk)
                await leave.wait()
        except Exception as error:  # noqa: BLE001 - handed to whoever asked for the desk
            if self._desks.get(root) is opened:
                del self._desks[root], self._leaves[root]
            if not opened.done():
                opened.set_exception(error)
