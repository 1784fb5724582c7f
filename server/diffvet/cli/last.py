"""The last review of a repository: kept after each run, recalled by the verbs that speak of it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from diffvet.errors import UsageError
from diffvet.review.events import Review
from diffvet.review.finding import Finding
from diffvet.review.select import Selected
from diffvet.settings.loaded import Loaded
from diffvet.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORTEST = 4
"""Characters of a fingerprint that name a finding."""

NAMED = 5
"""How many candidates an ambiguous name is answered with."""


@dataclass(frozen=True, slots=True)
class LastReview:
    """A review that was kept, judged by today's settings, baseline and dismissals; ``at`` in seconds since 1970.

    ``root`` is the repository it was made in, outside of one the directory.
    """

    review: Review
    selected: Selected
    at: int
    root: Path


def place_of(loaded: Loaded) -> str:
    """What a review is kept under: the repository it was made in, outside of one the directory."""
    return str(loaded.root or loaded.directory.resolve())


def keep(review: Review, loaded: Loaded, store: Store) -> None:
    """Remember ``review`` (as its reviewers gave it) as the last one."""
    from diffvet.report.kept import render  # noqa: PLC0415 - after a review only

    store.reviews.keep(place_of(loaded), render(review))


def recall(directory: Path, store: Store) -> LastReview:
    """The last review made in ``directory``'s repository; ``UsageError`` where there is none."""
    from diffvet.assembly import judged, known_findings, load_all  # noqa: PLC0415 - not for --help
    from diffvet.report.kept import read  # noqa: PLC0415

    if not directory.is_dir():
        raise UsageError(f"-C {directory}: no such directory")
    loaded = load_all(directory)
    kept = store.reviews.last(place_of(loaded))
    review = read(kept.text) if kept else None
    if kept is None or review is None:
        raise UsageError(f"no review of {place_of(loaded)} is remembered; run 'diffvet check' first")
    findings, selected = judged(review.findings, loaded, store, known_findings(loaded))
    return LastReview(replace(review, findings=findings), selected, kept.at, Path(place_of(loaded)))


def named(findings: "Sequence[Finding]", name: str) -> Finding:
    """The one of ``findings`` whose fingerprint begins with ``name``; ``UsageError`` names the candidates."""
    wanted = name.strip().lower()
    if len(wanted) < SHORTEST or not set(wanted) <= set("0123456789abcdef"):
        raise UsageError(
            f"'{name}' names no finding; give at least {SHORTEST} characters of the id that stands under it, "
            "as in: diffvet explain 1f3a"
        )
    found = list({one.fingerprint: one for one in findings if one.fingerprint.startswith(wanted)}.values())
    if len(found) == 1:
        return found[0]
    if found:
        places = ", ".join(
            f"{_short(finding, found)} ({finding.path}:{finding.line})" for finding in found[:NAMED]
        )
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        raise UsageError(f"'{name}' names {len(found)} findings: {places}{more}; give more of the id")
    raise UsageError(f"the last review has no finding '{name}'; 'diffvet show' lists those it has")


def _short(finding: Finding, among: "Sequence[Finding]") -> str:
    """As much of the fingerprint as tells it from the others, at least twelve characters."""
    rivals = {other.fingerprint for other in among} - {finding.fingerprint}
    length = next(
        n for n in range(12, 33) if n == 32 or not any(r[:n] == finding.fingerprint[:n] for r in rivals)
    )
    return finding.fingerprint[:length]
