"""Options of all origins become settings: defaults < user file < repository file < environment < command line.

The repository under review may choose what is reviewed, never where code and key go (design, "Trust"):
an option that is not marked for it is refused in ``diffvet.toml`` and ``[tool.diffvet]``.
"""

import math
import os
from collections.abc import Mapping
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

from diffvet.dialogue.vocabulary import Severity
from diffvet.errors import SettingsError
from diffvet.settings.model import Settings

OPTIONS: Mapping[str, Field[Any]] = {option.name: option for option in fields(Settings)}

_BOOLEANS: Mapping[object, bool] = {
    True: True,
    False: False,
    "true": True,
    "false": False,
    "1": True,
    "0": False,
}


def load(
    directory: Path,
    *,
    environ: Mapping[str, str] = os.environ,
    overrides: Mapping[str, object] | None = None,
) -> Settings:
    """The settings for a review in ``directory``; raises ``SettingsError`` with the place and the way out.

    ``overrides`` is what the command line or the editor said (None values are not said).
    """
    said: dict[str, object] = {}
    user = _user_file(environ)
    if user:
        said |= _read(user, _toml(user), repository=False)
    for path, table in _repository_tables(directory):
        said |= _read(path, table, repository=True)
    for name in OPTIONS:
        variable = f"DIFFVET_{name.upper()}"
        if environ.get(variable):
            said[name] = _value(name, environ[variable], f"the environment variable {variable}")
    for name, value in (overrides or {}).items():
        if value is not None:
            said[name] = _value(name, value, f"--{name.replace('_', '-')}")
    return _checked(Settings(**said))  # type: ignore[arg-type]  # each value was converted to its field's type


def _checked(settings: Settings) -> Settings:
    """Refuse combinations that cannot work."""
    if not settings.embedded and not settings.model:
        raise SettingsError(
            f"the endpoint {settings.endpoint} needs a model id; set --model, DIFFVET_MODEL or 'model' in your user file"
        )
    for name in ("concurrency", "connect_timeout", "read_timeout", "deadline"):
        if getattr(settings, name) <= 0:
            raise SettingsError(f"'{name}' must be greater than 0, not {getattr(settings, name)}")
    for name in ("unit_tokens", "max_tokens"):
        if getattr(settings, name) < 0:
            raise SettingsError(f"'{name}' must not be negative, it is {getattr(settings, name)}")
    return settings


def _user_file(environ: Mapping[str, str]) -> Path | None:
    """The user's own file: ``DIFFVET_CONFIG``, else ``config.toml`` in the configuration directory."""
    named = environ.get("DIFFVET_CONFIG")
    if named:
        if not Path(named).is_file():
            raise SettingsError(f"DIFFVET_CONFIG names {named}, which is no file")
        return Path(named)
    from platformdirs import user_config_path  # noqa: PLC0415 - not needed where DIFFVET_CONFIG is set

    path = user_config_path("diffvet", appauthor=False) / "config.toml"
    return path if path.is_file() else None


def _repository_tables(directory: Path) -> list[tuple[Path, Mapping[str, object]]]:
    """The tables of the repository that holds ``directory``: ``pyproject.toml``, then ``diffvet.toml``."""
    start = directory.resolve()
    root = next((place for place in (start, *start.parents) if (place / ".git").exists()), None)
    if root is None:
        return []
    tables: list[tuple[Path, Mapping[str, object]]] = []
    project = root / "pyproject.toml"
    if project.is_file() and b"tool.diffvet" in project.read_bytes():
        tool = _toml(project).get("tool", {})
        table = tool.get("diffvet", {}) if isinstance(tool, dict) else {}
        tables.append((project, table))
    own = root / "diffvet.toml"
    if own.is_file():
        tables.append((own, _toml(own)))
    return tables


def _toml(path: Path) -> dict[str, object]:
    import tomllib  # noqa: PLC0415 - 13 ms that only users with a file pay

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error


def _read(path: Path, table: Mapping[str, object], *, repository: bool) -> dict[str, object]:
    """The options of one file, converted; unknown and refused ones are errors."""
    said = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in OPTIONS:
            raise SettingsError(f"{path}: unknown option '{key}'{_suggestion(name)}")
        if repository and not OPTIONS[name].metadata["repository"]:
            raise SettingsError(
                f"{path}: a repository may not set '{key}', only you may: "
                f"in your user file, as DIFFVET_{name.upper()}, or on the command line"
            )
        said[name] = _value(name, value, f"{path}: '{key}'")
    return said


def _suggestion(name: str) -> str:
    import difflib  # noqa: PLC0415 - only for a misspelt option

    close = difflib.get_close_matches(name, OPTIONS, n=1)
    return f"; did you mean '{close[0]}'?" if close else f"; known are {', '.join(OPTIONS)}"


def _value(name: str, value: object, place: str) -> object:
    """``value`` as the type of option ``name``; ``place`` says where it was said."""
    default = OPTIONS[name].default
    if isinstance(default, Severity):
        words = [severity.value for severity in Severity] + (["none"] if name == "fail_on" else [])
        if value not in words:
            raise SettingsError(f"{place} is {value!r}; it must be one of {', '.join(words)}")
        return None if value == "none" else Severity(value)
    if isinstance(default, bool):
        if value not in _BOOLEANS:
            raise SettingsError(f"{place} is {value!r}; it must be true or false")
        return _BOOLEANS[value]
    if isinstance(default, str):
        if not isinstance(value, str):
            raise SettingsError(f"{place} is {value!r}; it must be text")
        return value
    number = int if isinstance(default, int) else float
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise TypeError  # noqa: TRY301 - said below in the same words
        if (number is int and isinstance(value, float)) or not math.isfinite(float(value)):
            raise ValueError  # noqa: TRY301
        return number(value)
    except (TypeError, ValueError, OverflowError) as error:
        kind = "a whole number" if number is int else "a number"
        raise SettingsError(f"{place} is {value!r}; it must be {kind}") from error
