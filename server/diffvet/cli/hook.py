"""``diffvet hook``: review at commit and at push; put the hooks into a repository and take them away."""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from diffvet.cli.directory_flag import add_directory_argument, directory_from
from diffvet.cli.main import complain
from diffvet.cli.option_flags import add_option_arguments
from diffvet.cli.reports import add_arguments as add_report_arguments
from diffvet.cli.reports import reports_from
from diffvet.errors import UsageError
from diffvet.hooks.script import NAMES

if TYPE_CHECKING:
    from diffvet.diff.push import PushedRef
    from diffvet.diff.repository import Repository
    from diffvet.diff.source import Source
    from diffvet.hooks.folder import HooksFolder

DESCRIPTION = """\
Review what is committed before the commit is made, and what is pushed before it leaves.
"""

EPILOG = """\
examples:
  diffvet hook install                  a pre-commit hook in this repository (all its worktrees)
  diffvet hook install --pre-push       a pre-push hook: reviews what the remote does not have yet
  diffvet hook status                   what is installed where, and whether git would run it
  diffvet hook uninstall                takes both away and puts the hooks back that were there

What 'run' does (the installed hook and the pre-commit framework call it):
  pre-commit   reviews the index, as 'check --staged'. While a merge is committed: only the files that are as
               none of the sides has them. While a rebase is under way: nothing, without a word; what it makes
               is reviewed at push.
  pre-push     reviews each pushed ref from where it leaves what the remote is known to have. Refs come on
               standard input as git gives them to a pre-push hook, or from the framework's PRE_COMMIT_FROM_REF
               and PRE_COMMIT_TO_REF (of several refs the framework names the first only). A deleted ref brings
               nothing.

A hook that was there is kept, runs first with the same arguments and input, and its failure stops the commit.
core.hooksPath is honoured. Where the repository's own configuration leads out of the repository, Diffvet
writes there only with --hooks-path. A hook that finds no Diffvet any more stops the commit and says so.

How long a commit may wait, and what then, is your own setting (config.toml, or DIFFVET_TIME_LIMIT and
DIFFVET_FAIL_OPEN):
  time_limit = 20
  fail_open = "timeout"      a review that was cut by the limit lets the commit pass, and says so each time

'git commit --no-verify' and 'git push --no-verify' go on without any hook.

exit codes of run:
  0    nothing at or above --fail-on, or nothing to review
  1    findings at or above --fail-on
  2    usage or configuration error, or a change that cannot be read
  3    incomplete: part of the change was not reviewed, unless --fail-open lets it pass
  130  interrupted
exit codes of install and uninstall: 0 done, 2 refused; of status: 0 git would run one, 1 it would run none.
"""

