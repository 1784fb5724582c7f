"""A real Emacs with eglot, in batch."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lsp.raw_client import isolated
from lsp.workspace import RISKY, RISKY_LINE, Workspace

SCRIPT = Path(__file__).with_name("eglot.el")
MISSING = Path(__file__).parents[2] / "build" / "editors" / "emacs.missing"


def emacs() -> str:
    """The executable, or a skip that says why there is none with eglot."""
    found = shutil.which("emacs")
    if found is not None:
        asked = [found, "--batch", "--eval", "(require 'eglot)"]
        if subprocess.run(asked, capture_output=True, timeout=60, check=False).returncode == 0:
            return found
    pytest.skip(MISSING.read_text().strip() if MISSING.exists() else "there is no Emacs with eglot here")


@pytest.mark.editor
def test_eglot_shows_explains_and_clears_a_finding(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "repo")
    workspace.write("app.py", RISKY)
    home = tmp_path / "home"
    home.mkdir()
    result = tmp_path / "result.json"
    run = subprocess.run(
        [emacs(), "--batch", "-l", str(SCRIPT)],
        cwd=workspace.root,
        env=isolated(home)
        | {
            "LANG": "C.UTF-8",
            "DIFFVET_PYTHON": sys.executable,
            "DIFFVET_FILE": str(workspace.root / "app.py"),
            "DIFFVET_RESULT": str(result),
        },
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=90,
        check=False,
    )
    assert result.exists(), run.stderr.decode()
    seen = json.loads(result.read_text())
    assert run.returncode == 0, (seen, run.stderr.decode())
    [(line, start, _, text)] = seen["opened"]
    assert (line, start) == (RISKY_LINE, 4)
    assert text.startswith("diffvet [py.shell-true]: ")
    assert "Why" in seen["note"]
    assert seen["exit_code"] == 0
