"""A real Kate without a screen, with its recipe: it starts the server and is told of the finding.

What it then draws cannot be read from outside. Kate is some 370 packages, so ``provide.sh`` leaves it out; where it was
installed by hand it is tested.
"""

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from editors.driven import BINARIES, RECIPES, Stage, on_path
from lsp.workspace import RISKY, RISKY_LINE

PATIENCE = 30
"""Seconds until Kate has been told."""


def overheard(stage: Stage) -> tuple[Path, Path, Path]:
    """A ``diffvet`` that writes down what it hears and says: itself, and the two files."""
    stage.programs = stage.home / "programs"
    stage.programs.mkdir()
    program, heard, said = (stage.programs / name for name in ("diffvet", "heard", "said"))
    program.write_text(f'#!/bin/sh\ntee "{heard}" | "{BINARIES / "diffvet"}" "$@" | tee "{said}"\n')
    program.chmod(0o755)
    return program, heard, said


def configured(home: Path, program: Path) -> None:
    """The user's settings: the recipe, and the consent that Kate else asks for."""
    config = home / "config"
    (config / "kate" / "lspclient").mkdir(parents=True)
    shutil.copy(RECIPES / "kate.json", config / "kate" / "lspclient" / "settings.json")
    (config / "katerc").write_text(f"[lspclient]\nAllowedServerCommandLines={program} lsp\n")


def comes(pattern: str, file: Path) -> re.Match[str]:
    """What matches in the file as soon as it does."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if file.exists() and (found := re.search(pattern, file.read_text("utf-8"))):
            return found
        time.sleep(0.05)
    pytest.fail(f"Kate was not told: {file.read_text('utf-8') if file.exists() else 'no server was started'}")


@pytest.mark.editor
def test_kate_starts_the_server_and_is_told_of_a_finding(stage: Stage) -> None:
    kate = shutil.which("kate")
    if kate is None:
        pytest.skip("there is no Kate here (it is some 370 packages, so it is not installed for the tests)")
    program, heard, said = overheard(stage)
    configured(stage.home, program)
    stage.workspace.write("app.py", RISKY)
    runtime = stage.home / "runtime"
    runtime.mkdir(mode=0o700)
    env = {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_DATA_HOME": str(stage.home / "data"),
    }
    process = subprocess.Popen(
        [kate, "--new", "--startanon", str(stage.workspace.root / "app.py")],
        cwd=stage.workspace.root,
        env=on_path(stage.home, stage.programs) | env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        found = comes(r'"start": \{"line": (\d+)[^\n]*"code": "([^"]+)"', said)
        assert found.groups() == (str(RISKY_LINE), "py.shell-true")
        process.terminate()
        comes(r'"method": "exit"', heard)
        assert process.wait(PATIENCE) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    assert stage.workspace.root.samefile(comes(r'"rootUri": "file://([^"]+)"', heard)[1])
