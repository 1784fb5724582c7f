"""The memories of one directory, opened together."""

import os
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from diffvet.store.answers import SIZE_LIMIT, Answers
from diffvet.store.fault import words
from diffvet.store.notices import Notices
from diffvet.store.place import default_directory

if TYPE_CHECKING:
    from diffvet.store.dismissals import Dismissals
    from diffvet.store.reviews import Reviews
    from diffvet.store.spending import Spending


class Store:
    """Answers, spending, dismissals and the last reviews in ``directory``; nothing is opened or created before it is used.

    May be used from any thread, and in a forked child. ``notices`` are sentences for the user, each once.
    """

    def __init__(
        self,
        directory: Path,
        *,
        size_limit: int = SIZE_LIMIT,
        clock: Callable[[], float] = time.time,
        notices: Notices | None = None,
    ) -> None:
        self.directory = directory
        self._notices = notices or Notices()
        self.answers = Answers(directory, self._notices, size_limit=size_limit, clock=clock)
        self._clock = clock

    @classmethod
    def open(cls, directory: Path | None = None, *, size_limit: int = SIZE_LIMIT) -> Self:
        """The store in ``directory``, else in ``DIFFVET_CACHE_DIR``, else in the user's cache directory."""
        notices = Notices()
        if directory is None:
            try:
                directory = default_directory()
            except OSError as error:
                notices.last(f"there is no place for the store ({words(error)}); going on without memory")
                directory = Path(os.devnull, "diffvet")
        return cls(directory, size_limit=size_limit, notices=notices)

    @cached_property
    def spending(self) -> "Spending":
        """The meter. A review that is wholly cached never loads it."""
        from diffvet.store.spending import Spending  # noqa: PLC0415 - 10 ms

        return Spending(self.directory, self._notices, clock=self._clock)

    @cached_property
    def dismissals(self) -> "Dismissals":
        """What the user dismissed; not needed for a review without findings."""
        from diffvet.store.dismissals import Dismissals  # noqa: PLC0415 - 4 ms

        return Dismissals(self.directory, self._notices, clock=self._clock)

    @cached_property
    def reviews(self) -> "Reviews":
        """The last reviews of each repository."""
        from diffvet.store.reviews import Reviews  # noqa: PLC0415 - where a review ended, or is looked at

        return Reviews(self.directory, clock=self._clock)

    @property
    def notices(self) -> list[str]:
        """What the user should know about the store itself, in the order it happened."""
        return self._notices.all()

    def close(self) -> None:
        """Write what is pending and close the files; a later use opens them again."""
        self.answers.close()
        if "spending" in self.__dict__:
            self.spending.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
