"""The pre-commit framework installs Diffvet from a repository holding this tree, and runs the hooks of its manifest."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hooked_repository import CHECKOUT, CLEAN, LEAKED, Hooked, isolated, said
from wheelhouse import BUILD, offline, put, wheelhouse

# All that an installation of the hook reads. Other files may change without a new environment.
SHIPPED = (
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    ".pre-commit-hooks.yaml",
    "server",
    "schemas",
)
KEPT = 3  # environments of earlier contents of the tree; each takes some 60 MB


def run(*command: str | Path, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8", check=False, timeout=300
    )


def git(*args: str, cwd: Path, env: dict[str, str]) -> str:
    done = run("git", *args, cwd=cwd, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.fixture
def wheels() -> Path:
    return wheelhouse()


@pytest.fixture
def snapshot(tmp_path: Path) -> tuple[Path, str]:
    """This tree as a repository to install hooks from, and its commit: the same id for the same content."""
    made, env = tmp_path / "snapshot", isolated(tmp_path / "home")
    made.mkdir()
    for name in SHIPPED:
        if (CHECKOUT / name).is_dir():
            shutil.copytree(
                CHECKOUT / name, made / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
            )
        elif (CHECKOUT / name).exists():
            shutil.copy(CHECKOUT / name, made / name)
    git("init", "--quiet", cwd=made, env=env)
    git("add", "--all", cwd=made, env=env)
    git("commit", "--quiet", "--message", "snapshot", cwd=made, env=env)
    commit = git("rev-parse", "HEAD", cwd=made, env=env)
    place = BUILD / f"tree-{commit[:16]}"
    for old in sorted(BUILD.glob("tree-*"), key=lambda tree: tree.stat().st_mtime)[:-KEPT]:
        if old != place:
            shutil.rmtree(old, ignore_errors=True)
    return put(made, place / "source"), commit


@pytest.fixture
def consumer(tmp_path: Path, wheels: Path, snapshot: tuple[Path, str]) -> Hooked:
    """A repository with both hooks of the manifest installed, each in an environment the framework makes."""
    source, commit = snapshot
    here = Hooked.made(tmp_path / "consumer", tmp_path / "home")
    here.env |= {
        "PRE_COMMIT_HOME": str(source.parent / "home"),
        "VIRTUALENV_NO_PERIODIC_UPDATE": "1",
        **offline(wheels),
    }
    hooks = "      - id: diffvet\n      - id: diffvet-push\n"
    config = f"repos:\n  - repo: {source}\n    rev: {commit}\n    hooks:\n{hooks}"
    here.stage(".pre-commit-config.yaml", config)
    here.git("commit", "--quiet", "--message", "start")
    types = ("--hook-type", "pre-commit", "--hook-type", "pre-push")
    done = run(
        sys.executable, "-m", "pre_commit", "install", "--install-hooks", *types, cwd=here.root, env=here.env
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return here


def test_the_framework_blocks_a_commit_of_a_leaked_key_and_lets_a_clean_one_pass(consumer):
    start = consumer.head
    consumer.stage("area.py", CLEAN)
    passed = consumer.commit()
    assert passed.returncode == 0, said(passed)
    assert "1 hunk reviewed" in said(passed)
    second = consumer.head
    assert second != start

    consumer.stage("settings.py", "import os\n\n" + LEAKED)
    blocked = consumer.commit()
    assert blocked.returncode == 1, said(blocked)
    assert consumer.head == second
    assert "exit code: 1" in said(blocked)
    assert re.search(r"settings\.py\b.*?\b3\b", said(blocked), re.DOTALL), said(blocked)


def test_the_framework_blocks_a_push_of_a_leaked_key_and_lets_a_clean_one_pass(consumer, tmp_path):
    far = Hooked.made(tmp_path / "far", tmp_path / "home")
    consumer.git("remote", "add", "origin", str(far.root))
    consumer.unchecked(area__py=CLEAN)
    passed = consumer.run("git", "push", "origin", "main:one")
    assert passed.returncode == 0, said(passed)
    consumer.unchecked(settings__py=LEAKED)
    blocked = consumer.run("git", "push", "origin", "main:one")
    assert blocked.returncode == 1, said(blocked)
    assert "AWS access key id" in said(blocked)
    assert "area.py" not in said(blocked)


def test_try_repo_runs_both_hooks_without_a_configuration(consumer, snapshot):
    source, commit = snapshot
    base = consumer.head
    consumer.stage("settings.py", LEAKED)
    ref = ("--ref", commit)
    tried = (sys.executable, "-m", "pre_commit", "try-repo", str(source))
    commit_hook = consumer.run(*tried, "diffvet", *ref)
    assert commit_hook.returncode == 1, said(commit_hook)
    assert "AWS access key id" in said(commit_hook)
    consumer.stage("settings.py", CLEAN)
    assert consumer.run(*tried, "diffvet", *ref).returncode == 0
    consumer.unchecked(settings__py=LEAKED)
    pushed = ("--hook-stage", "pre-push", "--from-ref", base, "--to-ref", "HEAD")
    push_hook = consumer.run(*tried, "diffvet-push", *ref, *pushed)
    assert push_hook.returncode == 1, said(push_hook)
    assert "AWS access key id" in said(push_hook)
