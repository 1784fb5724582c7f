"""Notices that HEAD or the index of a root moved, without git.

A client that watches files is asked to watch the few that say so. For others, and where a git directory lies outside
of what can be watched, these files are looked at every few seconds.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types

from diffvet.lsp.roots import Root
from diffvet.lsp.session import Session
from diffvet.settings.files import Stamp, stamp

PERIOD = 2.0
"""Seconds between two looks."""

CALM = 0.3
"""Seconds without another move until it is acted upon: a checkout or a rebase moves many things."""

FILES = "{HEAD,index,packed-refs}"
REFS = "refs/heads/**"


@dataclass(frozen=True, slots=True)
class GitState:
    """``head`` is what HEAD says, and the commit of the branch it names; ``index`` changes with the index file."""

    head: tuple[str, ...]
    index: Stamp


def git_folder(root: Path) -> Path:
    """The git directory of a work tree: ``.git``, or what the file of that name points at (worktrees, submodules)."""
    place = root / ".git"
    said = "" if place.is_dir() else _text(place)
    return root / said.removeprefix("gitdir:").strip() if said.startswith("gitdir:") else place


def common_folder(folder: Path) -> Path:
    """Where the branches of a git directory are: elsewhere for a linked worktree."""
    said = _text(folder / "commondir").strip()
    return folder / said if said else folder


def look(folder: Path) -> GitState:
    """The state of a git directory; what cannot be read counts as empty."""
    head = _text(folder / "HEAD").strip()
    if not head.startswith("ref: "):
        return GitState((head,), stamp(folder / "index"))
    common = common_folder(folder)
    commit = _text(common / head.removeprefix("ref: ")).strip()
    packed = () if commit else map(str, stamp(common / "packed-refs") or ())
    return GitState((head, commit, *packed), stamp(folder / "index"))


def under_way(folder: Path) -> bool:
    """Whether a rebase moves HEAD from commit to commit."""
    return any((folder / name).exists() for name in ("rebase-merge", "rebase-apply"))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


class Watch:
    """Looks after the roots of ``session``; ``moved`` is told of a root, and whether HEAD moved (else the index did)."""

    def __init__(self, session: Session, moved: Callable[[Root, bool], None]) -> None:
        self._session = session
        self._moved = moved
        self._states: dict[Root, GitState] = {}
        self._polled: set[Root] = set()
        self._news: dict[Root, bool] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def over(self, root: Root) -> None:
        """Look after ``root`` from now on."""
        folder = git_folder(root.path)
        self._states[root] = look(folder)
        if not self._watched(folder):
            self._polled.add(root)
            self._wait("poll", PERIOD, self._poll)

    def check(self) -> None:
        """Something may have moved somewhere: look at all roots."""
        for root in tuple(self._states):
            self._check(root)

    def stop(self) -> None:
        """Look no more."""
        for timer in self._timers.values():
            timer.cancel()

    def _poll(self) -> None:
        for root in self._polled:
            self._check(root)
        self._wait("poll", PERIOD, self._poll)

    def _check(self, root: Root) -> None:
        before, now = self._states[root], look(git_folder(root.path))
        if now == before:
            return
        self._states[root] = now
        self._news[root] = self._news.get(root, False) or now.head != before.head
        self._drop("act")
        self._wait("act", CALM, self._act)

    def _act(self) -> None:
        news, self._news = self._news, {}
        for root, head in news.items():
            self._moved(root, head)

    def _wait(self, what: str, seconds: float, act: Callable[[], None]) -> None:
        if what not in self._timers:

            def due() -> None:
                self._timers.pop(what, None)
                act()

            self._timers[what] = asyncio.get_running_loop().call_later(seconds, due)

    def _drop(self, what: str) -> None:
        if timer := self._timers.pop(what, None):
            timer.cancel()

    def _watched(self, folder: Path) -> bool:
        """Ask the client to watch; False where it cannot."""
        offered = self._session.capabilities
        if not offered.watching or not offered.relative:
            return False
        patterns = [
            types.RelativePattern(folder.as_uri(), FILES),
            types.RelativePattern(common_folder(folder).resolve().as_uri(), REFS),
        ]
        options = types.DidChangeWatchedFilesRegistrationOptions(
            [types.FileSystemWatcher(one) for one in patterns]
        )
        number = len(self._states)
        self._session.client.register(
            types.Registration(f"diffvet-git-{number}", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        )
        return True
