"""A cheap look at a working tree or an index: two looks are equal as long as nothing that is compared changed.

One git process that writes nothing, and the times of the files it names. No text is read.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from diffvet.diff.git import Git
from diffvet.diff.repository import Repository
from diffvet.errors import GitError

_INDEX = ("diff", "--cached", "--raw", "-z", "--no-renames", "--abbrev=64", "--ignore-submodules=dirty")
_TREE = (
    "status",
    "--porcelain=v2",
    "-z",
    "--branch",
    "--untracked-files=all",
    "--no-renames",
    "--ignore-submodules=dirty",
)
_FIELDS = {b"1": 8, b"u": 10, b"?": 1}
"""Words before the path of an entry, by its kind (git-status, "Porcelain Format Version 2")."""


@dataclass(frozen=True, slots=True)
class Glance:
    """Looks at the repository of ``git``: its index if ``staged``, else its working tree.

    ``files`` are others whose change counts, existing or not.
    """

    git: Git
    staged: bool
    files: tuple[Path, ...]

    @classmethod
    def at(
        cls, directory: Path, *, staged: bool, beside: Sequence[str] = (), elsewhere: Sequence[Path] = ()
    ) -> "Glance":
        """For the repository that ``directory`` is in; ``beside`` names files at its root. Raises ``GitError``."""
        repository = Repository.find(directory)
        repository.require_worktree()
        git = repository.git.pinned()
        return cls(git, staged, (*(repository.root / name for name in beside), *elsewhere))

    def look(self) -> object:
        """What there is to see now; a git that says no (it is busy) is something to see as well."""
        seen: list[object] = [_facts(path) for path in self.files]
        try:
            if self.staged:
                return [*seen, self.git.answers(["rev-parse", "HEAD"]), self.git.run(_INDEX)]
            said = self.git.run(_TREE)
        except GitError as error:
            return [*seen, str(error)]
        return [*seen, said, [_facts(self.git.directory / path) for path in _paths(said)]]


def _paths(said: bytes) -> Iterator[str]:
    for entry in said.split(b"\0"):
        count = _FIELDS.get(entry[:1])
        if count is not None:
            yield os.fsdecode(entry.split(b" ", count)[-1])


def _facts(path: Path) -> tuple[int, int, int, int] | None:
    try:
        found = path.lstat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
