"""The rule files: which of them a change needs, and reading them once."""

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from diffvet.errors import RuleError
from diffvet.rules.language import GRAMMARS
from diffvet.rules.reading import check_patterns, read_rule
from diffvet.rules.rule import Rule

_CODE = frozenset(GRAMMARS)
_SCRIPT = frozenset({"javascript", "jsx", "typescript", "tsx"})

FAMILIES: dict[str, frozenset[str] | None] = {
    "secrets": None,
    "everywhere": None,
    "safeguards": None,
    "python": frozenset({"python"}),
    "javascript": _SCRIPT,
    "go": frozenset({"go"}),
    "jvm": frozenset({"java", "kotlin", "scala"}),
    "csharp": frozenset({"csharp"}),
    "native": frozenset({"c", "cpp", "rust"}),
    "ruby": frozenset({"ruby"}),
    "php": frozenset({"php"}),
    "shell": frozenset({"shell", "makefile", "dockerfile", "github-workflow", "gitlab-ci"}),
    "sql": frozenset({"sql"}),
    "container": frozenset({"dockerfile", "compose", "yaml", "shell"}),
    "ci": frozenset({"github-workflow", "gitlab-ci", "pre-commit", "jenkins"}),
    "infrastructure": frozenset({"terraform", "nginx"}),
    "dependencies": frozenset(
        {"npm", "npm-lock", "pip", "pyproject", "gomod", "cargo", "gemfile", "package-config"}
    ),
    "web": frozenset({"html"}),
}
"""Rule file to the languages it serves; None for all. Only the files a change needs are read."""


_HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def _loader() -> Any:
    import yaml  # noqa: PLC0415 - 17 ms, only when rules are read

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_rules(text: str, origin: str, *, trusted: bool = False) -> tuple[list[Rule], list[RuleError]]:
    """The rules of one file's text, and what is wrong with the others; one broken rule spoils no other.

    ``trusted`` leaves out the check of regular expressions, for rules that were tested before.
    """
    import yaml  # noqa: PLC0415 - see above

    try:
        raw = yaml.load(text, Loader=_loader())  # noqa: S506 - a safe loader, the compiled one if there is one
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" at line {mark.line + 1}" if mark else ""
        return [], [RuleError(f"{origin}: not readable as YAML{line}: {getattr(error, 'problem', error)}")]
    if not isinstance(raw, list):
        return [], [RuleError(f"{origin}: must be a list of rules")]
    return _read(raw, origin, trusted=trusted)


def _read(raw: list[Any], origin: str, *, trusted: bool) -> tuple[list[Rule], list[RuleError]]:
    rules: list[Rule] = []
    errors: list[RuleError] = []
    for item in raw:
        try:
            rule = read_rule(item, origin)
            if not trusted:
                check_patterns(rule, origin)
        except RuleError as error:
            errors.append(error)
        else:
            rules.append(rule)
    return rules, errors


def read_file(path: Path) -> tuple[list[Rule], list[RuleError]]:
    """The rules of a file of the user's. Raises :class:`RuleError` where it cannot be read at all."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RuleError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise RuleError(f"cannot read {path}: it is not UTF-8") from None
    return read_rules(text, str(path))


@lru_cache(maxsize=len(FAMILIES))
def family(name: str) -> tuple[Rule, ...]:
    """The built-in rules of one file. A broken built-in rule is a :class:`RuleError`: our own tests forbid it."""
    text = (_HERE / "catalogue" / f"{name}.yaml").read_text(encoding="utf-8")
    raw = _baked(name, text)
    origin = f"{name}.yaml"
    rules, errors = (
        read_rules(text, origin, trusted=True) if raw is None else _read(raw, origin, trusted=True)
    )
    if errors:
        raise errors[0]
    return tuple(rules)


def digest(text: str) -> str:
    """What tells one text of a rule file from another."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _baked(name: str, text: str) -> list[Any] | None:
    """The rule file ``text`` as JSON, which is read in a thirtieth of the time; None where that was made of another text.

    ``tests/bake_rules.py`` makes it, and a test says when it has to be made anew.
    """
    try:
        made = json.loads((_HERE / "baked" / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    rules: list[Any] | None = made["rules"] if made["of"] == digest(text) else None
    return rules


def rules_for(languages: Iterable[str]) -> tuple[Rule, ...]:
    """The built-in rules that can apply to files of ``languages``."""
    wanted = frozenset(languages)
    return tuple(
        rule
        for name, served in FAMILIES.items()
        if served is None or served & wanted
        for rule in family(name)
    )


def all_rules() -> tuple[Rule, ...]:
    """Every built-in rule, in catalogue order."""
    return tuple(rule for name in FAMILIES for rule in family(name))


def check_unique(rules: Sequence[Rule]) -> None:
    """Raise :class:`RuleError` when two rules share an id."""
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise RuleError(f"rule '{rule.id}' is defined twice")
        seen.add(rule.id)
