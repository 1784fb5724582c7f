"""The pre-commit framework runs the hook of `.pre-commit-hooks.yaml` from a repository holding this tree."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
BUILD = CHECKOUT / "build" / "pre-commit"
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
WHO = {"NAME": "Ada", "EMAIL": "ada@example.org", "DATE": "2026-01-01T00:00:00+0000"}
LEAKED = 'AWS_ACCESS_KEY_ID = "' + "AKIA" + 'Z7QD4XW2N5HB3KVT"\n'
CLEAN = "def area(width: int, height: int) -> int:\n    return width * height\n"


def isolated(home: Path) -> dict[str, str]:
    """An environment in which neither the user's git, pip and Diffvet settings nor a running hook are seen."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "DIFFVET_", "PRE_COMMIT", "PIP_", "VIRTUAL_ENV", "PYTEST_"))
    }
    for role in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{role}_{key}": value for key, value in WHO.items()}
    return env | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def run(*command: str | Path, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8", check=False, timeout=300
    )


def git(*args: str, cwd: Path, env: dict[str, str]) -> str:
    done = run("git", *args, cwd=cwd, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def put(made: Path, place: Path) -> Path:
    """Move `made` to `place` in one step; another test process that was faster has made the same."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        made.rename(place)
    except OSError:
        shutil.rmtree(made)
    return place


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """What building and installing Diffvet needs, downloaded once, so that a second run works offline."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    pins = CHECKOUT / "constraints.txt"
    said = "\n".join([sys.version, *wanted]).encode() + pins.read_bytes()
    place = BUILD / f"wheels-{hashlib.sha256(said).hexdigest()[:16]}"
    if place.is_dir():
        return place
    made = BUILD / f"making-{os.getpid()}"
    quietly = ("--quiet", "--retries=1", "--disable-pip-version-check")
    pip = (sys.executable, "-m", "pip", "download", *quietly, "--dest", made)
    done = run(*pip, "--only-binary=:all:", "-c", pins, *wanted, cwd=tmp_path, env=dict(os.environ))
    if "connection broken" in done.stderr:  # pip then blames the versions it could not look up
        shutil.rmtree(made, ignore_errors=True)
        pytest.skip("the hook's packages are not in build/pre-commit and the package index cannot be reached")
    assert done.returncode == 0, done.stderr
    return put(made, place)


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


class Consumer:
    """A repository whose commits pass the hook."""

    def __init__(self, root: Path, env: dict[str, str]) -> None:
        self.root, self.env = root, env

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, encoding="utf-8")

    def stage(self, name: str, text: str) -> None:
        self.write(name, text)
        git("add", name, cwd=self.root, env=self.env)

    def commit(self) -> subprocess.CompletedProcess[str]:
        return run("git", "commit", "--message", "change", cwd=self.root, env=self.env)

    def commits(self) -> int:
        return int(git("rev-list", "--count", "HEAD", cwd=self.root, env=self.env))


@pytest.fixture
def consumer(tmp_path: Path, wheels: Path, snapshot: tuple[Path, str]) -> Consumer:
    source, commit = snapshot
    env = isolated(tmp_path / "home") | {
        "PRE_COMMIT_HOME": str(source.parent / "home"),
        "VIRTUALENV_NO_PERIODIC_UPDATE": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "PIP_CONSTRAINT": str(CHECKOUT / "constraints.txt"),
        "DIFFVET_CACHE_DIR": str(tmp_path / "diffvet-cache"),
    }
    root = tmp_path / "consumer"
    root.mkdir()
    git("init", "--quiet", cwd=root, env=env)
    config = f"repos:\n  - repo: {source}\n    rev: {commit}\n    hooks:\n      - id: diffvet\n"
    (root / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    git("add", ".", cwd=root, env=env)
    git("commit", "--quiet", "--message", "start", cwd=root, env=env)
    done = run(sys.executable, "-m", "pre_commit", "install", "--install-hooks", cwd=root, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return Consumer(root, env)


def test_the_framework_blocks_a_commit_of_a_leaked_key_and_lets_a_clean_one_pass(consumer: Consumer) -> None:
    consumer.stage("area.py", CLEAN)
    passed = consumer.commit()
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert consumer.commits() == 2

    consumer.stage("settings.py", "import os\n\n" + LEAKED)
    blocked = consumer.commit()
    said = blocked.stdout + blocked.stderr
    assert blocked.returncode == 1, said
    assert consumer.commits() == 2
    assert "exit code: 1" in said
    assert re.search(r"settings\.py\b.*?\b3\b", said, re.DOTALL), said


def test_the_index_is_what_the_hook_reviews(consumer: Consumer) -> None:
    consumer.stage("settings.py", LEAKED)
    consumer.write("settings.py", CLEAN)
    blocked = consumer.commit()
    assert blocked.returncode == 1, blocked.stdout + blocked.stderr

    consumer.stage("settings.py", CLEAN)
    consumer.write("settings.py", CLEAN + LEAKED)
    passed = consumer.commit()
    assert passed.returncode == 0, passed.stdout + passed.stderr


def test_a_deletion_alone_is_reviewed_although_no_file_name_is_passed(consumer: Consumer) -> None:
    consumer.stage("area.py", CLEAN)
    assert consumer.commit().returncode == 0
    git("rm", "--quiet", "area.py", cwd=consumer.root, env=consumer.env)
    passed = consumer.commit()
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "diffvet" in passed.stdout + passed.stderr
    assert "Skipped" not in passed.stdout + passed.stderr
