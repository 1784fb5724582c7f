"""``diffvet completion``: a script that lets a shell complete verbs, flags, values and ids."""

import argparse
import sys

SHELLS = ("bash", "zsh", "fish")

DESCRIPTION = """\
Print a completion script for your shell: verbs, flags and their values, ids of findings, branches, files.
"""

EPILOG = """\
examples:
  source <(diffvet completion bash)      now; in ~/.bashrc: for every bash
  source <(diffvet completion zsh)       the same in ~/.zshrc, after compinit
  diffvet completion fish > ~/.config/fish/completions/diffvet.fish
  diffvet completion bash > ~/.local/share/bash-completion/completions/diffvet

The script is made from this version's flags: print it again after an update.

exit codes:
  0    printed
  2    usage error
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which shell."""
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help=f"one of {', '.join(SHELLS)}")


def run(args: argparse.Namespace) -> int:
    """Print the script."""
    from importlib import import_module  # noqa: PLC0415 - not for --help

    from diffvet.cli.main import build_whole_parser  # noqa: PLC0415
    from diffvet.cli.shells.tree import read  # noqa: PLC0415

    script = import_module(f"diffvet.cli.shells.{args.shell}").script
    sys.stdout.write(script(read(build_whole_parser())))
    return 0
