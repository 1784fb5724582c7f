"""What a push brings: the lines git gives a ``pre-push`` hook, and what the remote does not have yet."""

from dataclasses import dataclass

from diffvet.diff.repository import Repository
from diffvet.errors import GitError

REMOTES = "refs/remotes/"


@dataclass(frozen=True, slots=True)
class PushedRef:
    """One ref of a push. ``local`` and ``remote`` are names of refs, ``new`` and ``old`` of objects.

    Git writes zeros for an object that is not there: ``new`` of a ref that is deleted, ``old`` of a new one.
    """

    local: str
    new: str
    remote: str
    old: str


def read_refs(text: str) -> list[PushedRef]:
    """The lines ``<local ref> <local object> <remote ref> <remote object>``; raises ``GitError`` for others."""
    refs = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.rsplit(" ", 3)  # a local ref may be any expression: "HEAD@{1 day ago}"
        if len(words) != 4 or not all(words):
            raise GitError(
                f"line {number} of what is pushed is not '<local ref> <object> <remote ref> <object>'"
            )
        refs.append(PushedRef(*words))
    return refs


def is_zero(name: str) -> bool:
    """Whether ``name`` is git's way to write that there is no object."""
    return not name.strip("0")


def ends(repository: Repository, pushed: PushedRef, remote: str) -> tuple[str, str] | None:
    """The two full names to compare for ``pushed``; None where it brings nothing: a deletion, or all is there.

    ``remote`` is the name of the remote, or its address. The base is where the new commits leave what the
    remote is known to have: its tracking branches, and the ref as it was. Where they leave it in several places
    (the branch merged others), the merge base with the remote's default branch is taken; where in none, nothing
    is there yet and all of it is new. Raises ``GitError``.
    """
    if is_zero(pushed.new):
        return None
    head = repository.commit(pushed.new)
    known = [] if is_zero(pushed.old) else repository.known_commits([pushed.old])
    tracked = f"{REMOTES}{remote}/" if repository.has_remote(remote) else REMOTES
    news, leaves = repository.beyond(head, [*known, f"--glob={tracked}*"])
    if not news:
        return None
    if len(leaves) > 1:
        default = repository.default_branch(tracked)
        middle = repository.git.answers(["merge-base", head, default]) if default else None
        wanted = (middle or b"").decode("ascii").strip()
        leaves = [wanted] if wanted in leaves else [name for name in known if name in leaves] or leaves
    return (leaves[0] if leaves else repository.empty_tree()), head
