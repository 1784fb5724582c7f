"""What is reviewed again when HEAD or the index of a root moved: a commit, a checkout, ``git add``."""

from diffvet.diff.source import Against
from diffvet.lsp.document import as_text
from diffvet.lsp.reviewed import ReviewedFile
from diffvet.lsp.reviewers import Asks
from diffvet.lsp.reviews import BURST, request_review, start_review
from diffvet.lsp.roots import Root, Scope
from diffvet.lsp.session import Session
from diffvet.lsp.watch import git_folder, under_way
from diffvet.lsp.wide import start_wide_review


def refresh(session: Session, root: Root, head: bool) -> None:
    """Review ``root`` again. ``head``: HEAD moved; else only the index did, which matters where it is compared with.

    A model is asked about saved, open files as when they are opened, and never in the middle of a rebase.
    """
    desk = session.reviewers.opened(root.path)
    against = root.against or (desk.against if desk else Against.HEAD)
    if not head and against is not Against.INDEX and root.wide is not Scope.STAGED:
        return
    again(session, root, None if under_way(git_folder(root.path)) else Asks.OPEN)


def again(session: Session, root: Root, occasion: Asks | None) -> None:
    """Review all of ``root`` that was reviewed. What is open on ``occasion`` (None: nothing is spent), the rest for nothing."""
    if root.wide not in (None, Scope.COMMIT):
        start_wide_review(session, root, root.wide, occasion=None)
    for file in session.files_of(root):
        if file.is_open and occasion is not None:
            request_review(session, file, occasion)
        elif file.is_open:
            _follow(session, file)
        elif root.wide in (None, Scope.COMMIT):
            _refresh_closed(session, file)


def _follow(session: Session, file: ReviewedFile) -> None:
    """Review ``file`` for nothing, after a running review that may cost something: what it asked for is paid."""
    if file.job and file.paid:
        file.wait("again", BURST, lambda: _follow(session, file))
    else:
        start_review(session, file, None)


def _refresh_closed(session: Session, file: ReviewedFile) -> None:
    """Review a file nobody has open as it is on the disk now; one that is gone has no findings."""
    try:
        content = file.document.path.read_bytes()
    except OSError:
        file.anchors = ()
        session.show(file)
        session.forget(file)
        return
    session.renew(file, as_text(content))
    start_review(session, file, None)
