"""``diffvet show``: looks through the findings of the last review."""

import argparse
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from diffvet.cli.colour import add_color_argument, colored
from diffvet.cli.directory_flag import add_directory_argument, directory_from
from diffvet.cli.main import complain
from diffvet.report.paint import Paint
from diffvet.report.secrecy import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from diffvet.cli.last import LastReview
    from diffvet.review.finding import Finding

DESCRIPTION = """\
List the findings of the last review of this repository, without reviewing again.

What was dismissed or accepted since is left out, as the next review would do.
"""

EPILOG = """\
examples:
  diffvet show                           one line for each open finding
  diffvet show --severity error          the worst only
  diffvet show 'src/**' '*.sql'          of some files (patterns as in .gitignore)
  diffvet show --all                     dismissed, accepted and ignored ones too
  diffvet show --full                    with code, reason and fix, as 'diffvet check' printed them
  diffvet show --format json             schemas/review.schema.json

Each line begins with PATH:LINE, so that terminals and editors can jump there, and ends with the id that
'diffvet explain', 'diffvet dismiss' and 'diffvet fix' take; four characters of it are enough.

exit codes:
  0    shown; whether the findings fail a run is for 'diffvet check' to say
  2    usage or configuration error, or no review is remembered here
"""

SEVERITIES = ("info", "warning", "error")

SOURCES = {
    "staged": "the index against HEAD",
    "worktree": "the working tree against HEAD",
    "range": "a range of commits",
    "commit": "a commit",
    "stdin": "a diff on standard input",
    "buffer": "the open files of an editor",
}
"""What was compared, in words."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which findings, and how to print them."""
    parser.add_argument(
        "patterns", metavar="PATTERN", nargs="*", help="only files that match, as in .gitignore"
    )
    parser.add_argument(
        "--severity", choices=SEVERITIES, default="info", help="only findings at least this severe"
    )
    parser.add_argument("--all", action="store_true", help="dismissed, accepted and ignored findings too")
    parser.add_argument("--full", action="store_true", help="with code, reason and fix")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to print (default: text)"
    )
    add_color_argument(parser)
    add_directory_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Print the findings that were asked for."""
    from diffvet.cli.last import recall  # noqa: PLC0415 - not for --help
    from diffvet.store.store import Store  # noqa: PLC0415

    wanted = _filter(args)
    with Store.open() as store:
        last = recall(directory_from(args), store)
    for notice in store.notices:
        complain(notice)
    if args.format == "json":
        from diffvet.report import json  # noqa: PLC0415 - only here
        from diffvet.report.report import Report  # noqa: PLC0415 - only here

        findings = tuple(filter(wanted, last.review.findings))
        sys.stdout.write(json.render(Report(replace(last.review, findings=findings), last.selected)))
        return 0
    listed = list(filter(wanted, last.review.findings if args.all else last.selected.shown))
    if args.full:
        from diffvet.report import text  # noqa: PLC0415 - only here
        from diffvet.report.report import Report  # noqa: PLC0415 - only here

        chosen = replace(last.selected, shown=tuple(listed))
        sys.stdout.write(text.render(Report(last.review, chosen, color=colored(args.color))))
    else:
        print("\n".join(_lines(last, listed, Paint(colored(args.color)))))
    complain(f"this is the review of {SOURCES.get(last.review.kind, last.review.kind)} from {_when(last.at)}")
    return 0


def _filter(args: argparse.Namespace) -> "Callable[[Finding], bool]":
    """Whether the flags ask for a finding."""
    from diffvet.dialogue.vocabulary import Severity  # noqa: PLC0415 - not for --help
    from diffvet.settings.values import pattern  # noqa: PLC0415

    least = Severity(args.severity).rank
    globs = [pattern(text, "PATTERN") for text in args.patterns]
    return lambda finding: (
        finding.severity.rank >= least and (not globs or any(glob.matches(finding.path) for glob in globs))
    )


def _lines(last: "LastReview", listed: "Sequence[Finding]", paint: Paint) -> "Iterator[str]":
    """A line for each finding, then what the review covered."""
    from diffvet.report.text import coverage  # noqa: PLC0415 - only here

    yield from (_line(finding, paint) for finding in listed)
    if len(listed) != len(last.selected.shown):
        yield f"listed: {len(listed)} of {len(last.review.findings)} findings"
    yield from coverage(last.review, last.selected, paint)


def _line(finding: "Finding", paint: Paint) -> str:
    side = " (removed)" if finding.side == "old" else ""
    state = "" if finding.state == "open" else f" ({finding.state})"
    return (
        f"{paint('path', f'{visible(finding.path)}:{finding.line}')}{side}: "
        f"{paint(finding.severity, finding.severity)} {finding.category}: {visible(finding.title)}{state} "
        f"{paint('faint', f'[{finding.fingerprint[:12]}]')}"
    )


def _when(at: int) -> str:
    day = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(at))
    return f"{day} ({ago(time.time() - at)})"


def ago(seconds: float) -> str:
    """How long ago that is, roughly, in words."""
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'' if count == 1 else 's'} ago"
    return "just now"
