"""``diffvet baseline``: accept the findings there are, list what was accepted, drop what is gone."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from diffvet.cli.directory_flag import add_directory_argument, directory_from
from diffvet.cli.option_flags import add_option_arguments, overrides
from diffvet.cli.source_flags import add_source_arguments, source_from

if TYPE_CHECKING:
    from diffvet.messages.key import ApiKey
    from diffvet.review.baseline import Baseline, Entry
    from diffvet.review.events import Review
    from diffvet.review.finding import Finding
    from diffvet.settings.loaded import Loaded

DESCRIPTION = """\
Accept the findings of a change, so that only new ones fail a run; list them; drop those that are gone.
"""

EPILOG = """\
examples:
  diffvet baseline update --base main --reason "known before the rewrite"
  diffvet baseline show                      what is accepted: why, by whom, since when
  diffvet baseline prune --base main         drop entries that this change no longer shows
  diffvet baseline prune --base main --dry-run

The file (--baseline, else .diffvet-baseline.json at the top of the repository) belongs into git. It holds
fingerprints and no line numbers, one entry a line. Branches merge without conflict with this in .gitattributes:
  .diffvet-baseline.json merge=union

Prune with the source that the entries came from: only files that the change covers are judged.

exit codes:
  0    done, or there was nothing to do
  2    usage or configuration error, or a baseline that cannot be read
  3    done, but part of the change was not reviewed
  130  interrupted
"""

INCOMPLETE = 3
CELL = 40
"""Characters of the longest cell of the table."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, on which change, with which settings."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    update = actions.add_parser("update", help="accept every open finding of a change")
    update.add_argument("--reason", metavar="TEXT", required=True, help="why these findings are accepted")
    update.add_argument("--author", metavar="NAME", help="who accepts them (default: git's user.name)")
    prune = actions.add_parser("prune", help="drop entries that the reviewed files no longer show")
    prune.add_argument("--dry-run", action="store_true", help="say what would be dropped, change nothing")
    for action in (update, prune):
        add_source_arguments(action)
        add_option_arguments(action)
    show = actions.add_parser("show", help="list what is accepted")
    show.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to print (default: text)"
    )
    show.add_argument("--baseline", metavar="FILE", help="the baseline to show")
    add_directory_argument(show)


def run(args: argparse.Namespace) -> int:
    """Carry out ``update``, ``show`` or ``prune``."""
    from diffvet.credentials import hide_key  # noqa: PLC0415 - not for --help
    from diffvet.review.baseline_file import read  # noqa: PLC0415
    from diffvet.settings.load import load_with_origins  # noqa: PLC0415

    directory = directory_from(args)
    said = {"baseline": args.baseline} if args.action == "show" else overrides(args)
    loaded = load_with_origins(directory, overrides=said)
    path = loaded.baseline_place()
    baseline = read(path)
    if args.action == "show":
        return _show(path, baseline, as_json=args.format == "json")
    key = hide_key(loaded.settings)  # before git is started: no child inherits it
    act = _update if args.action == "update" else _prune
    return act(args, loaded, key, path, baseline)


def _update(
    args: argparse.Namespace, loaded: "Loaded", key: "ApiKey | None", path: Path, baseline: "Baseline"
) -> int:
    import datetime as dt  # noqa: PLC0415 - only here

    from diffvet.diff.author import author as git_author  # noqa: PLC0415 - not for --help
    from diffvet.review.baseline import update  # noqa: PLC0415
    from diffvet.review.baseline_file import read, write  # noqa: PLC0415

    author = args.author if args.author is not None else git_author(loaded.directory)
    today = dt.datetime.now(dt.UTC).date()
    update(
        baseline, (), reason=args.reason, author=author, added=today
    )  # refuses now, not after a paid review
    review = _review(args, loaded, key)
    before = read(path)  # again: a review takes its time, and others update too
    after = update(before, review.findings, reason=args.reason, author=author, added=today)
    if after:
        write(path, after)
    for finding in review.findings:
        if finding.fingerprint in after and finding.fingerprint not in before:
            print(_accepted(finding, after.entries[finding.fingerprint]))
    print(f"accepted {_count(len(after) - len(before))}; {_seen(path)} has {_count(len(after))}")
    return _code(review)


