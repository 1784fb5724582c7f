"""The baseline: findings that a team has accepted, each with the reason, the author and the day.

``baseline_file`` keeps it in the repository. The run-time meaning is a set of fingerprints: a finding in it has
the state ``baseline`` and fails nothing.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from diffvet.errors import UsageError
from diffvet.review.discreet import hide
from diffvet.review.finding import Finding, State


class BaselineError(UsageError):
    """A baseline that cannot be used: where, why, and what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One accepted finding: why, by whom and since when (``added``, a UTC day: ``2026-01-31``).

    ``path``, ``category`` and ``title`` are for people; only the fingerprint identifies.
    """

    path: str
    fingerprint: str
    added: str
    category: str
    title: str
    reason: str
    author: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """The accepted findings by fingerprint, sorted by path and fingerprint."""

    entries: Mapping[str, Entry]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Baseline":
        """A baseline of ``entries`` in any order; of two with the same fingerprint the older stays."""
        known: dict[str, Entry] = {}
        for entry in sorted(entries, key=lambda one: (one.added, one)):
            known.setdefault(entry.fingerprint, entry)
        return cls({entry.fingerprint: entry for entry in sorted(known.values())})

    def __contains__(self, fingerprint: object) -> bool:
        return fingerprint in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


EMPTY = Baseline({})


def update(
    baseline: Baseline,
    findings: Iterable[Finding],
    *,
    reason: str,
    author: str,
    added: dt.date,
) -> Baseline:
    """``baseline`` with every open one of ``findings``. An entry that is there keeps its reason, author and day.

    ``reason`` and ``author`` must hold a letter or digit, else a ``BaselineError``. Secret values in titles and in
    the reason are hidden: the file is committed.
    """
    reason, author = hide(_required(reason, "reason")), _required(author, "author")
    new = [
        Entry(
            path=finding.path,
            fingerprint=finding.fingerprint,
            added=added.isoformat(),
            category=finding.category.value,
            title=" ".join(hide(finding.title, finding.path).split()),
            reason=reason,
            author=author,
        )
        for finding in findings
        if finding.state is State.OPEN and finding.fingerprint not in baseline
    ]
    return Baseline.of((*baseline.entries.values(), *new)) if new else baseline


def prune(
    baseline: Baseline, findings: Iterable[Finding], covered: Collection[str]
) -> tuple[Baseline, tuple[Entry, ...]]:
    """``baseline`` without the entries that are gone, and those entries.

    An entry is gone when its path is among ``covered`` (files that were wholly reviewed, or no longer exist) and
    ``findings``, whatever their state, do not hold it. What was not looked at is kept.
    """
    standing = {finding.fingerprint for finding in findings}
    gone = tuple(
        entry for name, entry in baseline.entries.items() if entry.path in covered and name not in standing
    )
    names = {entry.fingerprint for entry in gone}
    kept = (entry for name, entry in baseline.entries.items() if name not in names)
    return (Baseline.of(kept), gone) if gone else (baseline, ())


def _required(text: str, name: str) -> str:
    """``text`` on one line."""
    if not meaningful(text):
        raise BaselineError(f"the {name} is empty; --{name} TEXT is kept with every entry")
    return " ".join(text.split())


def meaningful(text: str) -> bool:
    """Whether ``text`` says anything: it holds a letter or a digit."""
    return any(map(str.isalnum, text))
