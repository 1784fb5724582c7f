"""``diffvet fix``: show the verified fix of a finding, and apply it."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from diffvet.cli.directory_flag import add_directory_argument, directory_from
from diffvet.errors import UsageError

if TYPE_CHECKING:
    from diffvet.review.finding import Finding

DESCRIPTION = """\
Show the verified fix of a finding of the last review, and apply it to the file in the working tree.

A fix is verified when it applies to the exact text that was reviewed, touches nothing else, and the embedded
reviewer finds nothing new in the result. On a terminal you are asked; elsewhere the patch is only printed, in the
form 'git apply' takes, unless --yes is given.
"""

EPILOG = """\
examples:
  diffvet fix 1f3a9c                   show the patch, ask, apply
  diffvet fix 1f3a9c 77b0e2 --yes      apply two of them without asking
  diffvet fix 1f3a9c | git apply --cached    into the index instead

The id stands under each finding of 'diffvet check' and in 'diffvet show'; its beginning is enough.

exit codes:
  0    applied, shown, or declined
  2    no such finding, no verified fix, or the code has changed since it was reviewed
  130  interrupted
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which findings, and whether to ask."""
    parser.add_argument("ids", metavar="ID", nargs="+", help="the beginning of a finding's id")
    parser.add_argument("--yes", "-y", action="store_true", help="apply without asking")
    parser.add_argument("--dry-run", action="store_true", help="show the patch, change nothing")
    add_directory_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Show each patch; apply those that are wanted, each to the file as the ones before left it."""
    from diffvet.cli.last import named, recall  # noqa: PLC0415 - heavy, and not for --help
    from diffvet.store.store import Store  # noqa: PLC0415

    with Store.open() as store:
        last = recall(directory_from(args), store)
    findings = [named(last.review.findings, name) for name in args.ids]
    for finding in findings:
        _require_suggestion(finding)
    for finding in findings:
        _fix(finding, last.root, args)
    return 0


def _require_suggestion(finding: "Finding") -> None:
    if finding.suggestion is None:
        words = f"; in words: {finding.fix}" if finding.fix else ""
        raise UsageError(f"no verified fix is known for {finding.fingerprint[:12]} ({finding.title}){words}")


def _fix(finding: "Finding", root: Path, args: argparse.Namespace) -> None:
    from diffvet.cli.main import complain  # noqa: PLC0415 - see ``run``
    from diffvet.diff.rewrite import patch_of  # noqa: PLC0415
    from diffvet.replacing import replace_file  # noqa: PLC0415
    from diffvet.review.apply import applied  # noqa: PLC0415

    target = _target(root, finding.path)
    old = target.read_bytes()
    new = applied(old, finding)
    _show(patch_of(finding.path, old, new))
    if args.dry_run or not (args.yes or _agreed(finding)):
        complain(f"{finding.path} was not changed")
        return
    if target.read_bytes() != old:
        raise UsageError(f"{finding.path} was changed meanwhile; nothing was written")
    replace_file(target, new)
    complain(f"fixed {finding.fingerprint[:12]} in {finding.path}; look at it, then stage it")


def _target(root: Path, path: str) -> Path:
    """The file to change: inside the repository, and no link that leads elsewhere."""
    target = root / path
    if target.is_symlink() or not target.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{path} is a link or lies outside of {root}; it is not changed")
    if not target.is_file():
        raise UsageError(f"{path} does not exist any more; nothing to fix")
    return target


def _show(patch: bytes) -> None:
    """The patch, byte for byte where a program reads it, harmless where a terminal does."""
    if not sys.stdout.isatty():
        sys.stdout.flush()
        sys.stdout.buffer.write(patch)
        sys.stdout.buffer.flush()
        return
    from diffvet.report.secrecy import visible  # noqa: PLC0415 - see ``run``

    for line in patch.decode("utf-8", "surrogateescape").rstrip("\n").split("\n"):
        print(visible(line))


def _agreed(finding: "Finding") -> bool:
    """Whether the user says yes; nobody is asked where nobody could answer."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    sys.stdout.write(f"Apply this fix to {finding.path}? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
