"""The review of one file: its text in the editor against the base of its root, as a job."""

import asyncio
from contextlib import aclosing, closing
from pathlib import Path

from diffvet.diff.source import Buffer
from diffvet.errors import DiffvetError
from diffvet.lsp.anchors import Anchor
from diffvet.lsp.compare import difference
from diffvet.lsp.document import split
from diffvet.lsp.following import followed
from diffvet.lsp.memory import digest, restore
from diffvet.lsp.placing import EMBEDDED, in_words_of, placed
from diffvet.lsp.progress import Progress
from diffvet.lsp.reviewed import NEVER, ReviewedFile
from diffvet.lsp.reviewers import Asks, Desk
from diffvet.lsp.roots import Root
from diffvet.lsp.run import NOTEBOOK, Run, by_path
from diffvet.lsp.saving import as_saved, as_shown
from diffvet.lsp.session import Session

BURST = 0.6
"""Seconds within which a third save waits, so that fifty in two seconds are a handful of reviews."""

PAUSE = 0.4
"""Seconds after the last edit until the text is reviewed, before the settings were read."""


def request_review(session: Session, file: ReviewedFile, occasion: Asks) -> None:
    """Review ``file`` on ``occasion``: now, or a moment later where its last review began just now."""
    elapsed = asyncio.get_running_loop().time() - file.started[0]
    if elapsed >= BURST:
        start_review(session, file, occasion)
    else:
        file.wait("again", BURST - elapsed, lambda: start_review(session, file, occasion))


def follow_typing(session: Session, file: ReviewedFile) -> None:
    """Review ``file`` for nothing once its editor pauses."""
    desk = session.reviewers.opened(file.root.path) if file.root else None
    pause = desk.pause if desk else PAUSE
    if pause and file.is_open and file.root is not None:
        file.wait("typing", pause, lambda: _typed(session, file))


def _typed(session: Session, file: ReviewedFile) -> None:
    """Review what was typed, unless that was done or a review that was asked for is still under way."""
    waits = "again" in file.timers or (file.job and file.paid)
    if file.is_open and file.reviewed != file.document.edition and not waits:
        start_review(session, file, None)


def start_review(session: Session, file: ReviewedFile, occasion: Asks | None) -> str | None:
    """Start reviewing ``file`` in place of its running review; the job's id, None where nothing can be reviewed.

    Without an ``occasion`` nothing is spent and nothing is said.
    """
    path, root = file.document.path, file.root
    tell = session.tell if occasion is Asks.COMMAND else None
    say = tell or session.say_once
    if root is None:
        say(f"{path.parent} is not inside a git repository; nothing is reviewed there")
        return None
    if path.suffix == ".ipynb":
        say(f"{path.name} is not reviewed here: {NOTEBOOK}")
        return None
    quiet = occasion is None
    file.drop("typing")
    if not quiet:  # a save that waits is not done by a free look
        file.drop("again")

    async def work(progress: Progress) -> str:
        try:
            async with session.turns:
                with closing(Run(session, root, progress, quiet=quiet)) as run:
                    return await _FileRun(session, file, root, run, occasion).carry_out()
        except DiffvetError as error:
            root.trouble = str(error)
            raise

    def after(job: str) -> None:
        session.worked(root, job)
        if file.job == job:
            file.job = None
            file.steps.clear()
            if file.reviewed != file.document.edition:
                follow_typing(session, file)

    title = f"Diffvet: reviewing {path.name}"
    file.started = (file.started[1], asyncio.get_running_loop().time())
    file.paid = not quiet
    file.job = session.jobs.start(title, work, quiet=quiet, instead_of=file.job, tell=tell, after=after)
    if not quiet:
        session.working(root, file.job, 0, 0)
    return file.job


class _FileRun:
    """One review of one snapshot."""

    def __init__(
        self, session: Session, file: ReviewedFile, root: Root, run: Run, occasion: Asks | None
    ) -> None:
        self._session = session
        self._file = file
        self._root = root
        self._occasion = occasion
        self._run = run

    async def carry_out(self) -> str:
        """Review, show what was found, and say how it went."""
        session, file, root, run = self._session, self._file, self._root, self._run
        desk = await session.desk_of(root)
        await restore(session, root, desk)
        document = file.document
        lines, edition = tuple(document.lines), document.edition
        file.steps.clear()
        content, saved = await asyncio.to_thread(_content, "".join(lines), document.path)
        reviewer = desk.reviewer_at(self._occasion if saved or self._occasion is not Asks.OPEN else None)
        free = reviewer is not desk.reviewer
        there = lines
        if self._occasion is Asks.SAVE and not saved and not free and desk.free is not None:
            # more was typed since: what was saved is what the model was to be asked about
            content, there = await asyncio.to_thread(_saved, "".join(lines), document.path, content)
        source = Buffer(document.path, content, root.against or desk.against)
        async with aclosing(run.review(source, reviewer)) as settled:
            async for _ in settled:
                pass
        root.caps = await asyncio.to_thread(desk.budget)
        shown = await asyncio.to_thread(desk.choose, run.findings)
        anchors = await asyncio.to_thread(placed, shown, there, run.sections, run.ends)
        if there is not lines:
            anchors = followed(anchors, there, difference(there, lines))
        kept = await self._kept(desk, anchors, free=free)
        if free:
            anchors = in_words_of(file.anchors, anchors)
        if file.job == run.token:  # only the newest review may speak
            file.reviewed = edition if there is lines else NEVER
            file.digest = digest(content) if saved else None
            root.trouble = None
            root.rows.pop(_name(root, document.path), None)
            root.rows.update(by_path(run.rows))
            session.settle(file, lines, anchors, [a for a in file.anchors if a.finding.fingerprint in kept])
        return run.summary(document.path.name, shown, "Nothing changed since the last commit")

    async def _kept(self, desk: Desk, found: tuple[Anchor, ...], *, free: bool) -> set[str]:
        """Which earlier findings to keep: none is lost by a bad answer, or by a look that was cheaper than theirs.

        While one types, stale ones wait for an undo as well.
        """
        known = {anchor.finding.fingerprint for anchor in found}
        earlier = [anchor for anchor in self._file.anchors if anchor.finding.fingerprint not in known]
        if not self._run.failed:
            earlier = [
                anchor
                for anchor in earlier
                if (self._occasion is None and anchor.at is None)
                or (free and anchor.finding.reviewer != EMBEDDED)
            ]
        if not earlier:
            return set()
        chosen = await asyncio.to_thread(desk.choose, [anchor.finding for anchor in earlier])
        return {finding.fingerprint for finding in chosen}


def _content(text: str, path: Path) -> tuple[bytes, bool]:
    """What saving ``text`` would write, and whether that is what the file holds."""
    content = as_saved(text, path)
    try:
        return content, path.read_bytes() == content
    except OSError:
        return content, False


def _saved(text: str, path: Path, content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """What the file holds, and its lines as the editor of ``text`` shows them; ``content`` where it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError:
        return content, tuple(split(text))
    return content, tuple(split(as_shown(content, text)))


def _name(root: Root, path: Path) -> str:
    """``path`` as seen from the root, with forward slashes; both are as their editor writes them."""
    return path.relative_to(root.path).as_posix()
