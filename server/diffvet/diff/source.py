"""What to compare, and the stream of sections that comes of it.

``open_source(spec, directory)`` looks up what must exist (repository, revisions), raising one-sentence
``DiffError``s, and returns a :class:`DiffStream`; the text itself is read when its sections are.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from diffvet.diff.git import Git
from diffvet.diff.neutral import DIFF_FLAGS
from diffvet.diff.quoting import to_text
from diffvet.diff.repository import Repository
from diffvet.diff.section import UNMERGED, FileSection, GitReader
from diffvet.diff.turn import Turn
from diffvet.diff.undiffed import with_reasons
from diffvet.errors import GitError


class Against(StrEnum):
    """What the working tree, or a buffer, is compared with."""

    HEAD = "head"
    """The last commit; nothing before the first."""
    INDEX = "index"
    """What is staged: so only what is not."""
    BRANCH = "branch"
    """The commit where HEAD left the default branch (the remote's, else ``main`` or ``master``)."""


@dataclass(frozen=True, slots=True)
class Staged:
    """The index against HEAD (against nothing before the first commit). Never the working tree.

    ``paths`` limit the comparison here and below: names of files or directories, taken literally,
    relative to the directory the source is opened in. Empty: everything. ``resolution`` limits it, while a
    merge is under way, to the files that are as none of the sides has them: the others were reviewed there.
    """

    paths: tuple[str, ...] = ()
    resolution: bool = False


@dataclass(frozen=True, slots=True)
class Worktree:
    """The working tree, untracked (but not ignored) files included, ``against`` HEAD or something else."""

    paths: tuple[str, ...] = ()
    against: Against = Against.HEAD


@dataclass(frozen=True, slots=True)
class Base:
    """What the commits of HEAD add to ``ref``: the merge base of both against HEAD, as in a pull request.

    Uncommitted work is not part of it. Without ``ref`` it is the default branch.
    """

    ref: str | None
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Range:
    """``A..B`` compares the two, ``A...B`` their merge base with B, a single commit with its first parent.

    A side left out is HEAD. A root commit is compared with nothing; of a merge commit this shows what
    it brought to the branch that was merged into.
    """

    text: str
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stdin:
    """A unified diff, read from ``stream`` (bytes); needs no repository."""

    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class Buffer:
    """``content`` as it would be saved to ``path``, ``against`` HEAD or something else. At most one section.

    Nothing comes of a file that is ignored, or outside the repository.
    """

    path: Path
    content: bytes
    against: Against = Against.HEAD


Source = Staged | Worktree | Base | Range | Stdin | Buffer


@dataclass(frozen=True, slots=True)
class DiffStream:
    """An opened source. ``kind`` is one of staged, worktree, range, commit, stdin, buffer.

    ``base`` and ``head`` are full object names where there are any (the index and the working tree have
    none). Each call of ``sections`` reads anew (standard input can be read once).
    """

    kind: str
    base: str | None
    head: str | None
    root: Path | None
    read: Callable[[], Iterator[FileSection]]

    def sections(self) -> Iterator[FileSection]:
        """The changed files, lazily; broken text or a failing git raises on the way."""
        return self.read()

    def __iter__(self) -> Iterator[FileSection]:
        return self.read()


def open_source(spec: Source, directory: Path, turn: Turn | None = None) -> DiffStream:
    """Open ``spec`` as seen from ``directory``; with ``turn`` git runs only while it is held (see ``Git``)."""
    if isinstance(spec, Stdin):
        from diffvet.diff.unified import UnifiedReader  # noqa: PLC0415 - each source loads only its own

        return DiffStream("stdin", None, None, None, UnifiedReader(spec.stream).sections)
    repository = Repository.find(directory, turn)
    match spec:
        case Buffer():
            return _open_buffer(repository, spec, directory)
        case Staged(paths, resolution):
            stream = _open_staged(repository, directory, paths)
            return _resolved(stream, repository) if resolution else stream
        case Worktree(paths, against):
            return _open_worktree(repository, directory, paths, against)
        case Base(ref, paths):
            return _open_symmetric(repository, (ref or repository.trunk(), "HEAD"), directory, paths)
        case Range(text, paths):
            return _open_range(repository, text, directory, paths)


def _open_staged(repository: Repository, directory: Path, paths: Sequence[str]) -> DiffStream:
    repository.require_worktree()
    head = repository.head()
    specs = _specs(repository, directory, paths, [head])
    return DiffStream(
        "staged",
        head,
        None,
        repository.root,
        lambda: _compare(repository.git.pinned(), ["--cached"], specs),
    )


def _resolved(stream: DiffStream, repository: Repository) -> DiffStream:
    """``stream`` of the index, without the files that some side of the merge under way has like that."""
    flags = ("--cached", "--name-only", "--no-renames", "--ignore-submodules=dirty", "-z")
    heads = [name for path in repository.under_way("MERGE_HEAD") for name in path.read_text("ascii").split()]
    theirs = [set(to_text(repository.git.run(["diff", *flags, head])).split("\0")) for head in heads]

    def read() -> Iterator[FileSection]:
        for section in stream.sections():
            if all({section.path, section.old_path} & differing for differing in theirs):
                yield section

    return replace(stream, read=read)


def _open_worktree(
    repository: Repository, directory: Path, paths: Sequence[str], against: Against
) -> DiffStream:
    repository.require_worktree()
    base = _base(repository, against)
    specs = _specs(repository, directory, paths, [base])
    compared = [] if against is Against.INDEX else [base or repository.empty_tree()]

    def read() -> Iterator[FileSection]:
        from diffvet.diff.untracked import untracked_sections  # noqa: PLC0415 - each source loads only its own

        git = repository.git.pinned()
        yield from _compare(git, compared, specs)
        yield from untracked_sections(git, specs)

    return DiffStream("worktree", base, None, repository.root, read)


def _base(repository: Repository, against: Against) -> str | None:
    """The commit of the old side; None for the index, and where there is no commit yet."""
    match against:
        case Against.HEAD:
            return repository.head()
        case Against.INDEX:
            return None
        case Against.BRANCH:
            trunk, head = repository.trunk(), repository.head()
            return repository.merge_base(trunk, head, names=(trunk, "HEAD")) if head else None


def _open_range(repository: Repository, text: str, directory: Path, paths: Sequence[str]) -> DiffStream:
    if text in ("..", "...") or text.startswith(("../", "..\\")):
        raise GitError(f"'{text}' names no range; to name a directory or file, write: -- {text}")
    if "..." in text:
        old, _, new = text.partition("...")
        return _open_symmetric(repository, (old or "HEAD", new or "HEAD"), directory, paths)
    if ".." in text:
        old, _, new = text.partition("..")
        base, head = repository.tree_or_commit(old or "HEAD"), repository.tree_or_commit(new or "HEAD")
        return _between(repository, "range", (base, head), _specs(repository, directory, paths, [base, head]))
    head = repository.commit(text)
    base = repository.first_parent(head)
    return _between(repository, "commit", (base, head), _specs(repository, directory, paths, [base, head]))


def _open_symmetric(
    repository: Repository,
    names: tuple[str, str],
    directory: Path,
    paths: Sequence[str],
) -> DiffStream:
    one, head = repository.commit(names[0]), repository.commit(names[1])
    base = repository.merge_base(one, head, names=names)
    return _between(repository, "range", (base, head), _specs(repository, directory, paths, [base, head]))


def _between(repository: Repository, kind: str, ends: tuple[str, str], specs: Sequence[str]) -> DiffStream:
    root = None if repository.bare else repository.root
    return DiffStream(kind, *ends, root, lambda: _compare(repository.git.pinned(), ends, specs))


def _open_buffer(repository: Repository, spec: Buffer, directory: Path) -> DiffStream:
    repository.require_worktree()
    base = _base(repository, spec.against)
    try:
        name = repository.pathspec(directory, str(spec.path))
    except GitError:
        return DiffStream("buffer", base, None, repository.root, lambda: iter(()))

    def read() -> Iterator[FileSection]:
        from diffvet.diff.buffer import buffer_section  # noqa: PLC0415 - each source loads only its own

        git = repository.git.pinned()
        section = buffer_section(git, base, name, spec.content, staged=spec.against is Against.INDEX)
        if section is not None:
            yield section

    return DiffStream("buffer", base, None, repository.root, read)


def _specs(
    repository: Repository,
    directory: Path,
    paths: Sequence[str],
    revisions: Sequence[str | None],
) -> tuple[str, ...]:
    """``paths`` from the root. One that is nothing anywhere is misspelt, and would look like no change."""
    specs = tuple(repository.pathspec(directory, path) for path in paths)
    for path, spec in zip(paths, specs, strict=True):
        if not repository.knows(spec, [name for name in revisions if name is not None]):
            raise GitError(f"'{path}' is not a file or directory of what is compared; check its spelling")
    return specs


def _compare(git: Git, what: Sequence[str], specs: Sequence[str]) -> Iterator[FileSection]:
    """The sections of one ``git diff``; unmerged files come first, hidden.

    Git marks an unmerged file inside the patch with a line that holds its raw name, so such a
    comparison is asked again without them.
    """
    command = ["diff", "--raw", "-z", "-p", *DIFF_FLAGS]
    chunks = git.stream([*command, *what, "--", *specs])
    try:
        reader = GitReader(chunks)
        records = reader.records()
        unmerged = [record for record in records if record.status == b"U"]
        if unmerged:
            chunks.close()
            chunks = git.stream([*command, "--diff-filter=u", *what, "--", *specs])
            yield from (record.section(hidden=UNMERGED) for record in unmerged)
            reader = GitReader(chunks)
            records = reader.records()
        yield from with_reasons(git, records, reader.sections(records))
    finally:
        chunks.close()
