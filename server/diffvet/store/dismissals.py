"""What the user dismissed.

A journal and not a table of the cache: nothing can bring a dismissal back, so it must survive what the cache does
not. Damage to a page of a database may take all of it; damage to a journal takes the lines it touches, and those
stand in a second copy.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from diffvet.store.fault import words
from diffvet.store.journal import Journal, Record
from diffvet.store.notices import Notices

FILE = "dismissals.jsonl"
COPY = "dismissals.copy.jsonl"
LOCK_NAME = "dismissals.lock"


@dataclass(frozen=True, slots=True)
class Dismissal:
    """A finding nobody wants to see again: why, by whom, where and when (UTC, ISO 8601)."""

    fingerprint: str
    repository: str
    reason: str
    author: str
    at: str


class Dismissals:
    """The dismissals in ``directory``. ``clock`` gives seconds since 1970."""

    def __init__(self, directory: Path, notices: Notices, *, clock: Callable[[], float] = time.time) -> None:
        self.path = directory / FILE
        self._notices = notices
        self._clock = clock
        copies = (self.path, directory / COPY)
        self._journal = Journal(copies, directory / LOCK_NAME, notices, about="the dismissals")
        self._unwritten: list[Record] = []
        self._known: tuple[object, dict[str, Dismissal]] | None = None

    def dismiss(self, fingerprint: str, *, repository: str, reason: str, author: str) -> bool:
        """Dismiss a finding; True once it is on the disk, False (and a notice) where it holds for this process only."""
        details = {"repository": repository, "reason": reason, "author": author}
        return self._append({"action": "dismiss", "fingerprint": fingerprint, **details})

    def restore(self, fingerprint: str) -> bool:
        """Take a dismissal back; the result is that of ``dismiss``."""
        return self._append({"action": "restore", "fingerprint": fingerprint})

    def dismissed(self, fingerprints: Iterable[str]) -> dict[str, Dismissal]:
        """Those of ``fingerprints`` that are dismissed."""
        known = self._current()
        return {fingerprint: known[fingerprint] for fingerprint in fingerprints if fingerprint in known}

    def all(self) -> list[Dismissal]:
        """Every dismissal that holds, oldest first."""
        return list(self._current().values())

    def clear(self) -> int:
        """Restore every finding; returns how many were restored. The lines stay, as a record."""
        return sum(self.restore(dismissal.fingerprint) for dismissal in self.all())

    def _append(self, record: Record) -> bool:
        record["at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._clock()))
        try:
            self._journal.append(record)
        except (OSError, ValueError) as error:
            self._unwritten.append(record)
            self._notices.add(
                f"the dismissals in {self.path} cannot be written ({words(error)}); "
                "dismissing holds until this process ends"
            )
            return False
        finally:
            self._known = None
        return True

    def _current(self) -> dict[str, Dismissal]:
        known, state = self._known, self._journal.state()
        if known is None or known[0] != state:
            known = self._known = (state, _standing([*self._journal.read(), *self._unwritten]))
        return known[1]


def _standing(records: Iterable[Record]) -> dict[str, Dismissal]:
    """What holds after ``records``, the last word on each fingerprint counting."""
    found: dict[str, Dismissal] = {}
    for record in records:
        name = str(record.get("fingerprint"))
        found.pop(name, None)
        if record.get("action") == "dismiss":
            repository, reason, author, at = (
                str(record.get(field, "")) for field in ("repository", "reason", "author", "at")
            )
            found[name] = Dismissal(name, repository, reason, author, at)
    return found
