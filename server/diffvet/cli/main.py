"""The entry point: picks the verb, imports only that verb, turns errors into one sentence and a code."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from diffvet import __version__
from diffvet.errors import DiffvetError

INTERRUPTED = 130

VERBS = {
    "check": "review a change and report findings",
    "diff": "show how a change is read, without reviewing it",
    "rules": "list, explain, test and try the embedded reviewer's rules",
    "cache": "show or clear what is remembered between runs",
    "usage": "show what reviews have cost",
    "gateway": "serve /v1/messages on this machine",
    "lsp": "run the language server on standard input and output",
}

EXIT_CODES = """\
exit codes:
  0    nothing at or above the threshold
  1    findings at or above --fail-on
  2    usage or configuration error, or a change that cannot be read
  3    incomplete: part of the change was not reviewed
  130  interrupted
"""


class Parser(argparse.ArgumentParser):
    """Errors are one sentence on stderr, with the place to look for help."""

    def error(self, message: str) -> NoReturn:
        """Print ``message`` and leave with code 2."""
        print(f"diffvet: {message}; see '{self.prog} --help'", file=sys.stderr)
        raise SystemExit(2)


def build_parser(verb: str | None) -> Parser:
    """The parser with the arguments of ``verb`` only (the other verbs show their one-line help)."""
    parser = Parser(
        prog="diffvet",
        description="Vet a git diff before anyone else reads it.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"diffvet {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=Parser)
    for name, summary in VERBS.items():
        if name == verb:
            module = importlib.import_module(f"diffvet.cli.{name}")
            sub = verbs.add_parser(
                name,
                help=summary,
                description=module.DESCRIPTION,
                epilog=module.EPILOG,
                formatter_class=argparse.RawDescriptionHelpFormatter,
            )
            module.add_arguments(sub)
            sub.set_defaults(run=module.run)
        else:
            verbs.add_parser(name, help=summary, add_help=False)
    return parser


def run(argv: Sequence[str]) -> int:
    """Carry out ``argv`` (without the program name) and return the exit code."""
    verb = next((word for word in argv if not word.startswith("-")), None)
    args = build_parser(verb if verb in VERBS else None).parse_args(argv)
    try:
        return int(args.run(args))
    except DiffvetError as error:
        print(f"diffvet: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("diffvet: interrupted", file=sys.stderr)
        return INTERRUPTED


def main() -> NoReturn:
    """Run the command line and end the process; tear-down of a large import graph is skipped."""
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # the reader (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.stderr.flush()
    os._exit(code)
