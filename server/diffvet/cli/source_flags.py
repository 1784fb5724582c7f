"""The flags that say what to compare; ``check`` and ``diff`` share them."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from diffvet.cli.directory_flag import add_directory_argument, directory_from
from diffvet.diff.source import Base, Range, Source, Staged, Stdin, Worktree
from diffvet.errors import UsageError

SOURCES = """\
what is compared:
  (nothing said)  the working tree with HEAD: staged, unstaged and untracked files
  --staged        the index with HEAD: what 'git commit' would record
  --base REF      what HEAD adds to REF since they parted, as in a pull request
  A..B            one commit with another
  A...B           what B adds since it parted from A
  COMMIT          a commit with its first parent
  --stdin         a unified diff on standard input
  --ci            what this run of GitHub Actions or GitLab CI is about: the pull or merge request (a checked-out
                  merge: what it brings), the commits of a push; said in a line. No guess where there is none
"""
"""For the epilog of a verb that takes these flags."""


def add_source_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the source flags, ``RANGE`` and ``-- PATH...`` to a verb's parser."""
    group = parser.add_argument_group("source")
    group.add_argument("--staged", action="store_true", help="the index against HEAD")
    group.add_argument("--worktree", action="store_true", help="the working tree against HEAD (the default)")
    group.add_argument("--base", metavar="REF", help="HEAD against its merge base with REF")
    group.add_argument("--stdin", action="store_true", help="a unified diff on standard input")
    group.add_argument("--ci", action="store_true", help="the change this CI run is about")
    group.add_argument("range", metavar="RANGE", nargs="?", help="A..B, A...B or a single commit")
    add_directory_argument(group)
    parser.set_defaults(paths=())
    parser.usage = f"{parser.prog} [OPTIONS] [RANGE] [-- PATH...]"
    # argparse forgets where "--" stood, and with it which words are paths
    parser.parse_known_args = _keeping_paths(parser.parse_known_args)  # type: ignore[method-assign]  # see above


def _keeping_paths(parse: Callable[..., Any]) -> Callable[..., Any]:
    """``parse`` for the words before ``--``; those after it become ``paths``."""

    def parse_known_args(
        args: Sequence[str] | None = None,
        namespace: argparse.Namespace | None = None,
    ) -> tuple[argparse.Namespace, list[str]]:
        words = list(sys.argv[1:] if args is None else args)
        cut = words.index("--") if "--" in words else len(words)
        found, unknown = parse(words[:cut], namespace)
        found.paths = tuple(words[cut + 1 :])
        return found, unknown

    return parse_known_args


def source_from(args: argparse.Namespace) -> Source:
    """The source that the parsed flags name; a combination that makes no sense is a ``UsageError``."""
    chosen = [
        name
        for name, given in (
            ("--staged", args.staged),
            ("--worktree", args.worktree),
            ("--base", args.base is not None),
            ("--stdin", args.stdin),
            ("--ci", args.ci),
            (f"'{args.range}'", args.range is not None),
        )
        if given
    ]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} cannot be combined; name one thing to compare")
    if args.base == "":
        raise UsageError("--base is empty; name a branch, tag or commit, as in: --base main")
    if args.range == "":
        raise UsageError("the range is empty; leave it out to compare the working tree with HEAD")
    if "" in args.paths:
        raise UsageError("an empty path after '--'; leave it out to compare everything")
    if args.stdin:
        return _stdin(args.paths)
    if args.ci:
        return _ci(args)
    if args.staged:
        return Staged(args.paths)
    if args.base is not None:
        return Base(args.base, args.paths)
    if args.range is not None:
        return Range(args.range, args.paths)
    return Worktree(args.paths)


def _ci(args: argparse.Namespace) -> Source:
    from diffvet.cli.ci_source import ci_source  # noqa: PLC0415 - in CI only
    from diffvet.cli.main import complain  # noqa: PLC0415
    from diffvet.diff.repository import Repository  # noqa: PLC0415

    source, why = ci_source(os.environ, Repository.find(directory_from(args)), args.paths)
    complain(f"reviewing {why}")
    return source


def _stdin(paths: Sequence[str]) -> Stdin:
    if paths:
        raise UsageError("--stdin takes no paths; cut the diff where it is made")
    if sys.stdin is None:  # closed with <&-
        raise UsageError("--stdin needs a diff, but standard input is closed")
    if sys.stdin.isatty():
        raise UsageError(
            "--stdin waits for a diff, not for a terminal; use it as in: git diff | diffvet check --stdin"
        )
    return Stdin(sys.stdin.buffer)
