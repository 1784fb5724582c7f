"""What one origin says, read and converted: a file with its tables for paths, the environment, the flags."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from diffvet.errors import SettingsError
from diffvet.settings.globs import Glob
from diffvet.settings.model import Scope
from diffvet.settings.origin import Kind, Origin
from diffvet.settings.values import MOST_ENTRIES, OPTIONS, boolean, convert, pattern
from diffvet.settings.wording import name as printable
from diffvet.settings.wording import shown, suggestion

PATHS = "paths"
"""The table of tables by pattern: ``[paths."src/**"]``."""

PATH_OPTIONS = ("instructions", "min_severity", "fail_on", "rules")
"""Options that a table for paths may hold, beside ``exclude = true`` or ``false``."""

KEY_WORDS = frozenset({"api_key", "key", "apikey", "token", "secret", "password"})
_REPOSITORY = frozenset({Scope.REPOSITORY, Scope.FOLDER})


@dataclass(frozen=True, slots=True)
class Said:
    """A value and who said it."""

    value: object
    origin: Origin


@dataclass(frozen=True, slots=True)
class PathTable:
    """What a file says about the paths that ``glob`` matches; ``exclude`` None where it does not say."""

    glob: Glob
    origin: Origin
    said: Mapping[str, object]
    exclude: bool | None


@dataclass(frozen=True, slots=True)
class Layer:
    """What one origin says. Its patterns are relative to ``folder`` ("" is the root, else with a final slash)."""

    origin: Origin
    said: Mapping[str, Said]
    tables: Sequence[PathTable] = ()
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks in a file, and what it may say there: the ``scopes`` of options. ``where`` begins complaints."""

    origin: Origin
    scopes: frozenset[Scope]
    where: str
    folder: str = ""

    @classmethod
    def user(cls, path: Path) -> "Speaker":
        """The user's own file."""
        where = printable(str(path))
        return cls(Origin(Kind.USER_FILE, where), frozenset({Scope.USER}) | _REPOSITORY, where)

    @classmethod
    def repository(cls, path: Path, folder: str) -> "Speaker":
        """A file of the repository, in ``folder``; its name from the root is its place, the same everywhere."""
        scopes = frozenset({Scope.FOLDER}) if folder else _REPOSITORY
        origin = Origin(Kind.REPOSITORY_FILE, printable(f"{folder}{path.name}"))
        return cls(origin, scopes, printable(str(path)), folder)


def read_table(table: Mapping[str, object], speaker: Speaker, problems: list[str]) -> Layer:
    """What a file says. What is wrong with it goes to ``problems``, a sentence each, and is left out."""
    said: dict[str, Said] = {}
    tables: Sequence[PathTable] = ()
    where = speaker.where
    for key, value in table.items():
        name = key.replace("-", "_")
        try:
            if name == PATHS:
                tables = _path_tables(value, speaker, problems)
                continue
            _refuse(key, name, speaker, where)
            converted = convert(OPTIONS[name], value, f"{where}: '{key}'")
            if speaker.origin.kind is Kind.REPOSITORY_FILE:
                stay_inside(name, converted, f"{where}: '{key}'")
            said[name] = Said(converted, speaker.origin)
        except SettingsError as error:
            problems.append(str(error))
    return Layer(speaker.origin, said, tables, speaker.folder)


def read_environment(environ: Mapping[str, str], problems: list[str]) -> Layer:
    """What ``DIFFVET_<OPTION>`` variables say; an empty one says nothing."""
    said: dict[str, Said] = {}
    for name, option in OPTIONS.items():
        variable = f"DIFFVET_{name.upper()}"
        if environ.get(variable):
            try:
                value = convert(option, environ[variable], f"the environment variable {variable}")
                said[name] = Said(value, Origin(Kind.ENVIRONMENT, variable))
            except SettingsError as error:
                problems.append(str(error))
    return Layer(Origin(Kind.ENVIRONMENT), said)


