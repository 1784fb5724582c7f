"""A baseline holds what a team accepted: by fingerprint, with a reason, and never anything it did not see."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side
from diffvet.review.baseline import EMPTY, Baseline, BaselineError, Entry, prune, update
from diffvet.review.finding import Finding, Placement, State

DAY = dt.date(2026, 1, 31)
KEY = "AKIA" + "Q3EGWH5KZTX7RM2P"


def finding(name, path="a.py", *, line=1, state=State.OPEN, title="Shell injection"):
    return Finding(
        fingerprint=name * 32 if len(name) == 1 else name,
        path=path,
        side=Side.NEW,
        line=line,
        end_line=line,
        severity=Severity.ERROR,
        category=Category.SECURITY,
        title=title,
        why="",
        fix=None,
        quote="quoted code",
        placement=Placement.EXACT,
        reviewer="r",
        state=state,
        code=("some code",),
    )


def accept(findings, baseline=EMPTY, *, reason="only constants", author="Ada", added=DAY):
    return update(baseline, findings, reason=reason, author=author, added=added)


def names(baseline):
    return list(baseline)


def test_an_open_finding_is_accepted_with_reason_author_and_day():
    (entry,) = accept([finding("a")]).entries.values()
    assert entry == Entry(
        "a.py", "a" * 32, "2026-01-31", "security", "Shell injection", "only constants", "Ada"
    )


@pytest.mark.parametrize("state", [State.DISMISSED, State.BASELINE, State.IGNORED])
def test_a_finding_that_is_dealt_with_already_is_left_alone(state):
    assert len(accept([finding("a", state=state)])) == 0


def test_an_entry_keeps_its_reason_author_and_day():
    before = accept([finding("a")])
    after = accept([finding("a")], before, reason="another", author="Bob", added=dt.date(2027, 1, 1))
    assert after == before


def test_a_finding_on_another_line_is_the_same_entry():
    before = accept([finding("a", line=1)])
    assert accept([finding("a", line=99, title="In other words")], before) == before


@pytest.mark.parametrize("reason", ["", "   ", "--", "?!"])
def test_a_reason_must_say_something(reason):
    with pytest.raises(BaselineError, match="the reason is empty"):
        accept([finding("a")], reason=reason)


def test_an_author_must_be_known():
    with pytest.raises(BaselineError, match="the author is empty; --author TEXT"):
        accept([finding("a")], author=" ")


def test_a_secret_in_a_title_is_masked_for_the_file_is_committed():
    (entry,) = accept([finding("a", title=f"Key {KEY} leaked")]).entries.values()
    assert KEY not in entry.title
    assert entry.title.startswith("Key ")


def test_no_code_and_no_line_number_is_kept():
    assert "code" not in repr(accept([finding("a", line=4711)]))
    assert "4711" not in repr(accept([finding("a", line=4711)]))


def test_entries_are_sorted_by_path_and_fingerprint():
    baseline = accept([finding("c", "b.py"), finding("b"), finding("a", "z.py"), finding("a" * 31 + "b")])
    assert [(entry.path, name[0]) for name, entry in baseline.entries.items()] == [
        ("a.py", "a"),
        ("a.py", "b"),
        ("b.py", "c"),
        ("z.py", "a"),
    ]


def test_of_two_entries_with_one_fingerprint_the_older_stays():
    (old,) = accept([finding("a")]).entries.values()
    (new,) = accept([finding("a")], reason="later", added=dt.date(2026, 2, 1)).entries.values()
    assert Baseline.of([new, old]) == Baseline.of([old, new]) == Baseline.of([old])


def test_pruning_removes_what_a_reviewed_file_no_longer_shows():
    baseline = accept([finding("a"), finding("b")])
    left, gone = prune(baseline, [finding("a", state=State.BASELINE)], {"a.py"})
    assert names(left) == ["a" * 32]
    assert [entry.fingerprint for entry in gone] == ["b" * 32]


def test_pruning_keeps_what_was_not_looked_at():
    baseline = accept([finding("a", "elsewhere.py")])
    assert prune(baseline, [], {"a.py"}) == (baseline, ())


def test_pruning_keeps_a_finding_that_is_seen_whatever_its_state():
    baseline = accept([finding("a"), finding("b"), finding("c")])
    seen = [finding("a"), finding("b", state=State.IGNORED), finding("c", state=State.DISMISSED)]
    assert prune(baseline, seen, {"a.py"}) == (baseline, ())


HEX = st.text("0123456789abcdef", min_size=32, max_size=32)
FINDINGS = st.lists(
    st.builds(finding, HEX, st.sampled_from(["a.py", "b/ü.py", "c\udc80.py"]), title=st.text(max_size=20)),
    max_size=8,
)


@given(FINDINGS, st.randoms())
def test_the_order_of_findings_does_not_matter(findings, random):
    shuffled = list(findings)
    random.shuffle(shuffled)
    assert accept(findings) == accept(shuffled)


@given(FINDINGS, FINDINGS)
def test_updating_in_two_steps_or_one_accepts_the_same(first, second):
    assert set(accept(second, accept(first))) == set(accept(first + second))


@given(FINDINGS)
def test_updating_twice_changes_nothing(findings):
    once = accept(findings)
    assert accept(findings, once) == once


@given(FINDINGS, FINDINGS, st.sets(st.sampled_from(["a.py", "b/ü.py", "c\udc80.py"])))
def test_pruning_parts_the_baseline_and_is_done_after_once(accepted, seen, covered):
    baseline = accept(accepted)
    left, gone = prune(baseline, seen, covered)
    assert {*left, *(entry.fingerprint for entry in gone)} == set(baseline)
    assert len(left) + len(gone) == len(baseline)
    assert prune(left, seen, covered) == (left, ())
