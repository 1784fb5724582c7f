"""What a model is asked when real history is reviewed again, and when a file is edited: hits, requests, tokens.

    bench_replay.py [REPOSITORY [COMMITS]]      default: this project's own history, 100 commits

A peer on loopback stands for the model (the embedded rules answer there), so every number is what would be paid for.
"Whole diffs" is what a tool without memory sends for the same steps: the prompts of the whole change each time.
Every hunk that git shows must have its one row in the ledger; a commit where it has not ends the run.
"""

import asyncio
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "server"))
sys.path.insert(0, str(Path(__file__).parents[1]))

from diffvet.assembly import load_all, open_reviewer
from diffvet.dialogue.prompt import PromptError, estimate_tokens
from diffvet.diff.source import Range, Source, Worktree, open_source
from diffvet.errors import DiffvetError
from diffvet.review.events import Review, collect
from diffvet.review.ledger import Outcome
from diffvet.rules.engine import answer
from diffvet.store.store import Store
from fake_peer import Peer, peer

HEADER = re.compile(rb"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
EDITS = 30


def respond(prompt: str) -> str:
    try:
        return answer(prompt)
    except PromptError:  # what is masked changes no line of a prompt; anything else is a fault worth seeing
        return "this prompt cannot be read"


@dataclass
class Tally:
    """What one way of working has cost so far."""

    steps: int = 0
    rows: Counter[Outcome] = field(default_factory=Counter)
    hunks: int = 0
    requests: int = 0
    tokens: int = 0
    whole: int = 0

    def line(self, name: str) -> str:
        asked = self.rows[Outcome.REVIEWED] + self.rows[Outcome.CACHED]
        hits = 100 * self.rows[Outcome.CACHED] / asked if asked else 0.0
        share = self.tokens / self.whole if self.whole else 0.0
        return (
            f"{name:<34}{self.steps:>6}{self.hunks:>8}{hits:>7.0f} %{self.requests:>10}"
            f"{self.tokens / max(self.steps, 1):>14,.0f}{self.whole / max(self.steps, 1):>14,.0f}{share:>8.2f}"
        )


def git(root: Path, *args: str) -> bytes:
    return subprocess.run(["git", *args], cwd=root, check=True, capture_output=True).stdout


def hunks_of(patch: bytes) -> int:
    """How many hunks a patch has, by its counts alone: content that looks like a header is content."""
    count = old = new = 0
    for line in patch.split(b"\n"):
        if old <= 0 and new <= 0:
            header = HEADER.match(line)
            if header:
                count += 1
                old, new = (1 if number is None else int(number) for number in header.group(1, 2))
            continue
        old -= line[:1] in (b" ", b"-")
        new -= line[:1] in (b" ", b"+")
    return count


async def review(root: Path, source: Source, model: Peer, store: Store) -> tuple[Review, int]:
    """One review as ``check`` makes it, and the tokens that its whole change would be."""
    loaded = load_all(root, {"endpoint": model.url, "model": "route/bench", "cache": True, "retries": 0})
    async with open_reviewer(loaded.settings, store=store, loaded=loaded) as reviewer:
        planned = reviewer.plan(open_source(source, root), root=root)
        whole = sum(estimate_tokens(prompt) for _, _, prompt in planned)
        async with aclosing(reviewer.review(open_source(source, root), root=root)) as events:
            return await collect(events, kind="range", base=None, head=None), whole


def step(root: Path, source: Source, model: Peer, store: Store, tally: Tally) -> Review:
    before = len(model.prompts)
    done, whole = asyncio.run(review(root, source, model, store))
    sent = model.prompts[before:]
    tally.steps += 1
    tally.rows.update(row.outcome for row in done.ledger)
    tally.hunks += sum(bool(row.old_lines or row.new_lines) for row in done.ledger)
    tally.requests += len(sent)
    tally.tokens += sum(map(estimate_tokens, sent))
    tally.whole += whole
    return done


def accounted(root: Path, done: Review, commit: str) -> None:
    patch = git(
        root,
        "diff-tree",
        "-p",
        "-U3",
        "-M",
        "-l1000",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--root",
        commit,
    )
    shown = hunks_of(patch)
    rows = sum(bool(row.old_lines or row.new_lines) for row in done.ledger)
    if rows != shown or not done.complete:
        failed = [row for row in done.ledger if row.outcome is Outcome.FAILED]
        raise SystemExit(
            f"{commit}: git shows {shown} hunks, the ledger has {rows}, {len(failed)} failed: {failed[:1]}"
        )


def commits(root: Path, count: int) -> list[str]:
    """The last ``count`` commits, oldest first; merges are no change of their own."""
    return git(root, "rev-list", "--no-merges", "--max-count", str(count), "HEAD").decode().split()[::-1]


def edits(count: int) -> Iterator[str]:
    """A file of 40 functions, saved after each small edit: one function after the other is worked on."""
    functions = [f"def step_{n}(value):\n    total = value + {n}\n    return total\n\n\n" for n in range(40)]
    for number in range(count):
        at = 5 * (number // 5)
        functions[at % 40] = functions[at % 40].replace("    return", f"    total += {number}\n    return", 1)
        if number % 10 == 9:
            functions.insert(0, f"# a note, the {number}th\n\n\n")
        yield "".join(functions)


def edit_session(model: Peer, tally: Tally) -> None:
    with tempfile.TemporaryDirectory() as made, Store(Path(made) / "store") as store:
        root = Path(made) / "repository"
        root.mkdir()
        git(root, "init", "-q")
        first, *rest = edits(EDITS + 1)
        (root / "steps.py").write_text(first)
        git(root, "add", "-A")
        git(root, "-c", "user.name=b", "-c", "user.email=b@example.invalid", "commit", "-q", "-m", "first")
        for text in rest:
            (root / "steps.py").write_text(text)
            step(root, Worktree(()), model, store, tally)


def main() -> None:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
    chosen = commits(root, int(sys.argv[2]) if len(sys.argv) > 2 else 100)
    names = (
        "each commit, first time",
        "each commit, again",
        "a branch that grows by each",
        f"a file saved {EDITS} times",
    )
    tallies = {name: Tally() for name in names}
    with peer(respond) as model, tempfile.TemporaryDirectory() as made:
        with Store(Path(made) / "commits") as store:
            for name in names[:2]:
                for commit in chosen:
                    accounted(root, step(root, Range(commit), model, store, tallies[name]), commit)
        with Store(Path(made) / "branch") as store:
            for number, commit in enumerate(chosen[1:], 1):
                base = chosen[number - number % 10 - (0 if number % 10 else 10)]
                step(root, Range(f"{base}..{commit}"), model, store, tallies[names[2]])
        edit_session(model, tallies[names[3]])
    print(
        f"{'':<34}{'steps':>6}{'hunks':>8}{'hits':>9}{'requests':>10}{'tokens/step':>14}{'whole diffs':>14}{'ratio':>8}"
    )
    for name, tally in tallies.items():
        print(tally.line(name))
    print(f"every hunk of {len(chosen)} commits has its one row")


if __name__ == "__main__":
    try:
        main()
    except DiffvetError as error:
        raise SystemExit(str(error)) from None
