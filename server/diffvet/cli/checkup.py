"""The checks of ``diffvet doctor`` in their order; none changes anything, one may ask the endpoint."""

import os
import platform
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from diffvet import __version__
from diffvet.cli import checkup_machine, checkup_peer
from diffvet.cli.config import misspelt_rules, misspelt_variables
from diffvet.cli.doctor import OK, PROBLEM, WARNING, Check, Consent
from diffvet.credentials import hide_key
from diffvet.diff.git import Git
from diffvet.diff.repository import Repository
from diffvet.errors import GitError, SettingsError
from diffvet.settings.load import examine

if TYPE_CHECKING:
    from diffvet.messages.key import ApiKey
    from diffvet.settings.loaded import Loaded

PARTS = ("httpx", "msgspec", "unidiff", "ast-grep-py", "PyYAML", "platformdirs")

_USUAL_KEYS = ("ROUTING_RUN_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_API_KEY")


def examine_all(directory: Path, consent: Consent) -> Iterator[Check]:
    """All checks in order. The key is taken out of the environment before git is started."""
    loaded, problems = examine(directory)
    key, key_check = _key(loaded)
    yield Check("diffvet", OK, f"{__version__}, {_parts()}")
    yield Check("python", OK, f"{platform.python_version()} at {sys.executable}")
    yield _git(directory)
    yield from _repository(directory)
    yield from _settings(loaded, [*problems, *_nested(loaded)])
    yield key_check
    usable = not problems and key_check.state != PROBLEM
    yield from checkup_peer.endpoint(loaded, key, consent, usable=usable)
    yield checkup_machine.cache(loaded.settings)
    yield from checkup_machine.hook(directory)
    yield from checkup_machine.extras()


def _parts() -> str:
    return ", ".join(f"{name} {_version(name)}" for name in PARTS)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"


def _git(directory: Path) -> Check:
    try:
        git = Git.at(directory)
        git.require_version()
        return Check("git", OK, git.run(["--version"]).decode("utf-8", "replace").strip())
    except GitError as error:
        return Check("git", PROBLEM, str(error), "PATH: put a newer git on it")


def _repository(directory: Path) -> Iterator[Check]:
    try:
        repository = Repository.find(directory)
    except GitError as error:
        yield Check("repository", WARNING, str(error), "-C DIR, or pipe a diff into 'diffvet check --stdin'")
        return
    kind = "bare, " if repository.bare else ""
    kind += "shallow: a merge base may be missing" if repository.shallow else "complete history"
    yield Check("repository", OK, f"{repository.root} ({kind})")


def _nested(loaded: "Loaded") -> Iterator[str]:
    """The problems of tracked settings files in folders below the root, each once."""
    if loaded.root is None:
        return
    said: set[str] = set()
    listed = (Git.at(loaded.root).answers(["ls-files", "-z"]) or b"").split(b"\0")
    for path in (
        os.fsdecode(name) for name in listed if name.endswith((b"/diffvet.toml", b"/pyproject.toml"))
    ):
        news = [problem for problem in loaded.examine_path(path).problems if problem not in said]
        said.update(news)
        yield from news


def _settings(loaded: "Loaded", problems: Sequence[str]) -> Iterator[Check]:
    wrong = [*problems, *misspelt_rules(loaded.settings.rules)]
    for problem in wrong:
        yield Check("settings", PROBLEM, problem)
    for problem in misspelt_variables(os.environ):
        yield Check("settings", WARNING, problem)
    if not wrong:
        read = [str(layer.origin) for layer in loaded.before]
        yield Check("settings", OK, ", ".join(read) if read else "no files; defaults, environment and flags")


def _key(loaded: "Loaded") -> tuple["ApiKey | None", Check]:
    """The key, no longer in the environment, and what can be told of it without asking anybody."""
    settings = loaded.settings
    name, said = settings.api_key_env, os.environ.get(settings.api_key_env, "")
    try:
        key = hide_key(settings)
    except SettingsError as error:
        os.environ.pop(name, None)
        return None, Check("key", PROBLEM, f"{name}: {error}", name)
    if settings.embedded:
        unused = f"; {name} is set and not used" if said.strip() else ""
        return None, Check("key", OK, f"none is needed: the embedded reviewer answers{unused}")
    if key is None:
        return None, _no_key(loaded)
    if said.strip()[0] in "'\"" or said.strip()[-1] in "'\"":
        return key, Check(
            "key", WARNING, f"set (from {name}), but with quotes around it", f"{name}: leave them out"
        )
    if len(said.strip()) < 16:
        return key, Check("key", WARNING, f"set (from {name}), but short for a key", f"{name}: copy it again")
    return key, Check("key", OK, f"set (from {name})")


def _no_key(loaded: "Loaded") -> Check:
    name = loaded.settings.api_key_env
    others = [other for other in _USUAL_KEYS if other != name and os.environ.get(other, "").strip()]
    change = f"{name}: set it to the key of your endpoint"
    if others:
        change += f'; or api_key_env = "{others[0]}" in your user file, to use the key that is there'
    local = any(host in loaded.settings.endpoint for host in ("//localhost", "//127.", "//[::1]"))
    return Check("key", WARNING if local else PROBLEM, f"not set ({name} is empty)", change)
