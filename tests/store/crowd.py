"""A crowd of processes on one store: ``crowd.py TASK DIRECTORY COUNT AT_ONCE KILLED``.

The processes are forked from one that has imported everything (200 starts of an interpreter would cost more than
what is tested); each opens the store by itself. What surely happened is appended to ``NAME.done`` beside the
directory after the store said so: a kill between the two is seen as "perhaps", never as a wrong "yes".
"""

import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "server"))

from diffvet.review.finding import Usage
from diffvet.store import dismissals, reviews  # noqa: F401 - imported before the fork
from diffvet.store.caps import BudgetError, Caps
from diffvet.store.spending import Purpose
from diffvet.store.store import Store

ROUNDS = 3
Say = Callable[[str], None]


def answer_for(key: str) -> str:
    return f"answer for {key} " * 50


def hammer(store: Store, name: str, say: Say) -> None:
    """Reserve, answer, settle, remember, dismiss and keep the review, over and over."""
    for number in range(ROUNDS):
        key = f"{name}.{number}"
        reservation = store.spending.reserve(
            Usage(1, 100, 10), Caps(), Purpose(name, "/code", "model", "cli")
        )
        say(f"sent {key}")
        store.answers.remember({key: answer_for(key), "shared": answer_for("shared")}, model="model")
        store.spending.settle(reservation, Usage(1, 70, 7, 0.5))
        say(f"settled {key}")
        if store.dismissals.dismiss(key, repository="/code", reason="r", author="a"):
            say(f"dismissed {key}")
        if store.reviews.keep("/code", answer_for(key)):
            say(f"kept {key}")
        for known, value in store.answers.lookup([key, "shared"]).items():
            if value != answer_for(known):
                say(f"wrong {known}")
        last = store.reviews.last("/code")
        if last is None or last.text != answer_for(last.text.split(" ")[2]):
            say("wrong last review")


def first(store: Store, name: str, say: Say) -> None:
    """Use a store that nobody may have created yet."""
    store.answers.remember({name: answer_for(name)}, model="model")
    if store.answers.lookup([name]) == {name: answer_for(name)}:
        say(f"found {name}")
    reservation = store.spending.reserve(Usage(1, 1, 1), Caps(), Purpose(name, "/code", "model", "hook"))
    store.spending.settle(reservation, Usage(1, 1, 1))


def spend(store: Store, name: str, say: Say) -> None:
    """Spend under a cap until it is reached; what is settled costs ten more than was estimated."""
    try:
        while True:
            reservation = store.spending.reserve(
                Usage(1, 90, 10), Caps(day_tokens=5000), Purpose(name, "/code", "model", "cli")
            )
            time.sleep(0.001)
            store.spending.settle(reservation, Usage(1, 100, 10))
            say("settled 110")
    except BudgetError as error:
        say(f"refused {error}")


TASKS = {"hammer": hammer, "first": first, "spend": spend}


def life(task: str, directory: Path, name: str) -> None:
    """What one process does."""
    done = os.open(directory.parent / f"{name}.done", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def say(line: str) -> None:
        os.write(done, f"{line}\n".encode())

    try:
        with Store(directory) as store:
            TASKS[task](store, name, say)
            for notice in store.notices:
                say(f"notice {notice}")
    except BaseException:  # noqa: BLE001 - whatever it is, the test wants to see it
        say(f"error {traceback.format_exc()!r}")
    say("end")


def main() -> None:
    task, place, *numbers = sys.argv[1:]
    count, at_once, killed = map(int, numbers)
    rng = random.Random(20)  # noqa: S311 - the same victims in every run
    victims = set(rng.sample(range(count), killed))
    alive: dict[int, float] = {}
    started = 0
    while started < count or alive:
        while started < count and len(alive) < at_once:
            child = os.fork()
            if not child:
                life(task, Path(place), f"p{started}")
                os._exit(0)
            alive[child] = time.monotonic() + (rng.uniform(0.005, 0.15) if started in victims else 3600)
            started += 1
        for child, end in list(alive.items()):
            if os.waitpid(child, os.WNOHANG)[0]:
                del alive[child]
            elif time.monotonic() > end:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                del alive[child]
        time.sleep(0.002)


if __name__ == "__main__":
    main()
