"""The console command: gives a remembered outcome again, else hands over to ``main``.

Imports nothing that a remembered check does not need (``reference/perf-baselines.md`` §2).
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from diffvet.cli.outcome import Question


def main() -> "NoReturn":
    """Run the command line and end the process."""
    try:
        asked = _recalled(sys.argv[1:])
    except KeyboardInterrupt:
        os._exit(130)
    from diffvet.cli.main import main as whole  # noqa: PLC0415 - 20 ms

    whole(asked)


def _recalled(words: list[str]) -> "Question | None":
    """End the process with the outcome that is remembered of ``words``; else the question, for ``main`` to remember."""
    if words[:1] not in (["check"], ["hook"]) or sys.stdout is None or sys.stderr is None:
        return None
    from diffvet.cli.outcome import question, recall  # noqa: PLC0415 - for two verbs only

    try:
        asked = question(words)
        outcome = recall(asked) if asked else None
    except (OSError, ValueError):  # whatever it is, the long way finds the words for it
        return None
    if outcome is not None:
        _print(1, outcome.output)
        _print(2, outcome.errors)
        os._exit(outcome.code)
    return asked


def _print(descriptor: int, content: bytes) -> None:
    """Write all of ``content``; a reader that has seen enough is no error, a full disk is."""
    try:
        while content:
            content = content[os.write(descriptor, content) :]
    except BrokenPipeError:
        return
    except OSError as error:
        if descriptor == 1:
            _print(2, f"diffvet: cannot go on: {error.strerror}\n".encode())
            os._exit(2)
