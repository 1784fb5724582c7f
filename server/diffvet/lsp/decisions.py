"""What a user decides about a finding, written where every face reads it: a dismissal, an entry of the baseline."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from diffvet.errors import DiffvetError, UsageError
from diffvet.review.baseline import meaningful, update
from diffvet.review.baseline_file import read, write
from diffvet.review.discreet import hide
from diffvet.review.finding import Finding
from diffvet.settings.loaded import Loaded
from diffvet.store.store import Store


class DecisionError(DiffvetError):
    """A decision that holds until the server ends only, because it could not be written down."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """Those about the repository at ``root``. All methods may block; ``by`` is who decides, in the words of git."""

    root: Path
    loaded: Loaded
    store: Store

    def dismiss(self, finding: Finding, reason: str, by: str) -> None:
        """Never show it again to this user, while its code stays as it is.

        Raises ``UsageError`` for an empty ``reason``, ``DecisionError`` where it cannot be written down.
        """
        if not meaningful(reason):
            raise UsageError("a finding is dismissed with a reason: you will want to know it later")
        self._written(
            self.store.dismissals.dismiss(
                finding.fingerprint,
                repository=str(self.root),
                reason=hide(" ".join(reason.split())),
                author=by,
            )
        )

    def restore(self, finding: Finding, _reason: str = "", _by: str = "") -> None:
        """Take that back; raises ``DecisionError``."""
        self._written(self.store.dismissals.restore(finding.fingerprint))

    def accept(self, finding: Finding, reason: str, by: str) -> None:
        """Put it into the baseline of the repository, for everybody; raises ``BaselineError``."""
        path = self.loaded.baseline_place()
        today = dt.datetime.now(dt.UTC).date()
        write(path, update(read(path), [finding], reason=reason, author=by or "somebody", added=today))

    def _written(self, written: bool) -> None:
        if not written:
            raise DecisionError("; ".join(self.store.notices))
