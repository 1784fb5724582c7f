"""Real Neovims, headless: the one from PyPI (0.11) and the system's (often 0.7)."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lsp.raw_client import isolated
from lsp.workspace import RISKY, RISKY_LINE, Workspace

SCRIPT = Path(__file__).with_name("neovim.lua")
MISSING = Path(__file__).parents[2] / "build" / "editors" / "neovim.missing"

NEOVIMS = {
    "pypi": shutil.which("nvim", path=str(Path(sys.executable).parent)),
    "system": shutil.which("nvim"),
}


def neovim(name: str) -> str:
    """The executable, or a skip that says why there is none."""
    found = NEOVIMS[name]
    if found is None:
        pytest.skip(MISSING.read_text().strip() if MISSING.exists() else f"there is no Neovim ({name}) here")
    if name == "system" and found == NEOVIMS["pypi"]:
        pytest.skip("the system's Neovim is the one of the environment")
    return found


@pytest.mark.editor
@pytest.mark.parametrize("name", NEOVIMS)
def test_neovim_shows_moves_explains_and_clears_a_finding(name: str, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "repo")
    workspace.write("app.py", RISKY)
    home = tmp_path / "home"
    home.mkdir()
    result = tmp_path / "result.json"
    run = subprocess.run(
        [neovim(name), "--headless", "--clean", "-n", "-S", str(SCRIPT)],
        cwd=workspace.root,
        env=isolated(home)
        | {
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_DATA_HOME": str(home / "data"),
            "DIFFVET_PYTHON": sys.executable,
            "DIFFVET_FILE": str(workspace.root / "app.py"),
            "DIFFVET_RESULT": str(result),
        },
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=90,
        check=False,
    )
    seen = json.loads(result.read_text())
    assert run.returncode == 0, (seen, run.stderr.decode())
    end = len(RISKY.splitlines()[RISKY_LINE].encode())  # Neovim counts bytes whatever the wire does
    [found] = seen["opened"]
    assert found["span"] == [RISKY_LINE, 4, RISKY_LINE, end]
    assert (found["source"], found["code"]) == ("diffvet", "py.shell-true")
    assert [one["span"] for one in seen["moved"]] == [[RISKY_LINE + 2, 4, RISKY_LINE + 2, end]]
    assert seen["hover"]["kind"] == "markdown"
    assert "**Why:**" in seen["hover"]["value"]
    assert seen["messages"] == []
    assert seen["exit_code"] == 0
