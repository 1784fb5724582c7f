"""Which findings are shown and which make the run fail: state, filter mode, thresholds, caps.

Every finding is either shown or counted under the one reason that hides it. What fails the run is decided
before anything that only limits what is shown: a finding below ``min_severity`` or over a cap still fails it.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from diffvet.dialogue.vocabulary import Severity
from diffvet.diff.model import DiffLine, LineKind, Side
from diffvet.review.events import order
from diffvet.review.finding import FilterMode, Finding, Placement, State
from diffvet.review.place import Place, rows_between


class Hidden(StrEnum):
    """Why a finding is not shown; the value is how a report calls it."""

    DISMISSED = "dismissed"
    BASELINE = "in the baseline"
    IGNORED = "ignored by markers or settings"
    OUTSIDE = "outside the changed lines"
    MINOR = "below the minimum severity"
    OVER_FILE_CAP = "over the limit per file"
    OVER_RUN_CAP = "over the limit per run"


_STATES = {
    State.DISMISSED: Hidden.DISMISSED,
    State.BASELINE: Hidden.BASELINE,
    State.IGNORED: Hidden.IGNORED,
}


@dataclass(frozen=True, slots=True)
class Selection:
    """What the user asked to see. ``fail_on`` None: no finding fails the run; a cap of 0: no cap."""

    filter_mode: FilterMode = FilterMode.DIFF_CONTEXT
    min_severity: Severity = Severity.INFO
    fail_on: Severity | None = Severity.WARNING
    max_per_file: int = 0
    max_findings: int = 0


@dataclass(frozen=True, slots=True)
class Selected:
    """``shown`` in report order, how many are hidden and why, and whether the findings fail the run."""

    shown: tuple[Finding, ...]
    hidden: Mapping[Hidden, int] = field(default_factory=dict)
    failing: bool = False

    def said(self) -> Iterator[str]:
        """What is hidden, in the words of a report: ``3 in the baseline``, ``1 dismissed``."""
        for reason in Hidden:
            if self.hidden.get(reason):
                yield f"{self.hidden[reason]} {reason}"


def narrowest(place: Place) -> FilterMode:
    """The narrowest filter mode that shows a finding at ``place``.

    A finding whose lines are not known is about the change as a whole: the narrowest mode shows it.
    """
    if place.placement is Placement.UNPLACED:
        return FilterMode.ADDED
    return narrowest_on(place.part.lines, place.side, place.line, place.end_line)


def narrowest_on(lines: Sequence[DiffLine], side: Side, line: int, end_line: int) -> FilterMode:
    """The same for ``line`` to ``end_line`` of ``side``, in a hunk of ``lines``.

    A range touches every diff line between its first and its last, removed ones included.
    """
    within = rows_between(lines, side, line, end_line)
    if not within:
        return FilterMode.FILE
    touched = lines[within[0] : within[-1] + 1]
    changed = any(row.kind is not LineKind.CONTEXT for row in touched)
    return FilterMode.ADDED if changed else FilterMode.DIFF_CONTEXT


def marked(
    findings: Iterable[Finding],
    *,
    dismissed: Collection[str] = (),
    baseline: Collection[str] = (),
) -> tuple[Finding, ...]:
    """``findings`` with the states that follow from the ``dismissed`` and ``baseline`` fingerprints.

    An ignored finding stays ignored; dismissed goes before baseline.
    """
    return tuple(_marked(finding, dismissed, baseline) for finding in findings)


def _marked(finding: Finding, dismissed: Collection[str], baseline: Collection[str]) -> Finding:
    if finding.state is State.IGNORED:
        return finding
    if finding.fingerprint in dismissed:
        return replace(finding, state=State.DISMISSED)
    if finding.fingerprint in baseline:
        return replace(finding, state=State.BASELINE)
    return finding


def select(
    findings: Iterable[Finding], selection: Selection, *, at: Callable[[str], Selection] | None = None
) -> Selected:
    """Choose from ``findings``, in any order; ``at`` gives the selection of a path where it differs.

    Open findings within the filter mode fail the run from ``fail_on`` on. Caps keep the worst.
    """
    hidden: Counter[Hidden] = Counter()
    kept: list[Finding] = []
    failing = False
    here = at or (lambda _path: selection)
    for finding in findings:
        local = here(finding.path)
        reason = _out_of_question(finding, local)
        if reason is None:
            failing = failing or _fails(finding, local.fail_on)
            if finding.severity.rank < local.min_severity.rank:
                reason = Hidden.MINOR
        if reason is None:
            kept.append(finding)
        else:
            hidden[reason] += 1
    shown = _capped(kept, selection.max_findings, here, hidden)
    return Selected(tuple(sorted(shown, key=order)), {r: hidden[r] for r in Hidden if hidden[r]}, failing)


def _out_of_question(finding: Finding, selection: Selection) -> Hidden | None:
    """Why ``finding`` neither is shown nor fails the run, if that is so."""
    if finding.state is not State.OPEN:
        return _STATES[finding.state]
    return None if selection.filter_mode.admits(finding.needs) else Hidden.OUTSIDE


def _fails(finding: Finding, fail_on: Severity | None) -> bool:
    return fail_on is not None and finding.severity.rank >= fail_on.rank


def _capped(
    findings: list[Finding], most: int, at: Callable[[str], Selection], hidden: Counter[Hidden]
) -> list[Finding]:
    """The worst of ``findings`` within both caps; the rest is counted in ``hidden``."""
    in_file: Counter[str] = Counter()
    kept: list[Finding] = []
    for finding in sorted(findings, key=_worst_first):
        in_one = at(finding.path).max_per_file
        if in_one and in_file[finding.path] >= in_one:
            hidden[Hidden.OVER_FILE_CAP] += 1
        elif most and len(kept) >= most:
            hidden[Hidden.OVER_RUN_CAP] += 1
        else:
            in_file[finding.path] += 1
            kept.append(finding)
    return kept


def _worst_first(finding: Finding) -> tuple[object, ...]:
    """Severity first, then a known place before an unknown one, then report order."""
    unplaced = finding.placement is Placement.UNPLACED
    return -finding.severity.rank, unplaced, *order(finding), finding.end_line, finding.title
