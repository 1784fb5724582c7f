"""A third set, of secrets and look-alikes in the syntaxes of the wild, written before its author saw a detector.

The texts are sheets: ``@@ kind path`` and the lines of a file, where ``§hex40§`` is a blank to fill and ``§!hex40§`` one
whose filling is secret. Nothing in a sheet is a live secret, nor looks like one.

When ``secrets.txt`` was first run, recall was 0.790 on 3,624 secrets (84 of 453 kinds were missed wholly), with 24 alarms
on 2,320 look-alikes (3 of 290 kinds). The detectors were tuned on it since, so a later number is not independent; eight
blanks whose size no vendor uses were corrected after that run. ``secrets-later.txt`` was written after the tuning, by one
who knew the detectors by then: recall 0.816 on 640 secrets of 80 kinds when first run (0.750 for the masker from before),
no alarm on 320 look-alikes; then it was tuned on as well. ``secrets-last.txt`` came after that: recall 0.885 on 512 secrets
of 64 kinds when first run (0.772 before), no alarm on 256 look-alikes. A bcrypt hash is a secret here as a login of ``htpasswd`` and
``shadow`` only: elsewhere it is as often a test vector.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from unit.samples.secrets.fresh.fill import Fill
from unit.samples.secrets.sample import Sample

HERE = Path(__file__).parent
BLANK = re.compile("§(!?)([^§]+)§")


def read(name: str) -> tuple[tuple[str, str, str], ...]:
    """The kind, path and template of each entry of the sheets of this name."""
    texts = [
        path.read_text(encoding="utf-8").removeprefix("@@ ")
        for path in sorted(HERE.glob(f"{name}*.txt"), key=lambda each: each.stem)
    ]
    entries = [entry for text in texts for entry in text.split("\n@@ ")]
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


SECRETS, HARMLESS = read("secrets"), read("harmless")
KINDS = tuple(kind for kind, _, _ in SECRETS)
FAMILIES = tuple(kind for kind, _, _ in HARMLESS)


def made(entries: tuple[tuple[str, str, str], ...], count: int, seed: int) -> Iterator[Sample]:
    return (fill(entries[at % len(entries)], Fill(f"{seed} {at}")) for at in range(count))


def samples(count: int, seed: int) -> list[Sample]:
    return list(made(SECRETS, count, seed))


def harmless(count: int, seed: int) -> list[Sample]:
    return list(made(HARMLESS, count, seed))
