"""Where the repository is, and what its revisions are called in full."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from diffvet.diff.git import Git
from diffvet.diff.turn import Turn
from diffvet.errors import GitError

_OBJECT = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")
_BRANCH = re.compile(r"[A-Za-z0-9_][\w./+-]*", re.ASCII)
_DEFAULTS = ("HEAD", "main", "master")
_DEEPEN = "git fetch --unshallow"


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository; ``git`` is asked from ``root``, its top directory (the git directory of a bare one)."""

    git: Git
    root: Path
    bare: bool
    shallow: bool

    @classmethod
    def find(cls, directory: Path, turn: Turn | None = None) -> "Repository":
        """The repository that ``directory`` is in; ``GitError`` if there is none that git will read.

        For ``turn`` see ``Git``.
        """
        git = Git.at(directory, turn)
        git.require_version()
        asked = [
            "--is-inside-git-dir",
            "--is-bare-repository",
            "--is-inside-work-tree",
            "--is-shallow-repository",
            "--show-toplevel",
        ]
        try:
            answer = git.run(["rev-parse", *asked], ok=(0, 128))
            if not answer:
                git.run(["rev-parse", "--git-dir"])
        except GitError as error:
            if "not a git repository" in str(error):
                raise GitError(f"not inside a git repository: {os.path.realpath(directory)}") from error
            raise
        at_home, bare, inside, shallow, top = [*answer.split(b"\n", 4), b"", b"", b"", b""][:5]
        root = Path(os.fsdecode(top.removesuffix(b"\n"))) if inside == b"true" else directory
        elsewhere = (
            at_home != b"true" if inside != b"true" else not (git.hook or os.path.lexists(root / ".git"))
        )
        if bare != b"true" and elsewhere:
            raise GitError(
                "this repository's working tree is elsewhere (core.worktree in its configuration); "
                "remove that setting, or name a range of commits in a plain clone"
            )
        if bare != b"true" and inside != b"true":
            raise GitError(f"inside the git directory, not in a working tree: {os.path.realpath(directory)}")
        return cls(git.moved(root), root, bare == b"true", shallow == b"true")

    def require_worktree(self) -> None:
        """Refuse a bare repository: it has neither index nor working tree."""
        if self.bare:
            raise GitError(
                "a bare repository has no index and no working tree; name a range of commits instead"
            )

    def head(self) -> str | None:
        """The full name of the commit that HEAD points at; None when there is no commit yet."""
        return self._verify("HEAD^{commit}")

    def commit(self, revision: str) -> str:
        """The full name of the commit ``revision``."""
        found = self._verify(revision + "^{commit}")
        if found is None:
            raise self._unknown(revision)
        return found

    def tree_or_commit(self, revision: str) -> str:
        """The full name of the commit or, failing that, the tree that ``revision`` means."""
        found = self._verify(revision + "^{commit}") or self._verify(revision + "^{tree}")
        if found is None:
            raise self._unknown(revision)
        return found

    def first_parent(self, commit: str) -> str:
        """The first parent of ``commit``, or the empty tree for a root commit."""
        parent = self._verify(commit + "^1")
        if parent is not None:
            return parent
        if self.parents(commit):
            raise GitError(
                f"the parent of {commit[:12]} is not in this shallow clone; run 'git fetch --deepen=1'",
            )
        return self.empty_tree()

    def parents(self, commit: str) -> list[str]:
        """The full names of the parents that ``commit`` names, whether they are here or not."""
        header = self.git.run(["cat-file", "commit", commit]).partition(b"\n\n")[0]
        lines = header.split(b"\n")
        return [line[7:].decode("ascii") for line in lines if line.startswith(b"parent ")]

    def content(self, commit: str, path: str) -> bytes | None:
        """What the file ``path`` (from the root) holds in ``commit``; None where it has no such file."""
        return self.git.answers(["cat-file", "blob", f"{commit}:{path}"])

    def merge_base(self, one: str, other: str, *, names: tuple[str, str]) -> str:
        """The full name of the commit where two lines of history part."""
        out = self.git.answers(["merge-base", one, other])
        if out:
            return out.split(b"\n")[0].decode("ascii")
        if self.shallow:
            raise GitError(
                f"'{names[0]}' and '{names[1]}' have no common commit in this shallow clone; run '{_DEEPEN}'",
            )
        raise GitError(f"'{names[0]}' and '{names[1]}' have no common commit; name the range as A..B instead")

    def known_commits(self, names: Sequence[str]) -> list[str]:
        """Those of ``names`` (of commits, or of tags on them) that are here, as commits."""
        return [found for name in names if (found := self._verify(name + "^{commit}"))]

    def has_remote(self, name: str) -> bool:
        """Whether ``name`` is a configured remote (not an address)."""
        return name.encode("utf-8", "surrogateescape") in self.git.run(["remote"]).split(b"\n")

    def default_branch(self, tracked: str) -> str | None:
        """The commit of the default branch among the tracking refs below ``tracked`` (``refs/remotes/origin/``)."""
        return next(filter(None, (self._verify(f"{tracked}{name}^{{commit}}") for name in _DEFAULTS)), None)

    def trunk(self) -> str:
        """The commit of the default branch: the one of ``origin``, else a local ``main`` or ``master``."""
        found = self.default_branch("refs/remotes/origin/") or next(
            filter(None, (self._verify(f"refs/heads/{name}^{{commit}}") for name in _DEFAULTS[1:])), None
        )
        if found is None:
            raise GitError(
                "there is no default branch here (origin/HEAD, main or master); name a base instead"
            )
        return found

    def beyond(self, head: str, known: Sequence[str]) -> tuple[bool, list[str]]:
        """Whether ``head`` has commits that are not in ``known`` (revisions, ``--glob=...``), and where they leave it."""
        out = self.git.run(["rev-list", "--boundary", "--topo-order", head, "--not", *known])
        names = out.decode("ascii").split()
        leaves = [name[1:] for name in names if name.startswith("-")]
        return len(leaves) < len(names), leaves

    def under_way(self, *files: str) -> list[Path]:
        """Those of ``files`` in the git directory (``MERGE_HEAD``, ``rebase-merge``) that are there."""
        asked = [word for name in files for word in ("--git-path", name)]
        lines = self.git.run(["rev-parse", *asked]).split(b"\n")
        return [path for line in lines if line and (path := self.root / os.fsdecode(line)).exists()]

    def empty_tree(self) -> str:
        """The name of the tree without files (it depends on the repository's hash)."""
        return self.git.run(["hash-object", "-t", "tree", "--stdin"], stdin=b"").decode("ascii").strip()

    def pathspec(self, directory: Path, path: str) -> str:
        """``path``, given from ``directory``, as seen from the root, with forward slashes."""
        whole = Path(directory, path)
        name = "" if whole.name in ("", "..") else whole.name
        place = os.path.join(os.path.realpath(whole.parent if name else whole), name)  # noqa: PTH118 - "" keeps the slash off
        relative = os.path.relpath(place, os.path.realpath(self.root))
        if relative == os.pardir or relative.startswith(os.pardir + os.sep) or Path(relative).is_absolute():
            raise GitError(f"'{path}' is outside the repository at {self.root}")
        return relative.replace(os.sep, "/")

    def knows(self, spec: str, revisions: Sequence[str]) -> bool:
        """Whether ``spec`` (from the root) exists in the working tree, the index or a revision."""
        if spec == "." or (not self.bare and os.path.lexists(self.root / spec)):
            return True
        if not self.bare and self.git.run(["ls-files", "-z", "--", spec]):
            return True
        return any(self.git.run(["ls-tree", "-z", "--full-tree", name, "--", spec]) for name in revisions)

    def _verify(self, revision: str) -> str | None:
        out = self.git.answers(["rev-parse", "--verify", "--quiet", "--end-of-options", revision])
        name = b"" if out is None else out.strip()
        # "^A" resolves too, to a name that means "without A"
        return name.decode("ascii") if _OBJECT.fullmatch(name) else None

    def _unknown(self, revision: str) -> GitError:
        hint = ""
        if self._verify(f"refs/remotes/origin/{revision}^{{commit}}"):
            hint = f"; did you mean 'origin/{revision}'?"
        elif not self.bare and os.path.lexists(self.root / revision):
            hint = f"; to name a path, write: -- {revision}"
        elif fetch := self._fetch(revision):
            hint = f"; if it is a branch, bring it with '{fetch}'"
        elif self.shallow:
            hint = f"; this clone is shallow, '{_DEEPEN}' brings the rest of its history"
        return GitError(f"unknown revision '{revision}'{hint}")

    def _fetch(self, revision: str) -> str:
        """The command that would bring the branch ``revision`` (perhaps ``origin/NAME``); "" where it is no name of one."""
        remotes = self.git.run(["remote"]).decode("utf-8", "replace").split()
        first, _, rest = revision.partition("/")
        remote, branch = (first, rest) if first in remotes else ("".join(remotes[:1]), revision)
        if not remote or _OBJECT.fullmatch(branch.encode()) or not _BRANCH.fullmatch(branch):
            return ""
        deep = "--unshallow " if self.shallow else ""
        named = "" if remote == first else f"' and name it '{remote}/{branch}"
        return f"git fetch {deep}{remote} {branch}:refs/remotes/{remote}/{branch}{named}"
