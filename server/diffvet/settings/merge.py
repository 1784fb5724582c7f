"""Layers become settings: the later one wins, option by option."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from diffvet.settings.globs import Glob, decide
from diffvet.settings.layers import Layer, PathTable
from diffvet.settings.model import EMBEDDED, Settings
from diffvet.settings.origin import DEFAULT, Origin
from diffvet.settings.values import OPTIONS, TEXT_LIMIT


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a path is reviewed or skipped: ``sentence`` names the pattern and who said it."""

    skipped: bool
    sentence: str


@dataclass(slots=True)
class Merged:
    """What the layers so far add up to. ``problems`` are combinations that cannot work."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=lambda: dict.fromkeys(OPTIONS, DEFAULT))
    sources: list[Origin] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    excluded: Verdict | None = None
    included: Verdict | None = None

    @property
    def verdict(self) -> Verdict:
        """Whether the path is reviewed."""
        if self.excluded and (self.excluded.skipped or not self.included):
            return self.excluded
        return self.included or Verdict(False, "reviewed: no pattern speaks about it")

    def settings(self) -> Settings:
        """The settings; options that nobody said have their defaults."""
        return Settings(**self.values)


def merge(layers: Sequence[Layer], path: str | None = None) -> Merged:
    """What ``layers`` add up to, for ``path`` (from the root, forward slashes) or for the run as a whole."""
    merged = Merged()
    for layer in layers:
        _take(merged, layer)
        relative = None if path is None else _relative(path, layer.folder)
        if relative is not None:
            _judge(merged, layer, relative)
            for table in layer.tables:
                if table.glob.matches(relative):
                    _take_table(merged, table)
    _settle_models(merged)
    _check(merged)
    return merged


def _take(merged: Merged, layer: Layer) -> None:
    merged.sources += [layer.origin] if layer.origin.place else [said.origin for said in layer.said.values()]
    for name, said in layer.said.items():
        if name == "rules":
            merged.values[name] = {**merged.values.get(name, {}), **_rules(said.value)}
        else:
            merged.values[name] = said.value
        merged.origins[name] = said.origin


def _take_table(merged: Merged, table: PathTable) -> None:
    """As a file's own words, except that its instructions are added to them."""
    merged.sources.append(table.origin)
    for name, value in table.said.items():
        if name == "rules":
            value = {**merged.values.get(name, {}), **_rules(value)}  # noqa: PLW2901 - the sum is what is kept
        elif name == "instructions" and merged.values.get(name):
            value = f"{merged.values[name]}\n{value}"  # noqa: PLW2901
        merged.values[name] = value
        merged.origins[name] = table.origin
    if table.exclude is not None:
        done = "skipped" if table.exclude else "reviewed"
        merged.excluded = Verdict(table.exclude, f"{done}: 'exclude' in {table.origin} says so")


def _rules(value: object) -> Mapping[str, str]:
    return value if isinstance(value, dict) else {}


def _judge(merged: Merged, layer: Layer, path: str) -> None:
    """A list of a later layer takes the place of the earlier one, matching or not."""
    if said := layer.said.get("exclude"):
        merged.excluded = None
        if by := decide(_globs(_texts(said.value)), path):
            skipped = not by.negated
            merged.excluded = Verdict(skipped, _sentence(by, said.origin, "exclude", skipped=skipped))
    if said := layer.said.get("include"):
        globs = _globs(_texts(said.value))
        by = decide(globs, path)
        skipped = bool(globs) and (by is None or by.negated)
        sentence = _sentence(by, said.origin, "include", skipped=skipped)
        merged.included = Verdict(skipped, sentence) if globs else None


def _texts(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


@lru_cache(maxsize=256)
def _globs(patterns: tuple[str, ...]) -> Sequence[Glob]:
    """The patterns of a list, which every path asks for again."""
    return [Glob.parse(text) for text in patterns]


def _sentence(by: Glob | None, origin: Origin, option: str, *, skipped: bool) -> str:
    done = "skipped" if skipped else "reviewed"
    return (
        f"{done}: '{by.text}' of '{option}' in {origin} matches it"
        if by
        else f"{done}: no pattern of '{option}' in {origin} matches it"
    )


def _relative(path: str, folder: str) -> str | None:
    return path.removeprefix(folder) if path.startswith(folder) else None


def _settle_models(merged: Merged) -> None:
    """``model`` is the short form of ``models``: whichever was said later stands."""
    if not (merged.values.get("model") and merged.values.get("models")):
        return
    model, models = merged.origins["model"], merged.origins["models"]
    if model.rank == models.rank:
        merged.problems.append(f"'model' and 'models' are both set in the {model}; keep one of them")
    lesser = "model" if model.rank <= models.rank else "models"
    del merged.values[lesser]
    merged.origins[lesser] = DEFAULT


def _check(merged: Merged) -> None:
    """Combinations that cannot work."""
    settings = merged.settings()
    if not settings.embedded and not any(settings.asked):
        merged.problems.append(
            f"the endpoint {bare(settings.endpoint)} needs a model id; set --model, DIFFVET_MODEL or 'model' in your user file"
        )
    remote = [model for model in settings.models if model != EMBEDDED]
    if remote and settings.endpoint == EMBEDDED:
        merged.problems.append(
            f"'models' names {remote[0]}, but there is no endpoint to ask; set --endpoint, DIFFVET_ENDPOINT or "
            "'endpoint' in your user file"
        )
    if settings.record and settings.replay:
        merged.problems.append("'record' and 'replay' cannot be combined; a replayed run makes no exchanges")
    if len(settings.instructions) > TEXT_LIMIT:
        merged.problems.append(
            f"the instructions for one path have {len(settings.instructions):,} characters together; "
            f"{TEXT_LIMIT:,} are the most"
        )


def bare(url: str) -> str:
    """``url`` without what may be secret in it: user, password, query."""
    scheme, sign, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    host = f"***@{host.rpartition('@')[2]}" if "@" in host else host
    path, mark, _ = path.partition("?")
    return f"{scheme}{sign}{host}{slash}{path}{mark}{'***' if mark else ''}"
