"""Times reading and reviewing a diff against ``git diff`` itself and against ``unidiff.PatchSet`` on the same bytes.

Run it from anywhere: ``python tests/bench/bench_diff.py [MEGABYTES ...]`` (5 and 50 if none are named).
Each way runs in a process of its own, three times. Shown is the run that took the least processor
time (git's included, so a busy machine does not spoil the ratios): that time, its ratio to ``git diff``
and to unidiff, the wall time, and the peak of resident memory (``VmHWM``, read inside the process:
``ru_maxrss`` carries the parent's peak over).
"""

# ruff: noqa: PLC0415 - each way is measured in a process that imports only what that way needs

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SERVER = Path(__file__).resolve().parents[2] / "server"
RUNS = 3
WORDS = (
    "value",
    "index",
    "result",
    "return",
    "if",
    "else",
    "for",
    "while",
    "buffer",
    "self",
    "context",
    "None",
)


def make_repository(place: Path, megabytes: int, *, one_file: bool = False) -> None:
    """Two commits whose diff has about ``megabytes``; the seed is fixed."""
    chance = random.Random(megabytes)  # noqa: S311 - text to read, no secret

    def run(*args: str) -> None:
        subprocess.run(["git", *args], cwd=place, check=True, capture_output=True)

    run("init", "-q", "-b", "main")
    run("config", "user.name", "bench")
    run("config", "user.email", "bench@example.invalid")
    files = 1 if one_file else megabytes * 24
    lines = megabytes * 17_000 // files
    names = [f"src/package_{number % 50}/module_{number}.py" for number in range(files)]
    pool = [_line(chance) for _ in range(20_000)]
    texts = [chance.choices(pool, k=lines * 2) for _ in names]
    for step in ("old", "new"):
        for name, text in zip(names, texts, strict=True):
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(text))
            if step == "old":
                for at in range(0, len(text), 40):
                    text[at : at + 15] = chance.choices(pool, k=15)
        run("add", "-A")
        run("commit", "-q", "-m", step)


def _line(chance: random.Random) -> str:
    return "    " * chance.randrange(4) + " ".join(chance.choices(WORDS, k=chance.randrange(1, 10))) + "\n"


def read_git(place: str, *, parsed: bool) -> int:
    from diffvet.diff.source import Range, open_source

    return _consume(open_source(Range("HEAD"), Path(place)), parsed=parsed)


def read_stdin(place: str, *, parsed: bool) -> int:
    from diffvet.diff.source import Stdin, open_source

    with Path(place, "patch").open("rb") as patch:
        return _consume(open_source(Stdin(patch), Path(place)), parsed=parsed)


def _consume(stream, *, parsed: bool) -> int:
    """Hash every section and hunk; parse them too if asked. Returns the number of hunks."""
    from diffvet.diff.patch import parse

    hunks = 0
    for section in stream:
        section.digest  # noqa: B018 - its cost is what is measured
        hunks += len(parse(section).hunks) if parsed else len(section.hunk_digests())
    return hunks


def read_unidiff(place: str) -> int:
    from unidiff import PatchSet

    text = Path(place, "patch").read_bytes().decode("utf-8", "surrogateescape")
    return sum(len(file) for file in PatchSet(text))


def review(place: str) -> int:
    """The whole of ``diffvet check --stdin`` with the embedded reviewer, without the report."""
    import asyncio

    from diffvet.assembly import load_settings, open_reviewer
    from diffvet.diff.source import DiffStream, Stdin, open_source
    from diffvet.review.events import Review, collect

    async def reviewed(stream: DiffStream) -> Review:
        async with open_reviewer(load_settings(Path(place))) as reviewer:
            return await collect(reviewer.review(stream), kind=stream.kind, base=None, head=None)

    with Path(place, "patch").open("rb") as patch:
        result = asyncio.run(reviewed(open_source(Stdin(patch), Path(place))))
    assert result.complete
    return len(result.ledger)


def read_nothing(_place: str) -> int:
    from diffvet.diff import patch, source

    return bool(patch and source)


WAYS: dict[str, Callable[[str], int]] = {
    "imports alone": read_nothing,
    "git, split + hash": lambda place: read_git(place, parsed=False),
    "git, all parsed": lambda place: read_git(place, parsed=True),
    "stdin, split + hash": lambda place: read_stdin(place, parsed=False),
    "stdin, all parsed": lambda place: read_stdin(place, parsed=True),
    "stdin, reviewed": review,
    "unidiff.PatchSet": read_unidiff,
}


def child(way: str, place: str) -> None:
    sys.path.insert(0, str(SERVER))
    started, busy = time.perf_counter(), _busy()
    hunks = WAYS[way](place)
    wall, seconds = time.perf_counter() - started, _busy() - busy
    status = Path("/proc/self/status")
    peak = next(
        (int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")), 0
    )
    print(json.dumps({"seconds": seconds, "wall": wall, "hunks": hunks, "peak": peak / 1024}))


def _busy() -> float:
    """Processor seconds of this process and of the children it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def git_alone(place: Path) -> float:
    """The processor time of ``git diff`` with our flags, its output read and thrown away."""
    sys.path.insert(0, str(SERVER))
    from diffvet.diff.neutral import DIFF_FLAGS, NEUTRAL

    command = ["git", *NEUTRAL, "diff", "--raw", "-z", "-p", *DIFF_FLAGS, "HEAD~1", "HEAD"]
    busy = _busy()
    subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL)
    return _busy() - busy


def bench(megabytes: int, *, one_file: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="diffvet-bench-") as made:
        place = Path(made)
        make_repository(place, megabytes, one_file=one_file)
        with (place / "patch").open("wb") as patch:
            subprocess.run(["git", "diff", "-U3", "HEAD~1", "HEAD"], cwd=place, check=True, stdout=patch)
        size = (place / "patch").stat().st_size / (1 << 20)
        base = min(git_alone(place) for _ in range(RUNS))
        rows = {way: _best(way, made) for way in WAYS}
        rival = rows["unidiff.PatchSet"]["seconds"]
        print(
            f"\n{size:.1f} MiB of diff{' in one file' if one_file else ''}; git diff alone {base:.2f} cpu s"
        )
        print(
            f"{'way':<22}{'cpu s':>8}{'x git':>8}{'x unidiff':>11}{'wall s':>8}{'peak MiB':>10}{'hunks':>8}"
        )
        for way, row in rows.items():
            seconds = row["seconds"]
            print(
                f"{way:<22}{seconds:>8.3f}{seconds / base:>8.2f}{seconds / rival:>11.2f}"
                f"{row['wall']:>8.2f}{row['peak']:>10.0f}{row['hunks']:>8}",
            )


def _best(way: str, place: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--child", way, place]
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull}
    runs = [
        json.loads(subprocess.run(command, check=True, capture_output=True, env=environment).stdout)
        for _ in range(RUNS)
    ]
    return min(runs, key=lambda run: run["seconds"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("megabytes", nargs="*", type=int, default=[5, 50])
    parser.add_argument("--one-file", action="store_true", help="all of it in a single file")
    parser.add_argument("--child", nargs=2, metavar=("WAY", "PLACE"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(*args.child)
        return
    for megabytes in args.megabytes:
        bench(megabytes, one_file=args.one_file)


if __name__ == "__main__":
    main()
