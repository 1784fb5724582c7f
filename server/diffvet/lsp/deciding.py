"""The user decides about a finding: a job that writes the decision down and shows what follows from it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from diffvet.diff.author import author
from diffvet.lsp.anchors import Anchor
from diffvet.lsp.decisions import Decisions
from diffvet.lsp.progress import Progress
from diffvet.lsp.reviewed import ReviewedFile
from diffvet.lsp.reviewers import Desk
from diffvet.lsp.roots import Root
from diffvet.lsp.session import Session
from diffvet.review.finding import Finding, State

Act = Callable[[Decisions, Finding, str, str], None]
"""Writes down a decision about a finding, with its reason and who decided."""


def decide(session: Session, file: ReviewedFile, anchor: Anchor, act: Act, reason: str) -> str | None:
    """Carry out ``act`` on the finding of ``anchor``; the job's id, None where nothing can be decided."""
    root = file.root
    if root is None:
        return None

    async def work(_: Progress) -> str:
        desk = await session.reviewers.at(root.path)
        if desk.decisions is not None:
            by = await asyncio.to_thread(author, root.path, root.turn())
            try:
                await asyncio.to_thread(act, desk.decisions, anchor.finding, reason, by)
            finally:  # what could not be written down holds all the same, in this process
                await judge_again(session, root, desk)
        return "Done"

    return session.jobs.start("Diffvet: writing it down", work, tell=session.tell)


async def judge_again(session: Session, root: Root, desk: Desk) -> None:
    """Show the findings of ``root`` as dismissals and baseline have it now."""
    findings = [anchor.finding for file in session.files_of(root) for anchor in file.anchors]
    chosen = await asyncio.to_thread(desk.choose, [_open(finding) for finding in findings])
    now = {(finding.path, finding.fingerprint): finding for finding in chosen}
    for file in session.files_of(root):
        before = file.anchors
        file.anchors = tuple(
            anchor if anchor.finding == found else replace(anchor, finding=found)
            for anchor in before
            if (found := now.get((anchor.finding.path, anchor.finding.fingerprint)))
        )
        if file.anchors != before:
            session.show(file)


def _open(finding: Finding) -> Finding:
    return replace(finding, state=State.OPEN)