def read_overrides(overrides: Mapping[str, object], kind: Kind, problems: list[str]) -> Layer:
    """What flags or an editor say; None says nothing."""
    said: dict[str, Said] = {}
    for name, value in overrides.items():
        if value is not None:
            flag = f"--{'no-' if value is False else ''}{name.replace('_', '-')}"
            place = name if kind is Kind.EDITOR else flag
            try:
                said[name] = Said(convert(OPTIONS[name], value, place), Origin(kind, place))
            except SettingsError as error:
                problems.append(str(error))
    return Layer(Origin(kind), said)


def _refuse(key: str, name: str, speaker: Speaker, where: str) -> None:
    """Raise for an option that is unknown, or that this file may not set."""
    if name.lower() in KEY_WORDS:
        raise SettingsError(
            f"{where}: '{printable(key)}': a key does not belong into a file; set the environment variable "
            "DIFFVET_API_KEY, or name another with api_key_env in your user file"
        )
    if name not in OPTIONS:
        hint = suggestion(name, (*OPTIONS, PATHS)) or f"; known are {', '.join((*OPTIONS, PATHS))}"
        raise SettingsError(f"{where}: unknown option '{printable(key)}'{hint}")
    scope = OPTIONS[name].metadata["scope"]
    if scope in speaker.scopes:
        return
    if scope is Scope.REPOSITORY:
        raise SettingsError(
            f"{where}: '{key}' holds for the whole run; set it in the file at the root of the repository"
        )
    said_so = f"as DIFFVET_{name.upper()}, or on the command line"
    if speaker.origin.kind is Kind.USER_FILE:
        raise SettingsError(f"{where}: '{key}' is for one run only: set it {said_so}")
    yours = "" if scope is Scope.RUN else "in your user file, "
    raise SettingsError(f"{where}: a repository may not set '{key}', only you may: {yours}{said_so}")


def stay_inside(name: str, value: object, place: str) -> None:
    """Refuse a path by which a repository would lead out of itself."""
    if OPTIONS[name].metadata.get("form") != "path" or not isinstance(value, str) or not value:
        return
    parts = value.replace("\\", "/").split("/")
    if value[0] in "/\\~" or ".." in parts or ":" in parts[0]:
        raise SettingsError(f"{place} is {shown(value)}; it must be a path inside the repository")


def _path_tables(value: object, speaker: Speaker, problems: list[str]) -> Sequence[PathTable]:
    where = speaker.where
    if not isinstance(value, dict) or len(value) > MOST_ENTRIES:
        raise SettingsError(
            f"{where}: '{PATHS}' must be a table of at most {MOST_ENTRIES} tables, as in [{PATHS}.\"src/**\"]"
        )
    found: list[PathTable] = []
    for text, table in value.items():
        place = f"{where}: {PATHS}.{shown(text)}"
        try:
            glob = pattern(text, f"{where}: '{PATHS}'")
            if glob.negated or not isinstance(table, dict):
                raise SettingsError(f"{place} must be a table by a pattern without '!'")  # noqa: TRY301 - one list for all
            found.append(_path_table(glob, table, speaker, place, problems))
        except SettingsError as error:
            problems.append(str(error))
    return found


def _path_table(
    glob: Glob, table: Mapping[str, object], speaker: Speaker, place: str, problems: list[str]
) -> PathTable:
    said: dict[str, object] = {}
    exclude: bool | None = None
    for key, value in table.items():
        name = key.replace("-", "_")
        try:
            if name == "exclude":
                exclude = boolean(value, f"{place}: '{key}'")
            elif name in PATH_OPTIONS:
                said[name] = convert(OPTIONS[name], value, f"{place}: '{key}'")
            else:
                known = (*PATH_OPTIONS, "exclude")
                hint = suggestion(name, known) or f"; known there are {', '.join(known)}"
                raise SettingsError(f"{place}: unknown option '{printable(key)}'{hint}")  # noqa: TRY301 - one list for all
        except SettingsError as error:
            problems.append(str(error))
    origin = Origin(speaker.origin.kind, f"{speaker.origin.place} [{PATHS}.{shown(glob.text)}]")
    return PathTable(glob, origin, said, exclude)
