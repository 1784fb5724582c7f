"""``diffvet usage``: what reviews have cost, as a table with a small bar chart."""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from diffvet.review.finding import Usage

if TYPE_CHECKING:
    from diffvet.store.spending import SpendRow

DESCRIPTION = """\
Show what reviews have cost: requests, tokens and credits by day, repository, model or face (cli, hook, lsp).
"""

EPILOG = """\
examples:
  diffvet usage                          the last 30 days, day by day
  diffvet usage --by model --days 7      which model the last week went to
  diffvet usage --format json            the same for a program

Days are UTC, as for the caps. Requests without a known end (under way, or of a process that was killed)
count with their estimate. Cached answers and the embedded reviewer cost nothing and are not listed.

exit codes:
  0    shown
  2    usage error, or the record cannot be read
"""

DAY = 86_400
BAR = 24
"""Characters of the longest bar."""

LABEL = 48
"""Characters of the longest label."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to group by, how far back, and how to print."""
    parser.add_argument(
        "--by",
        choices=("day", "repository", "model", "face"),
        default="day",
        help="what to group by (default: day)",
    )
    parser.add_argument(
        "--days", type=_days, default=30, metavar="N", help="how many days, today included (default: 30)"
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to print (default: text)"
    )


def run(args: argparse.Namespace) -> int:
    """Print the summary."""
    from diffvet.store.spending import By  # noqa: PLC0415 - not for --help
    from diffvet.store.store import Store  # noqa: PLC0415

    today = int(time.time()) // DAY * DAY
    since = max(0, today - (args.days - 1) * DAY)
    with Store.open() as store:
        rows = store.spending.summary(By(args.by), since=since)
        for notice in store.notices:
            print(f"diffvet: {notice}", file=sys.stderr)
        path, unread = store.spending.path, bool(store.notices) and not rows
    if args.format == "json":
        _print_json(rows, args.by, since)
    elif rows:
        print("\n".join(table(rows, args.by)))
    elif not unread:
        print(f"nothing spent in the last {args.days} days (recorded in {path})")
    return 2 if unread else 0


def table(rows: Sequence["SpendRow"], by: str) -> Iterator[str]:
    """The lines of the table: one for each row with its bar, then the total.

    Bars follow credits where any are known, else tokens.
    """
    from diffvet.report.secrecy import visible  # noqa: PLC0415 - not for --help

    in_credits = any(row.usage.credits for row in rows)
    weights = [row.usage.credits if in_credits else _tokens(row.usage) for row in rows]
    total = sum((row.usage for row in rows), Usage())
    cells = [
        (by, "requests", "input", "output", "credits"),
        *((_short(visible(row.label or "-")), *_numbers(row.usage)) for row in rows),
        ("total", *_numbers(total)),
    ]
    bars = ["", *(_bar(weight, max(weights)) for weight in weights), ""]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for (label, *numbers), bar in zip(cells, bars, strict=True):
        aligned = [number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True)]
        yield "  ".join((label.ljust(widths[0]), *aligned, bar)).rstrip()
    if unsettled := sum(row.unsettled for row in rows):
        yield f"{unsettled:,} of the requests have no known end; they count with their estimate"


def _numbers(usage: Usage) -> tuple[str, ...]:
    counts = (usage.requests, usage.input_tokens, usage.output_tokens)
    return (*(f"{count:,}" for count in counts), f"{usage.credits:,.2f}")


def _tokens(usage: Usage) -> int:
    return usage.input_tokens + usage.output_tokens


def _bar(weight: float, most: float) -> str:
    """At least one character for anything that was spent."""
    return "#" * max(round(BAR * weight / most), 1) if weight else ""


def _short(label: str) -> str:
    """The end of a long label: paths differ there."""
    return label if len(label) <= LABEL else "..." + label[3 - LABEL :]


def _print_json(rows: Sequence["SpendRow"], by: str, since: int) -> None:
    import json  # noqa: PLC0415 - only here

    document = {
        "version": 1,
        "by": by,
        "since": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(since)),
        "rows": [{by: row.label, **asdict(row.usage), "unsettled": row.unsettled} for row in rows],
        "total": asdict(sum((row.usage for row in rows), Usage())),
    }
    print(json.dumps(document, indent=2))


def _days(text: str) -> int:
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= 36_500:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number of days; give a whole number from 1 on")
