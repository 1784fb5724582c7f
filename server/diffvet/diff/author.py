"""Who accepts or dismisses a finding: the name git would sign a commit with."""

from pathlib import Path

from diffvet.diff.git import Git
from diffvet.diff.turn import Turn
from diffvet.errors import GitError


def author(directory: Path, turn: Turn | None = None) -> str:
    """``user.name`` as git knows it in ``directory``; empty where it knows none, or where there is no git."""
    try:
        said = Git.at(directory, turn).answers(["config", "--get", "user.name"]) or b""
    except GitError:
        return ""
    return " ".join(said.decode("utf-8", "replace").split())
