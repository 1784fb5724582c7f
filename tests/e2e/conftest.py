"""The command line as a process, and small repositories to run it in."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Ran:
    """What a run left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


class Repository:
    """A git repository in a folder of the test's own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "Test")
        self.git("config", "user.email", "test@example.invalid")

    def git(self, *args: str) -> str:
        return subprocess.run(
            ["git", *args], cwd=self.root, check=True, capture_output=True, text=True
        ).stdout

    def write(self, path: str, text: str | bytes) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self, **files: str) -> None:
        for path, text in files.items():
            self.write(path.replace("__", "."), text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "work")

    def conflict(self) -> None:
        """Leave a merge of ``app.py`` half done: the index holds both sides, none of them reviewed."""
        self.commit(app__py="a = 1\n")
        for branch, line in (("one", "a = 2\n"), ("two", "a = 3\n")):
            self.git("checkout", "-q", "-B", branch, "main")
            self.commit(app__py=line)
        subprocess.run(["git", "merge", "-q", "one"], cwd=self.root, check=False, capture_output=True)


@pytest.fixture
def repo(tmp_path) -> Repository:
    root = tmp_path / "repo"
    root.mkdir()
    return Repository(root)


@pytest.fixture
def diffvet(tmp_path):
    """Run ``diffvet ARGS`` as a process; ``stdin`` is bytes, ``env`` is added."""

    def run(*args, cwd=tmp_path, stdin=b"", env=None) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "diffvet", *args],
            cwd=cwd.root if isinstance(cwd, Repository) else cwd,
            input=stdin,
            capture_output=True,
            env={**os.environ, **(env or {})},
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
