"""The completion script for zsh: a function for each command, with its flags and their help."""

from collections.abc import Iterator

from diffvet.cli.shells.tree import COMMANDS, Command, Flag, Kind

_TAIL = """\
_diffvet_said() {
    local -a found
    found=(${(f)"$(eval "$1" 2>/dev/null)"})
    compadd -a found
}
if [[ $funcstack[1] == _diffvet ]]; then
    _diffvet "$@"
elif (( $+functions[compdef] )); then
    compdef _diffvet diffvet
fi
"""


def script(root: Command) -> str:
    """The script for the commands below ``root``: a file named ``_diffvet`` in ``fpath``, or to be sourced."""
    head = [
        "#compdef diffvet",
        "# zsh completion for diffvet; to load it after compinit: source <(diffvet completion zsh)",
    ]
    return "\n".join([*head, *(line for command in root.all() for line in _function(command))]) + "\n" + _TAIL


def _function(command: Command) -> Iterator[str]:
    yield f"{_name(command)}() {{"
    arguments = [_argument(flag, name) for flag in command.flags for name in flag.names]
    if command.commands:
        yield "    local context state line"
        yield "    typeset -A opt_args"
        arguments += ["'1: :->command'", "'*:: :->rest'"]
        yield f"    _arguments -C {' '.join(arguments)}"
        yield "    case $state in"
        yield "    command)"
        yield "        local -a commands"
        described = (f"{below.words[-1]}:{below.help}" for below in command.commands)
        yield f"        commands=({' '.join(map(_quoted, described))})"
        yield "        _describe command commands ;;"
        yield "    rest)"
        yield "        case $line[1] in"
        for below in command.commands:
            yield f"        {below.words[-1]}) {_name(below)} ;;"
        yield "        esac ;;"
        yield "    esac"
    else:
        rest = _action(command.choices, command.kind)
        if rest:
            arguments.append(_quoted(f"*: :{rest}"))
        yield f"    _arguments -S {' '.join(arguments)}"
    yield "}"


def _name(command: Command) -> str:
    return "_".join(("_diffvet", *command.words)).replace("-", "_")


def _argument(flag: Flag, name: str) -> str:
    """A flag for ``_arguments``: excluded once it was given, unless it may come again; its help; its value."""
    text = flag.help.replace("[", "(").replace("]", ")").replace(":", "\\:")
    if flag.kind is None:
        return _quoted(f"{name}[{text}]")
    equals = "=" if name.startswith("--") else ""
    return _quoted(f"{name}{equals}[{text}]: :{_action(flag.choices, flag.kind) or ' '}")


def _action(choices: tuple[str, ...], kind: Kind) -> str:
    if choices:
        return f"({' '.join(choices)})"
    match kind:
        case Kind.FILE:
            return "_files"
        case Kind.DIRECTORY:
            return "_files -/"
        case Kind.NOTHING:
            return ""
        case _:
            return f"{{ _diffvet_said {_quoted(COMMANDS[kind])} }}".replace(":", "\\:")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
