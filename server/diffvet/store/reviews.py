"""The last reviews of each repository, so that a finding can be looked at, dismissed or fixed after its run.

Reviews are opaque text and nothing here looks into them; what is in them, and that no secret is, is
``report.kept``'s matter. They are kept compressed, one file each; a damaged one is a missing review, never a wrong one.
"""

import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from diffvet.store.entries import Entries, digest

FOLDER = "reviews"

PER_ROOT = 8
"""Reviews that are kept of one repository."""

MOST = 500
"""Reviews that are kept in all."""

SIZE_LIMIT = 64 * 1024 * 1024
"""Bytes that all of them together may take before the oldest go."""

LARGEST = 8 * 1024 * 1024
"""Bytes that one review may take; a larger one is not kept."""


@dataclass(frozen=True, slots=True)
class KeptReview:
    """A review as it was kept, and when it was last the outcome of a run (seconds since 1970)."""

    text: str
    at: int


class Reviews:
    """The reviews in ``directory``. ``clock`` gives seconds since 1970."""

    def __init__(
        self,
        directory: Path,
        *,
        size_limit: int = SIZE_LIMIT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.path = directory / FOLDER
        self._limit = size_limit
        self._entries = Entries(str(self.path), most=MOST, size_limit=size_limit, clock=clock)

    def keep(self, root: str, text: str) -> str | None:
        """Keep ``text`` as the last review of ``root``; its name, None where it is too large or cannot be written.

        A review that is not kept takes the earlier ones of ``root`` with it: none of them is the last one. It is no
        reason for a notice either: who asks for the last review is told where there is none.
        """
        prefix, data = digest(_bytes(root)), zlib.compress(_bytes(text), 1)
        name = f"{prefix}.{digest(_bytes(text))}"
        kept = len(data) <= min(LARGEST, self._limit) and self._written(name, data)
        for old in self._entries.names(prefix)[: -PER_ROOT if kept else None]:
            self._entries.remove(old)
        return name if kept else None

    def last(self, root: str) -> KeptReview | None:
        """The last review of ``root``; None where there is none, or where it cannot be read."""
        names = self._entries.names(digest(_bytes(root)))
        data = self._entries.read(names[-1]) if names else None
        if data is None:
            return None
        with suppress(zlib.error, ValueError):
            text = zlib.decompress(data).decode("utf-8", "surrogatepass")
            return KeptReview(text, int(self._entries.age(names[-1])))
        return None

    def count(self) -> int:
        """How many reviews are kept; creates nothing."""
        return len(self._entries.names())

    def clear(self) -> int:
        """Forget all reviews; returns how many there were."""
        return self._entries.clear()

    def _written(self, name: str, data: bytes) -> bool:
        try:
            self._entries.write(name, data)
        except (OSError, ValueError):
            return False
        return True


def _bytes(text: str) -> bytes:
    """Any text, lone surrogates of undecodable file names included."""
    return text.encode("utf-8", "surrogatepass")
