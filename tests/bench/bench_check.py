"""Times ``diffvet check --staged``, cold and remembered, beside ``git diff`` and other checkers on the same change.

Run it from anywhere: ``python tests/bench/bench_check.py [ROUNDS]`` (9). Five Python files, about 15 kB of diff, are
staged. All commands take turns, round by round; shown are the median of the wall time, the median of the processor
time (children included), and the wall time as a ratio to ``git diff --cached`` and to the floor of the same run.

The floor is what no check that remembers can go below: a start of Python, one ``git diff --cached``, one SQLite
look-up. bandit, detect-secrets and semgrep are installed into ``build/bench-venv`` when they are missing; what
cannot be had is named with the reason.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

TOP = Path(__file__).resolve().parents[2]
OTHERS = TOP / "build" / "bench-venv"
ROUNDS = 9
BUDGET = 2.0
"""How many floors a remembered check may cost (issue 5, section 7)."""

SOURCES = ("cli/check.py", "diff/source.py", "review/settle.py", "store/journal.py", "settings/files.py")

FLOOR = """\
import os, sqlite3
reader, writer = os.pipe()
child = os.posix_spawnp("git", ["git", "diff", "--cached"], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, writer, 1)])
os.close(writer)
while os.read(reader, 65536):
    pass
os.waitpid(child, 0)
connection = sqlite3.connect(os.environ["FLOOR_DATABASE"])
connection.execute("SELECT value FROM answers WHERE key = ?", (b"key",)).fetchone()
os._exit(0)
"""

SEMGREP_RULE = """\
rules:
  - {id: shell, languages: [python], severity: ERROR, message: shell, pattern: "subprocess.run(..., shell=True, ...)"}
"""


@dataclass
class Way:
    """One command: ``ok`` are its good exit codes; ``fresh`` empties our store before each run."""

    name: str
    command: Sequence[str]
    ok: tuple[int, ...] = (0, 1)
    fresh: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


def make_repository(place: Path) -> list[str]:
    """A repository with a staged change of five files: most lines stay, about one in nine is new."""

    def git(*args: str) -> None:
        subprocess.run(["git", *args], cwd=place, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("config", "user.name", "bench")
    git("config", "user.email", "bench@example.invalid")
    texts = {f"src/{Path(name).name}": (TOP / "server/diffvet" / name).read_text() for name in SOURCES}
    for step in ("before", "after"):
        for name, text in texts.items():
            path = place / name
            path.parent.mkdir(exist_ok=True)
            lines = text.splitlines(keepends=True)
            kept = [line for number, line in enumerate(lines) if step == "after" or number % 40 < 35]
            path.write_text("".join(kept))
        git("add", "-A")
        if step == "before":
            git("commit", "-q", "-m", "before")
    return list(texts)


def timed(way: Way, place: Path, store: Path) -> None:
    """Run ``way`` once and note what it took."""
    if way.fresh:
        shutil.rmtree(store, ignore_errors=True)
    environ = {**os.environ, "DIFFVET_CACHE_DIR": str(store), **way.env}
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(way.command, cwd=place, env=environ, capture_output=True, check=False)
    way.wall.append(time.perf_counter() - start)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    way.processor.append(after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime)
    if done.returncode not in way.ok:
        sys.exit(f"{way.name}: ended with {done.returncode}: {done.stderr.decode(errors='replace')[-400:]}")


def provide(name: str) -> tuple[Path | None, str]:
    """The program ``name`` of the other checkers, installed when it is missing; else None and the reason."""
    program = OTHERS / "bin" / name
    package = name.removesuffix("-hook")
    if not program.exists():
        if not OTHERS.exists():
            subprocess.run([sys.executable, "-m", "venv", str(OTHERS)], check=True)
        pip = [str(OTHERS / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        done = subprocess.run([*pip, package], capture_output=True, text=True, check=False, timeout=900)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
            return None, f"cannot be installed: {last[:120]}"
    return program, ""


def ways(place: Path, names: Sequence[str]) -> tuple[list[Way], dict[str, str]]:
    """What is measured, and what is not, with the reason."""
    bin_ = Path(sys.executable).parent
    floor, rule = place / ".git" / "floor.py", place / ".git" / "rule.yaml"
    floor.write_text(FLOOR)
    rule.write_text(SEMGREP_RULE)
    database = place / ".git" / "floor.sqlite3"
    make_database(database)
    check = [str(bin_ / "diffvet"), "check", "--staged"]
    chosen = [
        Way("git diff --cached", ["git", "diff", "--cached"]),
        Way("python -c pass", [sys.executable, "-c", "pass"]),
        Way("floor", [sys.executable, str(floor)], env={"FLOOR_DATABASE": str(database)}),
        Way("diffvet check, cold", check, fresh=True),
        Way("diffvet check, remembered", check),
        Way("ruff check, without its cache", [str(bin_ / "ruff"), "check", "--no-cache", *names]),
    ]
    missing: dict[str, str] = {}
    for name, words in (
        ("bandit", ["-q", *names]),
        ("detect-secrets-hook", list(names)),
        (
            "semgrep",
            ["scan", "--config", str(rule), "--metrics=off", "--disable-version-check", "-q", *names],
        ),
    ):
        program, reason = provide(name)
        if program is None:
            missing[name] = reason
        else:
            path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"  # semgrep looks for its own core there
            chosen.append(Way(name, [str(program), *words], env={"PATH": path}))
    opengrep = shutil.which("opengrep")
    if opengrep:
        chosen.append(Way("opengrep", [opengrep, "scan", "--config", str(rule), "-q", *names]))
    else:
        missing["opengrep"] = "no package of a registry; not on the PATH"
    return chosen, missing


def make_database(path: Path) -> None:
    import sqlite3  # noqa: PLC0415 - once

    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE answers (key BLOB PRIMARY KEY, value BLOB)")
    connection.execute("INSERT INTO answers VALUES (?, ?)", (b"key", b"value"))
    connection.commit()
    connection.close()


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        place, store = Path(folder, "repository"), Path(folder, "store")
        place.mkdir()
        names = make_repository(place)
        chosen, missing = ways(place, names)
        size = len(
            subprocess.run(["git", "diff", "--cached"], cwd=place, capture_output=True, check=True).stdout
        )
        for number in range(rounds + 1):
            for way in chosen:
                timed(way, place, store)
                if not number:  # the first round fills the caches of the system, and writes bytecode
                    way.wall.clear()
                    way.processor.clear()
    by_name = {way.name: way for way in chosen}
    git, floor = median(by_name["git diff --cached"].wall), median(by_name["floor"].wall)
    print(f"a staged change of {size:,} bytes in {len(names)} files; medians of {rounds} rounds, in turn")
    print(f"{'':32} {'wall ms':>9} {'CPU ms':>9} {'x git diff':>11} {'x floor':>9}")
    for way in chosen:
        wall = median(way.wall)
        print(
            f"{way.name:32} {wall * 1000:9.1f} {median(way.processor) * 1000:9.1f} {wall / git:11.1f} {wall / floor:9.2f}"
        )
    for name, reason in missing.items():
        print(f"{name:32} not measured: {reason}")
    ratio = median(by_name["diffvet check, remembered"].wall) / floor
    print(f"a remembered check costs {ratio:.2f} floors; the budget is {BUDGET:g}")


if __name__ == "__main__":
    main()
