"""The settings files as a JSON Schema, for completion and checks in editors; made of the option table.

The document itself describes the user's file, ``#/$defs/repository`` a ``diffvet.toml`` at the root of a
repository, ``#/$defs/folder`` one in a folder below. It is stricter than the reader: options are spelt with
underscores, numbers and booleans are not written as text.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field
from typing import Any

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.settings.globs import LONGEST
from diffvet.settings.layers import PATH_OPTIONS, PATHS
from diffvet.settings.model import Scope
from diffvet.settings.values import LEVELS, MOST_ENTRIES, OPTIONS, TEXT_LIMIT

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME = "https://diffvet.invalid/schemas/config.schema.json"

_FORMS: Mapping[str, Mapping[str, Any]] = {
    "patterns": {
        "type": "array",
        "maxItems": MOST_ENTRIES,
        "items": {"type": "string", "minLength": 1, "maxLength": LONGEST},
    },
    "text": {
        "type": ["string", "array"],
        "maxLength": TEXT_LIMIT,
        "items": {"type": "string", "maxLength": TEXT_LIMIT},
    },
    "rules": {
        "type": "object",
        "maxProperties": MOST_ENTRIES,
        "properties": {category.value: {"$ref": "#/$defs/level"} for category in Category},
        "patternProperties": {r"\.": {"$ref": "#/$defs/level"}},
        "additionalProperties": False,
    },
    "variable": {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
}
_TYPES: Mapping[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}


def schema() -> dict[str, Any]:
    """The whole document, ready for ``json.dumps``."""
    return {
        "$schema": DIALECT,
        "$id": NAME,
        "title": "Diffvet settings",
        "description": "Your own config.toml. A repository's diffvet.toml (and [tool.diffvet]) is #/$defs/repository.",
        **_file(Scope.USER, Scope.REPOSITORY, Scope.FOLDER),
        "$defs": {
            "repository": {
                "description": "diffvet.toml at the root of a repository: what is reviewed.",
                **_file(Scope.REPOSITORY, Scope.FOLDER),
            },
            "folder": {
                "description": "diffvet.toml in a folder below the root: what differs there.",
                **_file(Scope.FOLDER),
            },
            PATHS: _paths(),
            "level": {"enum": list(LEVELS)},
            **{
                name: _option(option)
                for name, option in OPTIONS.items()
                if option.metadata["scope"] is not Scope.RUN
            },
        },
    }


def _file(*scopes: Scope) -> dict[str, Any]:
    """A file in which the options of ``scopes`` may stand."""
    known = [name for name, option in OPTIONS.items() if option.metadata["scope"] in scopes]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **{name: {"$ref": f"#/$defs/{name}"} for name in known},
            PATHS: {"$ref": f"#/$defs/{PATHS}"},
        },
    }


def _paths() -> dict[str, Any]:
    return {
        "description": "What holds for paths that match a pattern; later tables win.",
        "type": "object",
        "maxProperties": MOST_ENTRIES,
        "propertyNames": {"minLength": 1, "maxLength": LONGEST, "pattern": "^[^!]"},
        "additionalProperties": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                **{name: {"$ref": f"#/$defs/{name}"} for name in PATH_OPTIONS},
                "exclude": {
                    "description": "skip these paths (true), or review them (false)",
                    "type": "boolean",
                },
            },
        },
    }


def _option(option: Field[Any]) -> dict[str, Any]:
    about = {"description": option.metadata["help"], "default": _default(option)}
    form = str(option.metadata.get("form", ""))
    if form in _FORMS:
        return {**about, **_FORMS[form]}
    if "choices" in option.metadata:
        return {**about, "enum": list(option.metadata["choices"])}
    if isinstance(option.default, tuple):
        items = {"type": "string", "minLength": 1}
        return {**about, "type": "array", "maxItems": MOST_ENTRIES, "items": items}
    bounds = {
        word: option.metadata[key]
        for word, key in (("minimum", "minimum"), ("exclusiveMinimum", "above"))
        if key in option.metadata
    }
    return {**about, "type": _TYPES[type(option.default)], **bounds}


def _default(option: Field[Any]) -> object:
    if option.default is MISSING:
        return {}
    if isinstance(option.default, Severity):
        return option.default.value
    return list(option.default) if isinstance(option.default, tuple) else option.default
