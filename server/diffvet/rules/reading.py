"""Reads one rule from plain data and says in one sentence what is wrong with it."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.errors import RuleError
from diffvet.rules.dependencies import CHECKS
from diffvet.rules.language import GRAMMARS, LANGUAGES
from diffvet.rules.paths import Place
from diffvet.rules.rule import (
    CLASSES,
    CodeMatch,
    DependencyMatch,
    Example,
    GoneMatch,
    LostMatch,
    Matcher,
    Region,
    Rule,
    SecretTest,
    TextMatch,
)

SPLICE = "{+}"
"""Stands between two halves of an example secret, so that the rule file itself holds none."""

_KEYS = frozenset(
    [
        "id", "class", "category", "severity", "languages", "words", "text", "code", "lost", "gone",
        "dependency", "paths", "title", "why", "fix", "patch", "reference", "examples"
    ],
)  # fmt: skip
_PATTERNS = ("regex", "unless", "under", "not_under", "near", "unless_near", "needs", "then", "path")
_MATCHERS = ("text", "code", "lost", "gone", "dependency")
_ID = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)+")
_META = re.compile(r"\{[A-Za-z_]+\}")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`` (did you mean 'x'?)``, or nothing where no known word is close."""
    close = difflib.get_close_matches(word, list(known), 1)
    return f" (did you mean '{close[0]}'?)" if close else ""


class _Fields:
    """The fields of one mapping; every complaint names the rule and the field."""

    def __init__(self, raw: object, where: str, known: Iterable[str]) -> None:
        self.where = where
        if not isinstance(raw, Mapping):
            raise self.error(f"must be a mapping, not {type(raw).__name__}")
        self.raw = cast("Mapping[str, Any]", raw)
        allowed = set(known)
        for key in self.raw:
            if key not in allowed:
                raise self.error(f"has an unknown key '{key}'{did_you_mean(str(key), allowed)}")

    def error(self, what: str) -> RuleError:
        return RuleError(f"{self.where} {what}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.raw.get(key, default)
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"needs '{key}': a text")
        return value.strip()

    def flag(self, key: str) -> bool:
        value = self.raw.get(key, False)
        if not isinstance(value, bool):
            raise self.error(f"has '{key}', which must be true or false")
        return value

    def number(self, key: str, default: float) -> float:
        value = self.raw.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(f"has '{key}', which must be a number")
        return float(value)

    def texts(self, key: str, *, needed: bool = True) -> tuple[str, ...]:
        value = self.raw.get(key, [])
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self.error(f"has '{key}', which must be a list of texts")
        if needed and not value:
            raise self.error(f"needs '{key}': at least one text")
        return tuple(value)

    def mapping(self, key: str) -> dict[str, Any]:
        value = self.raw.get(key, {})
        if not isinstance(value, dict):
            raise self.error(f"has '{key}', which must be a mapping")
        return value

    def choice(self, key: str, known: Iterable[str], default: str | None = None) -> str:
        value = self.text(key, default)
        choices = list(known)
        if value not in choices:
            hint = did_you_mean(value, choices) or f" (one of {', '.join(choices)})"
            raise self.error(f"has an unknown {key} '{value}'{hint}")
        return value

    def regex(self, key: str) -> str | None:
        return self.text(key) if key in self.raw else None


def read_rule(raw: object, origin: str) -> Rule:
    """The rule described by ``raw`` (one mapping of a rule file); ``origin`` is named in errors.

    Raises :class:`RuleError` with the rule's id, what is wrong, and a suggestion where a word is near one.
    """
    name = raw.get("id") if isinstance(raw, Mapping) else None
    fields = _Fields(raw, f"{origin}: rule '{name}'" if name else f"{origin}: a rule", _KEYS)
    identity = fields.text("id")
    if not _ID.fullmatch(identity):
        raise fields.error("has an id that is not lower-case words joined by '.' or '-'")
    klass = fields.choice("class", CLASSES)
    rule = Rule(
        id=identity,
        klass=klass,
        category=Category(fields.choice("category", list(Category), CLASSES[klass].value)),
        severity=Severity(fields.choice("severity", list(Severity))),
        languages=_languages(fields),
        words=fields.texts("words", needed="gone" not in fields.raw and "dependency" not in fields.raw),
        match=_matcher(fields),
        title=fields.text("title"),
        why=_one_line(fields.text("why")),
        fix=_one_line(fields.text("fix")),
        reference=fields.texts("reference"),
        bad=_examples(fields, "bad"),
        good=_examples(fields, "good"),
        places=_places(fields),
        patch=_patch(fields),
    )
    if rule.category is Category.SECRET and _META.search(rule.title + rule.why + rule.fix):
        raise fields.error("is about a secret and must not repeat what it found in title, why or fix")
    return rule


def check_patterns(rule: Rule, origin: str) -> None:
    """Compile the rule's regular expressions; raises :class:`RuleError` for a broken one.

    Built-in rules are spared this at every start (it costs more than reading them): their examples run it.
    """
    for name in _PATTERNS:
        pattern = getattr(rule.match, name, None)
        if isinstance(pattern, str):
            try:
                re.compile(pattern)
            except re.error as error:
                raise RuleError(
                    f"{origin}: rule '{rule.id}' has a broken regular expression under '{name}': {error}"
                ) from None
    for find, put in rule.patch:
        try:
            re.sub(find, put, "")
            re.compile(find).sub(put, rule.title)
        except (re.error, IndexError) as error:
            raise RuleError(f"{origin}: rule '{rule.id}' has a broken patch: {error}") from None


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _languages(fields: _Fields) -> tuple[str, ...]:
    names = fields.texts("languages")
    for name in names:
        if name not in LANGUAGES and name not in {"any", "code"}:
            raise fields.error(f"has an unknown language '{name}'{did_you_mean(name, LANGUAGES)}")
    if "code" in fields.raw and not all(name in GRAMMARS for name in names):
        raise fields.error("matches code, but one of its languages has no grammar; use 'text' there")
    return names


