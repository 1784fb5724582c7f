"""Reviews of more than one file: the working tree, what is staged, the branch, a commit.

What is found is shown file by file as it comes, open or not; when all is reviewed, files in which nothing was found
any more are cleared.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing, closing
from pathlib import Path

from diffvet.diff.git import Git
from diffvet.diff.model import Status
from diffvet.diff.section import FileSection
from diffvet.diff.source import Against, Base, Range, Source, Staged, Worktree
from diffvet.diff.turn import Turn
from diffvet.errors import DiffvetError
from diffvet.lsp.compare import difference
from diffvet.lsp.document import Document, as_text, split
from diffvet.lsp.following import followed
from diffvet.lsp.memory import digest, restore
from diffvet.lsp.placing import EMBEDDED, in_words_of, placed
from diffvet.lsp.progress import Progress
from diffvet.lsp.reviewed import ReviewedFile
from diffvet.lsp.reviewers import Asks, Desk
from diffvet.lsp.roots import Root, Scope
from diffvet.lsp.run import Run, by_path
from diffvet.lsp.session import Session
from diffvet.review.finding import Finding

LARGEST = 16 << 20
"""Bytes of a file that is shown though no editor has it open."""

TITLES = {
    Scope.WORKTREE: "the working tree",
    Scope.STAGED: "what is staged",
    Scope.BRANCH: "the branch",
    Scope.COMMIT: "the commit",
}


def start_wide_review(
    session: Session, root: Root, scope: Scope, commit: str = "HEAD", occasion: Asks | None = Asks.COMMAND
) -> str:
    """Start reviewing ``scope`` of ``root`` in place of its running review; the job's id.

    Without an ``occasion`` nothing is spent and nothing is said.
    """
    quiet = occasion is None

    async def work(progress: Progress) -> str:
        try:
            with closing(Run(session, root, progress, quiet=quiet)) as run:
                return await _WideRun(session, root, run, occasion).carry_out(scope, commit)
        except DiffvetError as error:
            root.trouble = str(error)
            raise

    def after(job: str) -> None:
        session.worked(root, job)
        if root.wide_job == job:
            root.wide_job = None

    title = f"Diffvet: reviewing {TITLES[scope]} of {root.name}"
    tell = session.tell if occasion is Asks.COMMAND else None
    root.wide = scope
    root.wide_job = session.jobs.start(
        title, work, quiet=quiet, instead_of=root.wide_job, tell=tell, after=after
    )
    if not quiet:
        session.working(root, root.wide_job, 0, 0)
    return root.wide_job


def source_of(scope: Scope, commit: str, against: Against) -> Source:
    """What ``scope`` compares."""
    match scope:
        case Scope.STAGED:
            return Staged()
        case Scope.BRANCH:
            return Base(None)
        case Scope.COMMIT:
            return Range(commit)
        case _:
            return Worktree(against=against)


class _WideRun:
    """One such review."""

    def __init__(self, session: Session, root: Root, run: Run, occasion: Asks | None) -> None:
        self._session = session
        self._root = root
        self._occasion = occasion
        self._run = run
        self._shown: dict[str, tuple[Finding, ...]] = {}

    async def carry_out(self, scope: Scope, commit: str) -> str:
        """Review, show what is found as it comes, and say how it went."""
        session, root, run = self._session, self._root, self._run
        desk = await session.desk_of(root)
        await restore(session, root, desk)
        source = source_of(scope, commit, root.against or desk.against)
        reviewer = desk.reviewer_at(self._occasion)
        async with aclosing(run.review(source, reviewer, staged=scope is Scope.STAGED)) as settled:
            async for event in settled:
                await self._show(desk, event.path, await asyncio.to_thread(desk.choose, event.findings))
        root.caps = await asyncio.to_thread(desk.budget)
        chosen = await asyncio.to_thread(desk.choose, run.findings)
        by_file: dict[str, list[Finding]] = {path: [] for path in run.sections}
        for finding in chosen:
            by_file[finding.path].append(finding)
        for path, findings in by_file.items():  # a limit for all files together may have left some out
            if set(findings) != set(self._shown.get(path, ())):
                await self._show(desk, path, findings)
        if root.wide_job == run.token:
            self._conclude()
        return run.summary(f"{root.name}: {TITLES[scope]}", chosen, "Nothing changed")

    async def _show(self, desk: Desk, path: str, findings: Sequence[Finding]) -> None:
        """Show the ``findings`` of one file where its lines are now."""
        session, run = self._session, self._run
        self._shown[path] = tuple(findings)
        section = run.sections.get(path)
        place = self._root.path / path
        if section is None or (not findings and place not in session.files):
            return
        lines = await asyncio.to_thread(_lines, self._root, run.turn, section)
        disk, known = await asyncio.to_thread(_on_disk, place)
        anchors = await asyncio.to_thread(placed, findings, lines, run.sections, run.ends)
        kept = await self._kept(desk, path, findings)
        if self._root.wide_job != run.token:
            return
        file = session.files.get(place)
        if file is None or not file.is_open:
            anchors = followed(anchors, lines, difference(lines, disk))
            file = self._closed(place, file, disk, gone=section.status is Status.DELETED)
        elif file.job is not None:
            return  # the review of the text in the editor has the word
        else:
            anchors = followed(anchors, lines, difference(lines, file.document.lines))
        if desk.reviewer_at(self._occasion) is not desk.reviewer:
            anchors = in_words_of(file.anchors, anchors)
        saved = section.new_blob is None and file.document.lines == disk
        file.digest, file.reviewed = (
            known if saved else None,
            file.document.edition if saved else file.reviewed,
        )
        file.take(anchors, [a for a in file.anchors if a.finding.fingerprint in kept])
        session.show(file)

    def _closed(
        self, place: Path, known: ReviewedFile | None, lines: list[str], *, gone: bool
    ) -> ReviewedFile:
        """The file at ``place``, which no editor has open, as it is on the disk."""
        if known is not None:
            self._session.renew(known, "".join(lines))
            known.is_gone = gone
            return known
        document = Document(place.as_uri(), place, 0, list(lines))
        file = ReviewedFile(document, self._root, is_open=False, is_gone=gone)
        self._session.files[place] = file
        return file

    async def _kept(self, desk: Desk, path: str, found: Sequence[Finding]) -> set[str]:
        """The earlier findings of a file that was not reviewed whole, or by a cheaper reviewer than they were."""
        file = self._session.files.get(self._root.path / path)
        known = {finding.fingerprint for finding in found}
        failed = any(row.path == path for row in self._run.failed)
        free = desk.reviewer_at(self._occasion) is not desk.reviewer
        earlier = [
            anchor.finding
            for anchor in (file.anchors if file else ())
            if anchor.finding.fingerprint not in known
            and (failed or (free and anchor.finding.reviewer != EMBEDDED))
        ]
        chosen = await asyncio.to_thread(desk.choose, earlier) if earlier else ()
        return {finding.fingerprint for finding in chosen}

    def _conclude(self) -> None:
        """All was reviewed: the ledger is this one's, and other files have no findings any more."""
        session, root, run = self._session, self._root, self._run
        root.trouble = None
        own = {
            path: rows
            for path, rows in root.rows.items()
            if (f := session.files.get(root.path / path)) and f.is_open
        }
        root.rows = own | by_path(run.rows)
        for file in session.files_of(root):
            if file.is_open:
                continue
            if file.document.path.relative_to(root.path).as_posix() not in run.sections:
                file.anchors = ()
                session.show(file)
            if not file.anchors:
                session.forget(file)
        session.news(root)


def _lines(root: Root, turn: Turn, section: FileSection) -> list[str]:
    """The text of the new side, as LSP counts lines."""
    if section.status is Status.DELETED:
        return [""]
    if section.new_blob is None:
        return _on_disk(root.path / section.path)[0]
    git = Git.at(root.path, turn).pinned()
    return split(as_text(git.run(["cat-file", "--filters", f"--path={section.path}", section.new_blob])))


def _on_disk(path: Path) -> tuple[list[str], str | None]:
    """The lines of a file, and the digest of its content; nothing of one that is too large or cannot be read."""
    try:
        if path.is_symlink() or path.stat().st_size > LARGEST:
            return [""], None
        content = path.read_bytes()
    except OSError:
        return [""], None
    return split(as_text(content)), digest(content)
