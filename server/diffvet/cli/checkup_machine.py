"""The checks of ``diffvet doctor`` that are about this machine: the cache, the commit hook, the extras."""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING

from diffvet.cli.cache import size
from diffvet.cli.doctor import OK, PROBLEM, WARNING, Check
from diffvet.diff.repository import Repository
from diffvet.errors import GitError
from diffvet.store.place import VARIABLE, default_directory

if TYPE_CHECKING:
    from diffvet.settings.model import Settings

EXTRAS: Mapping[str, Sequence[str]] = {"lsp": ("pygls",), "gateway": ("starlette", "uvicorn")}

_READ = 1 << 16
"""Bytes of a hook that are looked through."""


def cache(settings: "Settings") -> Check:
    """Whether answers and spending can be remembered."""
    try:
        directory = default_directory()
        _require_writable(directory)
    except OSError as error:
        what = f"cannot be written: {error.strerror or error}"
        change = f"{VARIABLE}: name a directory that can be written; without one, answers are paid for again"
        return Check("cache", PROBLEM, f"{error.filename or 'the cache directory'} {what}", change)
    held = sum(path.stat().st_size for path in directory.glob("*") if path.is_file())
    off = "" if settings.cache else "; 'cache' is off, so answers are not taken from it"
    return Check("cache", OK, f"{directory} ({size(held)} of files){off}")


def _require_writable(directory: Path) -> None:
    """Raise ``OSError`` unless files can be made in ``directory``, or the directory itself can."""
    if directory.is_dir():
        with tempfile.TemporaryFile(dir=directory):
            return
    above = next(place for place in directory.parents if place.exists())
    if not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
        raise PermissionError(13, os.strerror(13) if above.is_dir() else "a file is in the way", str(above))


def hook(directory: Path) -> Iterator[Check]:
    """What runs before a commit, and whether Diffvet is part of it."""
    try:
        repository = Repository.find(directory)
        path = _hooks(repository) / "pre-commit"
    except GitError:
        return
    wanted = _mentions(repository.root / ".pre-commit-config.yaml", b"diffvet")
    if not path.is_file():
        if wanted:
            what = ".pre-commit-config.yaml asks for diffvet, but no hook is installed"
            yield Check("hook", WARNING, what, "run: pre-commit install")
        else:
            yield Check("hook", OK, "none is installed (optional; see 'As a pre-commit hook' in the README)")
    elif not os.access(path, os.X_OK):
        yield Check(
            "hook", WARNING, f"{path} is not executable, so git does not run it", f"run: chmod +x {path}"
        )
    elif _mentions(path, b"diffvet") or (wanted and _mentions(path, b"pre-commit")):
        yield Check("hook", OK, f"{path} runs diffvet")
    else:
        yield Check("hook", OK, f"{path} does not mention diffvet (optional)")


def _hooks(repository: Repository) -> Path:
    """The directory of hooks as the user's and the repository's configuration name it."""
    asked = ["config", "--show-scope", "--null", "--type=path", "--get-all", "core.hooksPath"]
    fields = repository.git.run(asked, ok=(0, 1)).split(b"\0")
    named = [value for scope, value in zip(fields[0::2], fields[1::2], strict=False) if scope != b"command"]
    if named:  # the command's own is the one we pin
        return repository.root / os.fsdecode(named[-1])
    common = repository.git.run(["rev-parse", "--git-common-dir"]).removesuffix(b"\n")
    return repository.root / os.fsdecode(common) / "hooks"


def _mentions(path: Path, word: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return word in file.read(_READ)
    except OSError:
        return False


def extras() -> Iterator[Check]:
    """The optional parts."""
    for name, packages in EXTRAS.items():
        missing = [package for package in packages if util.find_spec(package) is None]
        if missing:
            yield Check(name, OK, f"not installed (optional): pip install 'diffvet[{name}]'")
        else:
            yield Check(name, OK, ", ".join(f"{package} {metadata.version(package)}" for package in packages))
