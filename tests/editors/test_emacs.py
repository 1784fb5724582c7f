"""A real Emacs, in batch, with the recipes for eglot and lsp-mode."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from editors.driven import RECIPES, Stage, skip
from lsp.profiles import CLIENTS
from lsp.test_lsp_code_actions import AFTER, BEFORE, SAFE
from lsp.workspace import RISKY, RISKY_LINE

HERE = Path(__file__).parent

pytestmark = pytest.mark.editor

Play = Callable[..., Any]


def emacs(client: str, name: str) -> str:
    """The executable, or a skip that says why there is none with that client."""
    found = shutil.which("emacs")
    if found is None or not has(found, client):
        skip(name, f"there is no Emacs with {client} here")
    return found


def has(emacs: str, client: str) -> bool:
    look = f"(progn (require 'package) (package-initialize) (require '{client}))"
    asked = [emacs, "--batch", "--eval", look]
    return subprocess.run(asked, capture_output=True, timeout=60, check=False).returncode == 0


def player(stage: Stage, client: str, name: str) -> Play:
    """``play(scenario, ...)`` plays a scenario of the client's script, with its recipe."""
    command = [emacs(client, name), "--batch", "-l", str(HERE / f"{client}.el")]

    def run(scenario: str, text: str = RISKY, **more: str) -> Any:
        recipe = {"DIFFVET_RECIPE": str(RECIPES / f"{client}.el"), "DIFFVET_SCENARIO": scenario}
        return stage.play(command, text, **recipe, **more)

    return run


@pytest.fixture
def play(stage: Stage) -> Play:
    return player(stage, "eglot", "emacs")


@pytest.fixture
def play_lsp_mode(stage: Stage) -> Play:
    return player(stage, "lsp-mode", "lsp-mode")


def test_eglot_shows_explains_and_clears_a_finding(play: Play) -> None:
    seen = play("review")
    [(line, start, _, text)] = seen["opened"]
    assert (line, start) == (RISKY_LINE, 4)
    assert text.startswith("diffvet [py.shell-true]: ")
    assert seen["kind"] == "plaintext"
    assert "Why: " in seen["note"]
    assert seen["shown"] == seen["note"]
    assert seen["exit_code"] == 0


def test_eglots_menu_applies_a_fix_and_dismisses_a_finding(play: Play) -> None:
    seen = play("act", AFTER, before=BEFORE)
    assert seen["fixed"] == SAFE
    assert seen["exit_code"] == 0


def test_eglot_starts_the_server_again_and_finds_the_same(play: Play) -> None:
    seen = play("restart")
    assert seen["again"] == seen["opened"]
    assert len(seen["opened"]) == 1
    assert seen["exit_code"] == 0


def test_eglot_cancels_a_review_and_leaves_during_another(play: Play, stage: Stage) -> None:
    with stage.silent() as model:
        seen = play("cancel", **model, DIFFVET_LSP_MODEL="command")
    assert seen["opened"] == []
    assert seen["exit_code"] == 0


def test_eglot_introduces_itself_as_it_was_captured(play: Play, stage: Stage) -> None:
    said = stage.introduction(play, "greet")
    if "clientInfo" in said:
        pytest.skip(f"this is a later eglot: {said['clientInfo']}")
    assert said == json.loads((CLIENTS / "emacs_v28.2_eglot_v1.9.json").read_text("utf-8"))


def test_lsp_mode_shows_and_explains_a_finding(play_lsp_mode: Play) -> None:
    seen = play_lsp_mode("review")
    assert (seen["count"], seen["line"], seen["code"]) == (1, RISKY_LINE, "py.shell-true")
    assert seen["kind"] == "markdown"
    assert "**Why:**" in seen["note"]


def test_lsp_modes_menu_applies_a_fix_and_dismisses_a_finding(play_lsp_mode: Play) -> None:
    seen = play_lsp_mode("act", AFTER, before=BEFORE)
    assert seen["fixed"] == SAFE


def test_lsp_mode_starts_the_server_again_and_finds_the_same(play_lsp_mode: Play) -> None:
    seen = play_lsp_mode("restart")
    assert seen["again"] == seen["opened"] == [[RISKY_LINE, "py.shell-true"]]


def test_lsp_mode_cancels_a_review_and_leaves_during_another(play_lsp_mode: Play, stage: Stage) -> None:
    with stage.silent() as model:
        seen = play_lsp_mode("cancel", **model, DIFFVET_LSP_MODEL="command")
    assert seen["opened"] == []
