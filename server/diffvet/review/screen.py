"""What is kept from whom: files the user excludes from everybody, files that are not worth a model's reading.

Secrets are looked for in all of them all the same, and each hunk gets its ledger row with the reason.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from diffvet.diff.model import FileChange
from diffvet.diff.patch import outline, parse, read_hunks
from diffvet.diff.section import FileSection, is_loss

if TYPE_CHECKING:
    from diffvet.diff.turn import Turn

SMALL = 1 << 20
"""Bytes of hunks up to which a file is looked at as a whole; of a larger one the first hunk must do."""

LONGEST = 300
"""Characters of a lock file's summary that stand in the ledger."""


@dataclass(frozen=True, slots=True)
class Screened:
    """A section, and why it is kept from everybody or only from remote readers; None where it is not."""

    section: FileSection
    everybody: str | None = None
    remote: str | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """``excluded`` gives the sentence that keeps a path from everybody, None to review it.

    With ``remote`` readers, generated, vendored, minified and lock files are kept from these; ``root`` and
    ``cached`` say where git attributes are read (nowhere without a root; from the index for staged changes),
    ``turn`` when (see ``diff.git.Git``).
    """

    excluded: Callable[[str], str | None]
    remote: bool
    root: Path | None = None
    cached: bool = False
    turn: "Turn | None" = None

    def over(self, sections: Iterable[FileSection]) -> Iterator[Screened]:
        """``sections``, each with what keeps it from whom."""
        if not self.remote:
            yield from (Screened(section, self.excluded(section.path)) for section in sections)
            return
        from diffvet.diff.attributes import attributed  # noqa: PLC0415 - where a model reads only
        from diffvet.diff.git import Git  # noqa: PLC0415
        from diffvet.review.skip import reason_to_skip  # noqa: PLC0415

        git = Git.at(self.root, self.turn).pinned() if self.root else None
        for section, attributes in attributed(sections, git, cached=self.cached):
            everybody = self.excluded(section.path)
            if everybody is not None:
                yield Screened(section, everybody)
                continue
            change = _looked_at(section)
            reason = reason_to_skip(change, attributes)
            yield Screened(section, None, reason and _summarised(reason, change))


@dataclass(frozen=True, slots=True)
class Aside:
    """Why a file is kept from models; with ``everybody`` the embedded reviewer does not read it either."""

    reason: str
    everybody: bool


def set_aside(root: Path, path: str) -> Aside | None:
    """What keeps the file ``path``, as it lies in the working tree of ``root``, from a model; None if nothing does."""
    from diffvet.diff.attributes import UNSPECIFIED, attributes_of  # noqa: PLC0415 - where one path is explained
    from diffvet.diff.git import Git  # noqa: PLC0415
    from diffvet.diff.untracked import file_section  # noqa: PLC0415
    from diffvet.review.skip import reason_to_skip  # noqa: PLC0415

    git = Git.at(root).pinned()
    change = _looked_at(file_section(git, path))
    attributes = attributes_of(git, [path]).get(path, UNSPECIFIED)
    reason = reason_to_skip(change, attributes)
    return Aside(reason, change.hidden is not None and not is_loss(change.hidden)) if reason else None


def _looked_at(section: FileSection) -> FileChange:
    if len(section.body) <= SMALL:
        return parse(section)
    return replace(outline(section), hunks=tuple(islice(read_hunks(section), 1)))


def _summarised(reason: str, change: FileChange) -> str:
    """``reason``, and what a lock file's change amounts to."""
    from diffvet.review.lockfile import summary  # noqa: PLC0415 - for a file that is skipped

    said = summary(change)
    if said is None:
        return reason
    said = " ".join(said.split())
    return f"{reason}; {said if len(said) <= LONGEST else said[:LONGEST] + '…'}"
