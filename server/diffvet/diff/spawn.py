"""Git asked a few cheap questions at once, before ``git`` (and with it ``subprocess``) is worth loading.

The same words and a smaller environment: nothing is passed on that these questions do not need. POSIX only; nothing
here knows why git said no, whoever needs the reason asks ``git.Git``.
"""

import os

from diffvet.diff.neutral import NEUTRAL, environment, is_hook, program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AVAILABLE = hasattr(os, "posix_spawn")

_CHUNK = 1 << 16
_NEEDED = frozenset(("PATH", "HOME", "XDG_CONFIG_HOME", "USER", "LOGNAME", "TMPDIR", "LC_ALL"))
"""Variables that reach git beside its own."""


def answers(questions: "Sequence[Sequence[str]]", inherited: "Mapping[str, str]") -> list[bytes] | None:
    """What ``git QUESTION`` prints in the working directory, for each; None where one cannot be answered.

    All are asked at once, and read one after the other. Raises ``OSError`` where git cannot be started.
    """
    made = environment(inherited, hook=is_hook(".", inherited))
    needed = {name: value for name, value in made.items() if name in _NEEDED or name.startswith("GIT_")}
    children = _Children(program(inherited))
    try:
        for words in questions:
            children.start(words, needed)
        said = [children.read(pipe) for _, pipe in children.all]
    finally:
        ended_well = children.end()
    return said if ended_well else None


class _Children:
    """Git processes, each with the reading end of its standard output."""

    def __init__(self, git: str) -> None:
        self._git = git
        self.all: list[tuple[int, int]] = []

    def start(self, words: "Sequence[str]", environ: "Mapping[str, str]") -> None:
        reader, writer = os.pipe()
        try:
            child = os.posix_spawn(
                self._git,
                ["git", *NEUTRAL, *words],
                environ,
                file_actions=(
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, writer, 1),
                    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                ),
            )
        except OSError:
            os.close(reader)
            raise
        finally:
            os.close(writer)
        self.all.append((child, reader))

    @staticmethod
    def read(pipe: int) -> bytes:
        parts = []
        while chunk := os.read(pipe, _CHUNK):
            parts.append(chunk)
        return b"".join(parts)

    def end(self) -> bool:
        """Close the pipes, wait for all of them (a writer without a reader ends), and say whether none failed."""
        for _, pipe in self.all:
            os.close(pipe)
        states = [os.waitpid(child, 0)[1] for child, _ in self.all]
        return not any(states)
