"""Real Neovims, headless, each with its recipe: the one from PyPI (0.11) and the system's (often 0.7)."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from editors.driven import BINARIES, RECIPES, Stage, skip
from lsp.profiles import CLIENTS
from lsp.test_lsp_code_actions import AFTER, BEFORE, SAFE
from lsp.workspace import RISKY, RISKY_LINE

SCRIPT = Path(__file__).with_name("neovim.lua")

_ELSEWHERE = os.pathsep.join(
    place for place in os.environ.get("PATH", "").split(os.pathsep) if Path(place) != BINARIES
)
NEOVIMS = {
    "neovim-pypi": shutil.which("nvim", path=str(BINARIES)),
    "neovim": shutil.which("nvim", path=_ELSEWHERE),
}

OLDEST = (0, 7)

pytestmark = pytest.mark.editor

Play = Callable[..., Any]


def recipe(neovim: str) -> Path:
    """The newest recipe that this Neovim understands; a skip where there is none."""
    said = subprocess.run([neovim, "--version"], capture_output=True, timeout=30, check=True).stdout.decode()
    version = tuple(int(number) for number in re.findall(r"\d+", said)[:2])
    if version < OLDEST:
        pytest.skip(f"{said.partition(chr(10))[0]} is older than 0.7")
    return RECIPES / ("neovim-0.11.lua" if version >= (0, 11) else "neovim-0.7.lua")


@pytest.fixture(params=NEOVIMS)
def play(request: pytest.FixtureRequest, stage: Stage) -> Play:
    """``play(scenario, ...)`` plays a scenario of neovim.lua; skips where there is no such Neovim."""
    neovim = NEOVIMS[request.param]
    if neovim is None:
        skip(
            request.param,
            f"there is no Neovim {'of PyPI' if 'pypi' in request.param else 'of the system'} here",
        )
    command = [neovim, "--headless", "--clean", "-n", "-S", str(SCRIPT)]

    def run(scenario: str, text: str = RISKY, **more: str) -> Any:
        recipes = {"DIFFVET_RECIPE": str(recipe(neovim)), "DIFFVET_SCENARIO": scenario}
        return stage.play(command, text, **recipes, **more)

    return run


def test_neovim_shows_explains_moves_and_clears_a_finding(play: Play) -> None:
    seen = play("review")
    end = len(RISKY.splitlines()[RISKY_LINE].encode())  # Neovim counts bytes whatever the wire does
    [found] = seen["opened"]
    assert found["span"] == [RISKY_LINE, 4, RISKY_LINE, end]
    assert (found["source"], found["code"]) == ("diffvet", "py.shell-true")
    assert [one["span"] for one in seen["moved"]] == [[RISKY_LINE + 2, 4, RISKY_LINE + 2, end]]
    assert seen["hover"]["kind"] == "markdown"
    assert "**Why:**" in seen["hover"]["value"]
    assert "Why:" in seen["shown"]
    assert seen["messages"] == []
    assert seen["exit_code"] == 0


def test_neovims_menu_applies_a_fix_and_dismisses_a_finding(play: Play) -> None:
    seen = play("act", AFTER, before=BEFORE)
    assert seen["fixed"] == SAFE.splitlines()
    assert seen["messages"] == []
    assert seen["exit_code"] == 0


def test_neovim_starts_the_server_again_and_finds_the_same(play: Play) -> None:
    seen = play("restart")
    assert seen["again"] == seen["opened"]
    assert len(seen["opened"]) == 1
    assert seen["messages"] == []
    assert seen["exit_code"] == 0


def test_neovim_cancels_a_review_and_leaves_during_another(play: Play, stage: Stage) -> None:
    with stage.silent() as model:
        seen = play("cancel", **model)
    assert seen["cancelled"] == "Cancelled"
    assert not seen["opened"]
    assert seen["messages"] == []
    assert seen["exit_code"] == 0


def test_neovim_introduces_itself_as_it_was_captured(play: Play, stage: Stage) -> None:
    said = stage.introduction(play, "greet")
    captured = CLIENTS / f"neovim_v{said['clientInfo']['version'].partition('+')[0]}.json"
    if not captured.exists():
        pytest.skip(f"no Neovim {said['clientInfo']['version']} was captured")
    assert said == json.loads(captured.read_text("utf-8"))
