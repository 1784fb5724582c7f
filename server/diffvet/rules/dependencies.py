"""Checks on the dependencies a change adds or moves, over both sides of one manifest."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from diffvet.diff.model import Side, Status
from diffvet.expression import expression
from diffvet.rules.manifests import Entry, entry_of
from diffvet.rules.match import Match, quote_of
from diffvet.rules.rule import DependencyMatch, Rule
from diffvet.rules.view import FileView, SideText

KNOWN: dict[str, str] = {
    "npm": "react react-dom lodash express axios chalk commander typescript webpack eslint prettier babel jest "
    "mocha vue angular next moment dayjs uuid dotenv cross-env rimraf request async debug mongoose sequelize "
    "jsonwebtoken bcrypt body-parser nodemon socket.io electron puppeteer cheerio underscore jquery redux rxjs "
    "colors minimist yargs inquirer validator passport helmet cors morgan winston node-fetch",
    "pip": "requests numpy pandas django flask fastapi pydantic sqlalchemy pytest setuptools urllib3 boto3 botocore "
    "certifi cryptography pyyaml jinja2 click colorama python-dateutil matplotlib scipy scikit-learn tensorflow "
    "torch transformers beautifulsoup4 selenium paramiko psycopg2 redis celery gunicorn uvicorn httpx aiohttp "
    "pillow lxml openai tqdm rich typing-extensions packaging jsonschema attrs virtualenv",
    "cargo": "serde serde_json tokio rand regex clap anyhow thiserror reqwest hyper futures log env_logger libc "
    "syn quote proc-macro2 chrono itertools lazy_static once_cell rayon uuid base64 tracing axum",
    "gemfile": "rails rack rake devise nokogiri puma sidekiq rspec rubocop pg redis sinatra bundler jwt faraday "
    "activerecord activesupport",
}
"""Names so common that a name one letter away from them deserves a second look."""
KNOWN_TOO = frozenset(
    [
        "cattrs", "scapy", "grequests", "psycopg", "pyaml", "openapi", "aredis", "torchx",
        "preact", "reactn", "color", "colord", "tslint", "jslint",
        "crayon", "hyperx", "base62", "serdes", "quoted", "future", "chronos", "redic", "trails",
    ]
)  # fmt: skip
"""Packages of their own standing that happen to be one letter away from a name in ``KNOWN``."""


@dataclass(frozen=True, slots=True)
class _Asked:
    entry: Entry
    spot: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True)
class _Manifest:
    """Both sides of a changed manifest: what is new, and what only changed its version."""

    language: str
    existed: bool
    fresh: list[_Asked]
    moved: list[tuple[_Asked, Entry]]


def matches(rules: Sequence[Rule], view: FileView) -> Iterator[Match]:
    """What the checks of ``rules`` say about the entries of one manifest."""
    manifest = _read(view)
    if not manifest.fresh and not manifest.moved:
        return
    for rule in rules:
        if isinstance(rule.match, DependencyMatch):
            for asked, captures in _CHECKS[rule.match.check](manifest):
                hunk, position = asked.spot
                yield Match(
                    rule, view, Side.NEW, hunk, position, position, asked.entry.name, quote_of(asked.text),
                    rule.severity, {"NAME": asked.entry.name, **captures},
                )  # fmt: skip


def _read(view: FileView) -> _Manifest:
    added, removed = _entries(view, view.added), _entries(view, view.removed)
    before = {_folded(asked.entry.name): asked.entry for asked in removed}
    fresh = [asked for asked in added if _folded(asked.entry.name) not in before]
    moved = [
        (asked, before[name]) for asked in added if (name := _folded(asked.entry.name)) in before
    ]  # fmt: skip
    language = view.languages[0]
    existed = view.change.status is not Status.ADDED
    return _Manifest("pip" if language == "pyproject" else language, existed, fresh, moved)


def _entries(view: FileView, side: SideText) -> list[_Asked]:
    found = []
    for spot, text in zip(side.spots, side.lines, strict=True):
        if len(text) > 400 or text.lstrip().startswith("#"):
            continue
        entry = entry_of(view.languages, view.change.hunks[spot[0]], spot[1])
        if entry is not None:
            found.append(_Asked(entry, spot, text))
    return found


def _folded(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.lower())


_Found = Iterator[tuple[_Asked, dict[str, str]]]


def _added(manifest: _Manifest) -> _Found:
    if not manifest.fresh or not manifest.existed:
        return  # all of a new manifest is new: nothing worth a note
    names = [asked.entry.name for asked in manifest.fresh]
    shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    count = "One new dependency" if len(names) == 1 else f"{len(names)} new dependencies"
    yield manifest.fresh[0], {"COUNT": count, "NAMES": shown}


_EXACT_ENOUGH = {
    "npm": expression(
        r"\d|workspace:|file:|link:|git|http|npm:|portal:|catalog:|^[a-z-]+$(?<!latest)(?<!next)"
    ),
    "cargo": expression(r"\d|git|path|workspace"),
    "gemfile": expression(r"\d|git|path|github|require"),
    "gomod": expression(r""),
}


def _unpinned(manifest: _Manifest) -> _Found:
    for asked in [*manifest.fresh, *(asked for asked, _ in manifest.moved)]:
        wanted = asked.entry.wanted
        if manifest.language == "npm" and wanted in {"*", "latest", "", "x", ">=0.0.0", "next"}:
            yield asked, {}
        if manifest.language == "cargo" and wanted == "*":
            yield asked, {}
        if manifest.language == "pip" and not wanted and "--hash" not in asked.text and "/" not in asked.text:
            yield asked, {}


_FOREIGN = expression(
    r"^(?:@\s*)?(?:git\+|git:|git@|https?://|github:|bitbucket:|gitlab:|hg\+|svn\+|git\s)|\bgit:|github:"
)
_PINNED = expression(r"[@#][0-9a-f]{40}\b|#sha256=|\brev\b|:ref\b|ref:")


def _source(manifest: _Manifest) -> _Found:
    for asked in [*manifest.fresh, *(asked for asked, _ in manifest.moved)]:
        if _FOREIGN.search(asked.entry.wanted) and not _PINNED.search(asked.text):
            yield asked, {}


def _downgrade(manifest: _Manifest) -> _Found:
    for asked, before in manifest.moved:
        new, old = _version(asked.entry.wanted), _version(before.wanted)
        if new and old and new < old:
            yield asked, {"OLD": before.wanted, "NEW": asked.entry.wanted}


def _version(wanted: str) -> tuple[int, ...]:
    found = re.search(r"\d+(?:\.\d+)*", wanted)
    if found is None or len(re.findall(r"\d+(?:\.\d+)+", wanted)) > 1 or "<" in wanted or "!" in wanted:
        return ()
    return tuple(int(part) for part in found[0].split(".")[:4] if len(part) < 9)


def _look_alike(manifest: _Manifest) -> _Found:
    known = KNOWN.get(manifest.language, "").split()
    plain = {_folded(name) for name in known}
    for asked in manifest.fresh:
        name = _folded(asked.entry.name)
        if len(name) < 5 or name in plain or name in KNOWN_TOO or name.startswith("@"):
            continue
        twin = next((other for other in known if len(other) > 4 and _one_apart(name, _folded(other))), None)
        if twin:
            yield asked, {"TWIN": twin}


def _one_apart(left: str, right: str) -> bool:
    """Whether one letter is missing, doubled, wrong, or two neighbours are swapped."""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    a, b = left[start:], right[start:]
    return (
        a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:] and len(a) > 1)
    )


_CHECKS: dict[str, Callable[[_Manifest], _Found]] = {
    "added": _added,
    "unpinned": _unpinned,
    "source": _source,
    "downgrade": _downgrade,
    "look-alike": _look_alike,
}
CHECKS = tuple(_CHECKS)
"""What ``dependency: {check: ...}`` may name."""
