"""The completion script for bash: one function that finds the command, then the flag or the value to complete."""

from collections.abc import Iterator

from diffvet.cli.shells.tree import COMMANDS, Command, Kind

_HEAD = """\
# bash completion for diffvet; to load it: source <(diffvet completion bash)
_diffvet() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev= command= word i
    [[ $COMP_CWORD -gt 0 ]] && prev=${COMP_WORDS[COMP_CWORD-1]}
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == -- ]]; then
            _diffvet_files
            return
        fi
        case "$command $word" in
@PATHS@
        esac
    done
    COMPREPLY=()
    case "$command:$prev" in
@VALUES@
    esac
    if [[ $cur == -* ]]; then
        case "$command" in
@FLAGS@
        esac
        return
    fi
    case "$command" in
@WORDS@
    esac
}
_diffvet_from() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
_diffvet_said() {  # names of branches may hold what a shell would run: they are quoted, never expanded
    local line
    while IFS= read -r line; do
        [[ $line == "$cur"* ]] && COMPREPLY+=("$(printf %q "$line")")
    done < <(eval "$1" 2>/dev/null)
}
_diffvet_files() { compopt -o filenames 2>/dev/null; local IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$cur")); }
_diffvet_directories() { compopt -o filenames 2>/dev/null; local IFS=$'\\n'; COMPREPLY=($(compgen -d -- "$cur")); }
complete -F _diffvet diffvet
"""


def script(root: Command) -> str:
    """The script for the commands below ``root``."""
    parts = {
        "@PATHS@": _paths(root),
        "@VALUES@": _values(root),
        "@FLAGS@": _flags(root),
        "@WORDS@": _words(root),
    }
    text = _HEAD
    for mark, lines in parts.items():
        text = text.replace(mark, "\n".join(lines))
    return text


def _paths(root: Command) -> Iterator[str]:
    for command in root.all():
        if command.words:
            path = " ".join(command.words)
            yield f"            {_quoted(' ' + path if len(command.words) == 1 else path)}) command={_quoted(path)} ;;"


def _values(root: Command) -> Iterator[str]:
    for command in root.all():
        for flag in command.flags:
            if flag.kind is not None:
                pattern = "|".join(_quoted(f"{' '.join(command.words)}:{name}") for name in flag.names)
                yield f"        {pattern}) {_completed(flag.choices, flag.kind)}; return ;;"


def _flags(root: Command) -> Iterator[str]:
    for command in root.all():
        names = " ".join(name for flag in command.flags for name in flag.names)
        yield f"            {_quoted(' '.join(command.words))}) _diffvet_from {_quoted(names)} ;;"


def _words(root: Command) -> Iterator[str]:
    for command in root.all():
        choices = (*(below.words[-1] for below in command.commands), *command.choices)
        yield f"        {_quoted(' '.join(command.words))}) {_completed(choices, command.kind)} ;;"


def _completed(choices: tuple[str, ...], kind: Kind) -> str:
    if choices:
        return f"_diffvet_from {_quoted(' '.join(choices))}"
    match kind:
        case Kind.FILE:
            return "_diffvet_files"
        case Kind.DIRECTORY:
            return "_diffvet_directories"
        case Kind.NOTHING:
            return ":"
        case _:
            return f"_diffvet_said {_quoted(COMMANDS[kind])}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
