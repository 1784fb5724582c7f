"""``diffvet check --watch``: review again whenever what is compared changes; print when the outcome does."""

import argparse
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from diffvet.cli.check import Finished, finished, settled
from diffvet.cli.main import complain
from diffvet.cli.progress import drawable
from diffvet.cli.reports import require_no_files
from diffvet.cli.source_flags import source_from
from diffvet.diff.changes import Glance
from diffvet.diff.source import Staged, Worktree, open_source
from diffvet.errors import DiffvetError, UsageError

if TYPE_CHECKING:
    from diffvet.messages.key import ApiKey

INTERVAL = 0.5
"""Seconds between two looks, at least; a look in a large repository takes its time, so they are further apart there."""

SHARE = 10
"""A look may take one part in so many of the time."""

QUIET = 0.2
"""Seconds for which nothing must change before a review begins: an editor or git may be in the middle of it."""


def watch(args: argparse.Namespace) -> int:
    """Review until interrupted. Raises ``UsageError`` for what cannot be watched, ``KeyboardInterrupt`` at the end."""
    source = source_from(args)
    if not isinstance(source, Staged | Worktree):
        raise UsageError(
            "--watch follows the working tree, or the index with --staged; nothing else changes by itself"
        )
    if args.dry_run:
        raise UsageError("--watch reviews and --dry-run does not; leave out one of them")
    require_no_files(args, "--watch prints its reports one after the other")
    turns = _Turns(args)
    seen = turns.glance()
    turns.first()
    while True:
        seen = _changed(turns.glance, seen)
        turns.next()


def _changed(glance: Callable[[], object], seen: object) -> object:
    """Wait until ``glance`` differs from ``seen``, and then from one look to the next no more; the last one."""
    while True:
        began = time.monotonic()
        now = glance()
        took = time.monotonic() - began
        if now != seen:
            break
        time.sleep(max(INTERVAL, took * SHARE))
    while True:
        time.sleep(QUIET)
        again = glance()
        if again == now:
            return now
        now = again


class _Turns:
    """The reviews, one after the other, of one command line."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._args = args
        self._key: ApiKey | None = None
        self._glance: Glance | None = None
        self._said: object = None

    def glance(self) -> object:
        """What a review may depend on, as it stands now."""
        from diffvet.settings.files import OWN, PROJECT, user_place  # noqa: PLC0415 - not for --help
        from diffvet.settings.loaded import BASELINE  # noqa: PLC0415
        from diffvet.store.dismissals import COPY, FILE  # noqa: PLC0415
        from diffvet.store.place import default_directory  # noqa: PLC0415

        if self._glance is None:
            try:
                store = [default_directory() / name for name in (FILE, COPY)]
            except OSError:  # no home, no store: nothing is dismissed
                store = []
            self._glance = Glance.at(
                Path(self._args.directory),
                staged=self._args.staged,
                beside=(OWN, PROJECT, BASELINE, ".gitattributes"),
                elsewhere=[*filter(None, [user_place(os.environ)]), *store],
            )
        return self._glance.look()

    def first(self) -> None:
        """Review once and print the report; an error is one of the command line, and ends it."""
        self._tell(self._finished())

    def next(self) -> None:
        """Review once more. What goes wrong now is said once, and may be mended while we watch."""
        try:
            self._tell(self._finished())
        except DiffvetError as error:
            if self._news(str(error)):
                complain(str(error))

    def _tell(self, done: Finished) -> None:
        """Print the report if it differs from the one before."""
        if self._news(_essence(done)):
            self._separate()
            done.tell()
            sys.stdout.flush()
        self._wait()

    def _finished(self) -> Finished:
        loaded, self._key = settled(self._args, self._key)
        return finished(open_source(source_from(self._args), loaded.directory), loaded, self._args, self._key)

    def _news(self, said: object) -> bool:
        before, self._said = self._said, said
        return said != before

    def _separate(self) -> None:
        """A line with the time between two reports for people."""
        if self._args.format == "text":
            print(f"--- {time.strftime('%H:%M:%S')} ---")

    def _wait(self) -> None:
        """On a terminal, say that it goes on; the line is gone when something else is printed."""
        if drawable():
            with suppress(OSError):
                sys.stderr.write("\r\033[Kwatching; Ctrl-C ends it\r")
                sys.stderr.flush()


def _essence(done: Finished) -> object:
    """What makes an outcome another one: findings and gaps, not who answered or from where."""
    gaps = [row for row in done.review.ledger if row.outcome in {"failed", "skipped"}]
    return done.selected.shown, dict(done.selected.hidden), gaps, not done.review.ledger, done.notices