def _matcher(fields: _Fields) -> Matcher:
    given = [key for key in _MATCHERS if key in fields.raw]
    if len(given) != 1:
        raise fields.error(f"needs exactly one of {', '.join(_MATCHERS)}")
    where = f"{fields.where}, '{given[0]}',"
    raw = fields.raw[given[0]]
    return {"text": _text, "code": _code, "lost": _lost, "gone": _gone, "dependency": _dependency}[given[0]](
        raw, where
    )


def _text(raw: object, where: str) -> Matcher:
    known = [
        "regex", "region", "ignore_case", "secret", "entropy", "mixed", "unless", "under", "not_under",
        "near", "unless_near", "reach", "name"
    ]  # fmt: skip
    fields = _Fields(raw, where, known)
    return TextMatch(
        regex=fields.text("regex"),
        region=Region(fields.choice("region", list(Region), "line")),
        ignore_case=fields.flag("ignore_case"),
        secret=SecretTest(fields.choice("secret", list(SecretTest), "none")),
        entropy=fields.number("entropy", 0),
        mixed=fields.flag("mixed"),
        unless=fields.regex("unless"),
        under=fields.regex("under"),
        not_under=fields.regex("not_under"),
        near=fields.regex("near"),
        unless_near=fields.regex("unless_near"),
        reach=int(fields.number("reach", 6)),
        name=fields.flag("name"),
    )


def _code(raw: object, where: str) -> Matcher:
    fields = _Fields(raw, where, ["rule", "constraints", "judge", "needs", "unless", "unless_near"])
    if not fields.mapping("rule"):
        raise fields.error("needs 'rule': an ast-grep rule")
    return CodeMatch(
        rule=fields.mapping("rule"),
        constraints=fields.mapping("constraints"),
        judge=fields.texts("judge", needed=False),
        needs=fields.regex("needs"),
        unless=fields.regex("unless"),
        unless_near=fields.regex("unless_near"),
    )


def _lost(raw: object, where: str) -> Matcher:
    fields = _Fields(
        raw,
        where,
        ["regex", "then", "unless", "stays", "attached", "uses", "ignore_case", "in_tests", "whole"],
    )  # fmt: skip
    return LostMatch(
        regex=fields.text("regex"),
        then=fields.regex("then"),
        unless=fields.regex("unless"),
        stays=fields.flag("stays"),
        attached=fields.flag("attached"),
        uses=fields.flag("uses"),
        ignore_case=fields.flag("ignore_case"),
        in_tests=fields.flag("in_tests") if "in_tests" in fields.raw else None,
        whole=fields.flag("whole"),
    )


def _gone(raw: object, where: str) -> Matcher:
    fields = _Fields(raw, where, ("path", "near"))
    return GoneMatch(fields.text("path"), fields.regex("near"))


def _dependency(raw: object, where: str) -> Matcher:
    return DependencyMatch(_Fields(raw, where, ("check",)).choice("check", CHECKS))


def _places(fields: _Fields) -> dict[str, Severity | None]:
    places: dict[str, Severity | None] = {}
    inner = _Fields(
        fields.raw.get("paths", {}), f"{fields.where}, 'paths',", [place.value for place in Place]
    )
    for key in inner.raw:
        word = inner.choice(key, ["drop", *Severity])
        places[key] = None if word == "drop" else Severity(word)
    return places


def _patch(fields: _Fields) -> tuple[tuple[str, str], ...]:
    raw = fields.raw.get("patch", [])
    if not isinstance(raw, list):
        raise fields.error("has 'patch', which must be a list of 'find' and 'put'")
    pairs = [_Fields(item, f"{fields.where}, 'patch',", ("find", "put")) for item in raw]
    if not all(isinstance(pair.raw.get("put"), str) for pair in pairs):
        raise fields.error("has a 'patch' without 'put': the text that takes the place (\"\" for none)")
    return tuple((pair.text("find"), pair.raw["put"]) for pair in pairs)


def _examples(fields: _Fields, key: str) -> tuple[Example, ...]:
    inner = _Fields(fields.raw.get("examples"), f"{fields.where}, 'examples',", ("bad", "good"))
    raw = inner.raw.get(key)
    if not isinstance(raw, list) or not raw:
        raise inner.error(f"needs '{key}': at least one example")
    return tuple(_example(item, inner.where) for item in raw)


def _example(raw: object, where: str) -> Example:
    if isinstance(raw, str):
        return Example(raw.replace(SPLICE, ""))
    fields = _Fields(raw, where, ("before", "after", "path"))
    before, after, path = (fields.raw.get(key) for key in ("before", "after", "path"))
    if not all(value is None or isinstance(value, str) for value in (before, after, path)):
        raise fields.error("holds 'before', 'after' and 'path', each a text")
    return Example((after or "").replace(SPLICE, ""), (before or "").replace(SPLICE, ""), path)
