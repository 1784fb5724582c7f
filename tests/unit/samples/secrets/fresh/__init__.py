"""Secrets and look-alikes as they stand in the wild, written without a look at the detectors or at the other two sets.

``secrets.txt`` and ``harmless.txt`` are sheets: ``@@ kind path`` and the lines of a file, where ``§hex40§`` is a blank to
fill and ``§!hex40§`` one whose filling is secret. Nothing in a sheet is a live secret, nor looks like one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from unit.samples.secrets.fresh.fill import Fill

HERE = Path(__file__).parent
BLANK = re.compile("§(!?)([^§]+)§")


@dataclass(frozen=True)
class Sample:
    """Lines of a file, and the values in them that must not be sent (none for a look-alike)."""

    kind: str
    path: str
    lines: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def family(self) -> str:
        return self.kind


def read(name: str) -> tuple[tuple[str, str, str], ...]:
    """The kind, path and template of each entry of a sheet."""
    entries = (HERE / name).read_text(encoding="utf-8").removeprefix("@@ ").split("\n@@ ")
    heads = (entry.partition("\n") for entry in entries)
    return tuple((*head.split(), body.rstrip("\n")) for head, _, body in heads)


def fill(entry: tuple[str, str, str], chance: Fill) -> Sample:
    kind, path, template = entry
    values: list[str] = []
    lines: list[str] = []
    for line in template.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]

        def filled(match: re.Match[str], indent: str = indent) -> str:
            value = chance(match[2])
            if match[1]:
                values.extend(re.split(r"\n|\\n", value))
            return value.replace("\n", "\n" + indent)

        lines += BLANK.sub(filled, line).split("\n")
    return Sample(kind, path, tuple(lines), tuple(values))


SECRETS, HARMLESS = read("secrets.txt"), read("harmless.txt")
KINDS = tuple(kind for kind, _, _ in SECRETS)
FAMILIES = tuple(kind for kind, _, _ in HARMLESS)


def made(entries: tuple[tuple[str, str, str], ...], count: int, seed: int) -> Iterator[Sample]:
    return (fill(entries[at % len(entries)], Fill(f"{seed} {at}")) for at in range(count))


def samples(count: int, seed: int) -> list[Sample]:
    return list(made(SECRETS, count, seed))


def harmless(count: int, seed: int) -> list[Sample]:
    return list(made(HARMLESS, count, seed))
