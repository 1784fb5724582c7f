"""``diffvet config``: what is set, by whom, and what that means for one path."""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from diffvet.cli.directory_flag import add_directory_argument, directory_from
from diffvet.errors import UsageError

if TYPE_CHECKING:
    from diffvet.settings.loaded import ForPath, Loaded
    from diffvet.settings.model import Settings
    from diffvet.settings.origin import Origin

DESCRIPTION = """\
Show the settings in force and who said each, explain what holds for one path, or print the schema for editors.
"""

EPILOG = """\
examples:
  diffvet config show --origin           every option, its value, and the file, variable or flag it is from
  diffvet config explain src/app.py      is it reviewed, by which pattern, and under which settings
  diffvet config schema > config.json    for completion in editors (#/$defs/repository for diffvet.toml)

Later origins win: defaults, your own file, the repository's files (diffvet.toml or [tool.diffvet], the nearest
to a path first), the environment, the command line.

exit codes:
  0    shown, and nothing is wrong
  2    usage error, or settings that cannot be used: every problem is said on standard error
"""

WRONG = 2

_FURTHER = ("API_KEY", "CONFIG", "CACHE_DIR", "TRACEBACK")
"""Variables that begin with ``DIFFVET_`` and are no option."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to show, and how to print it."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    show = actions.add_parser("show", help="every option with its value")
    show.add_argument("--origin", action="store_true", help="who said it, too")
    explain = actions.add_parser("explain", help="what holds for one path, and why")
    explain.add_argument("path", metavar="PATH", help="a file of the repository; it need not exist")
    for action in (show, explain):
        action.add_argument(
            "--format", choices=("text", "json"), default="text", help="how to print (default: text)"
        )
        add_directory_argument(action)
    actions.add_parser("schema", help="the JSON Schema of the settings files")


def run(args: argparse.Namespace) -> int:
    """Carry out ``show``, ``explain`` or ``schema``."""
    if args.action == "schema":
        from diffvet.settings.schema import schema  # noqa: PLC0415 - only here

        _print_json(schema())
        return 0
    from diffvet.settings.load import examine  # noqa: PLC0415 - not for --help

    directory = directory_from(args)
    loaded, problems = examine(directory)
    rules = loaded.settings.rules
    if args.action == "show":
        _show(loaded, args)
    else:
        path = inside(args.path, directory, loaded.root)
        found = loaded.examine_path(path)
        problems = [*problems, *(problem for problem in found.problems if problem not in problems)]
        rules = found.settings.rules
        _explain(path, _judged(path, found, loaded), args)
    problems = [*problems, *misspelt_rules(rules)]
    for problem in (*problems, *misspelt_variables(os.environ)):
        print(f"diffvet: {problem}", file=sys.stderr)
    return WRONG if problems else 0


def inside(path: str, directory: Path, root: Path | None) -> str:
    """``path``, as seen from ``directory``, relative to ``root`` with forward slashes; refused outside of it."""
    if root is None:
        raise UsageError(f"not inside a git repository: {directory.resolve()}; settings of a path need one")
    whole = Path(os.path.normpath(directory.resolve() / path))
    real = whole.parent.resolve() / whole.name
    if real == root or not real.is_relative_to(root):
        raise UsageError(f"'{path}' is no file inside the repository at {root}")
    return real.relative_to(root).as_posix()


def key_state(settings: "Settings", environ: Mapping[str, str]) -> str:
    """Whether there is a key, and from where; never the key."""
    name = settings.api_key_env
    return f"set (from {name})" if environ.get(name, "").strip() else f"not set ({name} is empty)"


def misspelt_variables(environ: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each ``DIFFVET_`` variable that means nothing but looks like one that does."""
    from diffvet.settings.load import OPTIONS  # noqa: PLC0415 - not for --help

    known = [*map(str.upper, OPTIONS), *_FURTHER]
    for name in sorted(environ):
        word = name.removeprefix("DIFFVET_")
        if word not in (name, *known):
            import difflib  # noqa: PLC0415 - where there is one

            for close in difflib.get_close_matches(word, known, n=1):
                yield f"the environment variable {name} is not known; did you mean DIFFVET_{close}?"


