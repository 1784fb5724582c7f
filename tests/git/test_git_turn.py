"""Git in turn: one at a time, and none for an errand that was stopped."""

import os
import threading
import time

import pytest

from diffvet.diff.git import Git
from diffvet.diff.turn import Turn
from diffvet.errors import GitError

HANGING = """#!/bin/sh
sleep 600 &
touch {started}
wait
"""


@pytest.fixture
def hanging(tmp_path, monkeypatch):
    """A git that never ends, nor does its child, which holds its output open; the file that says that they run."""
    started, program = tmp_path / "started", tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(HANGING.format(started=started))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return started


def in_thread(act):
    """``act`` begun in a thread, and what it will have raised."""
    raised = []

    def run():
        try:
            act()
        except GitError as error:
            raised.append(str(error))

    thread = threading.Thread(target=run)
    thread.start()
    return thread, raised


def test_stopping_an_errand_ends_its_git_with_all_that_it_started(hanging, tmp_path):
    turn = Turn(threading.Lock())
    thread, raised = in_thread(lambda: Git(tmp_path, turn=turn).run(["diff"]))
    while not hanging.exists():
        time.sleep(0.01)
    turn.stop()
    thread.join(20)
    assert not thread.is_alive()
    assert raised


def test_one_that_waits_for_its_turn_waits_no_more_when_it_is_stopped(tmp_path):
    lock = threading.Lock()
    turn = Turn(lock)
    with lock:
        thread, raised = in_thread(lambda: Git(tmp_path, turn=turn).run(["--version"]))
        turn.stop()
        thread.join(20)
        assert not thread.is_alive()
    assert "stopped" in raised[0]
    assert lock.acquire(blocking=False)


def test_nothing_is_started_for_an_errand_that_was_stopped(tmp_path):
    lock = threading.Lock()
    turn = Turn(lock)
    turn.stop()
    with pytest.raises(GitError, match="stopped"):
        Git(tmp_path, turn=turn).run(["--version"])
    assert b"git version" in Git(tmp_path, turn=Turn(lock)).run(["--version"])
