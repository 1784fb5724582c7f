"""Many processes, one store: nothing is lost, nothing is wrong, whoever is killed."""

import os
import re
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from diffvet.store.spending import By
from diffvet.store.store import Store
from store.crowd import answer_for

SCRIPT = Path(__file__).with_name("crowd.py")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def said(root):
    """All lines of all processes, as (name, verb, rest)."""
    lines = []
    for path in root.glob("*.done"):
        for line in path.read_text().splitlines():
            verb, _, rest = line.partition(" ")
            lines.append((path.stem, verb, rest))
    return lines


def of(lines, verb):
    return {rest for _, found, rest in lines if found == verb}


def crowd(root, task, count, *, at_once, killed=0):
    """Run ``count`` processes, ``at_once`` at a time, kill ``killed`` of them at a random moment; what all said."""
    command = [sys.executable, str(SCRIPT), task, str(root / "store"), str(count), str(at_once), str(killed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lines = said(root)
    assert of(lines, "error") == set()
    return lines


def assert_sound(path):
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_two_hundred_processes_and_a_hundred_kills_leave_a_sound_store_and_an_exact_meter(tmp_path):
    lines = crowd(tmp_path, "hammer", 200, at_once=8, killed=100)
    ended = {name for name, verb, _ in lines if verb == "end"}
    assert 100 <= len(ended) < 200  # some kills came too late, not all
    assert of(lines, "wrong") == set()
    assert of(lines, "notice") == set()

    store_path = tmp_path / "store"
    assert_sound(store_path / "answers.sqlite3")
    assert_sound(store_path / "spending.sqlite3")
    assert list(store_path.glob("*damaged*")) == []

    sent, settled, dismissed = (of(lines, verb) for verb in ("sent", "settled", "dismissed"))
    with Store(store_path) as store:
        assert store.answers.lookup(sorted(settled)) == {key: answer_for(key) for key in settled}
        assert dismissed <= {dismissal.fingerprint for dismissal in store.dismissals.all()}
        (total,) = store.spending.summary(By.FACE)
        assert store.notices == []
    assert (
        len(sent) <= total.usage.requests <= len(sent) + 100
    )  # a kill may fall before the process could tell us
    with closing(sqlite3.connect(store_path / "spending.sqlite3")) as connection:
        rows = connection.execute(
            "SELECT run, COUNT(*), SUM(settled), TOTAL(credits * settled) FROM spends GROUP BY run"
        ).fetchall()
    for run, requests, paid, credit in rows:
        sure = [rest for name, verb, rest in lines if name == run and verb == "settled"]
        if run in ended:
            assert (requests, paid) == (3, 3)
        assert len(sure) <= paid <= len(sure) + 1
        assert credit == 0.5 * paid


def test_forty_first_opens_at_once_never_fail(tmp_path):
    lines = crowd(tmp_path, "first", 40, at_once=40)
    assert len(of(lines, "found")) == 40
    assert of(lines, "notice") == set()
    with Store(tmp_path / "store") as store:
        assert store.answers.stats().entries == 40
        assert store.spending.summary(By.FACE)[0].usage.requests == 40


def test_processes_racing_for_one_cap_pass_it_by_no_more_than_the_requests_in_flight(tmp_path):
    at_once = 6
    lines = crowd(tmp_path, "spend", at_once, at_once=at_once)
    with Store(tmp_path / "store") as store:
        spent = store.spending.spent("day").tokens
    settled = sum(1 for _, verb, _ in lines if verb == "settled")
    assert spent == 110 * settled
    assert 5000 - 100 < spent <= 5000 + 10 * at_once  # each answer in flight cost 10 more than estimated
    refused = of(lines, "refused")
    assert len([1 for _, verb, _ in lines if verb == "refused"]) == at_once
    assert all(re.search(r"'day_tokens' of 5,000 tokens a day is reached", sentence) for sentence in refused)


def test_a_damaged_cache_met_by_many_processes_at_once_is_set_aside_once(tmp_path):
    directory = tmp_path / "store"
    with Store(directory) as store:
        store.dismissals.dismiss("kept", repository="/code", reason="r", author="a")
    (directory / "answers.sqlite3").write_bytes(b"this is no database" * 500)
    lines = crowd(tmp_path, "first", 12, at_once=12)
    assert len(of(lines, "found")) == 12
    assert len([1 for _, verb, _ in lines if verb == "notice"]) == 1
    assert len(list(directory.glob("answers.sqlite3.damaged-*"))) == 1
    with Store(directory) as store:
        assert store.answers.stats().entries == 12
        assert "kept" in store.dismissals.dismissed(["kept"])


def test_a_forked_child_goes_on_with_a_connection_of_its_own(tmp_path):
    script = f"""
import os, sys
from pathlib import Path
sys.path.insert(0, {str(SCRIPT.parents[2] / "server")!r})
from diffvet.store.store import Store
store = Store(Path({str(tmp_path)!r}))
store.answers.remember({{"before": "x"}}, model="m")
child = os.fork()
store.answers.remember({{f"after {{bool(child)}}": "x"}}, model="m")
if child:
    assert os.waitpid(child, 0)[1] == 0
    assert store.answers.stats().entries == 3, store.answers.stats()
    assert store.notices == []
store.close()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert_sound(tmp_path / "answers.sqlite3")


def test_many_threads_share_one_store(tmp_path):
    with Store(tmp_path) as store:

        def work(number):
            for step in range(20):
                store.answers.remember({f"{number}.{step}": "x"}, model="m")
                store.answers.lookup([f"{number}.{step}", "0.0"])

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.answers.stats().entries == 160
        assert store.notices == []
