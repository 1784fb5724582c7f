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
    from collections.abc import Collection, Mapping, Sequence

SHORTEST = 4
"""Characters of a fingerprint that name a finding."""

NAMED = 5
"""How many candidates an ambiguous name is answered with."""


@dataclass(frozen=True, slots=True)
class LastReview:
    """A review that was kept, judged by today's settings, baseline and dismissals.

    ``known`` is the baseline; ``at`` is when it was made, in seconds since 1970.
    """

    review: Review
    selected: Selected
    at: int
    loaded: Loaded
    known: "Collection[str]"

    @property
    def root(self) -> Path:
        """The repository it was made in, outside of one the directory."""
        return Path(place_of(self.loaded))


def place_of(loaded: Loaded) -> str:
    """What a review is kept under: the repository it was made in, outside of one the directory."""
    return str(loaded.root or loaded.directory.resolve())


def keep(review: Review, loaded: Loaded, store: Store) -> str | None:
    """Remember ``review`` (as its reviewers gave it) as the last one; the name it is kept under."""
    from diffvet.report.kept import render  # noqa: PLC0415 - after a review only

    return store.reviews.keep(place_of(loaded), render(review))


def recall(directory: Path, store: Store) -> LastReview:
    """The last review made in ``directory``'s repository; ``UsageError`` where there is none."""
    from diffvet.assembly import judged, known_findings, load_all  # noqa: PLC0415 - not for --help
    from diffvet.report.kept import read  # noqa: PLC0415

    loaded = load_all(directory)
    kept = store.reviews.last(place_of(loaded))
    review = read(kept.text) if kept else None
    if kept is None or review is None:
        raise UsageError(
            f"no review of {place_of(loaded)} is remembered in {store.directory}; run 'diffvet check' first"
        )
    known = known_findings(loaded)
    findings, selected = judged(review.findings, loaded, store, known)
    return LastReview(replace(review, findings=findings), selected, kept.at, loaded, known)


def named(findings: "Sequence[Finding]", name: str) -> Finding:
    """The one of ``findings`` whose fingerprint begins with ``name``; ``UsageError`` names the candidates."""
    known = {finding.fingerprint: finding for finding in findings}
    places = {id_: f"{finding.path}:{finding.line}" for id_, finding in known.items()}
    return known[the_one(places, name, among="the last review", see="diffvet show")]


def the_one(places: "Mapping[str, str]", name: str, *, among: str, see: str) -> str:
    """The fingerprint that begins with ``name``; ``places`` says of each where it belongs.

    Raises ``UsageError``: ``among`` names what was searched, ``see`` the command that lists it.
    """
    wanted = name.strip().lower()
    if len(wanted) < SHORTEST or not set(wanted) <= set("0123456789abcdef"):
        raise UsageError(
            f"'{name}' is no id: at least {SHORTEST} of the characters 0-9 and a-f; '{see}' lists the ids"
        )
    found = [id_ for id_ in places if id_.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(f"nothing in {among} has the id '{name}'; '{see}' lists the ids")
    candidates = ", ".join(f"{_short(id_, found)} ({places[id_]})" for id_ in found[:NAMED])
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    raise UsageError(f"'{name}' is the beginning of {len(found)} ids: {candidates}{more}; give more of it")


def _short(id_: str, rivals: "Sequence[str]") -> str:
    """As much of ``id_`` as tells it from ``rivals``."""
    unlike = (n for n in range(SHORTEST, len(id_)) if sum(rival.startswith(id_[:n]) for rival in rivals) == 1)
    return id_[: next(unlike, len(id_))]