def misspelt_rules(rules: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each rule id that does not exist."""
    if rules:
        from diffvet.rules.catalogue import all_rules  # noqa: PLC0415 - reads the catalogue
        from diffvet.settings.levels import unknown_rules  # noqa: PLC0415

        yield from unknown_rules(rules, [rule.id for rule in all_rules()])


def value(settings: "Settings", name: str) -> object:
    """The value of an option as plain JSON data, without a password that an address or a text may hold."""
    from diffvet.settings.merge import bare  # noqa: PLC0415 - not for --help

    said = getattr(settings, name)
    if name in {"endpoint", "secondary_endpoint"}:
        return bare(said)
    if name == "instructions" and said:
        from diffvet.review.discreet import hide  # noqa: PLC0415 - where there are some

        return hide(said)
    if name == "fail_on":
        return said.value if said else "none"
    return list(said) if isinstance(said, tuple) else said


def _show(loaded: "Loaded", args: argparse.Namespace) -> None:
    from diffvet.settings.load import OPTIONS  # noqa: PLC0415 - not for --help

    if args.format == "json":
        _print_json(
            {
                "version": 1,
                "root": str(loaded.root) if loaded.root else None,
                "api_key": key_state(loaded.settings, os.environ),
                "options": {name: _entry(loaded.settings, loaded.origins, name) for name in OPTIONS},
            }
        )
        return
    rows = [*_rows(loaded.settings, loaded.origins, OPTIONS)]
    rows.append(("api_key", key_state(loaded.settings, os.environ), "never in a file or a flag"))
    _print_table(rows, origin=args.origin)


def _judged(path: str, found: "ForPath", loaded: "Loaded") -> "ForPath":
    """``found`` with the rule that keeps the file from those who review, where no pattern does."""
    from diffvet.review.screen import set_aside  # noqa: PLC0415 - not for --help
    from diffvet.settings.merge import Verdict  # noqa: PLC0415
    from diffvet.settings.model import EMBEDDED  # noqa: PLC0415

    aside = None if found.verdict.skipped or loaded.root is None else set_aside(loaded.root, path)
    if aside is None:
        return found
    local = EMBEDDED in loaded.settings.asked
    if aside.everybody or not local:
        return replace(found, verdict=Verdict(True, f"skipped: {aside.reason}"))
    sentence = f"{found.verdict.sentence}; by the embedded rules only, no model is shown it: {aside.reason}"
    return replace(found, verdict=Verdict(False, sentence))


def _explain(path: str, found: "ForPath", args: argparse.Namespace) -> None:
    from diffvet.settings.load import OPTIONS  # noqa: PLC0415 - not for --help
    from diffvet.settings.model import Scope  # noqa: PLC0415

    names = [name for name, option in OPTIONS.items() if option.metadata["scope"] is Scope.FOLDER]
    if args.format == "json":
        _print_json(
            {
                "version": 1,
                "path": path,
                "reviewed": not found.verdict.skipped,
                "reason": found.verdict.sentence,
                "sources": [{"kind": source.kind.value, "place": source.place} for source in found.sources],
                "options": {name: _entry(found.settings, found.origins, name) for name in names},
            }
        )
        return
    _print(path)
    _print(f"  {found.verdict.sentence}")
    _print("speaking for it, the later wins:")
    for source in found.sources or ("defaults only",):
        _print(f"  {source}")
    _print("settings:")
    _print_table(list(_rows(found.settings, found.origins, names)), origin=True, indent="  ")


def _entry(settings: "Settings", origins: Mapping[str, "Origin"], name: str) -> dict[str, object]:
    origin = origins[name]
    return {"value": value(settings, name), "origin": origin.kind.value, "place": origin.place or None}


def _rows(
    settings: "Settings", origins: Mapping[str, "Origin"], names: Sequence[str] | Mapping[str, object]
) -> Iterator[tuple[str, str, str]]:
    for name in names:
        yield name, _plain(value(settings, name)), str(origins[name])


def _plain(said: object) -> str:
    """``said`` on one line, as a person would write it."""
    if isinstance(said, bool):
        return str(said).lower()
    if isinstance(said, dict):
        return ", ".join(f"{key}={level}" for key, level in said.items()) or "-"
    if isinstance(said, list):
        return ", ".join(said) or "-"
    return " / ".join(str(said).splitlines()) or "-"


def _print_table(rows: Sequence[tuple[str, str, str]], *, origin: bool, indent: str = "") -> None:
    names = max(len(name) for name, _, _ in rows)
    values = min(max(len(said) for _, said, _ in rows), 40)
    for name, said, by in rows:
        line = f"{indent}{name:<{names}}  {said:<{values}}"
        _print(f"{line}  {by}".rstrip() if origin else line.rstrip())


def _print(line: str) -> None:
    from diffvet.report.secrecy import visible  # noqa: PLC0415 - not for --help

    print(visible(line))


def _print_json(document: object) -> None:
    import json  # noqa: PLC0415 - only here

    print(json.dumps(document, indent=2))
