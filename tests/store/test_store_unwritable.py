"""Where nothing can be written there is no memory, one notice, and no crash; a cap cannot be kept and says so."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from diffvet.review.finding import Usage
from diffvet.store import database
from diffvet.store.caps import BudgetError, Caps
from diffvet.store.spending import Purpose
from diffvet.store.store import Store

CLI = Purpose("run", "/code", "model", "cli")
SERVER = Path(__file__).parents[2] / "server"


def under_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    return tmp_path / "file" / "store"


def a_file(tmp_path):
    (tmp_path / "store").write_text("")
    return tmp_path / "store"


def a_directory_in_the_way(tmp_path):
    for name in ("answers.sqlite3", "spending.sqlite3"):
        (tmp_path / "store" / name).mkdir(parents=True)
    return tmp_path / "store"


def a_dangling_link(tmp_path):
    (tmp_path / "store").symlink_to(tmp_path / "file" / "nowhere")
    (tmp_path / "file").write_text("")
    return tmp_path / "store"


def a_link_to_itself(tmp_path):
    (tmp_path / "store").symlink_to("store")
    return tmp_path / "store"


def a_name_too_long(tmp_path):
    return tmp_path / ("x" * 300)


def a_kernel_directory(tmp_path):
    if not Path("/proc/self").is_dir():
        pytest.skip("no /proc here")
    return Path("/proc/diffvet")


@pytest.mark.parametrize(
    "place",
    [
        under_a_file,
        a_file,
        a_directory_in_the_way,
        a_dangling_link,
        a_link_to_itself,
        a_name_too_long,
        a_kernel_directory,
    ],
)
def test_a_place_that_cannot_be_used_is_one_notice(tmp_path, place):
    with Store(place(tmp_path)) as store:
        assert store.answers.lookup(["a"]) == {}
        store.answers.remember({"a": "x"}, model="m")
        assert store.answers.lookup(["a"]) == {}
        store.answers.flush()
        assert store.answers.stats().entries == 0
        assert store.answers.clear().entries == 0
        assert store.spending.reserve(Usage(1, 1, 1), Caps(), CLI).row is None
        assert store.dismissals.dismissed(["f"]) == {}
        assert store.spending.summary("day") == []
        assert len(store.notices) == 1, store.notices
        with pytest.raises(BudgetError):
            store.spending.reserve(Usage(1, 1, 1), Caps(run_credits=1.0), CLI)


def run(code, directory):
    """Run ``code`` in a process of its own, where limits hurt nobody else; returns what it printed."""
    script = f"""
import sys; sys.path.insert(0, {str(SERVER)!r})
from pathlib import Path
from diffvet.review.finding import Usage
from diffvet.store.caps import BudgetError, Caps
from diffvet.store.spending import Purpose
from diffvet.store.store import Store
CLI = Purpose("run", "/code", "model", "cli")
directory = Path({str(directory)!r})
{code}
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="limits are of POSIX")
def test_a_disk_that_fills_up_keeps_what_was_there_and_loses_no_dismissal(tmp_path):
    with Store(tmp_path) as store:
        store.answers.remember({"old": "answer"}, model="m")
        store.dismissals.dismiss("old", repository="/code", reason="r", author="a")
        store.spending.settle(store.spending.reserve(Usage(1, 5, 5), Caps(), CLI), Usage(1, 5, 5))
    code = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
