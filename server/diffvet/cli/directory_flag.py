"""``-C DIR``: where a verb looks from."""

import argparse
from pathlib import Path

from diffvet.errors import UsageError


def add_directory_argument(parser: "argparse.ArgumentParser | argparse._ArgumentGroup") -> None:
    """Add the flag to a verb's parser, or to a group of it."""
    parser.add_argument(
        "-C",
        dest="directory",
        metavar="DIR",
        default=".",
        help="look from this directory instead of the current one",
    )


def directory_from(args: argparse.Namespace) -> Path:
    """The directory to look from; ``UsageError`` where there is none."""
    directory = Path(args.directory)
    if not directory.is_dir():
        raise UsageError(f"-C {args.directory}: no such directory")
    return directory
