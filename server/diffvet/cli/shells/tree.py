"""The commands as their parsers know them: words, flags, and what a value may be."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from diffvet.settings.values import OPTIONS


class Kind(StrEnum):
    """What completes a value that has no fixed choices."""

    FILE = "file"
    DIRECTORY = "directory"
    REVISION = "revision"
    """Branches and tags of the repository."""
    FINDING = "finding"
    """Ids of the last review."""
    DISMISSED = "dismissed"
    """Ids of what is dismissed."""
    RULE = "rule"
    """Ids of the embedded reviewer's rules."""
    NOTHING = "nothing"


COMMANDS = {
    Kind.REVISION: "git for-each-ref '--format=%(refname:short)' refs/heads refs/remotes refs/tags",
    Kind.FINDING: "diffvet show --all | sed -n 's/.*\\[\\([0-9a-f]\\{12\\}\\)\\]$/\\1/p'",
    Kind.DISMISSED: "diffvet dismiss --list | sed -n 's/^\\([0-9a-f]\\{12\\}\\)  .*/\\1/p'",
    Kind.RULE: "diffvet rules list | sed 's/ .*//'",
}
"""What prints the candidates, one a line; its complaints are nobody's business while somebody types."""

_METAVARS = {
    "FILE": Kind.FILE,
    "PATH": Kind.FILE,
    "PATTERN": Kind.FILE,
    "DIR": Kind.DIRECTORY,
    "REF": Kind.REVISION,
    "RANGE": Kind.REVISION,
}

_FORMS = {"path": Kind.FILE, "directory": Kind.DIRECTORY}
"""The same for options of the settings, which say what their text is."""


@dataclass(frozen=True, slots=True)
class Flag:
    """An option: its spellings, one line of help, and its value: ``kind`` None where it takes none."""

    names: tuple[str, ...]
    help: str
    choices: tuple[str, ...] = ()
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A command: the ``words`` after the program's name, and what may follow them."""

    words: tuple[str, ...]
    help: str
    flags: tuple[Flag, ...]
    commands: tuple["Command", ...]
    choices: tuple[str, ...]
    kind: Kind

    def all(self) -> "Iterator[Command]":
        """This command, and every one below it."""
        yield self
        for command in self.commands:
            yield from command.all()


def read(parser: argparse.ArgumentParser, words: tuple[str, ...] = (), summary: str = "") -> Command:
    """The commands of ``parser`` and its sub-parsers."""
    actions = parser._actions  # noqa: SLF001 - argparse has no public way to what it was told
    below = [action for action in actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001
    positional = [action for action in actions if not action.option_strings and action not in below]
    choices = tuple(str(word) for action in positional for word in action.choices or ())
    return Command(
        words,
        summary,
        tuple(_flag(action) for action in actions if action.option_strings),
        tuple(command for action in below for command in _below(action, words)),
        choices,
        next((_kind(action, words) for action in positional if not action.choices), Kind.NOTHING),
    )


def _below(
    action: "argparse._SubParsersAction[argparse.ArgumentParser]", words: tuple[str, ...]
) -> Iterator[Command]:
    summaries = {choice.dest: choice.help or "" for choice in action._choices_actions}  # noqa: SLF001 - see above
    for name, parser in action.choices.items():
        yield read(parser, (*words, name), summaries.get(name, ""))


def _flag(action: argparse.Action) -> Flag:
    shown = action.help or ""
    if shown == argparse.SUPPRESS:
        shown = "write this report to a file as well"
    text = " ".join((shown % {"default": action.default} if "%(default)s" in shown else shown).split())
    if action.nargs == 0 or isinstance(action, argparse.BooleanOptionalAction):
        return Flag(tuple(action.option_strings), text)
    setting = OPTIONS.get(action.dest)
    known = setting.metadata if setting is not None else {}
    choices = tuple(map(str, action.choices or known.get("choices", ())))
    kind = _FORMS.get(known.get("form", ""), _kind(action, ()))
    return Flag(tuple(action.option_strings), text, choices, kind)


def _kind(action: argparse.Action, words: tuple[str, ...]) -> Kind:
    metavar = action.metavar if isinstance(action.metavar, str) else ""
    if metavar == "ID":
        if words[:1] == ("rules",) or action.dest == "rule":
            return Kind.RULE
        return Kind.DISMISSED if words == ("restore",) else Kind.FINDING if words else Kind.NOTHING
    return _METAVARS.get(metavar, Kind.NOTHING)
