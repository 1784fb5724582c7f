"""A word becomes a value: what files, variables and flags say, as the type of its option."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import Field, fields
from typing import Any

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.errors import SettingsError
from diffvet.settings.globs import Glob
from diffvet.settings.model import Settings
from diffvet.settings.wording import name as printable
from diffvet.settings.wording import shown, suggestion

OPTIONS: Mapping[str, Field[Any]] = {option.name: option for option in fields(Settings)}

TEXT_LIMIT = 4_000
"""Characters of instructions that one path can have: they are sent with every prompt, and are paid for."""

MOST_ENTRIES = 500
"""Entries of one list or table."""

LEVELS = ("off", *(severity.value for severity in Severity))
"""What a rule can be set to."""

_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEY_LIKE = re.compile(r"(?=.*[a-z])(?=.*[0-9]).{16,}|.{65,}", re.DOTALL)


def convert(option: Field[Any], value: object, place: str) -> object:
    """``value`` as the type of ``option``; ``place`` begins the sentence of the ``SettingsError``.

    A text stands for any type: that is how variables and flags say it. Lists are separated by commas there.
    """
    form = option.metadata.get("form")
    if form == "rules":
        return _rules(value, place)
    if form == "text":
        return _prose(value, place)
    if isinstance(option.default, tuple):
        return _list(value, place, patterns=form == "patterns")
    if "choices" in option.metadata:
        return _word(option, value, place)
    if isinstance(option.default, str):
        return _variable(value, place) if form == "variable" else text(value, place)
    return boolean(value, place) if option.type is bool else _number(option, value, place)


def _word(option: Field[Any], value: object, place: str) -> Severity | str | None:
    word = choice(value, option.metadata["choices"], place)
    if isinstance(option.default, Severity):
        return None if word == "none" else Severity(word)
    return word


def choice(value: object, words: Sequence[str], place: str) -> str:
    """One of ``words``."""
    if isinstance(value, str) and value in words:
        return value
    hint = suggestion(value, words) if isinstance(value, str) else ""
    raise SettingsError(f"{place} is {shown(value)}; it must be one of {', '.join(words)}{hint}")


def boolean(value: object, place: str) -> bool:
    """True or false."""
    said = _BOOLEANS.get(str(value).lower()) if isinstance(value, bool | int | str) else None
    if said is None:
        raise SettingsError(f"{place} is {shown(value)}; it must be true or false")
    return said


def text(value: object, place: str) -> str:
    """Text on one line."""
    if not isinstance(value, str):
        raise SettingsError(f"{place} is {shown(value)}; it must be text")
    if not value.isprintable():
        raise SettingsError(f"{place} is {shown(value)}; it holds a character that cannot be seen")
    return value


def _variable(value: object, place: str) -> str:
    """The name of an environment variable. A key in its place is not repeated."""
    said = text(value, place)
    if not _VARIABLE.fullmatch(said) or _KEY_LIKE.fullmatch(said):
        raise SettingsError(
            f"{place} is no name of an environment variable; the key itself belongs into that variable"
        )
    return said


def _number(option: Field[Any], value: object, place: str) -> int | float:
    number = int if isinstance(option.default, int) else float
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise TypeError  # noqa: TRY301 - said below in the same words
        if (number is int and isinstance(value, float)) or not math.isfinite(float(value)):
            raise ValueError  # noqa: TRY301
        read = number(value)
    except (TypeError, ValueError, OverflowError):
        kind = "a whole number" if number is int else "a number"
        raise SettingsError(f"{place} is {shown(value)}; it must be {kind}") from None
    above, minimum = option.metadata.get("above"), option.metadata.get("minimum")
    if above is not None and read <= above:
        raise SettingsError(f"{place} is {shown(read)}; it must be greater than {above}")
    if minimum is not None and read < minimum:
        raise SettingsError(f"{place} is {shown(read)}; it must not be negative")
    return read


def _list(value: object, place: str, *, patterns: bool) -> tuple[str, ...]:
    entries = value
    if isinstance(value, str):
        entries = [entry.strip() for entry in value.split(",") if entry.strip()]
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise SettingsError(f"{place} is {shown(value)}; it must be a list of texts")
    if len(entries) > MOST_ENTRIES:
        raise SettingsError(f"{place} has {len(entries)} entries; {MOST_ENTRIES} are the most")
    for entry in entries:
        if patterns:
            pattern(entry, place)
        elif not text(entry, place).strip():
            raise SettingsError(f"{place} has an empty entry")
    return tuple(entries)


def pattern(said: str, place: str) -> Glob:
    """A pattern for paths."""
    try:
        return Glob.parse(said)
    except ValueError as error:
        raise SettingsError(f"{place}: the pattern {shown(said)} {error}") from None


def _prose(value: object, place: str) -> str:
    """Text of several lines; in a file also a list of them."""
    parts: list[object] = value if isinstance(value, list) else [value]
    if not all(isinstance(part, str) for part in parts):
        raise SettingsError(f"{place} is {shown(value)}; it must be text or a list of texts")
    whole = "\n".join(str(part).strip() for part in parts)
    if len(whole) > TEXT_LIMIT:
        raise SettingsError(f"{place} has {len(whole):,} characters; {TEXT_LIMIT:,} are the most")
    return whole


def _rules(value: object, place: str) -> Mapping[str, str]:
    """Levels by rule id or category, from a table or from ``id=level,id=level``."""
    table = _pairs(value, place) if isinstance(value, str) else value
    if not isinstance(table, dict):
        raise SettingsError(f"{place} is {shown(value)}; it must be a table of rule ids and levels")
    if len(table) > MOST_ENTRIES:
        raise SettingsError(f"{place} has {len(table)} entries; {MOST_ENTRIES} are the most")
    return {
        _rule(rule, place): choice(level, LEVELS, f"{place}: '{printable(rule)}'")
        for rule, level in table.items()
    }


def _pairs(value: str, place: str) -> dict[str, object]:
    pairs = [part.strip().partition("=") for part in value.split(",") if part.strip()]
    for rule, sign, _ in pairs:
        if not sign:
            raise SettingsError(f"{place}: {shown(rule)} has no level; write it as in py.shell-true=off")
    return {rule.strip(): level.strip() for rule, _, level in pairs}


def _rule(rule: str, place: str) -> str:
    """A rule id (it has a dot) or a category. Whether there is such a rule is not known in this room."""
    categories = [category.value for category in Category]
    if "." in rule or rule in categories:
        return rule
    hint = suggestion(rule, categories) or f"; categories are {', '.join(categories)}"
    raise SettingsError(f"{place}: '{printable(rule)}' is neither a rule id nor a category{hint}")
