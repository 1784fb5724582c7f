"""The command line: picks the verb, imports only that verb, turns errors into one sentence and a code."""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from diffvet import __version__
from diffvet.errors import DiffvetError

if TYPE_CHECKING:
    from diffvet.cli.outcome import Question

INTERRUPTED = 130
INTERNAL = 3
"""The exit code of a bug: the change was not reviewed."""

VERBS = {
    "check": "review a change and report findings",
    "show": "look through the findings of the last review",
    "explain": "all about one finding of the last review",
    "dismiss": "never see a finding again, while its code stays as it is",
    "restore": "take a dismissal back",
    "diff": "show how a change is read, without reviewing it",
    "fix": "apply the verified fix of a finding",
    "hook": "review at commit and at push: run, install, uninstall, status",
    "rules": "list, explain, test and try the embedded reviewer's rules",
    "baseline": "keep a list of findings that are known",
    "config": "show the settings and where they come from",
    "doctor": "check what a review needs, and say what to change",
    "cache": "show or clear what is remembered between runs",
    "usage": "show what reviews have cost",
    "completion": "print a completion script for bash, zsh or fish",
    "gateway": "serve /v1/messages on this machine",
    "lsp": "run the language server on standard input and output",
}

KEYLESS = frozenset({"diff", "explain", "dismiss", "fix", "hook", "config"})
"""Verbs that start git and ask no model; the others that do take the key out of the environment themselves."""

WITH_KEY = frozenset({"run", "show"})
"""The exceptions among their actions: ``hook run`` asks a model, ``config show`` tells whether there is a key."""

EPILOG = """\
examples:
  diffvet check                          review everything since HEAD; no key, no network
  diffvet check --staged                 what the next commit will hold
  diffvet explain a7cb                   all about one finding, by its id
  diffvet hook install                   review at every commit
  diffvet VERB --help                    what a verb does, with examples

exit codes:
  0    nothing at or above the threshold
  1    findings at or above --fail-on
  2    usage or configuration error, or a change that cannot be read
  3    incomplete: part of the change was not reviewed
  130  interrupted
"""


class Parser(argparse.ArgumentParser):
    """Errors are one sentence on stderr, with the place to look for help; flags are never guessed."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **more})

    def error(self, message: str) -> NoReturn:
        """Print ``message`` and leave with code 2."""
        complain(f"{message}{_meant(message, self)}; see '{self.prog} --help'")
        raise SystemExit(2)


def _meant(message: str, parser: argparse.ArgumentParser) -> str:
    """Half a sentence with the word that was probably meant, where ``message`` is about one that is not known."""
    import difflib  # noqa: PLC0415 - after a mistake only
    import re  # noqa: PLC0415

    if chosen := re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)", message):
        word, known = chosen[1], [name.strip("' ") for name in chosen[2].split(",")]
    elif flag := re.match(r"unrecognized arguments: (--[\w-]+)", message):
        word, known = flag[1], [*_flags(parser)]
    else:
        return ""
    return "".join(f"; did you mean '{close}'?" for close in difflib.get_close_matches(word, known, n=1))


def _flags(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:  # noqa: SLF001 - argparse lists its flags nowhere else
        yield from action.option_strings
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for inner in action.choices.values():
                yield from _flags(inner)


def build_parser(verb: str | None) -> Parser:
    """The parser with the arguments of ``verb`` only (the other verbs show their one-line help)."""
    return _built(lambda name: name == verb)


def build_whole_parser() -> Parser:
    """The parser with the arguments of all verbs."""
    return _built(lambda _name: True)


def _built(wanted: Callable[[str], bool]) -> Parser:
    parser = Parser(
        prog="diffvet",
        description="Vet a git diff before anyone else reads it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"diffvet {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=Parser)
    for name, summary in VERBS.items():
        if not wanted(name):
            verbs.add_parser(name, help=summary, add_help=False)
            continue
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
    return parser


def run(argv: Sequence[str], asked: "Question | None" = None) -> int:
    """Carry out ``argv`` (without the program name) and return the exit code.

    ``asked`` is the question that its outcome may be remembered under.
    """
    verb = next((word for word in argv if not word.startswith("-")), None)
    args = build_parser(verb if verb in VERBS else None).parse_args(argv, argparse.Namespace(asked=asked))
    try:
        if verb in KEYLESS and getattr(args, "action", "") not in WITH_KEY:
            from diffvet.credentials import hide_users_key  # noqa: PLC0415 - for verbs that start git only

            hide_users_key()  # no child process inherits it
        code = int(args.run(args))
        sys.stdout.flush()
    except DiffvetError as error:
        complain(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # the reader (head, less) has seen enough
        return 0
    except OSError as error:
        complain(
            f"{error.strerror or error}: {error.filename}"
            if error.filename
            else f"cannot go on: {error.strerror}"
        )
        return DiffvetError.exit_code
    except Exception as error:  # noqa: BLE001 - the border: a bug is said to be one, and is never "findings"
        complain(_bug(error))
        return INTERNAL
    return code


def complain(sentence: str) -> None:
    """Print one line to standard error; control characters in it are spelt out."""
    from diffvet.report.secrecy import visible  # noqa: PLC0415 - only when there is something to say

    print(f"diffvet: {visible(sentence)}", file=sys.stderr)


def _bug(error: Exception) -> str:
    """An unexpected exception in one line; ``DIFFVET_TRACEBACK=1`` shows how it came there as well.

    Its own message is left out: it may quote the code under review, or the key.
    """
    if os.environ.get("DIFFVET_TRACEBACK"):
        import traceback  # noqa: PLC0415 - for whoever looks for the bug only

        traceback.print_tb(error.__traceback__)
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    place = f" at {last.tb_frame.f_globals.get('__name__')}:{last.tb_lineno}" if last else ""
    return f"this is a bug in Diffvet, nothing was reviewed: {type(error).__name__}{place}; please report it"


def _open_streams() -> None:
    """A stream that is closed (``>&-``) is None in Python; standard error may go nowhere, a report may not."""
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - for the rest of the process
    if sys.stdout is None:
        complain("standard output is closed, there is nowhere to report to")
        os._exit(DiffvetError.exit_code)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr] # text streams


def main(asked: "Question | None" = None) -> NoReturn:
    """Run the command line and end the process; tear-down of a large import graph is skipped."""
    _open_streams()
    try:
        code = run(sys.argv[1:], asked)
        sys.stderr.flush()
    except SystemExit as error:  # argparse: --help, --version, a usage error
        code = error.code if isinstance(error.code, int) else DiffvetError.exit_code
        sys.stdout.flush()
    os._exit(code)
