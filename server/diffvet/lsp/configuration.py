"""What the editor's settings say about each root: asked for where the client can answer, else as it told.

An answer is kept until the client says that something changed. Nothing here is awaited by a job: whoever opens the
desk of a root waits, and not for longer than ``PATIENCE``; an answer that comes later counts as a change.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from diffvet.lsp.reviewers import Said
from diffvet.lsp.session import Session
from diffvet.settings.editor import SECTION, read_editor

PATIENCE = 3.0
"""Seconds that the first review of a root waits for the client's answer: a model must not be asked against its word."""

PAUSE = 0.1
"""Seconds that a change waits for more of its kind before it counts."""

MOST_SENTENCES = 5
"""How many wrong settings of one answer are told."""

Changed = Callable[[Path, frozenset[str]], None]


class Configuration:
    """What the client of ``session`` said. ``changed`` is told of a root, and which of its options differ now."""

    def __init__(self, session: Session, changed: Changed) -> None:
        self._session = session
        self._changed = changed
        self._said: dict[Path, Said] = {}
        self._told: Said = {}
        self._asked: dict[Path, asyncio.Future[None]] = {}
        self._problems: frozenset[str] = frozenset()
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = False

    async def of(self, root: Path) -> Said:
        """What is said about ``root``; nothing where the client does not answer in time, or not in our words."""
        if not self._session.capabilities.configuration:
            self._said.setdefault(root, self._told)
        elif root not in self._said:
            if root not in self._asked:
                self._asked[root] = asyncio.get_running_loop().create_future()
                self._ask([root])
            await asyncio.wait((self._asked[root],), timeout=PATIENCE)
            if root not in self._said:
                self._said[root] = {}
                self._session.say_once(
                    "The editor did not answer which settings it has; reviewing without them"
                )
        return self._said[root]

    def renew(self, pushed: object) -> None:
        """The client says that its settings changed, and perhaps (``pushed``) what all of them are now."""
        if not self._session.capabilities.configuration:
            self._told = self._read([pushed.get(SECTION) if isinstance(pushed, dict) else None])[0]
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(PAUSE, self._renewed)

    def stop(self) -> None:
        """Ask no more, and listen to no answer."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_result(None)

    def _renewed(self) -> None:
        self._timer = None
        roots = list(self._said)
        if not self._session.capabilities.configuration:
            for root in roots:
                self._keep(root, self._told)
        elif roots:
            self._ask(roots)

    def _ask(self, roots: Sequence[Path]) -> None:
        answer = self._session.client.configuration([(root.as_uri(), SECTION) for root in roots])
        answer.add_done_callback(partial(self._answered, roots))

    def _answered(self, roots: Sequence[Path], answer: "Future[Sequence[Any]]") -> None:
        """A client that does not know the question, or answers too little, says nothing; what it said before holds."""
        if self._stopped:
            return
        known = not answer.cancelled() and answer.exception() is None
        sections = list(answer.result() or ())[: len(roots)] if known else []
        read = self._read(sections) if known else []
        for root, said in zip_longest(roots, read):
            self._keep(root, self._said.get(root, {}) if said is None else said)
            if (waiting := self._asked.pop(root, None)) and not waiting.done():
                waiting.set_result(None)

    def _keep(self, root: Path, said: Said) -> None:
        before = self._said.get(root)
        self._said[root] = said
        if before is not None and before != said:
            names = before.keys() | said.keys()
            self._changed(root, frozenset(name for name in names if before.get(name) != said.get(name)))

    def _read(self, sections: Sequence[object]) -> list[Said]:
        """The options that each of ``sections`` says; what is wrong with them is told while it is new."""
        read = [read_editor(section) for section in sections]
        problems = list(dict.fromkeys(problem for _, wrong in read for problem in wrong))
        new = [problem for problem in problems if problem not in self._problems]
        self._problems = frozenset(problems)
        for problem in new[:MOST_SENTENCES]:
            self._session.complain(f"{problem}; its default holds")
        if len(new) > MOST_SENTENCES:
            self._session.complain(f"{len(new) - MOST_SENTENCES} more of the editor's settings are left out")
        return [said for said, _ in read]
