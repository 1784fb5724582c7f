"""What a change of a lock file does, in a few sentences that stand in for its raw lines.

Only the lines of the hunks are known, so a package counts where a changed line touches its entry. Names,
versions and hosts come from the repository under review: before they are shown they are reduced to plain
characters and clipped.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from diffvet.diff.model import FileChange, Side
from diffvet.expression import expression
from diffvet.review.locked import READERS, UNNAMED, Reader, Says

LISTED = 12
"""How many packages a sentence names before it counts the rest."""

LONGEST = 4000
"""Code points of a summary, at most."""

_CLIP = 60
_UNSAFE = expression(r"[^A-Za-z0-9_@./+:~^*=() -]+")
_URL = expression(r"(?:registry\+)?([\w+.-]+)://(?:[^/@\s]*@)?([^/:?#\s]+)")
_CRATES = "rust-lang/crates.io-index"
_REGISTRIES = frozenset(
    (
        # put together, so that nobody takes this table for an index to install from
        *map(".".join, (("registry", "npmjs", "org"), ("files", "pythonhosted", "org"))),
        *("registry.yarnpkg.com", "pypi.org", "crates.io"),
        *("index.crates.io", "rubygems.org", "api.github.com", "github.com", "packagist.org"),
    )
)


@dataclass(slots=True)
class _Entry:
    """One package on one side. ``versions`` and ``seen`` (hosts): all there is; the rest: what changed lines say."""

    versions: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)
    sums: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    touched: bool = False


_Entries = Mapping[str, _Entry]


def summary(change: FileChange) -> str | None:
    """What the hunks of ``change`` do to the locked packages, in at most ``LONGEST`` code points.

    None if the file's format is not known. Give all hunks of the file: an entry may be moved across them.
    """
    reader = READERS.get(change.path.rpartition("/")[2].lower())
    if reader is None:
        return None
    old, new = _entries(change, Side.OLD, reader), _entries(change, Side.NEW, reader)
    rows = [row for hunk in change.hunks for row in hunk.lines]
    added = sum(row.old is None for row in rows)
    removed = sum(row.new is None for row in rows)
    told = [_listed(what, names) for what, names in _told(old, new) if names]
    told = told or ["No package is added, removed or changed in these lines."]
    said = " ".join(
        (f"Lock file {_shown(change.path)}: lines added: {added}, lines removed: {removed}.", *told)
    )
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


def _entries(change: FileChange, side: Side, reader: Reader) -> dict[str, _Entry]:
    """The packages on ``side`` of ``change``, by name."""
    found: dict[str, _Entry] = defaultdict(_Entry)
    other = Side.OLD if side is Side.NEW else Side.NEW
    for hunk in change.hunks:
        rows = [row for row in hunk.lines if row.number(side) is not None]
        version = ("", "")
        for fact in reader(row.text.removesuffix("\r") for row in rows):
            package = _shown(fact.package)
            entry = found[package]
            changed = rows[fact.line].number(other) is None
            entry.touched |= changed
            if fact.says is Says.VERSION:
                entry.versions.add(fact.value)
                version = package, fact.value
            elif fact.says is Says.SOURCE:
                host = _host(fact.value)
                entry.seen.add(host)
                if changed:
                    entry.hosts.add(host)
            elif changed and fact.says is Says.SUM:
                entry.sums[version[1] if version[0] == package else ""].add(fact.value)
    return found


def _told(old: _Entries, new: _Entries) -> Iterator[tuple[str, list[str]]]:
    """What to say, each with the packages it is said of; what is most alarming comes first, none gets lost."""
    names = sorted(name for name in old.keys() | new.keys() if _touched(old, name) or _touched(new, name))
    both = [name for name in names if name in old and name in new]
    known = [name for name in names if name != UNNAMED]
    come = [name for name in known if name not in old and (new[name].versions or new[name].hosts)]
    gone = [name for name in known if name not in new and (old[name].versions or old[name].hosts)]
    moved = [name for name in both if old[name].versions != new[name].versions]
    yield "Integrity removed", [name for name in both if old[name].sums and not new[name].sums]
    yield "Integrity changed, version unchanged", [name for name in both if _resummed(old[name], new[name])]
    yield (
        "Source host changed",
        [
            f"{name} from {_joined(old[name].hosts)} to {_joined(new[name].hosts)}"
            for name in both
            if old[name].hosts and new[name].hosts and old[name].hosts != new[name].hosts
        ],
    )
    seen = _REGISTRIES.union(*(entry.seen for entry in old.values()))
    yield (
        "From a host that is no known registry",
        [f"{name} from {_joined(strange)}" for name in come if (strange := new[name].hosts - seen)],
    )
    yield (
        "Changed",
        [f"{name} {_less(old[name], new[name])} to {_less(new[name], old[name])}" for name in moved],
    )
    yield "Added", [f"{name} {_joined(new[name].versions)}".rstrip() for name in come]
    yield "Removed", [f"{name} {_joined(old[name].versions)}".rstrip() for name in gone]


def _touched(entries: _Entries, name: str) -> bool:
    return name in entries and entries[name].touched


def _less(one: _Entry, other: _Entry) -> str:
    """The versions only ``one`` has; all it has if the other has them too."""
    return _joined(one.versions - other.versions or one.versions)


def _resummed(old: _Entry, new: _Entry) -> bool:
    """Whether a version got another checksum; further files of a release, with their own, are no such thing."""
    return any(
        old.sums[version] - new.sums[version] and new.sums[version] - old.sums[version]
        for version in old.sums.keys() & new.sums.keys()
    )


def _host(source: str) -> str:
    """The host of a source, with its scheme unless that is HTTPS; never a user, password, path or query."""
    if source.endswith(_CRATES):
        return "crates.io"
    found = _URL.match(source)
    if found is None:
        return "no host"
    return found[2] if found[1] == "https" else f"{found[1]}://{found[2]}"


def _joined(values: set[str]) -> str:
    return " and ".join(_shown(value) for value in sorted(values)[:4])


def _listed(what: str, items: Sequence[str]) -> str:
    rest = f" and {len(items) - LISTED} more" if len(items) > LISTED else ""
    return f"{what}: {', '.join(items[:LISTED])}{rest}."


def _shown(text: str) -> str:
    plain = _UNSAFE.sub("?", text)
    return plain if len(plain) <= _CLIP else f"{plain[: _CLIP - 1]}…"
