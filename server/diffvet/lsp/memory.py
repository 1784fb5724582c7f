"""What was found outlives the server: it is kept in the store, and shown again where nothing changed meanwhile.

Kept is what was found in saved text, each file with a digest of that text. A file that reads differently now, or any
file once HEAD moved, is left to the next review; so nothing comes back on a wrong line.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import astuple
from hashlib import blake2b
from pathlib import Path

from diffvet.lsp.anchors import Anchor, Origin
from diffvet.lsp.document import Document, as_text, split
from diffvet.lsp.reviewed import ReviewedFile
from diffvet.lsp.reviewers import Desk
from diffvet.lsp.roots import Root, Scope
from diffvet.lsp.session import Session
from diffvet.lsp.watch import git_folder, look
from diffvet.report import kept
from diffvet.review.discreet import hide
from diffvet.review.events import Review
from diffvet.review.finding import Finding
from diffvet.review.ledger import LedgerRow

VERSION = 1

PAUSE = 2.0
"""Seconds after the last news of a root until it is written down."""


def digest(content: bytes) -> str:
    """What tells one content of a file from another."""
    return blake2b(content, digest_size=16).hexdigest()


_Found = tuple[Finding, tuple[int, int], Origin]
"""A finding, its first and last line as LSP counts, and where it came from."""


class Memory:
    """Writes down what is known of the roots of ``session``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: dict[Root, asyncio.TimerHandle] = {}
        self._written: dict[Root, str] = {}

    def of(self, root: Root) -> None:
        """Something about ``root`` may be new."""
        if timer := self._waiting.pop(root, None):
            timer.cancel()
        self._waiting[root] = asyncio.get_running_loop().call_later(PAUSE, self._write, root)

    def stop(self) -> None:
        """Write down what waits to be."""
        for root in tuple(self._waiting):
            self._waiting[root].cancel()
            self._write(root)

    def _write(self, root: Root) -> None:
        self._waiting.pop(root, None)
        desk = self._session.reviewers.opened(root.path)
        text = _rendered(self._session, root)
        if desk is None or desk.remember is None or root.running or self._written.get(root, "") == text:
            return
        if text or root in self._written:
            self._written[root] = text
            desk.remember(text)


def _rendered(session: Session, root: Root) -> str:
    """What is found in saved text; "" where that is nothing. A file whose name holds a secret is not written down."""
    saved = [
        file for file in session.files_of(root) if file.digest and file.reviewed == file.document.edition
    ]
    paths = {file: _path(root, file) for file in saved}
    files = [file for file in saved if hide(paths[file]) == paths[file]]
    anchors = [(file, anchor) for file in files for _, anchor in file.standing if anchor.origin]
    if not anchors:
        return ""
    findings = tuple(anchor.finding for _, anchor in anchors)
    return json.dumps(
        {
            "version": VERSION,
            "head": look(git_folder(root.path)).head,
            "against": root.against,
            "wide": root.wide,
            "digests": {paths[file]: file.digest for file in files},
            "paths": [paths[file] for file, _ in anchors],
            "spans": [anchor.span for _, anchor in anchors],
            "origins": [astuple(anchor.origin) for _, anchor in anchors if anchor.origin],
            "review": kept.render(Review("worktree", root.base, None, findings, _rows(root, files))),
        }
    )


def _path(root: Root, file: ReviewedFile) -> str:
    return file.document.path.relative_to(root.path).as_posix()


def _rows(root: Root, files: list[ReviewedFile]) -> tuple[LedgerRow, ...]:
    paths = {anchor.finding.path for file in files for anchor in file.anchors}
    return tuple(row for path in sorted(paths) for row in root.rows.get(path, ()))


async def restore(session: Session, root: Root, desk: Desk) -> None:
    """Show what was known of ``root`` when the last server ended, once, where it still holds."""
    if root.restored or desk.recall is None:
        return
    root.restored = True
    text = await asyncio.to_thread(desk.recall)
    if not text:
        return
    try:
        said = json.loads(text)
        if said["version"] != VERSION or tuple(said["head"]) != look(git_folder(root.path)).head:
            return
        review = kept.read(said["review"])
        origins = [Origin(tuple(new), tuple(old), *rest) for new, old, *rest in said["origins"]]
        wide = Scope(said["wide"]) if said["wide"] else None
        spans = [(int(first), int(last)) for first, last in said["spans"]]
        findings = review.findings if review else ()
        found = list(zip(said["paths"], findings, spans, origins, strict=True))
        digests = dict(said["digests"])
    except (ValueError, TypeError, KeyError):
        return
    chosen = {one.fingerprint for one in await asyncio.to_thread(desk.choose, [one for _, one, *_ in found])}
    root.wide = root.wide or wide
    for path, known in digests.items():
        here = [
            (one, span, origin) for at, one, span, origin in found if at == path and one.fingerprint in chosen
        ]
        content = await asyncio.to_thread(_unchanged, root.path / path, known)
        if here and content is not None:
            _show(session, root, root.path / path, content, here)
    for row in review.ledger if review else ():
        root.rows.setdefault(row.path, ())
        if row not in root.rows[row.path]:
            root.rows[row.path] += (row,)


def _unchanged(path: Path, known: str) -> bytes | None:
    """What the file holds, None unless it is what it held."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content if digest(content) == known else None


def _show(session: Session, root: Root, path: Path, content: bytes, found: Sequence[_Found]) -> None:
    file, lines = session.files.get(path), split(as_text(content))
    if file is None:
        document = Document(path.as_uri(), path, 0, lines)
        file = session.files[path] = ReviewedFile(
            document, root, is_open=False, digest=digest(content), reviewed=0
        )
    elif file.anchors or file.document.lines != lines:
        return
    file.anchors = tuple(Anchor.on(finding, lines, *span, origin) for finding, span, origin in found)
    session.show(file)
