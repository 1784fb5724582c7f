"""``diffvet cache``: what is remembered between runs, and how to forget it."""

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffvet.store.answers import AnswerStats
    from diffvet.store.store import Store

DESCRIPTION = """\
Show or clear what is remembered between runs: answers, so that nothing is paid for twice, the last reviews, and
dismissed findings.
"""

EPILOG = """\
examples:
  diffvet cache                          where it is, how much it holds
  diffvet cache clear                    forget answers and reviews; the next review asks again
  diffvet cache clear --dismissals       restore dismissed findings too

What was spent is never cleared: caps are kept by it (see 'diffvet usage').
DIFFVET_CACHE_DIR names another directory.

exit codes:
  0    done, or there was nothing to do
  2    usage error, or the store cannot be used
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and how to print it."""
    parser.set_defaults(format="text")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", help="(default: show)")
    show = actions.add_parser("show", help="where the store is and what it holds")
    show.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to print (default: text)"
    )
    clear = actions.add_parser("clear", help="forget answers, reviews and damaged files that were set aside")
    clear.add_argument("--dismissals", action="store_true", help="restore every dismissed finding as well")


def run(args: argparse.Namespace) -> int:
    """Carry out ``show`` or ``clear``."""
    from diffvet.store.store import Store  # noqa: PLC0415 - not for --help

    with Store.open() as store:
        if args.action == "clear":
            _clear(store, dismissals=args.dismissals)
        elif args.format == "json":
            _show_json(store)
        else:
            _show(store)
        for notice in store.notices:
            print(f"diffvet: {notice}", file=sys.stderr)
        return 2 if store.notices and args.action == "clear" else 0


def _clear(store: "Store", *, dismissals: bool) -> None:
    from diffvet.cli.outcome import entries  # noqa: PLC0415 - not for --help

    gone = store.answers.clear()
    went = (
        f"forgot {_count(gone.entries, 'answer')} ({size(gone.size)})"
        if gone.entries
        else "no answers to forget"
    )
    print(f"{went} in {store.directory}")
    entries().clear()  # outcomes of checks: they mean nothing without their reviews
    if reviews := store.reviews.clear():
        print(f"forgot {_count(reviews, 'review')}")
    if dismissals:
        print(f"restored {_count(store.dismissals.clear(), 'dismissed finding')}")
    elif kept := len(store.dismissals.all()):
        print(f"kept {_count(kept, 'dismissed finding')} (--dismissals restores them)")


def _show(store: "Store") -> None:
    from diffvet.store.spending import By  # noqa: PLC0415 - not for --help

    answers = store.answers.stats()
    requests = sum(row.usage.requests for row in store.spending.summary(By.FACE))
    print(f"directory   {store.directory}")
    print(f"answers     {_answers(answers)}")
    print(f"spending    {_count(requests, 'request')} (see 'diffvet usage')")
    print(f"dismissals  {_count(len(store.dismissals.all()), 'dismissed finding')}")
    print(f"reviews     {_count(store.reviews.count(), 'review')} (see 'diffvet show')")
    for path in _set_aside(store.directory):
        print(f"set aside   {path.name}")


def _answers(stats: "AnswerStats") -> str:
    if stats.problem:
        return f"cannot be read: {stats.problem}"
    held = f"{size(stats.size)} of {size(stats.limit)}"
    if stats.oldest is None:
        return f"none, {held}"
    oldest = time.strftime("%Y-%m-%d", time.gmtime(stats.oldest))
    return (
        f"{_count(stats.entries, 'answer')} of {_count(stats.models, 'model')}, {held}, oldest used {oldest}"
    )


def _show_json(store: "Store") -> None:
    import json  # noqa: PLC0415 - only here

    answers = store.answers.stats()
    document = {
        "version": 1,
        "directory": str(store.directory),
        "answers": {
            "entries": answers.entries,
            "models": answers.models,
            "bytes": answers.size,
            "limit_bytes": answers.limit,
            "oldest_used": None
            if answers.oldest is None
            else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(answers.oldest)),
            "problem": answers.problem,
        },
        "dismissals": len(store.dismissals.all()),
        "reviews": store.reviews.count(),
        "set_aside": [path.name for path in _set_aside(store.directory)],
    }
    print(json.dumps(document, indent=2))


def _set_aside(directory: Path) -> list[Path]:
    try:
        return sorted(path for path in directory.iterdir() if ".damaged-" in path.name)
    except OSError:
        return []


def size(count: float) -> str:
    """``count`` bytes for people."""
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "bytes" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