def _prune(
    args: argparse.Namespace, loaded: "Loaded", key: "ApiKey | None", path: Path, baseline: "Baseline"
) -> int:
    from diffvet.review.baseline import prune  # noqa: PLC0415 - not for --help
    from diffvet.review.baseline_file import read, write  # noqa: PLC0415

    if not baseline:
        print(f"nothing to prune: {_seen(path)} has no entries")
        return 0
    review = _review(args, loaded, key)
    covered = _covered(review)
    after, gone = prune(read(path), review.findings, covered)
    if gone and not args.dry_run:
        write(path, after)
    for entry in gone:
        print(f"{_seen(entry.path)}: {entry.category}: {_seen(entry.title)} [{entry.fingerprint[:12]}]")
    did = "would drop" if args.dry_run else "dropped"
    print(f"{did} {_count(len(gone))}, keeping {_count(len(after))} in {_seen(path)}")
    if unseen := sum(entry.path not in covered for entry in after.entries.values()):
        print(f"{_count(unseen)} not judged: this change does not cover their files")
    return _code(review)


def _covered(review: "Review") -> set[str]:
    """The files of which every hunk was reviewed."""
    from diffvet.review.ledger import Outcome  # noqa: PLC0415 - not for --help

    seen = {Outcome.REVIEWED, Outcome.CACHED}
    unseen = {row.path for row in review.ledger if row.outcome not in seen}
    return {row.path for row in review.ledger} - unseen


def _review(args: argparse.Namespace, loaded: "Loaded", key: "ApiKey | None") -> "Review":
    from diffvet.assembly import keyless  # noqa: PLC0415 - not for --help
    from diffvet.cli.check import review  # noqa: PLC0415
    from diffvet.diff.source import open_source  # noqa: PLC0415
    from diffvet.store.store import Store  # noqa: PLC0415

    loaded = keyless(loaded, key)
    with Store.open() as store:
        return review(open_source(source_from(args), loaded.directory), loaded, store, key)


def _code(review: "Review") -> int:
    if review.complete:
        return 0
    failed = sum(row.outcome.value == "failed" for row in review.ledger)
    print(
        f"diffvet: the review is incomplete: {failed} of {len(review.ledger)} hunks were not reviewed",
        file=sys.stderr,
    )
    return INCOMPLETE


def _accepted(finding: "Finding", entry: "Entry") -> str:
    where = f"{_seen(finding.path)}:{finding.line}"
    return f"{where}: {finding.severity} {entry.category}: {_seen(entry.title)} [{entry.fingerprint[:12]}]"


def _show(path: Path, baseline: "Baseline", *, as_json: bool) -> int:
    if as_json:
        import json  # noqa: PLC0415 - only here
        from dataclasses import asdict  # noqa: PLC0415

        entries = [asdict(entry) for entry in baseline.entries.values()]
        print(json.dumps({"version": 1, "file": str(path), "entries": entries}, indent=2))
    elif baseline:
        print("\n".join(_table(list(baseline.entries.values()))))
    else:
        print(f"nothing is accepted in {_seen(path)}")
    return 0


def _table(entries: Sequence["Entry"]) -> Iterator[str]:
    """A line for each entry, under a line of headings, in aligned columns."""
    cells = [("path", "category", "title", "reason", "author", "added", "fingerprint")]
    cells += [
        (
            _short(_seen(one.path), tail=True),
            one.category,
            _short(_seen(one.title)),
            _short(_seen(one.reason)),
            _short(_seen(one.author)),
            one.added,
            one.fingerprint[:12],
        )
        for one in entries
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield _count(len(entries))


def _short(text: str, *, tail: bool = False) -> str:
    """``text`` within a cell; ``tail`` keeps the end, where paths differ."""
    if len(text) <= CELL:
        return text
    return "..." + text[3 - CELL :] if tail else text[: CELL - 3] + "..."


def _seen(text: object) -> str:
    from diffvet.report.secrecy import visible  # noqa: PLC0415 - not for --help

    return visible(str(text))


def _count(number: int) -> str:
    return f"{number:,} {'entry' if number == 1 else 'entries'}"
