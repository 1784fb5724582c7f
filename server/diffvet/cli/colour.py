"""Whether a report is coloured: the flag, and what it means on this terminal."""

import argparse
import os
import sys


def add_color_argument(parser: "argparse._ActionsContainer") -> None:
    """Add ``--color`` to a verb's parser."""
    parser.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="auto: on a terminal, without NO_COLOR",
    )


def colored(choice: str) -> bool:
    """Whether standard output gets colours. An empty NO_COLOR counts as unset (no-color.org)."""
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
