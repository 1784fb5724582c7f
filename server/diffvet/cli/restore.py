"""``diffvet restore``: take a dismissal back."""

import argparse

from diffvet.cli.main import complain

DESCRIPTION = """\
Take dismissals back: the findings are shown again, and fail a run again.
"""

EPILOG = """\
examples:
  diffvet dismiss --list                 the ids of what is dismissed
  diffvet restore a7cb                   four characters are enough
  diffvet cache clear --dismissals       restore everything

exit codes:
  0    done
  2    usage error, nothing dismissed has that id, or it cannot be written down
"""

FAILED = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which ones."""
    parser.add_argument(
        "ids",
        metavar="ID",
        nargs="+",
        help="a dismissed finding's id, or at least four characters of its beginning",
    )


def run(args: argparse.Namespace) -> int:
    """Restore them, all or none."""
    from diffvet.cli.last import the_one  # noqa: PLC0415 - not for --help
    from diffvet.report.secrecy import visible  # noqa: PLC0415
    from diffvet.store.store import Store  # noqa: PLC0415

    written = True
    with Store.open() as store:
        known = {one.fingerprint: one for one in store.dismissals.all()}
        places = {name: one.repository for name, one in known.items()}
        chosen = [
            known[the_one(places, name, among="what is dismissed", see="diffvet dismiss --list")]
            for name in args.ids
        ]
        for one in chosen:
            written &= store.dismissals.restore(one.fingerprint)
            print(
                f"restored {visible(one.fingerprint[:12])}: {visible(one.repository)}: {visible(one.reason)}"
            )
        for notice in store.notices:
            complain(notice)
    return 0 if written else FAILED
