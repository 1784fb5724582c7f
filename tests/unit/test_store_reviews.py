"""The last review of each repository is recalled whole or not at all, and the oldest go first."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.store import reviews
from diffvet.store.notices import Notices
from diffvet.store.reviews import KeptReview, Reviews
from diffvet.store.store import Store


def kept(directory, **more):
    return Reviews(directory, Notices(), clock=lambda: 1_780_000_000.4, **more)


def rows(directory):
    with closing(sqlite3.connect(directory / reviews.FILE)) as connection:
        return connection.execute("SELECT root FROM reviews ORDER BY turn").fetchall()


def test_the_last_review_of_a_repository_is_recalled_by_another_process(tmp_path):
    with Store(tmp_path) as store:
        assert store.reviews.keep("/code", "first")
        assert store.reviews.keep("/code", "second")
        assert store.reviews.keep("/other", "theirs")
    with Store(tmp_path) as store:
        assert store.reviews.last("/code").text == "second"
        assert store.reviews.last("/other").text == "theirs"
        assert store.reviews.last("/nowhere") is None
        assert store.notices == []


def test_when_it_was_kept_is_known(tmp_path):
    memory = kept(tmp_path)
    memory.keep("/code", "text")
    assert memory.last("/code") == KeptReview("text", 1_780_000_000)


def test_asking_before_the_first_review_creates_nothing(tmp_path):
    memory = kept(tmp_path / "store")
    assert memory.last("/code") is None
    assert memory.count() == 0
    assert memory.clear() == 0
    assert not (tmp_path / "store").exists()


def test_the_order_does_not_depend_on_the_clock(tmp_path):
    for moment, text in enumerate(("first", "second", "third")):
        Reviews(tmp_path, Notices(), clock=lambda now=1000 - moment: now).keep("/code", text)
    assert kept(tmp_path).last("/code").text == "third"


@given(st.text(alphabet=st.characters()), st.text(alphabet=st.characters()))
def test_any_text_of_any_place_comes_back_unchanged(tmp_path_factory, root, text):
    memory = kept(tmp_path_factory.mktemp("store"))
    memory.keep(root, text)
    assert memory.last(root).text == text
    memory.close()


def test_a_repository_keeps_its_last_few(tmp_path):
    memory = kept(tmp_path)
    memory.keep("/other", "theirs")
    for number in range(reviews.PER_ROOT + 5):
        memory.keep("/code", str(number))
    assert memory.count() == reviews.PER_ROOT + 1
    assert memory.last("/other").text == "theirs"


def test_the_oldest_go_when_all_of_them_take_too_much(tmp_path):
    memory = kept(tmp_path, size_limit=4000)
    noise = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(400))  # does not compress well
    for number in range(20):
        memory.keep(f"/{number}", f"{number}{noise}")
    left = rows(tmp_path)
    assert 1 <= len(left) < 5
    assert left[-1] == (b"/19",)
    assert memory.last("/0") is None


def test_a_review_too_large_to_keep_leaves_no_older_one_as_the_last(tmp_path, monkeypatch):
    monkeypatch.setattr(reviews, "LARGEST", 100)
    memory = kept(tmp_path)
    assert memory.keep("/code", "small")
    assert not memory.keep("/code", "".join(map(chr, range(0x4E00, 0x5000))))
    assert memory.last("/code") is None


def test_a_flipped_bit_is_a_missing_review_and_never_a_wrong_one(tmp_path):
    memory = kept(tmp_path)
    memory.keep("/code", "text " * 100)
    memory.close()
    with closing(sqlite3.connect(tmp_path / reviews.FILE)) as connection:
        (value,) = connection.execute("SELECT value FROM reviews").fetchone()
        for position in range(len(value)):
            harmed = bytearray(value)
            harmed[position] ^= 4
            connection.execute("UPDATE reviews SET value = ?", (bytes(harmed),))
            connection.commit()
            assert memory.last("/code") is None


@pytest.mark.parametrize("content", [b"this is no database\n" * 500, b"", b"\0" * 9000])
def test_a_damaged_file_is_set_aside_and_the_next_review_is_kept(tmp_path, content):
    (tmp_path / reviews.FILE).write_bytes(content)
    memory = kept(tmp_path)
    assert memory.last("/code") is None
    assert memory.keep("/code", "text")
    assert memory.last("/code").text == "text"


def test_clearing_forgets_all(tmp_path):
    memory = kept(tmp_path)
    memory.keep("/code", "text")
    assert memory.clear() == 1
    assert memory.last("/code") is None
