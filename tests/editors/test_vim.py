"""A real Vim with ALE, without a terminal, with its recipe."""

import shutil
from pathlib import Path

import pytest

from editors.driven import RECIPES, Stage, skip
from lsp.test_lsp_code_actions import AFTER, BEFORE, LINE, SAFE

SCRIPT = Path(__file__).with_name("ale.vim")
ALE = Path("/usr/share/vim/vimfiles/pack/dist-bundle/opt/ale")


@pytest.mark.editor
def test_ale_shows_explains_finds_again_and_fixes_a_finding(stage: Stage) -> None:
    vim = shutil.which("vim")
    if vim is None or not ALE.is_dir():
        skip("ale", "there is no Vim with ALE of the system's packages here")
    command = [vim, "-N", "-u", "NONE", "-i", "NONE", "-n", "-es", "-S", str(SCRIPT)]
    seen = stage.play(command, AFTER, BEFORE, DIFFVET_RECIPE=str(RECIPES / "ale.vim"))
    [found] = seen["found"]
    assert (found["line"], found["type"]) == (LINE + 1, "W")
    assert "yaml" in found["text"].lower()
    assert "Why" in seen["hover"]
    assert seen["again"] == seen["found"]
    assert seen["fixed"] == SAFE.splitlines()
