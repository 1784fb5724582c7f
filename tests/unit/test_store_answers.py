"""Answers are found by their key, survive the process, and the least recently used go first."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.store.store import Store

HOUR = 3600


class Clock:
    """A clock that only moves when told to; it starts at a moment in 2026."""

    def __init__(self) -> None:
        self.now = 1_780_000_000.0

    def __call__(self) -> float:
        return self.now


def test_an_answer_is_found_again_by_another_store_and_an_unknown_key_is_absent(tmp_path):
    with Store(tmp_path) as store:
        store.answers.remember({"a": "first", "b": "second"}, model="m")
    with Store(tmp_path) as store:
        assert store.answers.lookup(["b", "a", "c", "a"]) == {"a": "first", "b": "second"}
        assert store.notices == []


def test_a_later_answer_replaces_an_earlier_one(tmp_path):
    with Store(tmp_path) as store:
        store.answers.remember({"a": "old"}, model="m")
        store.answers.remember({"a": "new"}, model="n")
        assert store.answers.lookup(["a"]) == {"a": "new"}
        assert store.answers.stats().entries == 1


def test_more_keys_than_a_statement_takes_are_looked_up_at_once(tmp_path):
    entries = {f"key {number}": f"value {number}" for number in range(1701)}
    with Store(tmp_path) as store:
        store.answers.remember(entries, model="m")
        assert store.answers.lookup([*entries, "unknown"]) == entries
        assert store.answers.lookup([]) == {}


@given(st.dictionaries(st.text(alphabet=st.characters()), st.text(alphabet=st.characters()), max_size=5))
def test_any_text_comes_back_unchanged(tmp_path_factory, entries):
    with Store(tmp_path_factory.mktemp("store")) as store:
        store.answers.remember(entries, model="m\udcff")
        assert store.answers.lookup(list(entries)) == entries
        assert store.notices == []


def test_values_that_differ_only_in_undecodable_bytes_stay_apart(tmp_path):
    with Store(tmp_path) as store:
        entries = dict([("k\udc80", "v\udc81"), ("k\udc82", "v\x00\r\n")])  # noqa: C406 - ruff takes the keys for equal in a literal
        store.answers.remember(entries, model="m")
        assert store.answers.lookup(list(entries)) == entries


def test_a_store_over_its_limit_forgets_what_was_not_used_for_longest(tmp_path):
    clock = Clock()
    with Store(tmp_path, size_limit=400_000, clock=clock) as store:
        for number in range(30):
            store.answers.remember({f"{number}": "x" * 10_000}, model="m")
            clock.now += 2 * HOUR
        assert "0" in store.answers.lookup(["0"])  # used again: no longer the oldest
        for number in range(30, 60):
            store.answers.remember({f"{number}": "x" * 10_000}, model="m")
            clock.now += 2 * HOUR
            assert store.answers.lookup(["0"]), number
        kept = store.answers.lookup([str(number) for number in range(60)])
        assert "59" in kept
        assert "1" not in kept
        assert 20 < len(kept) < 40
        assert store.answers.path.stat().st_size < 450_000


def test_that_an_answer_was_used_outlives_the_process_that_used_it(tmp_path):
    clock = Clock()
    with Store(tmp_path, clock=clock) as store:
        store.answers.remember({"a": "x"}, model="m")
        first = store.answers.stats().oldest
    clock.now += 5 * HOUR
    with Store(tmp_path, clock=clock) as store:
        store.answers.lookup(["a"])
    with Store(tmp_path, clock=clock) as store:
        assert store.answers.stats().oldest == first + 5 * HOUR


def test_looking_up_again_within_the_hour_writes_nothing(tmp_path):
    with Store(tmp_path) as store:
        store.answers.remember({"a": "x"}, model="m")
    before = store.answers.path.read_bytes()
    with Store(tmp_path) as store:
        store.answers.lookup(["a"])
    assert store.answers.path.read_bytes() == before


def test_an_answer_too_large_for_its_store_is_not_kept_and_pushes_nothing_out(tmp_path):
    with Store(tmp_path, size_limit=400_000) as store:
        store.answers.remember({"small": "x"}, model="m")
        store.answers.remember({"large": "x" * 200_000}, model="m")
        assert store.answers.lookup(["small", "large"]) == {"small": "x"}


def test_clearing_says_what_went_and_gives_the_space_back(tmp_path):
    with Store(tmp_path) as store:
        store.answers.remember({f"{number}": "x" * 2000 for number in range(500)}, model="m")
        gone = store.answers.clear()
        assert gone.entries == 500
        assert gone.size > 1_000_000
        assert store.answers.lookup(["1"]) == {}
        assert store.answers.stats().size < 50_000


def test_looking_at_a_store_that_was_never_used_creates_nothing(tmp_path):
    directory = tmp_path / "none"
    with Store(directory) as store:
        assert store.answers.stats().entries == 0
        assert store.spending.summary("day") == []
        assert store.dismissals.all() == []
        assert store.answers.clear().entries == 0
    assert not directory.exists()


@pytest.mark.parametrize("missing", ["a", "a/b/c"])
def test_directories_and_files_are_the_users_own(tmp_path, missing):
    directory = tmp_path / missing
    with Store(directory) as store:
        store.answers.remember({"a": "x"}, model="m")
        store.dismissals.dismiss("f", repository="r", reason="why", author="me")
        files = [path for path in directory.iterdir() if path.is_file()]
        assert any(path.name.endswith("-wal") for path in files)
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert {parent.stat().st_mode & 0o777 for parent in _made(directory, tmp_path)} == {0o700}


def _made(directory: Path, root: Path) -> list[Path]:
    return [path for path in (directory, *directory.parents) if path.is_relative_to(root) and path != root]


def test_the_directory_is_the_named_one_else_the_users_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DIFFVET_CACHE_DIR", str(tmp_path / "named"))
    assert Store.open().directory == tmp_path / "named"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIFFVET_CACHE_DIR", "near")
    assert Store.open().directory == tmp_path / "near"
    monkeypatch.delenv("DIFFVET_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert Store.open().directory.name == "diffvet"
    assert Store.open(tmp_path / "given").directory == tmp_path / "given"


def test_without_a_home_one_notice_is_all(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "XDG_CACHE_HOME", "DIFFVET_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_args, **_named: Path("~/.cache/diffvet"))
    with Store.open() as store:
        store.answers.remember({"a": "x"}, model="m")
        assert store.answers.lookup(["a"]) == {}
        assert not store.dismissals.dismiss("f", repository="r", reason="why", author="me")
        assert len(store.notices) == 1
        assert "DIFFVET_CACHE_DIR" in store.notices[0]
    assert list(tmp_path.iterdir()) == []
