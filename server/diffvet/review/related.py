"""Which files of a change belong together: a source and its tests, a header and its body."""

import re
from collections.abc import Mapping, Sequence

from diffvet.diff.kinds import Place, place_of

_AFFIX = re.compile(r"^(?:tests?|spec)[_-]|[_-](?:tests?|spec)$|(?<=[a-z0-9])(?:Tests?|Spec|IT)$")


def related(paths: Mapping[int, str]) -> dict[int, int]:
    """For each file the first file of its group; ``paths`` are known by any numbers.

    Files of one directory with one stem (the name up to its first dot) are a group. A test joins the source
    of its stem, or of ``directory_stem``, that shares most directories with it.
    """
    first: dict[tuple[str, str], int] = {}
    sources: dict[str, list[int]] = {}
    group: dict[int, int] = {}
    tests = []
    for file, path in paths.items():
        if place_of(path) is Place.TESTS:
            tests.append(file)
            continue
        directory, stem = _split(path)
        group[file] = first.setdefault((directory, stem), file)
        if group[file] == file:
            sources.setdefault(stem.lower(), []).append(file)
            sources.setdefault(f"{directory.rpartition('/')[2]}_{stem}".lower(), []).append(file)
    for file in tests:
        directory, stem = _split(paths[file])
        subject = _AFFIX.sub("", stem)
        found = sources.get(subject.lower())
        if found:
            group[file] = _nearest(directory, [(other, paths[other]) for other in found])
        else:
            group[file] = first.setdefault((directory, subject), file)
    return group


def _split(path: str) -> tuple[str, str]:
    directory, _, name = path.rpartition("/")
    stem = name.split(".", maxsplit=1)[0]
    return directory, stem or name


def _nearest(directory: str, candidates: Sequence[tuple[int, str]]) -> int:
    """The candidate that has most directory names in common with ``directory``; the first of equals."""
    if len(candidates) == 1:
        return candidates[0][0]
    names = set(directory.split("/"))
    return max(candidates, key=lambda pair: len(names.intersection(pair[1].split("/")[:-1])))[0]
