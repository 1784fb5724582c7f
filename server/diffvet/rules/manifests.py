"""Dependency manifests, read line by line: what a changed line asks for.

A hunk rarely shows the whole file, so a line is read by its own form and by the headings above it that the
hunk shows; a line whose section is not shown counts only where its form leaves no doubt.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from diffvet.diff.model import Hunk, LineKind, Side
from diffvet.expression import expression
from diffvet.rules.surroundings import enclosing


@dataclass(frozen=True, slots=True)
class Entry:
    """One dependency: its name as written, what version or source it asks for ("" for none)."""

    name: str
    wanted: str


_NPM = expression(r'^\s*"(?P<name>(?:@[\w.-]+/)?[a-z0-9][\w.-]*)"\s*:\s*"(?P<wanted>[^"]*)"')
_NPM_WANTED = expression(
    r"(?:[\^~>=<v]*\s*\d+(?:\.\w|\s|$|-)|\*|latest|next|workspace:|npm:|file:|link:|git|http|github:|x$|\d+$|)"
)
_NPM_SECTION = expression(r'"(?:dev|peer|optional|bundled?)?[dD]ependencies"|"(?:resolutions|overrides)"')
_NPM_FIELDS = frozenset(
    [
        "name", "version", "description", "main", "module", "types", "typings", "license", "author",
        "homepage", "type", "packageManager", "node", "npm", "yarn", "pnpm", "vscode", "engines", "exports",
        "import", "require", "default", "browser", "url"
    ]
)  # fmt: skip
_PIP = expression(
    r"^(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(?P<wanted>(?:[=<>!~]=?|===|@)[^;#\\]*)?\s*(?:[;#\\].*)?$"
)
_PYPROJECT = expression(
    r"^\s*[\"'](?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(?P<wanted>(?:[=<>!~]=?|@)[^;\"']*)?(?:;[^\"']*)?[\"']\s*[,\]]?\s*(?:#.*)?$"
)
_PYPROJECT_SECTION = expression(r"^\s*(?:dependencies|requires|[\w-]+)\s*=\s*\[")
_PYPROJECT_LIST = expression(
    r"^\s*(?:dependencies|requires)\s*=\s*\[|optional-dependencies|dependency-groups"
)
_GO = expression(r"^\s*(?:require\s+)?(?P<name>[\w.-]+\.[a-z]{2,}/[\w./~-]+)\s+(?P<wanted>v\d\S*)")
_CARGO = expression(
    r"^(?P<name>[A-Za-z][\w-]*)\s*=\s*(?:\"(?P<wanted>[^\"]*)\"|\{(?P<table>[^}]*)\})\s*(?:#.*)?$"
)
_CARGO_TABLE = expression(r'(?:version|git|path)\s*=\s*"([^"]*)"')
_GEM = expression(r"""^\s*gem\s+["'](?P<name>[\w.-]+)["'](?P<wanted>.*)$""")


def entry_of(languages: tuple[str, ...], hunk: Hunk, position: int) -> Entry | None:
    """The dependency that line ``position`` of ``hunk`` names, None where it names none."""
    reader = _READERS.get(languages[0])
    return reader(hunk, position) if reader else None


def _above(hunk: Hunk, position: int) -> list[str]:
    side = Side.OLD if hunk.lines[position].kind is LineKind.REMOVED else Side.NEW
    return [hunk.lines[at].text for at in enclosing(hunk, position, side)]


def _npm(hunk: Hunk, position: int) -> Entry | None:
    hit = _NPM.match(hunk.lines[position].text)
    if hit is None or hit["name"] in _NPM_FIELDS or not _NPM_WANTED.match(hit["wanted"]):
        return None
    above = _above(hunk, position)
    if above and not _NPM_SECTION.search(above[0]) and above[0].strip() != "{":
        return None
    if not above and not re.match(r"[\^~]?\d+\.\d+|\*$|latest$|git|github:", hit["wanted"]):
        return None
    if above and above[0].strip() == "{":
        return None
    return Entry(hit["name"], hit["wanted"])


def _pip(hunk: Hunk, position: int) -> Entry | None:
    text = hunk.lines[position].text.strip()
    direct = re.match(r"(?:-e\s+)?((?:git|hg|svn)\+\S+|https?://\S+)", text)
    if direct:
        egg = re.search(r"#egg=([\w.-]+)", text)
        return Entry(egg[1] if egg else direct[1].rpartition("/")[2], direct[1])
    hit = _PIP.match(text)
    return Entry(hit["name"], (hit["wanted"] or "").strip()) if hit else None


def _pyproject(hunk: Hunk, position: int) -> Entry | None:
    hit = _PYPROJECT.match(hunk.lines[position].text)
    if hit is None:
        return None
    above = _above(hunk, position)
    known = bool(above) and bool(_PYPROJECT_LIST.search(above[0]))
    if not known and (above or not hit["wanted"]):
        return None
    return Entry(hit["name"], (hit["wanted"] or "").strip())


def _go(hunk: Hunk, position: int) -> Entry | None:
    text = hunk.lines[position].text
    hit = _GO.match(text)
    return None if hit is None or "// indirect" in text or "=>" in text else Entry(hit["name"], hit["wanted"])


def _cargo(hunk: Hunk, position: int) -> Entry | None:
    hit = _CARGO.match(hunk.lines[position].text)
    if hit is None:
        return None
    headings = [line.text for line in hunk.lines[:position] if line.text.startswith("[")]
    if not headings or "dependencies" not in headings[-1]:
        return None
    found = _CARGO_TABLE.search(hit["table"] or "")
    git = "git" if "git" in (hit["table"] or "") else ""
    return Entry(hit["name"], hit["wanted"] or (f"{git} {found[1]}".strip() if found else ""))


def _gem(hunk: Hunk, position: int) -> Entry | None:
    hit = _GEM.match(hunk.lines[position].text)
    return Entry(hit["name"], hit["wanted"].strip(" ,'\"")) if hit else None


_READERS: dict[str, Callable[[Hunk, int], Entry | None]] = {
    "npm": _npm,
    "pip": _pip,
    "pyproject": _pyproject,
    "gomod": _go,
    "cargo": _cargo,
    "gemfile": _gem,
}
