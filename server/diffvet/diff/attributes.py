"""What ``.gitattributes`` says about files: ``linguist-generated``, ``linguist-vendored``, ``diff``, ``binary``.

The attributes are the repository's own words, so they may choose what is reviewed and nothing else; git is
only asked (``git check-attr``), it starts no driver. One git process answers for a whole batch of paths.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from diffvet.diff.git import Git
from diffvet.diff.quoting import to_bytes, to_text
from diffvet.diff.section import FileSection

ASKED = ("linguist-generated", "linguist-vendored", "diff", "binary")

BATCH = 256
"""How many files are read ahead of one question to git, at most."""

BATCH_BYTES = 4 << 20
"""How many bytes of hunks are read ahead, before the file that goes beyond."""

_FIRST = 16
_YES = frozenset(("set", "true", "yes", "on", "1"))
_NO = frozenset(("unset", "false", "no", "off", "0"))


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes of one file: True set, False unset, None not specified (or a word that says neither).

    ``diff`` is True as well where a driver is named (``diff=python``); ``binary`` is git's macro ``binary``.
    """

    generated: bool | None = None
    vendored: bool | None = None
    diff: bool | None = None
    binary: bool | None = None


UNSPECIFIED = Attributes()


def attributes_of(git: Git, paths: Sequence[str], *, cached: bool = False) -> dict[str, Attributes]:
    """The attributes of ``paths``; ``git`` stands at the root. Paths without any are left out.

    ``cached`` reads the ``.gitattributes`` of the index instead of the working tree's (for staged changes).
    Paths that lead out of the repository, as a foreign diff may hold them, have none.
    """
    asked = b"".join(to_bytes(path) + b"\0" for path in paths if _inside(path))
    if not asked:
        return {}
    where = ["--cached"] if cached else []
    answer = git.run(["check-attr", "-z", "--stdin", *where, *ASKED], stdin=asked)
    said: dict[str, dict[str, bool]] = {}
    fields = answer.split(b"\0")
    for name, attribute, value in zip(fields[0::3], fields[1::3], fields[2::3], strict=False):
        meant = _meant(attribute, to_text(value))
        if meant is not None:
            said.setdefault(to_text(name), {})[to_text(attribute).removeprefix("linguist-")] = meant
    return {path: Attributes(**values) for path, values in said.items()}


def attributed(
    sections: Iterable[FileSection], git: Git | None, *, cached: bool = False
) -> Iterator[tuple[FileSection, Attributes]]:
    """Each section with its file's attributes, in order; without ``git`` nothing is specified.

    Reads at most ``BATCH`` sections or about ``BATCH_BYTES`` ahead; the first batch is small, so the first
    file does not wait.
    """
    if git is None:
        yield from ((section, UNSPECIFIED) for section in sections)
        return
    for batch in _batches(sections):
        known = attributes_of(git, [section.path for section in batch], cached=cached)
        yield from ((section, known.get(section.path, UNSPECIFIED)) for section in batch)


def _batches(sections: Iterable[FileSection]) -> Iterator[list[FileSection]]:
    batch: list[FileSection] = []
    size, most = 0, _FIRST
    for section in sections:
        batch.append(section)
        size += len(section.body)
        if len(batch) >= most or size >= BATCH_BYTES:
            yield batch
            batch, size, most = [], 0, BATCH
    if batch:
        yield batch


def _inside(path: str) -> bool:
    """Whether git would look for attributes of ``path`` inside the repository (else it ends with an error)."""
    drive = path[1:2] == ":"
    return (
        bool(path)
        and "\0" not in path
        and not path.startswith("/")
        and not drive
        and ".." not in path.split("/")
    )


def _meant(attribute: bytes, value: str) -> bool | None:
    word = value.lower()
    if word == "unspecified":
        return None
    if attribute == b"diff":
        return word not in _NO
    return True if word in _YES else False if word in _NO else None
