"""The meter counts every request once, before it is sent; caps hold to the token."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.review.finding import Usage
from diffvet.store.caps import BudgetError, Caps, standing
from diffvet.store.price import Price, learn
from diffvet.store.spending import By, Purpose
from diffvet.store.store import Store

DAY = 86_400
NOON = 1_780_056_000.0  # 2026-05-29T12:00Z
NO_CAPS = Caps()
CLI = Purpose("run 1", "/code/app", "model-a", "cli")
LSP = Purpose("run 2", "/code/lib", "model-b", "lsp")


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    with Store(tmp_path, clock=clock) as opened:
        yield opened


def pay(store, usage, purpose=CLI, caps=NO_CAPS):
    store.spending.settle(store.spending.reserve(usage, caps, purpose), usage)


def test_a_settled_request_costs_what_it_cost_not_what_was_estimated(store):
    reservation = store.spending.reserve(Usage(1, 5000, 4000), NO_CAPS, CLI)
    store.spending.settle(reservation, Usage(2, 900, 100, 0.5))
    (row,) = store.spending.summary(By.DAY)
    assert (row.label, row.usage, row.unsettled) == ("2026-05-29", Usage(2, 900, 100, 0.5), 0)


def test_settling_twice_counts_once(store):
    reservation = store.spending.reserve(Usage(1, 10, 10), NO_CAPS, CLI)
    store.spending.settle(reservation, Usage(1, 10, 10))
    store.spending.settle(reservation, Usage(1, 10, 10))
    assert store.spending.spent("day").tokens == 20


def test_a_request_that_was_never_settled_counts_with_its_estimate(tmp_path, clock):
    with Store(tmp_path, clock=clock) as killed:
        killed.spending.reserve(Usage(1, 700, 300), NO_CAPS, CLI)
    with Store(tmp_path, clock=clock) as store:
        (row,) = store.spending.summary(By.FACE)
        assert (row.usage.requests, row.unsettled) == (1, 1)
        with pytest.raises(BudgetError, match="1,000 of them estimated"):
            store.spending.reserve(Usage(1, 1, 0), Caps(day_tokens=1000), CLI)


def test_a_request_that_was_not_sent_is_released(store):
    store.spending.release(store.spending.reserve(Usage(1, 700, 300), NO_CAPS, CLI))
    assert store.spending.summary(By.DAY) == []


def test_releasing_after_settling_changes_nothing(store):
    reservation = store.spending.reserve(Usage(1, 7, 3), NO_CAPS, CLI)
    store.spending.settle(reservation, Usage(1, 7, 3))
    store.spending.release(reservation)
    assert store.spending.spent("month").tokens == 10


@pytest.mark.parametrize("cap", ["run_tokens", "day_tokens", "month_tokens"])
def test_a_cap_in_tokens_is_kept_to_the_token(store, cap):
    caps = Caps(**{cap: 1000})
    pay(store, Usage(1, 500, 100), caps=caps)
    store.spending.reserve(Usage(1, 300, 100), caps, CLI)
    with pytest.raises(BudgetError) as refused:
        store.spending.reserve(Usage(1, 1, 0), caps, CLI)
    assert refused.value.exit_code == 3
    sentence = str(refused.value)
    assert f"'{cap}'" in sentence
    assert "1,000" in sentence
    assert "raise it" in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("cap", ["run_credits", "day_credits", "month_credits"])
def test_a_cap_in_credits_counts_what_the_models_answers_cost_so_far(store, cap):
    pay(store, Usage(1, 1000, 1000, 4.0))  # two credits for 1,000 tokens
    caps = Caps(**{cap: 6.0})
    with pytest.raises(BudgetError, match=cap):
        store.spending.reserve(Usage(1, 1000, 500), caps, CLI)
    assert store.spending.reserve(Usage(1, 500, 500), caps, CLI).estimate.credits == pytest.approx(2.0)


def test_a_spent_cap_refuses_even_a_request_of_unknown_price(store):
    pay(store, Usage(1, 1000, 1000, 4.0))
    with pytest.raises(BudgetError, match="day_credits"):
        store.spending.reserve(Usage(1, 10, 10), Caps(day_credits=4.0), LSP)


def test_a_refused_request_leaves_no_trace(store):
    with pytest.raises(BudgetError):
        store.spending.reserve(Usage(1, 100, 0), Caps(run_tokens=50), CLI)
    assert store.spending.summary(By.DAY) == []


def test_a_day_and_a_month_end_at_midnight_utc(store, clock):
    pay(store, Usage(1, 600, 0))
    day, month = Caps(day_tokens=1000), Caps(month_tokens=1000)
    with pytest.raises(BudgetError, match="tomorrow"):
        store.spending.reserve(Usage(1, 600, 0), day, CLI)
    clock.now += DAY / 2 - 1
    assert store.spending.spent("day").tokens == 600
    clock.now += 1
    assert store.spending.spent("day").tokens == 0
    with pytest.raises(BudgetError, match="next month"):
        store.spending.reserve(Usage(1, 600, 0), month, CLI)
    clock.now += 2 * DAY  # 1 June
    assert store.spending.spent("month").tokens == 0


def test_the_cap_of_a_run_does_not_see_other_runs_and_the_others_do(store):
    pay(store, Usage(1, 600, 0), LSP)
    store.spending.reserve(Usage(1, 600, 0), Caps(run_tokens=1000), CLI)
    with pytest.raises(BudgetError, match="day_tokens"):
        store.spending.reserve(Usage(1, 600, 0), Caps(run_tokens=9000, day_tokens=1000), CLI)


def test_summaries_group_by_what_is_asked_dearest_first_and_days_in_order(store, clock):
    pay(store, Usage(1, 10, 0, 1.0))
    pay(store, Usage(1, 20, 0, 5.0), LSP)
    clock.now += DAY
    pay(store, Usage(1, 30, 0, 1.0))
    assert [(row.label, row.usage.input_tokens) for row in store.spending.summary(By.DAY)] == [
        ("2026-05-29", 30),
        ("2026-05-30", 30),
    ]
    assert [row.label for row in store.spending.summary(By.MODEL)] == ["model-b", "model-a"]
    assert [row.label for row in store.spending.summary(By.REPOSITORY)] == ["/code/lib", "/code/app"]
    assert [row.label for row in store.spending.summary(By.FACE, since=clock.now)] == ["cli"]


@pytest.mark.parametrize(
    "usage",
    [Usage(1, -500, -500, -3.0), Usage(1, 0, 0, math.nan), Usage(-1, 0, 0)],
    ids=["negative", "no number", "negative requests"],
)
def test_a_peers_nonsense_never_lowers_what_was_spent(store, usage):
    pay(store, Usage(1, 100, 100, 1.0))
    before = store.spending.spent("day")
    pay(store, usage)
    assert store.spending.spent("day") == before


def test_a_peers_huge_numbers_do_not_break_the_sums(store):
    for _ in range(5):
        pay(store, Usage(1, 2**80, 2**70, math.inf))
    assert store.spending.spent("month").tokens > 10**12
    assert store.spending.summary(By.MODEL)[0].usage.requests == 5
    assert store.notices == []


def test_a_repository_path_with_undecodable_bytes_is_shown_spelt_out(store):
    pay(store, Usage(1, 1, 1), Purpose("r", "/code/\udcff", "m", "cli"))
    assert store.spending.summary(By.REPOSITORY)[0].label == "/code/\\udcff"


def test_a_reservation_from_before_the_record_was_removed_is_still_settled(tmp_path, clock):
    with Store(tmp_path, clock=clock) as store:
        reservation = store.spending.reserve(Usage(1, 10, 10), NO_CAPS, CLI)
        for path in tmp_path.glob("spending*"):
            path.unlink()
        store.spending.settle(reservation, Usage(1, 3, 4))
        assert store.spending.spent("day").tokens == 7


def test_without_a_place_to_write_a_cap_is_an_error_and_no_cap_is_a_notice(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with Store(blocked / "store") as store:
        with pytest.raises(BudgetError, match=r"cannot be written .*so the cap 'day_tokens' cannot be kept"):
            store.spending.reserve(Usage(1, 1, 1), Caps(day_tokens=10), CLI)
        reservation = store.spending.reserve(Usage(1, 1, 1), NO_CAPS, CLI)
        store.spending.settle(reservation, Usage(1, 1, 1))
        store.spending.release(reservation)
        assert store.spending.spent("day").tokens == 0
        assert store.spending.price("model-a") is None
        assert len(store.notices) == 1


def test_a_price_is_unknown_until_an_answer_was_paid_for(store):
    pay(store, Usage(1, 100, 100))
    assert store.spending.price("model-a") is None
    pay(store, Usage(1, 1000, 0, 3.0))
    assert store.spending.price("model-a") == Price(3.0, 3.0)
    assert store.spending.price("model-b") is None


@given(
    st.floats(0.001, 50),
    st.floats(0.001, 50),
    st.lists(st.tuples(st.integers(1, 30_000), st.integers(1, 4_000)), min_size=1, max_size=50),
)
def test_a_learned_price_explains_what_was_paid(read, written, tokens):
    paid = [(sent, got, (sent * read + got * written) / 1000) for sent, got in tokens]
    price = learn(paid)
    assert price is not None
    assert price.input >= 0
    assert price.output >= 0
    total = Usage(1, sum(sent for sent, _ in tokens), sum(got for _, got in tokens))
    assert price.of(total) == pytest.approx(sum(cost for _, _, cost in paid), rel=0.05)


def test_two_rates_are_told_apart_where_the_mixture_varies():
    price = learn([(1000, 100, 1.5), (2000, 50, 2.25), (100, 900, 4.6)])
    assert price is not None
    assert (price.input, price.output) == (pytest.approx(1.0), pytest.approx(5.0))


def test_no_tokens_teach_no_price():
    assert learn([]) is None
    assert learn([(0, 0, 1.0)]) is None


def test_what_was_spent_is_read_from_the_file_not_from_memory(tmp_path: Path):
    with Store(tmp_path) as one, Store(tmp_path) as other:
        pay(one, Usage(1, 40, 2))
        assert other.spending.spent("day").tokens == 42
        pay(other, Usage(1, 1, 1))
        assert one.spending.spent("day").tokens == 44


def test_each_cap_that_is_set_tells_what_is_spent_and_left(store):
    caps = Caps(run_tokens=100, day_credits=0.5)
    reserved = store.spending.reserve(Usage(1, 50, 10, 0.25), NO_CAPS, CLI)
    store.spending.settle(reserved, Usage(1, 90, 20, 0.4))
    store.spending.reserve(Usage(1, 1, 1, 0.3), NO_CAPS, LSP)
    told = standing(caps, lambda window: store.spending.spent(window, CLI.run))
    assert [(cap.name, cap.limit, cap.spent, cap.left) for cap in told] == [
        ("run_tokens", 100, 110, 0),
        ("day_credits", 0.5, 0.7, 0),
    ]
    assert standing(NO_CAPS, store.spending.spent) == ()
