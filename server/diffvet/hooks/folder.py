"""Where git looks for the hooks of a repository, and whether that place may be written to.

``core.hooksPath`` may be the user's word (global, system) or the repository's (local, worktree). The
repository's is heeded within the repository only: a folder that was unpacked with its ``.git`` must not make
Diffvet write an executable file anywhere else.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from diffvet.diff.git import Git
from diffvet.diff.repository import Repository
from diffvet.errors import UsageError

_OWN = frozenset((b"local", b"worktree"))


@dataclass(frozen=True, slots=True)
class HooksFolder:
    """``path`` is where git looks now, ``usual`` where it looks when nobody says otherwise.

    ``said`` is who named ``path``, in words ("" where nobody did); ``shared`` that it serves every repository
    of the user; ``within`` that it lies in the work tree; ``outside`` that the repository itself points out of
    the repository.
    """

    path: Path
    usual: Path
    said: str = ""
    shared: bool = False
    within: bool = False
    outside: bool = False

    @property
    def off(self) -> bool:
        """Whether git runs no hooks at all."""
        return str(self.path) == os.devnull

    def require(self, named: Path | None = None) -> None:
        """Refuse a place that may not be written to; ``named`` is the folder the user agrees to.

        Raises ``UsageError`` with the way out.
        """
        if named is not None and named.resolve() != self.path.resolve():
            raise UsageError(
                f"git looks for hooks in {self.path}, not in {named}; a hook there would never run"
            )
        if self.off:
            raise UsageError(f"hooks are switched off: core.hooksPath is {os.devnull} in {self.said}")
        if self.outside and named is None:
            by = self.said or "a link in the git directory"
            raise UsageError(
                f"{by} leads out of the repository, to {self.path}; if that is meant, say so with --hooks-path {self.path}"
            )


def hooks_folder(repository: Repository) -> HooksFolder:
    """The folder for ``repository``, which has a work tree; raises ``GitError``."""
    git = repository.git
    common = repository.root / os.fsdecode(git.run(["rev-parse", "--git-common-dir"]).removesuffix(b"\n"))
    homes = (common.resolve(), repository.root.resolve())
    usual = common.absolute() / "hooks"
    scope, origin, value = _said(git)
    if not value:
        return HooksFolder(usual, usual, outside=not _is_in(usual, homes))
    path = repository.root / os.fsdecode(value)
    own = scope in _OWN
    return HooksFolder(
        path,
        usual,
        said=f"core.hooksPath in {os.fsdecode(origin).removeprefix('file:')} ({scope.decode('ascii', 'replace')})",
        shared=not own,
        within=_is_in(path, homes[1:]),
        outside=own and not _is_in(path, homes),
    )


def _said(git: Git) -> tuple[bytes, bytes, bytes]:
    """Scope, origin and value of ``core.hooksPath``; the last one said counts, ours on the command line does not."""
    flags = ("--null", "--show-scope", "--show-origin", "--type=path", "--get-all")
    fields = git.run(["config", *flags, "core.hooksPath"], ok=(0, 1)).split(b"\0")
    said = [
        entry
        for entry in zip(fields[0::3], fields[1::3], fields[2::3], strict=False)
        if entry[0] != b"command"
    ]
    return said[-1] if said else (b"", b"", b"")


def _is_in(path: Path, homes: tuple[Path, ...]) -> bool:
    return any(path.resolve().is_relative_to(home) for home in homes)
