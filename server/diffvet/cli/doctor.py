"""``diffvet doctor``: is everything in place, and if not, which setting to change."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from diffvet.cli.colour import colored
from diffvet.cli.directory_flag import add_directory_argument, directory_from

DESCRIPTION = """\
Check Python, git, the repository, the settings files, the key, the endpoint, the cache, the hook and the extras.
"""

EPILOG = """\
examples:
  diffvet doctor                         asks before it asks the endpoint
  diffvet doctor --yes                   the same without a question, as in CI
  diffvet doctor --format json           for a program

The endpoint is asked one tiny question, and only after you said yes: on a terminal, or with --yes.

exit codes:
  0    all is fine (warnings are no problems)
  1    something has to be changed; the line says what
  2    usage error
"""

PROBLEMS = 1

OK, WARNING, PROBLEM = "ok", "warning", "problem"

Consent = Callable[[str], bool]
"""Asks the user a question; True is yes."""

_COLORS = {OK: "32", WARNING: "33", PROBLEM: "1;31"}


@dataclass(frozen=True, slots=True)
class Check:
    """One line: ``state`` is ``ok``, ``warning`` or ``problem``; ``change`` what to set. The rest is the peer's."""

    name: str
    state: str
    what: str
    change: str | None = None
    url: str | None = None
    status: int | None = None
    words: str | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether the endpoint may be asked, and how to print."""
    parser.add_argument("--yes", action="store_true", help="ask the endpoint one tiny question")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to print (default: text)"
    )
    add_directory_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Check everything, print a line for each, and say by the exit code whether something must change."""
    from diffvet.cli.checkup import examine_all  # noqa: PLC0415 - not for --help

    directory = directory_from(args)
    consent: Consent = _agreed if args.yes else _asked
    checks: list[Check] = []
    for check in examine_all(directory, consent):
        checks.append(check)
        if args.format == "text":
            _print(check)
    if args.format == "json":
        _print_json(checks)
    problems = sum(check.state == PROBLEM for check in checks)
    if args.format == "text":
        print(f"\n{problems} problem{'' if problems == 1 else 's'}" if problems else "\nno problems")
    return PROBLEMS if problems else 0


def _agreed(_question: str) -> bool:
    """``--yes`` said so."""
    return True


def _asked(question: str) -> bool:
    """Whether a person says yes; nobody there is a no."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in {"y", "yes"}


def _print(check: Check) -> None:
    from diffvet.report.secrecy import visible  # noqa: PLC0415 - not for --help

    print(f"{_colored(check.state)}{' ' * (8 - len(check.state))} {check.name:<10}  {visible(check.what)}")
    for label, text in (
        ("url", check.url),
        ("status", None if check.status is None else str(check.status)),
        ("server", check.words and f"“{check.words}”"),
        ("change", check.change),
    ):
        if text:
            print(f"{'':21}{label}: {visible(text)}")
    sys.stdout.flush()


def _colored(state: str) -> str:
    if colored("auto"):
        return f"\x1b[{_COLORS[state]}m{state}\x1b[0m"
    return state


def _print_json(checks: Sequence[Check]) -> None:
    import json  # noqa: PLC0415 - only here

    fine = not any(check.state == PROBLEM for check in checks)
    print(json.dumps({"version": 1, "ok": fine, "checks": [asdict(check) for check in checks]}, indent=2))
