"""Repositories whose commits and pushes pass Diffvet, by our own script or by the pre-commit framework."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

CHECKOUT = Path(__file__).parents[1]
PEOPLE = {"NAME": "Ada", "EMAIL": "ada@example.org", "DATE": "2026-01-01T00:00:00+0000"}
LEAKED = 'AWS_ACCESS_KEY_ID = "' + "AKIA" + 'Z7QD4XW2N5HB3KVT"\n'
CLEAN = "def area(width: int, height: int) -> int:\n    return width * height\n"
WAYS = ("script", "framework")


def isolated(home: Path) -> dict[str, str]:
    """An environment in which neither the user's git, pip and Diffvet settings nor a running hook are seen."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "DIFFVET_", "PRE_COMMIT", "PIP_", "VIRTUAL_ENV", "PYTEST_"))
    }
    for role in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{role}_{key}": value for key, value in PEOPLE.items()}
    return env | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_EDITOR": "true",
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "DIFFVET_CACHE_DIR": str(home / "diffvet-cache"),
    }


def framework_config() -> str:
    """Our hooks for the framework as the manifest has them, but run from this environment instead of a new one."""
    hooks = yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    here = f"{sys.executable} -P -m diffvet"
    for hook in hooks:
        assert hook["entry"].startswith("diffvet ")
        hook |= {"language": "system", "entry": hook["entry"].replace("diffvet", here, 1)}
        del hook["minimum_pre_commit_version"]
    return yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]})


class Hooked:
    """A repository on branch main, without a hook until ``install``; ``env`` is what every process gets."""

    def __init__(self, root: Path, env: dict[str, str]) -> None:
        self.root, self.env = root, env

    @classmethod
    def made(cls, root: Path, home: Path) -> "Hooked":
        root.mkdir(parents=True)
        home.mkdir(exist_ok=True)
        here = cls(root, isolated(home))
        here.git("init", "--quiet", "-b", "main")
        return here

    def run(
        self, *command: str | Path, stdin: str = "", **env: str | None
    ) -> subprocess.CompletedProcess[str]:
        """Run ``command`` without a terminal; a variable given as None is taken away."""
        environ = {name: value for name, value in (self.env | env).items() if value is not None}
        return subprocess.run(
            command, cwd=self.root, env=environ, input=stdin, capture_output=True, text=True,
            encoding="utf-8", check=False, timeout=120,
        )  # fmt: skip

    def git(self, *args: str, **more: str | None) -> str:
        done = self.run("git", *args, **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def diffvet(self, *args: str, **more: str | None) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-P", "-m", "diffvet", *args, **more)

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")

    def stage(self, name: str, text: str) -> None:
        self.write(name, text)
        self.git("add", name)

    def commit(self, *args: str, **more: str | None) -> subprocess.CompletedProcess[str]:
        return self.run("git", "commit", "--message", "change", *args, **more)

    def unchecked(self, **files: str) -> str:
        """Commit ``files`` (``a__py`` is a.py) past every hook; the commit."""
        for name, text in files.items():
            self.stage(name.replace("__", "."), text)
        self.git("commit", "--quiet", "--no-verify", "--allow-empty", "--message", "unchecked")
        return self.head

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def install(self, way: str, hook: str = "pre-commit") -> None:
        if way == "script":
            done = self.diffvet("hook", "install", f"--{hook}")
        else:
            self.write(".pre-commit-config.yaml", framework_config())
            self.git("add", ".pre-commit-config.yaml")
            done = self.run(sys.executable, "-m", "pre_commit", "install", "--hook-type", hook)
        assert done.returncode == 0, done.stdout + done.stderr

    def hook(self, name: str = "pre-commit") -> Path:
        return self.root / ".git" / "hooks" / name


def said(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout + done.stderr


def bare_path(folder: Path, *programs: str) -> str:
    """A PATH with nothing on it but ``programs``, as a GUI started from a desktop may have."""
    folder.mkdir()
    for program in programs:
        found = shutil.which(program)
        assert found, program
        (folder / program).symlink_to(found)
    return str(folder)
