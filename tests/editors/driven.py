"""A real editor on a changed file, driven by a script of its own language that writes down what it saw."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

from fake_peer import Reply, peer
from lsp.raw_client import isolated
from lsp.workspace import CLEAN, Workspace

LISTENER = Path(__file__).with_name("listener.py")
RECIPES = Path(__file__).with_name("recipes")
BINARIES = Path(sys.executable).parent
"""Where the ``diffvet`` of this environment is, which the recipes start by its name."""

_REASONS = Path(__file__).parents[2] / "build" / "editors"
_LIMIT = 90
"""Seconds until an editor that hangs is ended."""


def skip(name: str, reason: str) -> NoReturn:
    """Skip, with what ``provide.sh`` wrote down about the editor ``name`` if it did."""
    told = _REASONS / f"{name}.missing"
    pytest.skip(told.read_text().strip() if told.exists() else reason)


def on_path(home: Path, programs: Path = BINARIES) -> dict[str, str]:
    """The environment of an editor whose user installed Diffvet in the directory ``programs``."""
    env = isolated(home)
    return env | {"PATH": f"{programs}{os.pathsep}{env['PATH']}", "LANG": "C.UTF-8"}


class Stage:
    """A repository whose file was changed, and a home without settings."""

    def __init__(self, place: Path) -> None:
        self.workspace = Workspace(place / "repo")
        self.home = place / "home"
        self.home.mkdir()
        self.programs = BINARIES
        self._result = place / "result.json"

    def introduction(self, play: Callable[..., Any], scenario: str) -> Any:
        """What the client says of itself when ``play`` plays a scenario in which it starts and ends the server."""
        self.programs = self.home / "programs"
        self.programs.mkdir()
        listener = self.programs / "diffvet"
        listener.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{LISTENER}"\n')
        listener.chmod(0o755)
        captured = self.home / "captured.json"
        play(scenario, DIFFVET_CAPTURE=str(captured))
        return json.loads(captured.read_text("utf-8"))

    @contextmanager
    def silent(self) -> Iterator[dict[str, str]]:
        """The environment of an editor whose model never answers, and whose script sees each question as a line in a file.

        Whoever asks again has given up the question before; and the last one is given up too.
        """
        asked = self.home / "asked"
        left: list[bool] = []

        def wait(_: str) -> Reply:
            left.append(model.left.is_set())
            with asked.open("a") as lines:
                lines.write("asked\n")
            return Reply(delay=60)

        with peer(wait) as model:
            yield {"DIFFVET_ENDPOINT": model.url, "DIFFVET_MODEL": "route/test", "DIFFVET_ASKED": str(asked)}
        assert left == [False, True], "a question was given up, then another was asked"

    def play(self, command: list[str], text: str, before: str = CLEAN, **env: str) -> Any:
        """Run the editor on ``app.py``, which reads ``text`` and is ``before`` in HEAD: what it saw."""
        file = self.workspace.root / "app.py"
        if before != CLEAN:
            self.workspace.write("app.py", before)
            self.workspace.commit()
        self.workspace.write("app.py", text)
        own = {
            "XDG_STATE_HOME": str(self.home / "state"),
            "XDG_DATA_HOME": str(self.home / "data"),
            "DIFFVET_FILE": str(file),
            "DIFFVET_RESULT": str(self._result),
        }
        done = subprocess.run(
            command,
            cwd=self.workspace.root,
            env=on_path(self.home, self.programs) | own | env,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_LIMIT,
            check=False,
        )
        assert self._result.exists(), (done.stdout + done.stderr).decode()
        seen = json.loads(self._result.read_text())
        assert done.returncode == 0, (seen, done.stderr.decode())
        return seen
