"""The repositories of the session: each with a state of its own.

A file belongs to the nearest folder above it that git would take for a work tree: so nested repositories, submodules
and linked worktrees are roots of their own, and of several roots the one with the longest path counts.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from diffvet.diff.source import Against
from diffvet.diff.turn import Turn
from diffvet.review.finding import Usage
from diffvet.review.ledger import LedgerRow, Outcome
from diffvet.store.caps import Cap


class Scope(StrEnum):
    """What one review looks at."""

    FILE = "file"
    """One file, as it is in the editor, against the base of its root."""
    WORKTREE = "worktree"
    """All that differs from the base, saved."""
    STAGED = "staged"
    """What the next commit will hold."""
    BRANCH = "branch"
    """The commits since the branch left the default branch."""
    COMMIT = "commit"
    """One commit against its parent."""


class Mood(StrEnum):
    """What a root is doing, or how its last review ended."""

    IDLE = "idle"
    REVIEWING = "reviewing"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Status:
    """``done`` of ``total`` hunks while reviews run; ``reason`` says what is missing where one is incomplete."""

    mood: Mood = Mood.IDLE
    done: int = 0
    total: int = 0
    reason: str | None = None


@dataclass(slots=True, eq=False)
class Root:
    """One work tree.

    ``against`` is the base of its files where the user chose one, else the settings say; ``base`` the old side of the
    last comparison as an object name. ``usage`` is what reviews cost since the server started, ``caps`` how things stood
    with each cap after the last one. ``rows`` is the coverage ledger, by path from the root; ``trouble`` why nothing
    could be reviewed at all. ``running`` has the done and planned hunks of each running job. ``wide`` is the last
    review of more than one file, ``wide_job`` its job while it runs. ``restored``: what the last server knew was
    looked for. ``lock`` lets one git process run at a time.
    """

    path: Path
    against: Against | None = None
    base: str | None = None
    rows: dict[str, tuple[LedgerRow, ...]] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    caps: Sequence[Cap] = ()
    trouble: str | None = None
    running: dict[str, tuple[int, int]] = field(default_factory=dict)
    wide: Scope | None = None
    wide_job: str | None = None
    restored: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def turn(self) -> Turn:
        """The right of one errand to run git here."""
        return Turn(self.lock)

    @property
    def status(self) -> Status:
        """What it is doing now."""
        if self.running:
            done, total = (sum(part) for part in zip(*self.running.values(), strict=True))
            return Status(Mood.REVIEWING, done, total)
        failed = [row for rows in self.rows.values() for row in rows if row.outcome is Outcome.FAILED]
        reason = self.trouble or (failed[0].reason or "no reason was given" if failed else None)
        return Status(Mood.INCOMPLETE if reason else Mood.IDLE, reason=reason)

    @property
    def name(self) -> str:
        """What people call it."""
        return self.path.name or str(self.path)


class Roots:
    """All roots that were met. ``met`` is told of each new one."""

    def __init__(self) -> None:
        self._known: dict[Path, Root] = {}
        self.met: Callable[[Root], None] = lambda _root: None

    def of(self, path: Path) -> Root | None:
        """The root of the file or folder ``path``; None outside of any, and inside ``.git`` itself."""
        if ".git" in path.parts:
            return None
        folder = next((place for place in (path, *path.parents) if (place / ".git").exists()), None)
        return self._at(folder) if folder else None

    def _at(self, folder: Path) -> Root:
        root = self._known.get(folder)
        if root is None:
            root = self._known[folder] = Root(folder)
            self.met(root)
        return root

    def all(self) -> tuple[Root, ...]:
        """Those met so far."""
        return tuple(self._known.values())