_REBASE = ("rebase-merge", "rebase-apply")
_MERGE = "MERGE_HEAD"
NOTHING = 1
WORST = (0, 1, 3, 2, 130)
"""Exit codes of several reviews, from the best to the one that wins."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which hook."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    run = actions.add_parser("run", help="review now, as git's hook")
    run.add_argument("hook", metavar="HOOK", choices=NAMES, help="pre-commit or pre-push")
    run.add_argument("rest", metavar="ARG", nargs="*", help="what git passes on: for pre-push, the remote")
    run.set_defaults(directory=".")
    add_report_arguments(run)
    add_option_arguments(run)
    for name, text in (
        ("install", "put hooks into this repository"),
        ("uninstall", "take them away, and put the hooks back that were there"),
    ):
        action = actions.add_parser(name, help=text)
        default = "default" if name == "install" else "both are the default"
        action.add_argument("--pre-commit", action="store_true", help=f"the pre-commit hook ({default})")
        action.add_argument("--pre-push", action="store_true", help="the pre-push hook")
        action.add_argument(
            "--force", action="store_true", help="even if our hook was changed by hand; the change is lost"
        )
        _add_places(action)
    status = actions.add_parser("status", help="say what is installed where, and whether it would run")
    status.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to print (default: text)"
    )
    _add_places(status)


def _add_places(action: argparse.ArgumentParser) -> None:
    add_directory_argument(action)
    action.add_argument(
        "--hooks-path",
        metavar="DIR",
        help="agree to this folder of hooks, where the repository's own configuration leads out of it",
    )


def run(args: argparse.Namespace) -> int:
    """Carry out ``run``, ``install``, ``uninstall`` or ``status``."""
    if args.action == "run":
        return _review(args)
    repository, folder = _find(directory_from(args))
    named = Path(args.hooks_path).expanduser() if args.hooks_path else None
    if args.action == "status":
        return _status(repository, folder, as_json=args.format == "json")
    folder.require(named)
    return _change(args, folder)


def _find(directory: Path) -> "tuple[Repository, HooksFolder]":
    from diffvet.diff.repository import Repository  # noqa: PLC0415 - not for --help
    from diffvet.hooks.folder import hooks_folder  # noqa: PLC0415

    repository = Repository.find(directory)
    repository.require_worktree()
    return repository, hooks_folder(repository)


def _change(args: argparse.Namespace, folder: "HooksFolder") -> int:
    from diffvet.hooks.place import Place, install, uninstall  # noqa: PLC0415 - not for --help

    installs = args.action == "install"
    chosen = [name for name in NAMES if getattr(args, name.replace("-", "_"))]
    act = install if installs else uninstall
    for name in chosen or (NAMES[:1] if installs else NAMES):
        print(f"{name} {_seen(act(Place(folder.path, name), force=args.force))}")
    if installs and folder.shared:
        complain(f"this folder serves every repository of yours: {folder.said}")
    if installs and folder.within:
        complain("this folder is part of the work tree: the hook names your own Python, do not commit it")
    return 0


def _status(repository: "Repository", folder: "HooksFolder", *, as_json: bool) -> int:
    from diffvet.hooks.status import state  # noqa: PLC0415 - not for --help

    states = [state(folder, name, repository.root) for name in NAMES]
    if as_json:
        import json  # noqa: PLC0415 - only here
        from dataclasses import asdict  # noqa: PLC0415

        said = {"version": 1, "folder": str(folder.path), "hooks": [asdict(one) for one in states]}
        print(json.dumps(said, indent=2))
    else:
        print(f"hooks are looked for in {_seen(folder.path)}{f' ({_seen(folder.said)})' * bool(folder.said)}")
        for one in states:
            print(f"{one.name:<10}  {_seen(one.sentence)}")
            for problem in one.problems:
                print(
                    f"{'':<10}  would not run: {_seen(problem)}" if one.path else f"{'':<12}{_seen(problem)}"
                )
    return 0 if any(one.runs for one in states) else NOTHING


def _review(args: argparse.Namespace) -> int:
    """Review what the hook is about; with several pushed refs the gravest result counts."""
    from diffvet.cli.check import attempt_of, checked, settled  # noqa: PLC0415 - heavy, and not for --help
    from diffvet.diff.repository import Repository  # noqa: PLC0415
    from diffvet.diff.source import Staged, open_source  # noqa: PLC0415

    attempt = attempt_of(args)
    loaded, key = settled(args)
    repository = Repository.find(loaded.directory)
    if args.hook == "pre-push":
        pushed = _pushed(repository, args)
        codes = [checked(open_source(source, loaded.directory), loaded, args, key) for source in pushed]
        return max(codes, key=WORST.index, default=0)
    under_way = {path.name for path in repository.under_way(*_REBASE, _MERGE)}
    if not under_way.isdisjoint(_REBASE):
        return 0
    if under_way:
        complain("a merge is committed: files are reviewed that are as neither side has them")
    stream = open_source(Staged(resolution=bool(under_way)), loaded.directory)
    return checked(stream, loaded, args, key, attempt.loaded(loaded) if attempt and not under_way else None)


def _pushed(repository: "Repository", args: argparse.Namespace) -> "Iterator[Source]":
    from diffvet.diff.push import ends  # noqa: PLC0415 - not for --help
    from diffvet.diff.source import Range  # noqa: PLC0415

    framework = _from_framework(os.environ)
    remote = os.environ.get("PRE_COMMIT_REMOTE_NAME", "") if framework else "".join(args.rest[:1])
    brought: dict[tuple[str, str], PushedRef] = {}  # a branch and a tag on it bring the same
    for ref in framework or _from_git():
        compared = ends(repository, ref, remote)
        if compared is not None:
            brought.setdefault(compared, ref)
    if len(brought) > 1 and reports_from(args).files:
        raise UsageError(
            f"{len(brought)} refs are pushed, each with a report of its own; leave out --X-output"
        )
    for (base, head), ref in brought.items():
        complain(f"pushing {ref.local}: reviewing {base[:12]}..{head[:12]}")
        yield Range(f"{base}..{head}")


def _from_framework(environ: Mapping[str, str]) -> "list[PushedRef]":
    """What the pre-commit framework says is pushed; without ``FROM_REF`` it is a branch with its root commit."""
    from diffvet.diff.push import PushedRef  # noqa: PLC0415 - not for --help

    old, new = environ.get("PRE_COMMIT_FROM_REF", ""), environ.get("PRE_COMMIT_TO_REF", "")
    local = environ.get("PRE_COMMIT_LOCAL_BRANCH", "")
    if not (new or local):
        if environ.get("PRE_COMMIT"):
            raise UsageError(
                "the framework does not say what is pushed; run it as: "
                "pre-commit run --hook-stage pre-push --from-ref A --to-ref B"
            )
        return []
    return [PushedRef(local or new, new or local, environ.get("PRE_COMMIT_REMOTE_BRANCH", ""), old or "0")]


def _from_git() -> "list[PushedRef]":
    """What git says on standard input; nothing where all is up to date."""
    from diffvet.diff.push import read_refs  # noqa: PLC0415 - not for --help

    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("pre-push reads what is pushed from standard input, as git gives it to its hook")
    return read_refs(sys.stdin.buffer.read().decode("utf-8", "surrogateescape"))


def _seen(text: object) -> str:
    from diffvet.report.secrecy import visible  # noqa: PLC0415 - not for --help

    return visible(str(text))
