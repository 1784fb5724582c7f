"""How a diff is read, a hunk at a time: what was read, and units as they fill."""

from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from diffvet.diff.model import FileChange, Hunk
from diffvet.diff.patch import outline, read_hunks
from diffvet.review.course import Course
from diffvet.review.screen import Screened
from diffvet.review.unit import Packer, ReviewUnit, parts_of

if TYPE_CHECKING:
    from diffvet.review.mask import Committed


@dataclass(frozen=True, slots=True)
class Opened:
    """File number ``file`` begins; ``change`` comes without its hunks."""

    file: int
    change: FileChange


@dataclass(frozen=True, slots=True)
class Read:
    """The next hunk of ``file`` was read; it will come in ``parts`` parts of about ``tokens`` tokens.

    ``secrets`` are those it commits; ``skipped`` says why nobody reads it.
    """

    file: int
    hunk: Hunk
    parts: int
    tokens: int
    secrets: "tuple[Committed, ...]" = ()
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """All of ``file`` was read."""

    file: int


Step = Opened | Read | Closed | ReviewUnit
Steps = Generator[Step, None, None]


def steps(screened: Iterable[Screened], unit_tokens: int, course: Course, *, local: bool) -> Steps:
    """Read sections, a hunk at a time: what is read, and each unit as it fills.

    Every hunk is masked before it is cut. What is kept from remote readers goes to the ``local`` one alone, or is
    skipped where there is none.
    """
    packer = Packer(unit_tokens)
    for file, screen in enumerate(screened):
        change = outline(screen.section)
        if screen.remote and change.hidden:
            change = replace(change, hidden=screen.remote)
        if screen.remote and local:
            course.withheld.add(file)
        skipped = screen.everybody or (None if local else screen.remote)
        yield Opened(file, change)
        for index, hunk in enumerate(read_hunks(screen.section)):
            secrets = course.veil.look(file, change, hunk)  # no rule of a reviewer knows as many forms
            parts = [] if skipped else list(parts_of(change, file, index, hunk, unit_tokens))
            yield Read(file, hunk, len(parts), sum(part.tokens for part in parts), secrets, skipped)
            for part in parts:
                yield from packer.add(part)
        yield Closed(file)
    yield from packer.flush()
