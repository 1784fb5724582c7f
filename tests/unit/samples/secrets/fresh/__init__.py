"""A third set, of secrets and look-alikes in the syntaxes of the wild, written before its author saw a detector.

``secrets.txt`` and ``harmless.txt`` are sheets: ``@@ kind path`` and the lines of a file, where ``§hex40§`` is a blank to
fill and ``§!hex40§`` one whose filling is secret. Nothing in a sheet is a live secret, nor looks like one.

When first run, recall was 0.790 on 3,624 secrets (84 of 453 kinds were missed wholly), with 24 alarms on 2,320
look-alikes (3 of 290 kinds). The detectors were tuned on this set since, so a later number is not independent; eight
blanks whose size no vendor uses were corrected after that run. A bcrypt hash is in neither sheet but as a login of
``htpasswd`` and ``shadow``: elsewhere it is as often a test vector.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from unit.samples.secrets.fresh.fill import Fill
from unit.samples.secrets.sample import Sample

HERE = Path(__file__).parent
BLANK = re.compile("§(!?)([^§]+)§")


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
