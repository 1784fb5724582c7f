"""Measures masking: recall on made secrets, alarms on look-alikes and on the standard library, speed.

Run it from anywhere: ``python tests/bench/bench_mask.py [SEED] [--kinds]``. Everything is made from the seed but the real
lines, which come from this interpreter. ``made`` was written beside the detectors, ``wild`` and ``fresh``
without them; what they found when first run is in their own words.
"""
# ruff: noqa: PLC0415 - the path is set first

import argparse
import sys
import sysconfig
import time
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
SECRETS, LOOKALIKES = 1000, 500
FEWEST = 5
"""So many samples of each kind, where a set has more kinds than that."""


def recall(seed: int, *, kinds: bool) -> None:
    from unit.samples.secrets import fresh, made, wild

    for given in (made, wild, fresh):
        count, missed = Counter(), Counter()
        size = max(SECRETS, FEWEST * len(given.KINDS))
        for sample in given.samples(size, seed):
            count[sample.kind] += 1
            missed[sample.kind] += not is_hidden(sample.path, sample.lines, sample.values)
        for kind in given.KINDS:
            if kinds or missed[kind]:
                print(f"  {kind:<18} {count[kind] - missed[kind]:>3} of {count[kind]}")
        name = given.__name__.rpartition(".")[2]
        print(f"{name}: recall {1 - missed.total() / size:.3f} on {size} secrets of {len(given.KINDS)} kinds")


def is_hidden(path: str, lines: tuple[str, ...], values: tuple[str, ...]) -> bool:
    """Whether no six neighbouring characters of any value are left in an added file of ``lines``, as it is masked."""
    from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Status
    from diffvet.review.mask import mask

    added = tuple(DiffLine(LineKind.ADDED, None, number, line) for number, line in enumerate(lines, 1))
    masked = mask((FileChange(path, Status.ADDED, (Hunk(0, 0, 1, len(lines), "", added),)),))
    left = "\n".join(line.text for line in masked.changes[0].hunks[0].lines)
    return not any(value[at : at + 6] in left for value in values for at in range(max(1, len(value) - 5)))


def alarms(seed: int) -> None:
    from diffvet.review.secrets.scan import scan
    from unit.samples.secrets import fresh, harmless, wild_harmless

    for given in (harmless, wild_harmless, fresh):
        size = max(LOOKALIKES, FEWEST * len(getattr(given, "FAMILIES", ())))
        samples = given.harmless(size, seed)
        false = Counter(each.kind for each in samples if scan("\n".join(each.lines), each.path))
        name = given.__name__.rpartition(".")[2]
        print(f"{name}: false alarms {false.total()} of {size} look-alikes {dict(false) or ''}")


def library() -> None:
    from diffvet.review.secrets.scan import scan

    place = Path(sysconfig.get_path("stdlib"))
    texts = [
        (path.relative_to(place).as_posix(), path.read_text(encoding="utf-8", errors="surrogateescape"))
        for path in sorted(place.rglob("*.py"))
        if "site-packages" not in path.parts
    ]
    lines, size = sum(text.count("\n") for _, text in texts), sum(len(text) for _, text in texts)
    start = time.perf_counter()
    found = sum(len(scan(text, path)) for path, text in texts)
    spent = time.perf_counter() - start
    start = time.perf_counter()
    for _, text in texts:
        text.find("\0no such text")
    plain = time.perf_counter() - start
    print(
        f"standard library: {found} alarms in {lines} lines, {found / lines * 10_000:.2f} per 10,000 (tests included)"
    )
    print(f"speed: {size / spent / 1e6:.1f} MB/s; {spent / plain:.0f} times one str.find")


def hostile() -> None:
    from diffvet.review.secrets.scan import scan

    for start in (
        "password=",
        "key ",
        "a" * 20 + " ",
        "-----BEGIN PRIVATE KEY-----",
        "auth=(",
        "://a:b",
        "eyJ" + "a" * 20 + ".",
    ):
        spent = []
        for size in (50_000, 100_000):
            text = (start * size)[:size]
            before = time.perf_counter()
            scan(text, "a.yaml")
            spent.append(time.perf_counter() - before)
        print(
            f"  {start[:20]!r:<24} 100,000 characters in {spent[1]:.2f} s, {spent[1] / spent[0]:.1f} times half of it"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seed", nargs="?", type=int, default=1)
    parser.add_argument("--kinds", action="store_true", help="print every kind, not only those with misses")
    given = parser.parse_args()
    sys.path[:0] = [str(TESTS), str(TESTS.parent / "server")]
    recall(given.seed, kinds=given.kinds)
    alarms(given.seed)
    library()
    hostile()


if __name__ == "__main__":
    main()
