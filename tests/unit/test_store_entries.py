"""Small files that are written whole, checked when read, and dropped when they become too many."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from platformdirs import user_cache_path

from diffvet.cli.outcome import look, pack, unpack
from diffvet.store.entries import Entries, digest
from diffvet.store.place import default_place

NAME = "0" * 32
SERVER = Path(__file__).parents[2] / "server"


def entries(directory, **more):
    return Entries(str(directory), **{"most": 100, "size_limit": 10**6, **more})


@given(st.binary(max_size=300))
def test_any_content_comes_back_unchanged(tmp_path_factory, content):
    kept = entries(tmp_path_factory.mktemp("kept"))
    kept.write(NAME, content)
    assert kept.read(NAME) == content


def test_reading_creates_nothing_and_finds_nothing(tmp_path):
    kept = entries(tmp_path / "kept")
    assert kept.read(NAME) is None
    assert kept.names() == []
    assert not kept.touch(NAME)
    assert not (tmp_path / "kept").exists()


def test_directory_and_files_are_the_users_alone(tmp_path):
    kept = entries(tmp_path / "a" / "kept")
    kept.write(NAME, b"x")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "kept" / NAME).stat().st_mode & 0o777 == 0o600


def test_what_was_used_longest_ago_goes_first(tmp_path):
    clock = iter(range(100))
    kept = entries(tmp_path, most=3, clock=lambda: next(clock))
    for name in "abc":
        kept.write(name, b"x")
    kept.touch("a")
    kept.write("d", b"x")
    assert kept.names() == ["c", "a", "d"]


def test_large_ones_push_out_more(tmp_path):
    clock = iter(range(100))
    kept = entries(tmp_path, size_limit=1000, clock=lambda: next(clock))
    for name in "abcde":
        kept.write(name, b"x" * 180)
    kept.write("f", b"x" * 700)
    assert kept.names() == ["e", "f"]


def test_what_a_killed_process_began_is_swept_away_later(tmp_path):
    kept = entries(tmp_path)
    begun, fresh = tmp_path / "1.tmp", tmp_path / "2.tmp"
    begun.write_bytes(b"half")
    fresh.write_bytes(b"half")
    os.utime(begun, (time.time() - 7200,) * 2)
    kept.write(NAME, b"x")
    assert kept.names() == [NAME]
    assert not begun.exists()
    assert fresh.exists()


def test_a_failed_write_leaves_the_old_entry_and_nothing_beside_it(tmp_path):
    if sys.platform == "win32":
        pytest.skip("limits are of POSIX")
    kept = entries(tmp_path)
    kept.write(NAME, b"old")
    code = (
        f"import resource, sys; sys.path.insert(0, {str(SERVER)!r}); from diffvet.store.entries import Entries\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        f"kept = Entries({str(tmp_path)!r}, most=9, size_limit=10**6)\n"
        f"try: kept.write({NAME!r}, b'x' * 5000)\nexcept OSError: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"
    assert kept.read(NAME) == b"old"
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_many_processes_write_and_read_the_same_entry_and_none_sees_a_half(tmp_path):
    code = (
        f"import sys; sys.path.insert(0, {str(SERVER)!r}); from diffvet.store.entries import Entries\n"
        f"kept = Entries({str(tmp_path)!r}, most=2, size_limit=10**6)\n"
        "for n in range(150):\n"
        f"    kept.write({NAME!r}, bytes([n]) * 3000); kept.write('f' * 32, b'other')\n"
        f"    seen = kept.read({NAME!r})\n"
        "    assert seen is None or (len(seen) == 3000 and len(set(seen)) == 1), seen\n"
    )
    crowd = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(4)]
    crowd[0].kill()
    assert [process.communicate()[1] for process in crowd[1:]] == [b""] * 3
    crowd[0].communicate()
    assert not [name for name in os.listdir(tmp_path) if name not in {NAME, "f" * 32} and ".tmp" not in name]  # noqa: PTH208


@given(st.lists(st.binary(max_size=5), max_size=5), st.lists(st.binary(max_size=5), max_size=5))
def test_parts_that_differ_anywhere_have_different_digests(one, other):
    assert (digest(*one) == digest(*other)) == (one == other)


@given(st.lists(st.binary(max_size=50), min_size=2, max_size=10).map(lambda fields: fields * 2))
def test_what_is_packed_is_unpacked(fields):
    assert unpack(pack(fields)) == fields


@pytest.mark.parametrize("content", [b"", b"x", b"1 1\n", b"1 1 1 1\nabc", b"0 0\n", b"0 0 0 0 0\n"])
def test_what_nobody_packed_is_nothing(content):
    assert unpack(content) is None


def test_every_change_of_a_place_is_seen(tmp_path):
    place, other = tmp_path / "place", tmp_path / "other"
    other.write_text("text")
    seen = [look(str(place))]

    def now():
        seen.append(look(str(place)))

    place.write_text("text")
    now()
    place.write_text("Text")
    now()
    place.unlink()
    place.symlink_to("other")
    now()
    other.write_text("Text")
    now()
    place.unlink()
    place.symlink_to(tmp_path / "other")
    now()
    other.unlink()
    now()
    place.unlink()
    place.mkdir()
    now()
    place.rmdir()
    (tmp_path / "elsewhere").mkdir()
    place.symlink_to("elsewhere")
    now()
    assert len(set(seen[:-3] + seen[-2:])) == len(seen) - 1  # a link to nothing is nothing
    assert look(str(tmp_path / "nowhere")) == seen[0] == seen[-3]


def test_a_large_file_is_known_by_its_times_and_size(tmp_path):
    place = tmp_path / "large"
    place.write_bytes(b"x" * (1 << 21))
    before = look(str(place))
    assert look(str(place)) == before
    os.utime(place, ns=(1, 1))
    assert look(str(place)) != before


@pytest.mark.parametrize(
    ("cache", "home"),
    [
        ("/var/cache/me", "/home/me"),
        ("", "/home/me"),
        ("relative", "/home/me"),
        (None, "/home/me"),
        ("/c", ""),
    ],
)
def test_the_quick_way_to_the_cache_directory_is_the_way_of_platformdirs(monkeypatch, cache, home):
    monkeypatch.delenv("DIFFVET_CACHE_DIR", raising=False)
    monkeypatch.setenv("HOME", home)
    if cache is None:
        monkeypatch.delenv("XDG_CACHE_HOME")
    else:
        monkeypatch.setenv("XDG_CACHE_HOME", cache)
    assert default_place() == str(user_cache_path("diffvet", appauthor=False))
