"""Remembers the outcome of a check for ``outcome`` to give again: what it was, and which files must stay as they are.

Only of a complete review of the index, without a notice, and only if everything it depends on was the same before
and after. What is kept is what a run prints that finds every hunk answered: rows ``cached``, usage zero.
"""

import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from diffvet.cli.outcome import Question, entries, look, pack, question
from diffvet.diff.neutral import program
from diffvet.review.events import Review
from diffvet.review.finding import Usage
from diffvet.review.ledger import LedgerRow, Outcome
from diffvet.settings.files import OWN, PROJECT, user_place
from diffvet.settings.loaded import BASELINE, Loaded
from diffvet.settings.model import BASELINES, KEYLESS
from diffvet.store.dismissals import COPY, FILE
from diffvet.store.place import default_place

ATTRIBUTES = ".gitattributes"

LARGEST = 4 << 20
"""Bytes of output that are worth keeping."""

WITNESSES = 5_000
"""Files that are worth looking at again."""

_GREEN_OR_RED = (0, 1)
"""Exit codes of a complete review."""

Seen = Mapping[str, tuple[bytes, object]]
"""Places with what stood there, and the times and the inode it had."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A check under way whose outcome may be remembered; ``seen`` is from before it read anything."""

    asked: Question
    words: Sequence[str]
    root: str
    seen: Seen

    @classmethod
    def begin(cls, asked: Question | None, words: Sequence[str]) -> "Attempt | None":
        """Note what stands at every place that the check may read; None where nothing will be remembered."""
        if asked is None:
            return None
        root = os.path.realpath(asked.root)
        places = list(dict.fromkeys(_places(asked, root)))
        return cls(asked, words, root, _seen(places)) if len(places) <= WITNESSES else None

    def loaded(self, loaded: Loaded) -> "Attempt | None":
        """The same with the files that ``loaded`` names; None where these settings rule it out."""
        settings = loaded.settings
        lasting = settings.cache and not settings.record and not settings.replay
        lasting = lasting and settings.without_key == KEYLESS[0] and settings.baseline_from == BASELINES[0]
        if not lasting or str(loaded.root) != self.root:
            return None
        named = loaded.baseline()
        return replace(self, seen={**self.seen, **_seen([str(named)])}) if named else self

    def keep(self, review: Review, kept_as: str | None, code: int, report: Callable[[Review], int]) -> None:
        """Remember that ``review``, kept under a name, ended with ``code``; ``report`` prints it and gives the code."""
        if not review.complete or kept_as is None or code not in _GREEN_OR_RED:
            return
        output, errors = _Captured(sys.stdout), _Captured(sys.stderr)
        with redirect_stdout(output), redirect_stderr(errors):
            if report(_as_cached(review)) != code:
                return
        told = [stream.getvalue().encode("utf-8", "backslashreplace") for stream in (output, errors)]
        again = question(self.words)
        unchanged = again is not None and again.name == self.asked.name and _seen(self.seen) == self.seen
        if not unchanged or sum(map(len, told)) > LARGEST:
            return
        witnesses = [part for place, (look_, _) in self.seen.items() for part in (os.fsencode(place), look_)]
        try:
            entries().write(self.asked.name, pack([b"%d" % code, kept_as.encode(), *told, *witnesses]))
        except (OSError, ValueError):
            return  # no memory, no notice: it was only to be faster


class _Captured(io.StringIO):
    """A stream into memory that looks like ``stream`` to whoever asks for a terminal."""

    def __init__(self, stream: object) -> None:
        super().__init__()
        self._stream = stream

    def isatty(self) -> bool:
        """What the stream in whose place it stands says."""
        return bool(getattr(self._stream, "isatty", bool)())


def _as_cached(review: Review) -> Review:
    rows = tuple(map(_cached_row, review.ledger))
    return replace(review, ledger=rows, usage=Usage())


def _cached_row(row: LedgerRow) -> LedgerRow:
    return replace(row, outcome=Outcome.CACHED) if row.outcome is Outcome.REVIEWED else row


def _seen(places: Sequence[str] | Seen) -> Seen:
    return {place: (look(place), _identity(place)) for place in places}


def _identity(place: str) -> object:
    try:
        facts = os.lstat(place)
    except (OSError, ValueError):
        return None
    return facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino


def _places(asked: Question, root: str) -> Iterator[str]:
    """Every file that a check of the index may read, there or not."""
    own = user_place(os.environ)
    if own is not None:
        yield str(own)
    yield from (os.path.join(default_place(), name) for name in (FILE, COPY))  # noqa: PTH118 - texts throughout
    yield os.path.join(root, BASELINE)  # noqa: PTH118
    for folder in _folders(asked, root):
        yield folder
        yield from (os.path.join(folder, name) for name in (OWN, PROJECT, ATTRIBUTES))  # noqa: PTH118
    yield from _repository_marks(root)
    yield from _attribute_files(asked)


def _folders(asked: Question, root: str) -> Iterator[str]:
    """The root and each folder above a changed path, under its old name and its new one."""
    yield root
    fields = iter(asked.index.split(b"\0"))
    for record in fields:
        status = record.rpartition(b" ")[2][:1]
        for _ in range(2 if status in {b"R", b"C"} else len(status)):
            parts = next(fields).split(b"/")[:-1]
            for count in range(1, len(parts) + 1):
                yield os.path.join(root, os.fsdecode(b"/".join(parts[:count])))  # noqa: PTH118


def _repository_marks(root: str) -> Iterator[str]:
    """``.git`` in the working directory and above, up to the root: it decides whose settings hold."""
    place = Path.cwd().resolve()
    for folder in (place, *place.parents):
        yield str(folder / ".git")
        if str(folder) == root:
            return


def _attribute_files(asked: Question) -> Iterator[str]:
    """Attributes of the repository, of the user and of the machine."""
    yield os.path.abspath(asked.attributes)  # noqa: PTH100
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111
    yield os.path.join(home, "git", "attributes")  # noqa: PTH118
    for entry in asked.configuration.split(b"\0"):
        name, _, value = entry.partition(b"\n")
        if name == b"core.attributesfile":
            yield os.path.abspath(os.path.expanduser(os.fsdecode(value)))  # noqa: PTH100, PTH111
    yield "/etc/gitattributes"
    with suppress(FileNotFoundError):
        git = program(os.environ)
        yield from (git, os.path.realpath(git))
        for place in (git, os.path.realpath(git)):
            yield os.path.join(os.path.dirname(os.path.dirname(place)), "etc", "gitattributes")  # noqa: PTH118, PTH120
