"""Times ``diffvet lsp`` beside a trivial pygls server, ``ruff server``, pylsp and jedi-language-server, in one run.

Run it from anywhere: ``python tests/bench/bench_lsp.py [--short]`` (about eight minutes, or three). All servers take turns, round
by round; shown are medians and the ratio to the trivial pygls server. The others are installed into ``build/bench-lsp``
where they are missing; what cannot be had is named with the reason.

``first``: a file is opened at once after ``initialized``; ``later``: the same, a second after it. An ordinary change is
one of five files with about one new line in nine. pylsp and jedi-language-server wait before they look, by choice.
"""

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from lsp_client import Client
from lsp_servers import RISKS, Server, commit, environment, make_repository, servers

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from fake_peer import peer

TARGETS = {"initialize": 1.3, "first": 0.150, "hover, busy, p99": 0.010, "idle CPU": 0.1}
"""Times the trivial server; seconds; seconds; seconds of 30."""

HOVERS = 300
EDITS = 1000
IDLE = 30.0

Measures = dict[str, dict[str, list[float]]]
"""What was measured, by name and by server; seconds, or MiB."""


class Bench:
    """One run: ``rounds`` of everything, in a repository with an ordinary change."""

    def __init__(self, place: Path, rounds: int, idle: float) -> None:
        self.place = place
        self.rounds = rounds
        self.idle = idle
        self.changed = make_repository(place / "repository")
        self.first = next(iter(self.changed))
        self.servers, self.missing = servers(self.changed[self.first])
        self.seen: Measures = defaultdict(lambda: defaultdict(list))

    @contextmanager
    def started(self, server: Server, root: Path, home: str = "home") -> Iterator[Client]:
        env = {**environment(self.place / home), **server.env}
        with Client(server.command, root, env) as client:
            yield client

    def note(self, server: Server, **measures: float) -> None:
        for name, value in measures.items():
            self.seen[name.replace("_", " ")][server.name].append(value)

    def starts(self) -> None:
        """From nothing to the first diagnostics, in turn; the first round fills the caches of the system."""
        for number in range(self.rounds + 1):
            for server in self.servers:
                for name, pause in (("first", 0.0), ("later", 1.0)):  # nothing is remembered: a new home each
                    with self.started(
                        server, self.first.parent, f"home-{server.name}-{number}-{name}"
                    ) as client:
                        greeted = client.initialize()
                        client.listen(pause)
                        took = opened(client, self.first, server.text)
                        client.end()
                    if number:
                        self.note(server, initialize=greeted, **{name: took})

    def session(self) -> None:
        """One long session of each: hovers, edits, idling."""
        for server in self.servers:
            with self.started(server, self.first.parent) as client:
                client.initialize()
                opened(client, self.first, server.text)
                client.listen(2)
                self.hovers(server, client, "hover, idle", busy=False)
                self.hovers(server, client, "hover, busy", busy=True)
                client.listen(3)
                start = time.perf_counter()
                for version in range(EDITS):
                    client.insert(self.first, version + 1000, 0, "#\n" if version % 2 else "# a\n")
                client.hover(self.first, 3)
                self.note(server, edits=time.perf_counter() - start)
                client.listen(5)
                used = client.processor()
                client.listen(self.idle)
                self.note(server, idle_CPU=(client.processor() - used) * IDLE / self.idle)
                self.note(server, memory=client.memory(), peak=client.memory("VmHWM"))
                client.end()

    def hovers(self, server: Server, client: Client, name: str, *, busy: bool) -> None:
        """Where ``busy``, reviews run all the time: of some hundred files (ours), of a text just changed (the others)."""
        lines, took = server.text.count("\n"), []
        for number in range(HOVERS * (3 if busy else 1)):
            if busy and number % 20 == 0:
                keep_busy(server, client, self.first, number)
            client.listen(0.003 if busy else 0)
            took.append(client.hover(self.first, number * 7 % lines))
        parts = quantiles(took, n=100)
        self.note(server, **{f"{name}, p50": parts[49], f"{name}, p99": parts[98], f"{name}, max": max(took)})

    def remembered(self) -> None:
        """A new server on a model's answer that the last one was given; nobody is asked again."""
        risky = next(n for n, t in enumerate(self.servers[0].text.split("\n"), 1) if "shell=True" in t)
        said = (
            f"- [error][security] {self.first.name}:R{risky} `done = subprocess.run(command_0, shell=True)` "
            "**Shell.** Why: it is. Fix: a list.\nEND OF REVIEW\n"
        )
        with peer(lambda _prompt: said) as model:
            ours = Server(
                self.servers[0].name,
                self.servers[0].command,
                self.servers[0].text,
                {"DIFFVET_ENDPOINT": model.url, "DIFFVET_MODEL": "route/test", "DIFFVET_API_KEY": "bench"},
            )
            for number in range(self.rounds + 1):
                with self.started(ours, self.first.parent, "model") as client:
                    client.initialize()
                    took = opened(client, self.first, ours.text)
                    client.listen(0.5)
                    client.end()
                if number:
                    self.note(ours, remembered=took)
            if len(model.prompts) != 1:
                sys.exit(f"the model was asked {len(model.prompts)} times, not once")

    def large(self, lines: int, every: int) -> None:
        """A new file of so many lines, one in ``every`` risky: to its diagnostics, hovers meanwhile, 1,000 edits."""
        ours, root = self.servers[0], self.place / f"large-{lines}-{every}"
        root.mkdir()
        (root / "README").write_text("before\n")
        commit(root)
        path = root / "large.py"
        text = "".join(
            RISKS[n // every % len(RISKS)].format(n) if n % every == 0 else f"    value_{n} = {n}\n"
            for n in range(lines)
        )
        path.write_text(text)
        with self.started(ours, root, "large") as client:
            client.initialize()
            client.listen(1)
            took = opened(client, path, text)
            found = len(client.latest)
            start = time.perf_counter()
            for version in range(EDITS):
                client.insert(path, version + 2, lines // 2, f"# {version}\n")
            client.hover(path, 3)
            edits = time.perf_counter() - start
            start = time.perf_counter()
            client.diagnosed(path)
            shown = time.perf_counter() - start
            print(
                f"{lines:>8,} new lines, 1 in {every}: {found:,} shown after {took:.2f} s; {EDITS:,} edits {edits:.2f} s, "
                f"shown {shown:.2f} s later; at most {client.memory('VmHWM'):.0f} MiB"
            )
            client.end()


def opened(client: Client, path: Path, text: str) -> float:
    """Open ``path``; seconds until something is said of it."""
    start = time.perf_counter()
    client.open(path, text)
    client.diagnosed(path)
    return time.perf_counter() - start


def keep_busy(server: Server, client: Client, path: Path, number: int) -> None:
    if server.name != "diffvet lsp":
        client.insert(path, number + 2, 0, "#\n")
        return
    if number % HOVERS:
        return
    command = {"command": "diffvet.server.reviewScope", "arguments": [path.as_uri(), "worktree"]}
    client.call("workspace/executeCommand", command)


def table(bench: Bench) -> None:
    names = [server.name for server in bench.servers]
    print(f"{'medians; ms, MiB; x trivial':24}" + "".join(f"{name:>22}" for name in names))
    for measure, by_server in bench.seen.items():
        least = median(by_server.get("trivial pygls server", [0.0]))
        row = ""
        for name in names:
            if name not in by_server:
                row += f"{'':22}"
                continue
            value = median(by_server[name])
            shown = value if measure in ("memory", "peak") else value * 1000
            row += f"{shown:14.1f} {f'{value / least:.2f}x' if least else '':>7}"
        print(f"{measure:24}{row}")
    for name, reason in bench.missing.items():
        print(f"{name}: not measured: {reason}")


def verdicts(bench: Bench) -> None:
    ours, trivial = bench.servers[0].name, bench.servers[1].name
    for measure, target in TARGETS.items():
        value = median(bench.seen[measure][ours])
        if measure == "initialize":
            value /= median(bench.seen[measure][trivial])
        word = "reached" if value < target else "MISSED"
        unit = "x the trivial server" if measure == "initialize" else "s"
        print(f"target {measure}: {value:.3f}, under {target:g} {unit}: {word}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--short", action="store_true", help="fewer rounds, 5 s of idling, no 100,000 lines")
    short = asked.parse_args().short
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), 3 if short else 9, 5.0 if short else IDLE)
        bench.starts()
        bench.remembered()
        bench.session()
        table(bench)
        for lines, every in ((2_000, 17), (20_000, 17), *(() if short else ((100_000, 17), (100_000, 2)))):
            bench.large(lines, every)
        verdicts(bench)


if __name__ == "__main__":
    main()
