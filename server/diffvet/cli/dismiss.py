"""``diffvet dismiss``: never see a finding again, while its code stays as it is."""

import argparse
from typing import TYPE_CHECKING

from diffvet.cli.directory_flag import add_directory_argument, directory_from
from diffvet.cli.main import complain
from diffvet.errors import UsageError

if TYPE_CHECKING:
    from diffvet.store.dismissals import Dismissal
    from diffvet.store.store import Store

DESCRIPTION = """\
Dismiss findings of the last review for yourself: no editor, hook or check of yours shows them again until their code
changes. For a whole team there is 'diffvet baseline'.
"""

EPILOG = """\
examples:
  diffvet dismiss a7cb --reason "the input is a constant"
  diffvet dismiss a7cb 1f3a 90d2 --reason "test data"
  diffvet dismiss --list                 what is dismissed: where, why, by whom, since when
  diffvet dismiss --list --format json
  diffvet restore a7cb                   take it back

An id stands under each finding; four characters are enough. Dismissals are kept in your cache directory
('diffvet cache show'), outside of the repository.

exit codes:
  0    done
  2    usage or configuration error, no such finding, no review is remembered here, or it cannot be written down
"""

FAILED = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which findings and why, or what to list."""
    parser.add_argument(
        "ids", metavar="ID", nargs="*", help="a finding's id, or at least four characters of its beginning"
    )
    parser.add_argument("--reason", metavar="TEXT", help="why; it is kept, and shown by --list and 'explain'")
    parser.add_argument("--author", metavar="NAME", help="who dismisses (default: git's user.name)")
    parser.add_argument("--list", action="store_true", help="list what is dismissed, in all repositories")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to print the list (default: text)"
    )
    add_directory_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Dismiss, or list what is dismissed."""
    from diffvet.store.store import Store  # noqa: PLC0415 - not for --help

    with Store.open() as store:
        done = _list(args, store) if args.list else _dismiss(args, store)
        for notice in store.notices:
            complain(notice)
    return 0 if done else FAILED


def _dismiss(args: argparse.Namespace, store: "Store") -> bool:
    """Whether all of them are dismissed, and written down."""
    from diffvet.cli.last import named, recall  # noqa: PLC0415
    from diffvet.diff.author import author  # noqa: PLC0415 - not for --help
    from diffvet.report.secrecy import visible  # noqa: PLC0415

    reason = _reason(args)
    last = recall(directory_from(args), store)
    findings = [
        named(last.review.findings, name) for name in args.ids
    ]  # all are known before one is dismissed
    by = " ".join(args.author.split()) if args.author is not None else author(last.loaded.directory)
    written = True
    for finding in findings:
        written &= store.dismissals.dismiss(
            finding.fingerprint, repository=str(last.root), reason=reason, author=by
        )
        print(
            f"dismissed {visible(finding.path)}:{finding.line}: {visible(finding.title)} [{finding.fingerprint[:12]}]"
        )
    return written


def _reason(args: argparse.Namespace) -> str:
    """The reason on one line and without secrets; ``UsageError`` for what cannot be carried out."""
    from diffvet.review.baseline import meaningful  # noqa: PLC0415 - not for --help
    from diffvet.review.discreet import hide  # noqa: PLC0415

    if not args.ids:
        raise UsageError(
            "name the findings to dismiss, as in: diffvet dismiss a7cb --reason TEXT (or --list them)"
        )
    if args.reason is None or not meaningful(args.reason):
        raise UsageError(
            "--reason TEXT is needed: you will want to know why when you see it in 'diffvet dismiss --list'"
        )
    return hide(" ".join(args.reason.split()))


def _list(args: argparse.Namespace, store: "Store") -> bool:
    if args.ids or args.reason is not None:
        raise UsageError("--list takes no ids and no reason; it lists what is dismissed")
    known = store.dismissals.all()
    if args.format == "json":
        import json  # noqa: PLC0415 - only here
        from dataclasses import asdict  # noqa: PLC0415

        print(json.dumps({"version": 1, "dismissals": [asdict(one) for one in known]}, indent=2))
    elif known:
        print("\n".join(map(_line, known)))
    else:
        print("nothing is dismissed")
    return True


def _line(one: "Dismissal") -> str:
    from diffvet.report.secrecy import visible  # noqa: PLC0415 - not for --help

    by = visible(one.author) or "somebody"
    return f"{visible(one.fingerprint[:12])}  {one.at[:10]}  {by}  {visible(one.repository)}: {visible(one.reason)}"
