"""The completion script for fish: a line for each flag and word, under the condition that its command was named."""

from collections.abc import Iterator

from diffvet.cli.shells.tree import COMMANDS, Command, Flag, Kind

_HEAD = """\
# fish completion for diffvet; to load it: diffvet completion fish | source
function __diffvet_words --description 'what was typed after the program, flags apart'
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; or echo $word
    end
end
function __diffvet_at --description 'whether these words come first'
    set -l words (__diffvet_words)
    test (count $words) -ge (count $argv); or return 1
    for number in (seq (count $argv))
        test $words[$number] = $argv[$number]; or return 1
    end
end
function __diffvet_only --description 'whether these words, and no others, were typed'
    __diffvet_at $argv; and test (count (__diffvet_words)) -eq (count $argv)
end
complete -c diffvet -f
"""


def script(root: Command) -> str:
    """The script for the commands below ``root``."""
    return _HEAD + "\n".join(line for command in root.all() for line in _lines(command)) + "\n"


def _lines(command: Command) -> Iterator[str]:
    words = " ".join(command.words)
    for below in command.commands:
        yield f"complete -c diffvet -n {_quoted(_only(words))} -a {_quoted(below.words[-1])} -d {_quoted(below.help)}"
    condition = _quoted(f"__diffvet_at {words}" if words else _only(words))
    if not command.commands:
        given = _given(command.choices, command.kind)
        if given:
            yield f"complete -c diffvet -n {condition} {given}"
    for flag in command.flags:
        yield f"complete -c diffvet -n {condition} {_flag(flag)}"


def _only(words: str) -> str:
    return f"__diffvet_only {words}".rstrip()


def _flag(flag: Flag) -> str:
    names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in flag.names)
    value = ""
    if flag.kind is not None:
        value = f" -r {_given(flag.choices, flag.kind)}".rstrip()
    return f"{names}{value} -d {_quoted(flag.help)}"


def _given(choices: tuple[str, ...], kind: Kind) -> str:
    if choices:
        return f"-f -a {_quoted(' '.join(choices))}"
    match kind:
        case Kind.FILE:
            return "-F"
        case Kind.DIRECTORY:
            return "-f -a '(__fish_complete_directories)'"
        case Kind.NOTHING:
            return ""
        case _:
            return f"-f -a {_quoted(f'({COMMANDS[kind]} 2>/dev/null)')}"


def _quoted(text: str) -> str:
    """In single quotes, where fish lets a backslash escape itself and the quote."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
