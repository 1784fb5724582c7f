"""A damaged file, found at opening or later: one notice, no crash, no wrong answer, work goes on."""

import os
import random
import shutil
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffvet.review.finding import Usage
from diffvet.store import database
from diffvet.store.caps import BudgetError, Caps
from diffvet.store.dismissals import COPY, FILE
from diffvet.store.spending import By, Purpose
from diffvet.store.store import Store

PAGE = 4096
CLI = Purpose("run", "/code", "model", "cli")


def zero_middle(data):
    middle = len(data) // PAGE // 2 * PAGE
    return data[:middle] + b"\0" * (len(data) - middle)


def shuffled(data):
    pages = [data[start : start + PAGE] for start in range(0, len(data), PAGE)]
    return pages[0] + b"".join(reversed(pages[1:]))


HARM = {
    "noise": lambda data: os.urandom(len(data)),
    "text": lambda _data: b"this is no database\n" * 1000,
    "one byte": lambda _data: b"x",
    "a cut header": lambda data: data[:60],
    "half a page": lambda data: data[: PAGE // 2],
    "half the pages": lambda data: data[: len(data) // PAGE // 2 * PAGE],
    "the first page only": lambda data: data[:PAGE],
    "zeroes": lambda data: b"\0" * len(data),
    "zeroes after the header": lambda data: data[:PAGE] + b"\0" * (len(data) - PAGE),
    "zeroes in the middle": zero_middle,
    "noise after the header": lambda data: data[:PAGE] + os.urandom(len(data) - PAGE),
    "pages in another order": shuffled,
    "a schema of another program": None,
    "our version without our tables": None,
}


def other_schema(path, version):
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE answers (something)")
        connection.execute("CREATE TABLE spends (something)")
        connection.execute(f"PRAGMA user_version={version * database.TWICE}")
        connection.commit()


def damage(path, kind):
    if kind == "a schema of another program":
        other_schema(path, 0)
    elif kind == "our version without our tables":
        other_schema(path, 1)
    else:
        path.write_bytes(HARM[kind](path.read_bytes()))


ENTRIES = {f"key {number}": f"answer {number} " * 100 for number in range(300)}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A store with 300 answers, ten settled requests of 100 tokens and the dismissal ``kept``."""
    directory = tmp_path_factory.mktemp("template")
    with Store(directory) as store:
        store.answers.remember(ENTRIES, model="m")
        store.dismissals.dismiss("kept", repository="/code", reason="r", author="a")
        for _ in range(10):
            store.spending.settle(store.spending.reserve(Usage(1, 90, 10), Caps(), CLI), Usage(1, 90, 10))
    return directory


@pytest.fixture
def filled(template, tmp_path):
    return shutil.copytree(template, tmp_path / "store")


@pytest.mark.parametrize("kind", HARM)
def test_a_damaged_cache_gives_no_wrong_answer_and_soon_works_again(filled, kind):
    damage(filled / "answers.sqlite3", kind)
    with Store(filled) as store:
        for key, value in store.answers.lookup(list(ENTRIES)).items():
            assert value == ENTRIES[key]
        store.answers.remember({"new": "answer"}, model="m")
        store.answers.remember(ENTRIES, model="m")
        assert store.answers.lookup(["new", *ENTRIES]) == {"new": "answer", **ENTRIES}
        assert len(store.notices) <= 1
        assert all("set aside" in notice or "damaged" in notice for notice in store.notices)
        assert "kept" in store.dismissals.dismissed(["kept"])
        assert store.spending.spent("month").tokens == 1000
    with Store(filled) as store:
        assert store.answers.lookup(["new"]) == {"new": "answer"}
        assert store.notices == []
    with closing(sqlite3.connect(filled / "answers.sqlite3")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("kind", HARM)
def test_a_damaged_spending_record_is_said_and_counting_goes_on(filled, kind):
    damage(filled / "spending.sqlite3", kind)
    with Store(filled) as store:
        before = store.spending.spent("month").tokens
        assert 0 <= before <= 1000
        store.spending.settle(store.spending.reserve(Usage(1, 50, 50), Caps(), CLI), Usage(1, 50, 50))
        after = store.spending.spent("month").tokens
        assert 100 <= after <= 1100
        with pytest.raises(BudgetError, match="run_tokens"):
            store.spending.reserve(Usage(1, 1, 0), Caps(run_tokens=100), CLI)
        assert len(store.notices) <= 1
        assert store.notices or kind == "one byte" or after == 1100


def test_what_can_still_be_read_of_a_damaged_record_counts_on(tmp_path):
    with Store(tmp_path) as store:
        for _ in range(40):
            store.spending.settle(store.spending.reserve(Usage(1, 90, 10), Caps(), CLI), Usage(1, 90, 10))
    path = tmp_path / "spending.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'spends_at'").fetchone()[0]
    data = bytearray(path.read_bytes())
    data[(root - 1) * PAGE : root * PAGE] = os.urandom(PAGE)
    path.write_bytes(data)
    with Store(tmp_path) as store:
        assert store.spending.spent("month").tokens == 4000
        assert "40 of its requests could still be read" in store.notices[0]


def test_a_flipped_bit_in_an_answer_is_an_absent_answer(tmp_path):
    with Store(tmp_path) as store:
        store.answers.remember({"a": "the answer is: no risk", "b": "other"}, model="m")
    path = tmp_path / "answers.sqlite3"
    data = path.read_bytes()
    assert data.count(b"the answer is: no risk") == 1
    path.write_bytes(data.replace(b"the answer is: no risk", b"the answer is: no wisk"))
    with Store(tmp_path) as store:
        assert store.answers.lookup(["a", "b"]) == {"b": "other"}
        store.answers.remember({"a": "asked again"}, model="m")
        assert store.answers.lookup(["a"]) == {"a": "asked again"}


def test_damage_that_comes_while_the_store_is_open_is_met_at_the_next_statement(filled):
    with Store(filled) as store:
        assert len(store.answers.lookup(list(ENTRIES))) == 300
        path = filled / "answers.sqlite3"
        path.write_bytes(os.urandom(path.stat().st_size))
        store.answers.remember({"new": "answer"}, model="m")
        store.answers.lookup(list(ENTRIES))
        store.answers.remember({"new": "answer"}, model="m")
        assert store.answers.lookup(["new"]) == {"new": "answer"}


@given(
    seed=st.integers(0, 2**32),
    changes=st.sampled_from([1, 3, 20, 300]),
    reach=st.sampled_from([100, 5000, 10**9]),
)
@settings(max_examples=25)
def test_bytes_changed_anywhere_never_make_a_wrong_answer_a_crash_or_a_lost_dismissal(
    template, tmp_path_factory, seed, changes, reach
):
    directory = shutil.copytree(template, tmp_path_factory.mktemp("changed") / "store")
    rng = random.Random(seed)  # noqa: S311 - repeats with the seed
    for name in ("answers.sqlite3", "spending.sqlite3", rng.choice([FILE, COPY])):
        data = bytearray((directory / name).read_bytes())
        for _ in range(changes):
            data[rng.randrange(min(len(data), reach))] = rng.randrange(256)
        (directory / name).write_bytes(data)
    for _ in range(2):
        with Store(directory) as store:
            store.answers.remember(ENTRIES, model="m")
            assert store.answers.lookup(list(ENTRIES)).items() <= ENTRIES.items()
            reservation = store.spending.reserve(Usage(1, 1, 1), Caps(), CLI)
            store.spending.settle(reservation, Usage(1, 1, 1))
            assert [store.spending.summary(by) for by in By]
            assert "kept" in store.dismissals.dismissed(["kept"])


@pytest.mark.parametrize("side", ["-wal", "-shm"])
def test_a_damaged_side_file_costs_at_most_what_it_held(filled, side):
    (filled / f"answers.sqlite3{side}").write_bytes(os.urandom(3 * 32768))
    with Store(filled) as store:
        assert store.answers.lookup(list(ENTRIES)) == ENTRIES
        store.answers.remember({"new": "answer"}, model="m")
        assert store.answers.lookup(["new"]) == {"new": "answer"}
        assert store.notices == []


def test_a_store_of_a_newer_diffvet_is_left_alone_with_one_notice(filled):
    for name in ("answers.sqlite3", "spending.sqlite3"):
        with closing(sqlite3.connect(filled / name)) as connection:
            connection.execute(f"PRAGMA user_version={7 * database.TWICE}")
    with Store(filled) as store:
        assert store.answers.lookup(["key 1"]) == {}
        store.answers.remember({"new": "answer"}, model="m")
        store.spending.reserve(Usage(1, 1, 1), Caps(), CLI)
        assert len(store.notices) == 1
        assert "newer Diffvet" in store.notices[0]
        with pytest.raises(BudgetError, match="newer Diffvet"):
            store.spending.reserve(Usage(1, 1, 1), Caps(day_tokens=10**9), CLI)
    with closing(sqlite3.connect(filled / "answers.sqlite3")) as connection:
        assert connection.execute("SELECT COUNT(*) FROM answers").fetchone() == (300,)


def test_only_a_few_damaged_files_are_kept(tmp_path):
    for _ in range(6):
        with Store(tmp_path) as store:
            store.answers.remember({"a": "x"}, model="m")
        (tmp_path / "answers.sqlite3").write_bytes(b"noise" * 1000)
        with Store(tmp_path) as store:
            assert store.answers.lookup(["a"]) == {}
    assert len(list(tmp_path.glob("answers.sqlite3.damaged-*"))) <= 3
    with Store(tmp_path) as store:
        store.answers.clear()
    assert list(tmp_path.glob("answers.sqlite3.damaged-*")) == []


def test_a_store_removed_under_an_open_one_is_made_anew(tmp_path):
    with Store(tmp_path / "store") as store:
        store.answers.remember({"a": "x"}, model="m")
        for path in (tmp_path / "store").iterdir():
            path.unlink()
        (tmp_path / "store").rmdir()
        assert store.answers.lookup(["a"]) == {}
        store.answers.remember({"b": "y"}, model="m")
        assert store.answers.lookup(["b"]) == {"b": "y"}
        assert store.notices == []
    with Store(tmp_path / "store") as store:
        assert store.answers.lookup(["b"]) == {"b": "y"}
