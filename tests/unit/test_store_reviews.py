"""The last review of each repository is recalled whole or not at all, and the oldest go first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.store import reviews
from diffvet.store.reviews import KeptReview, Reviews
from diffvet.store.store import Store


def kept(directory, **more):
    return Reviews(directory, clock=lambda: 1_780_000_000.4, **more)


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


@given(st.text(alphabet=st.characters()), st.text(alphabet=st.characters()))
def test_any_text_of_any_place_comes_back_unchanged(tmp_path_factory, root, text):
    memory = kept(tmp_path_factory.mktemp("store"))
    memory.keep(root, text)
    assert memory.last(root).text == text


def test_a_repository_keeps_its_last_few(tmp_path):
    memory = Reviews(tmp_path)
    memory.keep("/other", "theirs")
    for number in range(reviews.PER_ROOT + 5):
        memory.keep("/code", str(number))
    assert memory.count() == reviews.PER_ROOT + 1
    assert memory.last("/other").text == "theirs"
    assert memory.last("/code").text == str(reviews.PER_ROOT + 4)


def test_a_review_that_comes_again_is_the_last_one_again(tmp_path):
    memory = Reviews(tmp_path)
    for text in ("one", "two", "one"):
        memory.keep("/code", text)
    assert memory.last("/code").text == "one"
    assert memory.count() == 2


def test_the_oldest_go_when_all_of_them_take_too_much(tmp_path):
    memory = Reviews(tmp_path, size_limit=4000)
    noise = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(400))  # does not compress well
    for number in range(20):
        memory.keep(f"/{number}", f"{number}{noise}")
    assert 1 <= memory.count() < 5
    assert memory.last("/19").text == f"19{noise}"
    assert memory.last("/0") is None


def test_a_review_too_large_to_keep_leaves_no_older_one_as_the_last(tmp_path, monkeypatch):
    monkeypatch.setattr(reviews, "LARGEST", 100)
    memory = kept(tmp_path)
    assert memory.keep("/code", "small")
    assert not memory.keep("/code", "".join(map(chr, range(0x4E00, 0x5000))))
    assert memory.last("/code") is None


def test_a_flipped_bit_is_a_missing_review_and_never_a_wrong_one(tmp_path):
    memory = kept(tmp_path)
    place = memory.path / memory.keep("/code", "text " * 100)
    whole = place.read_bytes()
    for position in range(len(whole)):
        harmed = bytearray(whole)
        harmed[position] ^= 4
        place.write_bytes(harmed)
        assert memory.last("/code") is None
    for length in range(len(whole)):
        place.write_bytes(whole[:length])
        assert memory.last("/code") is None


def test_a_review_under_the_name_of_another_is_missing(tmp_path):
    memory = Reviews(tmp_path)
    one, other = memory.keep("/code", "mine"), memory.keep("/other", "theirs")
    (memory.path / other).replace(memory.path / one)
    assert memory.last("/code") is None


@pytest.mark.parametrize("harm", ["file", "directory"])
def test_what_is_in_the_way_is_no_crash(tmp_path, harm):
    if harm == "file":
        (tmp_path / reviews.FOLDER).write_text("")
    else:
        name = kept(tmp_path).keep("/code", "text")
        (tmp_path / reviews.FOLDER / name).unlink()
        (tmp_path / reviews.FOLDER / name / "x").mkdir(parents=True)
    memory = kept(tmp_path)
    assert memory.keep("/code", "text") is None
    assert memory.last("/code") is None


def test_clearing_forgets_all(tmp_path):
    memory = kept(tmp_path)
    memory.keep("/code", "text")
    assert memory.clear() == 1
    assert memory.last("/code") is None
