"""What is installed where, and whether git would run it."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from diffvet.hooks.folder import HooksFolder
from diffvet.hooks.place import Place
from diffvet.hooks.script import is_changed, is_framework, python_of

CONFIG = ".pre-commit-config.yaml"
_IDS = {"pre-commit": "diffvet", "pre-push": "diffvet-push"}


@dataclass(frozen=True, slots=True)
class State:
    """One hook. ``runs`` says whether git would run Diffvet; ``sentence`` says the rest to a person."""

    name: str
    runs: bool
    sentence: str
    path: str | None = None
    kept: str | None = None
    problems: tuple[str, ...] = ()


def state(folder: HooksFolder, name: str, root: Path) -> State:
    """The state of the hook ``name`` of the repository at ``root``."""
    place = Place(folder.path, name)
    ours = place.ours
    if ours is None:
        return _not_ours(folder, place, root)
    kept = str(place.kept) if os.path.lexists(place.kept) else None
    problems = tuple(_problems(folder, ours, place))
    how = f"installed: {ours}"
    if ours != place.path:
        how += ", run by the pre-commit framework's hook"
    if kept:
        how += f", after the hook kept as {place.kept.name}"
    return State(name, not problems, how, str(ours), kept, problems)


def _not_ours(folder: HooksFolder, place: Place, root: Path) -> State:
    if is_framework(place.path) and _configured(root, place.name):
        return State(place.name, True, f"runs through the pre-commit framework ({CONFIG})", str(place.path))
    problems = []
    usual = Place(folder.usual, place.name).ours
    if usual is not None and folder.path != folder.usual:
        problems.append(f"{usual} is ours, but git does not look there: see {folder.said}")
    other = f"; another hook is there: {place.path}" if os.path.lexists(place.path) else ""
    return State(place.name, False, f"not installed{other}", problems=tuple(problems))


def _problems(folder: HooksFolder, ours: Path, place: Place) -> Iterator[str]:
    if folder.off:
        yield f"hooks are switched off by {folder.said}"
    for path in (ours, place.path):
        if not os.access(path, os.X_OK):
            yield f"{path} is not executable, so git ignores it; run 'diffvet hook install' again"
            break
    if is_changed(ours):
        yield f"{ours} was changed by hand since it was installed"
    python = python_of(ours)
    if not os.access(python, os.X_OK) and shutil.which("diffvet") is None:
        yield f"{python} is gone and there is no diffvet on the PATH; run 'diffvet hook install' again"


def _configured(root: Path, name: str) -> bool:
    """Whether the framework's configuration names our hook for the stage ``name``."""
    try:
        text = (root / CONFIG).read_text("utf-8", "replace")
    except OSError:
        return False
    return re.search(rf"\bid:\s*[\"']?{_IDS[name]}[\"']?\s*(#.*)?$", text, re.MULTILINE) is not None