with Store(directory) as store:
    for number in range(50):
        store.answers.remember({str(number): "x" * 20_000}, model="m")
    print(store.answers.lookup(["old"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 40_000))
    print(store.dismissals.dismiss("new", repository="/code", reason="r", author="a"))
    print(sorted(store.dismissals.dismissed(["old", "new"])))
    try:
        store.spending.reserve(Usage(1, 1, 1), Caps(day_tokens=10**6), CLI)
    except BudgetError as error:
        print("cannot be kept" in str(error))
    store.spending.reserve(Usage(1, 1, 1), Caps(), CLI)
    print(len(store.notices))
"""
    said = run(code, tmp_path).splitlines()
    assert said[1:4] == ["False", "['new', 'old']", "True"]
    with Store(tmp_path) as store:
        assert store.answers.lookup(["old"]) == {"old": "answer"}
        assert [dismissal.fingerprint for dismissal in store.dismissals.all()] == ["old"]
        assert store.spending.spent("month").tokens == 10
        assert store.notices == []


def test_a_full_disk_ends_writing_but_not_reading(tmp_path):
    with Store(tmp_path) as store:
        store.answers.remember({"old": "answer"}, model="m")
        session = store.answers._database._session()
        pages = session.connection.execute("PRAGMA page_count").fetchone()[0]
        session.connection.execute(f"PRAGMA max_page_count={pages}")
        store.answers.remember({"new": "x" * 100_000}, model="m")
        assert store.answers.lookup(["old", "new"]) == {"old": "answer"}
        assert store.notices == [
            f"the store in {tmp_path} cannot be written (the disk is full); going on without memory"
        ]
        session.connection.execute("PRAGMA max_page_count=1000000")
        store.answers.remember({"new": "y"}, model="m")
        assert "new" not in store.answers.lookup(
            ["new"]
        )  # at rest: a long session does not try again and again
        session.rest = None
        store.answers.remember({"new": "y"}, model="m")
        assert store.answers.lookup(["new"]) == {"new": "y"}


def test_a_lock_that_is_never_freed_is_waited_for_once(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    with Store(tmp_path) as store:
        store.answers.remember({"old": "answer"}, model="m")
        store.spending.reserve(Usage(1, 1, 1), Caps(), CLI)
    holders = [
        sqlite3.connect(tmp_path / name, isolation_level=None)
        for name in ("answers.sqlite3", "spending.sqlite3")
    ]
    for holder in holders:
        holder.execute("BEGIN IMMEDIATE")
    with Store(tmp_path) as store:
        assert store.answers.lookup(["old"]) == {"old": "answer"}
        store.answers.remember({"new": "x"}, model="m")
        assert store.answers.lookup(["old", "new"]) == {"old": "answer"}
        with pytest.raises(BudgetError, match="another process keeps it locked"):
            store.spending.reserve(Usage(1, 1, 1), Caps(day_tokens=100), CLI)
        assert len(store.notices) == 1
        for holder in holders:
            holder.execute("ROLLBACK")
            holder.close()
        store.spending.reserve(Usage(1, 1, 1), Caps(day_tokens=100), CLI)


def test_a_file_system_without_shared_memory_gets_the_rollback_journal(tmp_path):
    """An index file that cannot be made is what such a file system looks like to SQLite."""
    (tmp_path / "answers.sqlite3-shm").mkdir()
    (tmp_path / "spending.sqlite3-shm").mkdir()
    with Store(tmp_path) as store:
        store.answers.remember({"a": "x"}, model="m")
        assert store.answers.lookup(["a"]) == {"a": "x"}
        store.spending.reserve(Usage(1, 1, 1), Caps(day_tokens=100), CLI)
        assert store.notices == []
    with Store(tmp_path) as store:
        assert store.answers.lookup(["a"]) == {"a": "x"}


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can become somebody else")
def test_a_directory_of_somebody_else_is_no_memory(tmp_path):
    with Store(tmp_path / "store") as store:
        store.answers.remember({"a": "x"}, model="m")
    code = """
import os
import diffvet.store.dismissals, diffvet.store.spending
os.setgid(65534); os.setuid(65534)
with Store(directory) as store:
    store.answers.remember({"b": "x"}, model="m")
    print(store.answers.lookup(["a"]), store.spending.summary("day"), store.dismissals.all())
    print(len(store.notices), store.notices)
"""
    said = run(code, tmp_path / "store").splitlines()
    assert said[0] == "{} [] []"
    assert said[1].startswith("1 ")
