"""Real Neovims, headless: the one from PyPI (0.11) and the system's (often 0.7)."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fake_peer import Reply, peer
from lsp.raw_client import isolated
from lsp.workspace import RISKY, RISKY_LINE, Workspace

SCRIPT = Path(__file__).with_name("neovim.lua")
MISSING = Path(__file__).parents[2] / "build" / "editors" / "neovim.missing"

NEOVIMS = {
    "pypi": shutil.which("nvim", path=str(Path(sys.executable).parent)),
    "system": shutil.which("nvim"),
}

pytestmark = pytest.mark.editor


@pytest.fixture(params=NEOVIMS)
def neovim(request: pytest.FixtureRequest) -> str:
    """The executable, or a skip that says why there is none."""
    found = NEOVIMS[request.param]
    if found is None:
        pytest.skip(MISSING.read_text().strip() if MISSING.exists() else "there is no such Neovim here")
    if request.param == "system" and found == NEOVIMS["pypi"]:
        pytest.skip("the system's Neovim is the one of the environment")
    return found


@pytest.fixture
def play(neovim: str, tmp_path: Path) -> Callable[..., Any]:
    """``play(scenario, **env)`` plays a scenario of neovim.lua on a changed file: what it saw."""
    workspace = Workspace(tmp_path / "repo")
    workspace.write("app.py", RISKY)
    home = tmp_path / "home"
    home.mkdir()
    result = tmp_path / "result.json"
    places = {
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_DATA_HOME": str(home / "data"),
        "DIFFVET_PYTHON": sys.executable,
        "DIFFVET_FILE": str(workspace.root / "app.py"),
        "DIFFVET_RESULT": str(result),
    }

    def run(scenario: str, **env: str) -> Any:
        done = subprocess.run(
            [neovim, "--headless", "--clean", "-n", "-S", str(SCRIPT)],
            cwd=workspace.root,
            env=isolated(home) | places | {"DIFFVET_SCENARIO": scenario} | env,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=90,
            check=False,
        )
        assert result.exists(), done.stderr.decode()
        seen = json.loads(result.read_text())
        assert done.returncode == 0, (seen, done.stderr.decode())
        return seen

    return run


def test_neovim_shows_explains_moves_and_clears_a_finding(play: Callable[..., Any]) -> None:
    seen = play("review")
    end = len(RISKY.splitlines()[RISKY_LINE].encode())  # Neovim counts bytes whatever the wire does
    [found] = seen["opened"]
    assert found["span"] == [RISKY_LINE, 4, RISKY_LINE, end]
    assert (found["source"], found["code"]) == ("diffvet", "py.shell-true")
    assert [one["span"] for one in seen["moved"]] == [[RISKY_LINE + 2, 4, RISKY_LINE + 2, end]]
    assert seen["hover"]["kind"] == "markdown"
    assert "**Why:**" in seen["hover"]["value"]
    assert seen["messages"] == []
    assert seen["exit_code"] == 0


def test_neovim_cancels_a_review_and_leaves_during_another(play: Callable[..., Any]) -> None:
    with peer(lambda _: Reply(delay=60)) as model:
        seen = play("cancel", DIFFVET_ENDPOINT=model.url, DIFFVET_MODEL="route/test")
    assert seen["cancelled"] == "Cancelled"
    assert not seen["opened"]
    assert seen["messages"] == []
    assert seen["exit_code"] == 0
