"""``diffvet check --watch``: reports come when the outcome changes, and Ctrl-C ends it."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time

import pytest

SHELL = 'import subprocess\nsubprocess.run(f"tar {name}", shell=True)\n'
PATIENCE = 30


class Watching:
    """A ``check --watch`` under way; its standard output, line by line."""

    def __init__(self, root, *args):
        command = [sys.executable, "-m", "diffvet", "check", "--watch", *args]
        self.process = subprocess.Popen(
            command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
        )
        self.out, self.err = queue.Queue(), []
        self.readers = [threading.Thread(target=each) for each in (self._read, self._complaints)]
        for reader in self.readers:
            reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.out.put(line)

    def _complaints(self):
        self.err += self.process.stderr

    def report(self):
        """The next whole report, up to its last line."""
        lines = []
        while not lines or not lines[-1].rstrip().endswith(("reviewed", "skipped")):
            lines.append(self.out.get(timeout=PATIENCE))
        return "".join(lines)

    def said(self, words):
        """Wait until standard error holds ``words``."""
        end = time.monotonic() + PATIENCE
        while not any(words in line for line in self.err):
            assert time.monotonic() < end, self.err
            time.sleep(0.05)

    def end(self):
        self.process.kill()
        self.process.wait()
        for reader in self.readers:
            reader.join()
        self.process.stdout.close()
        self.process.stderr.close()

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=PATIENCE)


@pytest.fixture
def watch(repo):
    started = []

    def start(*args):
        started.append(Watching(repo.root, *args))
        return started[-1]

    yield start
    for each in started:
        each.end()


def test_a_change_of_the_working_tree_is_reviewed_and_ctrl_c_ends_it(repo, watch):
    repo.commit(app__py="a = 1\n")
    repo.write("app.py", "a = 2\n")
    watching = watch()
    assert "0 findings" in watching.report()
    repo.write("app.py", SHELL)
    second = watching.report()
    assert second.startswith("--- ")
    assert "app.py\n  warning security  line 2" in second
    repo.write("new.py", SHELL)
    assert "new.py" in watching.report()
    (repo.root / "new.py").unlink()
    assert "new.py" not in watching.report()
    assert watching.interrupt() == 130
    watching.said("diffvet: interrupted")
    assert not any("Traceback" in line for line in watching.err)


def test_a_change_that_changes_no_outcome_prints_nothing(repo, watch):
    repo.commit(app__py="a = 1\n")
    repo.write("app.py", "a = 2\n" + SHELL)
    watching = watch()
    assert "line 3" in watching.report()
    repo.write("app.py", "a = 3\n" + SHELL)
    time.sleep(3)
    assert watching.out.empty()
    repo.write("app.py", "a = 3\n\n" + SHELL)
    assert "line 4" in watching.report()


def test_with_staged_only_the_index_counts(repo, watch):
    repo.commit(app__py="a = 1\n")
    watching = watch("--staged")
    watching.said("the change is empty")
    repo.write("app.py", SHELL)
    time.sleep(2)
    assert not any("app.py" in line for line in watching.out.queue)
    repo.git("add", "-A")
    assert "app.py" in watching.report()


def test_settings_and_dismissals_are_changes_too(repo, watch, diffvet):
    repo.commit(app__py="a = 1\n", b__py="b = 1\n")
    repo.write("app.py", SHELL)
    watching = watch()
    assert "line 2" in watching.report()
    repo.write("diffvet.toml", "fail_on = 3\n")
    watching.said("fail_on")
    (repo.root / "diffvet.toml").write_text('min_severity = "error"\n')
    assert "below" in watching.report()


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["HEAD~1..HEAD"], "--watch follows the working tree"),
        (["--base", "main"], "--watch follows the working tree"),
        (["--dry-run"], "leave out one of them"),
        (["--json-output=x.json"], "leave out --json-output"),
        (["--fail-on", "nonsense"], "nonsense"),
    ],
)
def test_what_cannot_be_watched_is_refused_in_a_sentence(repo, diffvet, args, sentence):
    repo.commit(app__py="a = 1\n")
    ran = diffvet("check", "--watch", *args, cwd=repo)
    assert (ran.code, ran.out) == (2, "")
    assert sentence in ran.err


def test_outside_of_a_repository_there_is_nothing_to_watch(diffvet, tmp_path):
    ran = diffvet("check", "--watch", cwd=tmp_path)
    assert ran.code == 2
    assert "not inside a git repository" in ran.err
