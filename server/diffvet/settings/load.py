"""Options of all origins become settings: defaults < user file < repository file < environment < command line.

The repository under review may choose what is reviewed, never where code and key go (design, "Trust"):
an option that is not marked for it is refused in ``diffvet.toml`` and ``[tool.diffvet]``.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from diffvet.errors import SettingsError
from diffvet.settings.files import OWN, PROJECT, read_toml, root_of, stamps, user_file, user_place
from diffvet.settings.layers import Layer, Speaker, read_environment, read_overrides, read_table
from diffvet.settings.loaded import Loaded, read_folder
from diffvet.settings.merge import merge
from diffvet.settings.model import Settings
from diffvet.settings.origin import Kind
from diffvet.settings.values import OPTIONS
from diffvet.settings.wording import several

__all__ = ["OPTIONS", "examine", "load", "load_with_origins"]


def load(
    directory: Path,
    *,
    environ: Mapping[str, str] = os.environ,
    overrides: Mapping[str, object] | None = None,
) -> Settings:
    """The settings for a review in ``directory``; raises ``SettingsError`` with the place and the way out.

    ``overrides`` is what the command line or the editor said (None values are not said).
    """
    return load_with_origins(directory, environ=environ, overrides=overrides).settings


def load_with_origins(
    directory: Path,
    *,
    environ: Mapping[str, str] = os.environ,
    overrides: Mapping[str, object] | None = None,
    overrides_are: Kind = Kind.COMMAND_LINE,
) -> Loaded:
    """The same with who said what, and the way to the settings of single paths.

    The ``SettingsError`` holds the first problem, and how many more there are.
    """
    loaded, problems = examine(directory, environ=environ, overrides=overrides, overrides_are=overrides_are)
    if problems:
        raise SettingsError(several(problems))
    return loaded


def examine(
    directory: Path,
    *,
    environ: Mapping[str, str] = os.environ,
    overrides: Mapping[str, object] | None = None,
    overrides_are: Kind = Kind.COMMAND_LINE,
) -> tuple[Loaded, Sequence[str]]:
    """The settings as far as they can be read, and every problem, a sentence each."""
    problems: list[str] = []
    root = root_of(directory)
    places = [user_place(environ), *([root / PROJECT, root / OWN] if root else [])]
    seen = stamps(*(place for place in places if place))
    before = list(_user_layers(environ, problems))
    if root is not None:
        layers, wrong = read_folder(root, "", root)
        before += layers
        problems += wrong
    after = [
        read_environment(environ, problems),
        read_overrides(overrides or {}, overrides_are, problems),
    ]
    merged = merge([*before, *after])
    problems += merged.problems
    return Loaded(merged.settings(), merged.origins, directory, root, before, after, seen), problems


def _user_layers(environ: Mapping[str, str], problems: list[str]) -> Sequence[Layer]:
    try:
        path = user_file(environ)
        return [read_table(read_toml(path), Speaker.user(path), problems)] if path else []
    except SettingsError as error:
        problems.append(str(error))
        return []
