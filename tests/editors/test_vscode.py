"""A real VS Code workbench, in a browser, with the packed extension: what a user clicks, and what comes of it."""

import json
from pathlib import Path

import pytest

from editors.workbench import PYTHON, play
from lsp.workspace import Workspace

pytestmark = [pytest.mark.editor, pytest.mark.slow]

BEFORE = "import os\n\nREGION = os.environ['REGION']\n"
LEAKED = BEFORE + 'ACCESS_KEY_ID = "' + "AKIA" + 'Z7QD4XW2N5HB3KVT"\n'
FIXED = 'ACCESS_KEY_ID = os.environ["ACCESS_KEY_ID"]'

CALM = "import subprocess\n\n\ndef run(cmd):\n    return cmd\n"
SHELL = CALM.replace("return cmd", "return subprocess.run(cmd, shell=True)")
UNVERIFIED = "import requests\n\n\ndef get(url):\n    return requests.get(url, verify=False)\n"
GUARDED = '@require_role("manager")\ndef totals(user):\n    return user.totals\n'

HERE = {"diffvet.interpreter": PYTHON}


def test_a_leaked_key_is_underlined_explained_on_hover_and_gone_after_the_fix(tmp_path: Path) -> None:
    work = Workspace(tmp_path / "project")
    work.write("settings.py", BEFORE)
    work.commit()
    work.write("settings.py", LEAKED)
    file = work.root / "settings.py"
    story = {
        "folder": str(work.root),
        "file": str(file),
        "machineSettings": HERE,
        "line": 4,
        "fixed": FIXED,
        "again": {"line": 2, "text": LEAKED.splitlines()[3]},
    }
    seen = play({"leak": story}, tmp_path)["leak"]
    assert seen["squiggle"]
    assert len(seen["problems"]) == 1
    assert "Ln 4" in seen["problems"][0]
    assert "diffvet" in seen["problems"][0].lower()
    assert "key" in seen["hover"].lower()
    assert "fix" in seen["hover"].lower()
    assert seen["cleared"]
    assert len(seen["again"]) == 1
    assert "Ln 2" in seen["again"][0]
    assert "Ln 2" in seen["place"]
    assert ["settings.py" in row for row in seen["tree"]] == [True, False]
    assert "To\u00a0say\u00a0that" in seen["explanation"]
    assert seen["dismissed"]
    assert seen["restored"]
    assert FIXED in file.read_text("utf-8")
    assert seen["outside"] == [], "nothing may leave the machine"


@pytest.fixture
def branched(tmp_path: Path) -> Workspace:
    """A branch with a risk in each of its two commits, one that is staged, and two in the work tree, one of them removed."""
    work = Workspace(tmp_path / "project")
    work.write("tools.py", CALM)
    work.write("views.py", GUARDED)
    work.commit()
    work.git("checkout", "-q", "-b", "feature")
    work.write("early.py", SHELL)
    work.commit()
    work.write("late.py", UNVERIFIED)
    work.commit()
    work.write("staged.py", UNVERIFIED)
    work.git("add", "staged.py")
    work.write("tools.py", SHELL)
    work.write("views.py", GUARDED.partition("\n")[2])
    return work


def files(rows: list[str]) -> list[str]:
    """The files among the rows of the tree."""
    return [row.partition(" ")[0] for row in rows if ".py" in row.partition(" ")[0]]


def test_every_scope_is_reviewed_on_command(branched: Workspace, tmp_path: Path) -> None:
    story = {
        "folder": str(branched.root),
        "machineSettings": HERE,
        "userSettings": {"diffvet.pause": 0},
    }
    seen = play({"scopes": story}, tmp_path)["scopes"]
    assert seen["welcome"].endswith("Review all changes")
    assert files(seen["first"]) == ["staged.py", "tools.py", "views.py"]
    assert files(seen["staged"]) == ["staged.py"]
    assert {"early.py", "late.py"} <= set(files(seen["branch"]))
    assert files(seen["commit"]) == ["early.py"]
    assert seen["wrong"]["said"] == "unknown revision 'nowhere'"
    assert files(seen["again"]) == ["staged.py", "tools.py", "views.py"]
    assert [seen[step].partition(",")[0] for step in ("byTree", "next", "previous")] == ["Ln 5"] * 3
    assert all(
        base.startswith(name) for base, name in zip(seen["bases"], ("HEAD", "Index", "Branch"), strict=True)
    )
    assert any("py.shell-true [Ln 5, Col 9]" in problem for problem in seen["unsaved"])
    assert (branched.root / "late.py").read_text() == UNVERIFIED, "nothing was saved"
    assert seen["noReason"] == "A reason helps whoever meets this finding again."
    assert len(seen["which"]) == 2
    baseline = json.loads((branched.root / ".diffvet-baseline.json").read_text())
    [accepted] = [entry for name, entry in baseline.items() if name != "version"]
    assert (accepted["path"], accepted["reason"]) == ("staged.py", "an old test server")
    assert seen["outside"] == []
