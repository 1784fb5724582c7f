"""What is hidden is counted, what is worst is kept, and what fails the run fails it whether shown or not."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Side, Status
from diffvet.review.finding import Finding, Placement, State
from diffvet.review.place import Place
from diffvet.review.select import FilterMode, Hidden, Selection, marked, narrowest, select
from diffvet.review.unit import Part


def finding(name="0", severity=Severity.WARNING, *, path="a.py", line=1, state=State.OPEN, **more):
    return Finding(
        fingerprint=name,
        path=path,
        side=Side.NEW,
        line=line,
        end_line=line,
        severity=severity,
        category=Category.SECURITY,
        title="t",
        why="",
        fix=None,
        quote=None,
        placement=more.pop("placement", Placement.EXACT),
        reviewer="r",
        state=state,
        **more,
    )


ERROR, WARNING, INFO = (finding(s.value, s) for s in (Severity.ERROR, Severity.WARNING, Severity.INFO))


def shown(selected):
    return [one.fingerprint for one in selected.shown]


def test_without_wishes_every_open_finding_is_shown_and_a_warning_fails():
    chosen = select([INFO, WARNING, ERROR], Selection())
    assert len(chosen.shown) == 3
    assert chosen.failing
    assert chosen.hidden == {}


def test_findings_are_shown_in_report_order_whatever_order_they_come_in():
    mixed = [finding("3", path="b.py"), finding("2", line=9), finding("1", line=2)]
    assert shown(select(mixed, Selection())) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [(None, False), (Severity.ERROR, False), (Severity.WARNING, True), (Severity.INFO, True)],
)
def test_a_finding_fails_the_run_from_its_own_severity_down(fail_on, failing):
    assert select([WARNING], Selection(fail_on=fail_on)).failing is failing


def test_the_minimum_severity_decides_about_showing_only():
    chosen = select([WARNING], Selection(min_severity=Severity.ERROR, fail_on=Severity.WARNING))
    assert chosen.shown == ()
    assert chosen.hidden == {Hidden.MINOR: 1}
    assert chosen.failing


@pytest.mark.parametrize("state", [State.DISMISSED, State.BASELINE, State.IGNORED])
def test_a_finding_that_was_dealt_with_is_counted_and_fails_nothing(state):
    chosen = select([finding(severity=Severity.ERROR, state=state)], Selection())
    assert chosen.shown == ()
    assert not chosen.failing
    assert sum(chosen.hidden.values()) == 1


def test_a_cap_keeps_the_worst_and_says_what_it_cut():
    chosen = select([INFO, WARNING, ERROR], Selection(max_findings=1))
    assert shown(chosen) == ["error"]
    assert list(chosen.said()) == ["2 over the limit per run"]


def test_a_finding_that_a_cap_cuts_still_fails_the_run():
    errors = [finding("1", Severity.ERROR), finding("2", Severity.WARNING)]
    assert select(errors, Selection(max_findings=1, fail_on=Severity.WARNING)).failing
    unplaced = finding("3", Severity.ERROR, placement=Placement.UNPLACED)
    chosen = select([unplaced, finding("1", Severity.ERROR)], Selection(max_per_file=1))
    assert shown(chosen) == ["1"]
    assert chosen.failing


def test_the_cap_of_a_file_leaves_other_files_alone():
    many = [finding(str(n), line=n) for n in range(1, 6)] + [finding("other", path="b.py")]
    chosen = select(many, Selection(max_per_file=2))
    assert shown(chosen) == ["1", "2", "other"]
    assert chosen.hidden == {Hidden.OVER_FILE_CAP: 3}


def test_the_cap_of_a_file_goes_first_so_that_one_bad_file_does_not_fill_the_run():
    many = [finding(str(n), Severity.ERROR, line=n) for n in range(1, 6)] + [finding("other", path="b.py")]
    chosen = select(many, Selection(max_per_file=2, max_findings=3))
    assert shown(chosen) == ["1", "2", "other"]


def test_a_finding_the_filter_leaves_out_is_counted_and_fails_nothing():
    chosen = select([replace(ERROR, needs=FilterMode.FILE)], Selection())
    assert chosen.shown == ()
    assert not chosen.failing
    assert list(chosen.said()) == ["1 outside the changed lines"]


@pytest.mark.parametrize("mode", FilterMode)
def test_a_wider_filter_shows_all_that_a_narrower_one_does(mode):
    modes = list(FilterMode)
    chosen = select([replace(ERROR, needs=FilterMode.FILE)], Selection(filter_mode=mode))
    assert bool(chosen.shown) is (modes.index(mode) >= modes.index(FilterMode.FILE))


def part():
    """Old lines 5 to 8, new lines 5 to 7: context, removed, context, added, removed twice."""
    c, a, r = LineKind.CONTEXT, LineKind.ADDED, LineKind.REMOVED
    lines = (
        DiffLine(c, 4, 4, "a"),
        DiffLine(r, 5, None, "b"),
        DiffLine(c, 6, 5, "c"),
        DiffLine(a, None, 6, "d"),
        DiffLine(c, 7, 7, "e"),
        DiffLine(r, 8, None, "f"),
        DiffLine(c, 9, 8, "g"),
    )
    change = FileChange("a.py", Status.MODIFIED, (Hunk(4, 6, 4, 5, "", lines),))
    return Part(0, 0, change, 10)


@pytest.mark.parametrize(
    ("side", "line", "end", "mode"),
    [
        (Side.NEW, 6, 6, FilterMode.ADDED),
        (Side.NEW, 5, 7, FilterMode.ADDED),
        (Side.OLD, 5, 5, FilterMode.ADDED),
        (Side.NEW, 7, 8, FilterMode.ADDED),  # the removed line 8 stood between them
        (Side.NEW, 5, 5, FilterMode.DIFF_CONTEXT),
        (Side.OLD, 9, 9, FilterMode.DIFF_CONTEXT),
        (Side.NEW, 8, 30, FilterMode.DIFF_CONTEXT),
        (Side.NEW, 40, 41, FilterMode.FILE),
    ],
)
def test_a_finding_needs_the_mode_that_its_lines_belong_to(side, line, end, mode):
    assert narrowest(Place(part(), side, line, end, Placement.EXACT, ())) is mode


def test_a_finding_without_a_known_place_is_never_filtered_out():
    assert narrowest(Place(part(), Side.NEW, 4, 4, Placement.UNPLACED, ())) is FilterMode.ADDED


def test_states_come_from_fingerprints_and_a_marker_in_the_code_goes_first():
    found = [finding("a"), finding("b"), finding("c"), finding("b", state=State.IGNORED)]
    states = [one.state for one in marked(found, dismissed={"b"}, baseline={"a", "b"})]
    assert states == [State.BASELINE, State.DISMISSED, State.OPEN, State.IGNORED]


FINDINGS = st.lists(
    st.builds(
        finding,
        st.integers(0, 30).map(str),
        st.sampled_from(Severity),
        path=st.sampled_from(["a.py", "b.py", "c.py"]),
        line=st.integers(1, 9),
        state=st.sampled_from(State),
        placement=st.sampled_from(Placement),
        needs=st.sampled_from(FilterMode),
    ),
    max_size=25,
    unique_by=lambda finding: finding.fingerprint,  # as in a review: it is their identity
)
SELECTIONS = st.builds(
    Selection,
    st.sampled_from(FilterMode),
    st.sampled_from(Severity),
    st.one_of(st.none(), st.sampled_from(Severity)),
    st.integers(0, 4),
    st.integers(0, 6),
)


@given(FINDINGS, SELECTIONS)
def test_every_finding_is_shown_or_counted_once(findings, selection):
    chosen = select(findings, selection)
    assert len(chosen.shown) + sum(chosen.hidden.values()) == len(findings)
    assert not Counter(chosen.shown) - Counter(findings)
    assert all(chosen.hidden.values())


@given(FINDINGS, SELECTIONS, st.randoms())
def test_the_order_in_which_findings_come_does_not_matter(findings, selection, random):
    shuffled = list(findings)
    random.shuffle(shuffled)
    assert select(shuffled, selection) == select(findings, selection)


@given(FINDINGS, SELECTIONS)
def test_caps_and_the_minimum_severity_never_change_whether_the_run_fails(findings, selection):
    plain = Selection(selection.filter_mode, fail_on=selection.fail_on)
    failing = select(findings, plain).failing
    assert select(findings, selection).failing is failing


@given(FINDINGS, SELECTIONS)
def test_a_cap_never_cuts_a_worse_finding_than_it_keeps_in_the_same_file(findings, selection):
    capped = select(findings, selection)
    free = select(findings, Selection(selection.filter_mode, selection.min_severity))
    cut = Counter(free.shown) - Counter(capped.shown)
    for one in cut:
        kept = [other.severity.rank for other in capped.shown if other.path == one.path]
        assert all(rank >= one.severity.rank for rank in kept)
