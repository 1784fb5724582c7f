"""Real repositories in a temporary directory, cut off from the machine's own git configuration."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from diffvet.diff.model import FileChange, LineKind
from diffvet.diff.patch import parse
from diffvet.diff.source import Source, open_source

MOMENT = "2026-01-02T03:04:05+00:00"


class Repo:
    """A repository to be written to, committed in, and asked."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def git(self, *args: str, stdin: bytes | None = None, check: bool = True) -> bytes:
        done = subprocess.run(["git", *args], cwd=self.path, input=stdin, capture_output=True, check=False)
        if check and done.returncode:
            raise AssertionError(f"git {args}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def write(self, name: str | bytes, content: bytes) -> Path:
        place = self.path / os.fsdecode(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return place

    def commit(self, message: str = "change", **files: bytes) -> str:
        for name, content in files.items():
            self.write(name, content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD").decode().strip()

    def changes(self, spec: Source, directory: Path | None = None) -> list[FileChange]:
        return [parse(section) for section in open_source(spec, directory or self.path)]


@pytest.fixture(autouse=True)
def _own_git_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    for name, value in {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CEILING_DIRECTORIES": str(tmp_path),
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@example.invalid",
        "GIT_AUTHOR_DATE": MOMENT,
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@example.invalid",
        "GIT_COMMITTER_DATE": MOMENT,
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def make_repo(tmp_path: Path) -> Callable[[str], Repo]:
    def make(name: str) -> Repo:
        path = tmp_path / name
        path.mkdir()
        repo = Repo(path)
        repo.git("init", "--quiet", "--initial-branch=main", "--template=")
        return repo

    return make


@pytest.fixture
def repo(make_repo: Callable[[str], Repo]) -> Repo:
    return make_repo("repo")


@pytest.fixture
def applied() -> Callable[[FileChange, bytes], bytes]:
    """Applies a change to the old text by its own numbers, asserting every number and text on the way."""
    return apply_by_numbers


def apply_by_numbers(change: FileChange, old: bytes) -> bytes:
    lines = [line.decode("utf-8", "surrogateescape") for line in _split(old)]
    out: list[str] = []
    at = 0
    for hunk in change.hunks:
        start = hunk.old_start - 1 if hunk.old_lines else hunk.old_start
        out += lines[at:start]
        at = start
        assert len(out) + 1 == (hunk.new_start if hunk.new_lines else hunk.new_start + 1)
        for line in hunk.lines:
            text = line.text + ("" if line.no_newline else "\n")
            if line.kind is not LineKind.ADDED:
                assert line.old == at + 1
                assert lines[at] == text
                at += 1
            if line.kind is not LineKind.REMOVED:
                out.append(text)
                assert line.new == len(out)
        assert sum(line.old is not None for line in hunk.lines) == hunk.old_lines
        assert sum(line.new is not None for line in hunk.lines) == hunk.new_lines
    out += lines[at:]
    return "".join(out).encode("utf-8", "surrogateescape")


def _split(text: bytes) -> list[bytes]:
    whole, _, rest = text.rpartition(b"\n")
    return [part + b"\n" for part in whole.split(b"\n")] * (b"\n" in text) + [rest] * bool(rest)
