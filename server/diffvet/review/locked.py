"""What the lines of a lock file say, one reader per format.

A reader takes the lines of one side of one hunk, so it may begin in the middle of an entry: what it cannot name
belongs to the package ``UNNAMED``.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

UNNAMED = "(unnamed)"


class Says(StrEnum):
    """What a line says about a package."""

    PRESENT = "present"
    VERSION = "version"
    SOURCE = "source"
    SUM = "sum"


class Fact(NamedTuple):
    """Line number ``line`` (from 0, of the lines given) says ``value`` about ``package``.

    A source is a URL or what stands for one; a sum a checksum, hash or commit.
    """

    line: int
    package: str
    says: Says
    value: str = ""


Reader = Callable[[Iterable[str]], Iterator[Fact]]

_NPM_KEY = re.compile(r'(\s*)"([^"]*)": \{\s*$')
_NPM_FIELD = re.compile(r'(\s*)"(version|resolved|integrity)": "([^"]*)"')
_NPM_TABLES = frozenset(
    (
        *(
            "",
            "packages",
            "requires",
            "dependencies",
            "devDependencies",
            "optionalDependencies",
            "engines",
            "bin",
        ),
        *("peerDependencies", "peerDependenciesMeta", "funding"),
    )
)
_YARN_KEY = re.compile(r'"?((?:@[^/@"]+/)?[^@"\s,#]+)@[^\n]*:$')
_YARN_FIELD = re.compile(r'  (version|resolved|resolution|integrity|checksum):? "?([^"\s]+)')
_PNPM_KEY = re.compile(r"  '?/?((?:@[^/@]+/)?[^@/'()\s:]+)[@/](\d[^:'()\s]*)(?:\([^\n]*\))?'?:\s*$")
_PNPM_SUM = re.compile(r"\bintegrity: ([^,}\s]+)")
_PNPM_SOURCE = re.compile(r"\btarball: ([^,}\s]+)")
_TOML_FIELD = re.compile(r'(name|version|source|checksum|url) = (?:"([^"]*)"|\{[^\n"]*"([^"]*)")')
_TOML_HASH = re.compile(r'\bhash = "([^"]+)"')
_TOML_URL = re.compile(r'\burl = "([^"]+)"')
_GEM = re.compile(r"    ([\w.-]+) \(([^)]*)\)$")
_GEM_SUM = re.compile(r"  ([\w.-]+) \(([^)]*)\) (\w+=\S+)")
_GEM_SOURCE = re.compile(r"  remote: (\S+)")
_COMPOSER_FIELD = re.compile(r'\s+"(name|version|url|reference|shasum)": "([^"]+)"')
_GO = re.compile(r"(\S+) (v[^\s/]+)(/go\.mod)? (h\d:\S+)")
_KINDS = {
    "version": Says.VERSION,
    "resolved": Says.SOURCE,
    "resolution": Says.SOURCE,
    "source": Says.SOURCE,
    "url": Says.SOURCE,
    "integrity": Says.SUM,
    "checksum": Says.SUM,
    "reference": Says.SUM,
    "shasum": Says.SUM,
}


def npm(lines: Iterable[str]) -> Iterator[Fact]:
    """``package-lock.json``, both its nested form and that with paths."""
    open_keys: list[tuple[int, str]] = []
    for number, line in enumerate(lines):
        if key := _NPM_KEY.match(line):
            _close(open_keys, len(key[1]))
            open_keys.append((len(key[1]), key[2]))
            if key[2] not in _NPM_TABLES:
                yield Fact(number, _npm_name(key[2]), Says.PRESENT)
        elif field := _NPM_FIELD.match(line):
            _close(open_keys, len(field[1]))
            name = open_keys[-1][1] if open_keys else UNNAMED
            if name not in _NPM_TABLES:
                yield Fact(number, _npm_name(name), _KINDS[field[2]], field[3])
        elif line.strip() in {"}", "},"}:
            _close(open_keys, len(line) - len(line.lstrip()))


def _close(open_keys: list[tuple[int, str]], indent: int) -> None:
    while open_keys and open_keys[-1][0] >= indent:
        open_keys.pop()


def _npm_name(key: str) -> str:
    return key.rpartition("node_modules/")[2]


def yarn(lines: Iterable[str]) -> Iterator[Fact]:
    """``yarn.lock`` of both generations."""
    name = UNNAMED
    for number, line in enumerate(lines):
        if key := _YARN_KEY.match(line):
            name = key[1]
            yield Fact(number, name, Says.PRESENT)
        elif (field := _YARN_FIELD.match(line)) and (field[1] != "resolution" or "://" in field[2]):
            yield Fact(number, name, _KINDS[field[1]], field[2])


def pnpm(lines: Iterable[str]) -> Iterator[Fact]:
    """``pnpm-lock.yaml``; a key holds name and version."""
    name = UNNAMED
    for number, line in enumerate(lines):
        if key := _PNPM_KEY.match(line):
            name = key[1]
            yield Fact(number, name, Says.VERSION, key[2])
        elif found := _PNPM_SUM.search(line):
            yield Fact(number, name, Says.SUM, found[1])
        if found := _PNPM_SOURCE.search(line):
            yield Fact(number, name, Says.SOURCE, found[1])


def toml(lines: Iterable[str]) -> Iterator[Fact]:
    """``Cargo.lock``, ``poetry.lock`` and ``uv.lock``: ``[[package]]`` tables."""
    name = UNNAMED
    inner = False  # in a table of the package, where "version" is something else
    for number, line in enumerate(lines):
        if line.startswith("["):
            inner = not line.startswith("[[")
            if not inner:
                name = UNNAMED
        elif field := _TOML_FIELD.match(line):
            value = field[2] or field[3] or ""
            if field[1] == "name":
                name, inner = value, False
                yield Fact(number, name, Says.PRESENT)
            elif field[1] != "version" or not inner:
                yield Fact(number, name, _KINDS[field[1]], value)
        else:
            if found := _TOML_URL.search(line):
                yield Fact(number, name, Says.SOURCE, found[1])
            if found := _TOML_HASH.search(line):
                yield Fact(number, name, Says.SUM, found[1])


def gem(lines: Iterable[str]) -> Iterator[Fact]:
    """``Gemfile.lock``; a source is that of many gems, so it belongs to none."""
    for number, line in enumerate(lines):
        if found := _GEM.match(line):
            yield Fact(number, found[1], Says.VERSION, found[2])
        elif found := _GEM_SUM.match(line):
            yield Fact(number, found[1], Says.VERSION, found[2])
            yield Fact(number, found[1], Says.SUM, found[3])
        elif found := _GEM_SOURCE.match(line):
            yield Fact(number, "all gems of a source", Says.SOURCE, found[1])


def composer(lines: Iterable[str]) -> Iterator[Fact]:
    """``composer.lock``; only a package's name has a slash."""
    name = UNNAMED
    for number, line in enumerate(lines):
        if field := _COMPOSER_FIELD.match(line):
            if field[1] != "name":
                yield Fact(number, name, _KINDS[field[1]], field[2])
            elif "/" in field[2]:
                name = field[2]
                yield Fact(number, name, Says.PRESENT)


def go(lines: Iterable[str]) -> Iterator[Fact]:
    """``go.sum``: a module, its version and a hash a line."""
    for number, line in enumerate(lines):
        if found := _GO.match(line):
            yield Fact(number, found[1], Says.VERSION, found[2])
            yield Fact(number, found[1], Says.SUM, f"{found[3] or ''}{found[4]}")


READERS: dict[str, Reader] = {
    "package-lock.json": npm,
    "npm-shrinkwrap.json": npm,
    "yarn.lock": yarn,
    "pnpm-lock.yaml": pnpm,
    "pnpm-lock.yml": pnpm,
    "cargo.lock": toml,
    "poetry.lock": toml,
    "uv.lock": toml,
    "pdm.lock": toml,
    "gemfile.lock": gem,
    "composer.lock": composer,
    "go.sum": go,
    "go.work.sum": go,
}
"""The reader of a lock file, by its name in lower case."""
