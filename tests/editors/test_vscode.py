"""A real VS Code workbench, in a browser, with the packed extension: what a user clicks, and what comes of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from editors.workbench import MANIFEST, PYTHON, play
from fake_peer import peer
from lsp.profiles import ASKS, CLIENTS
from lsp.workspace import Workspace

pytestmark = [pytest.mark.editor, pytest.mark.slow]

BEFORE = "import os\n\nREGION = os.environ['REGION']\n"
LEAKED = BEFORE + 'ACCESS_KEY_ID = "' + "AKIA" + 'Z7QD4XW2N5HB3KVT"\n'
FIXED = 'ACCESS_KEY_ID = os.environ["ACCESS_KEY_ID"]'

CALM = "import subprocess\n\n\ndef run(cmd):\n    return cmd\n"
SHELL = CALM.replace("return cmd", "return subprocess.run(cmd, shell=True)")
UNVERIFIED = "import requests\n\n\ndef get(url):\n    return requests.get(url, verify=False)\n"
GUARDED = '@require_role("manager")\ndef totals(user):\n    return user.totals\n'

VSCODE = CLIENTS / "visual_studio_code_v1.139.1.json"

HERE = {"diffvet.interpreter": PYTHON}

EXERCISED = {
    "leak": (
        "Diffvet: Go to next finding",
        "Diffvet: Explain finding",
        "Diffvet: Dismiss finding",
        "Diffvet: Restore dismissed finding",
    ),
    "branch": (
        "Diffvet: Review this file now",
        "Diffvet: Review a commit",
        "Diffvet: Compare files with",
        "Diffvet: Go to next finding",
        "Diffvet: Go to previous finding",
        "Diffvet: Add finding to the baseline",
        "view/title: Review all changes of the working tree",
        "view/title: Review what is staged",
        "view/title: Review the branch",
        "view/title: Review a commit",
        "view/title: Compare files with",
        "view/item/context: Explain finding",
        "view/item/context: Dismiss finding",
        "view/item/context: Restore dismissed finding",
        "view/item/context: Add finding to the baseline",
    ),
    "trouble": (
        "Diffvet: Restart language server",
        "Diffvet: Set API key",
        "Diffvet: Clear API key",
        "Diffvet: Show log",
    ),
    "folders": ("Diffvet: Review all changes of the working tree",),
}
"""What each story chooses, in the palette or (by its id) in a menu."""

WELCOMES = {
    "branch": "No change has been reviewed yet. Files are reviewed when you open and save them.",
    "trouble": "Diffvet's server is not running, so nothing is reviewed.",
}
"""What the view says when it is empty, in the story that sees it."""


def seen_in(name: str, tmp_path: Path, **story: Any) -> dict[str, Any]:
    """What is seen in a story. It did what is said of it, and nothing left the machine."""
    seen: dict[str, Any] = play({name: story}, tmp_path)[name]
    assert set(EXERCISED[name]) <= {*seen["chosen"], *seen["clicked"]}
    assert seen["outside"] == []
    return seen


def test_every_command_menu_and_empty_view_that_the_extension_brings_is_in_a_story() -> None:
    brought = MANIFEST["contributes"]
    titles = {command["command"]: command["title"].rstrip("…") for command in brought["commands"]}
    menus = {
        f"{menu}: {titles[one['command']]}" for menu, entries in brought["menus"].items() for one in entries
    }
    told = {one for story in EXERCISED.values() for one in story}
    assert menus == {one for one in told if not one.startswith("Diffvet: ")}
    assert set(titles.values()) == {one.partition(": ")[2] for one in told}
    assert [one["contents"].partition("\n")[0] for one in brought["viewsWelcome"]] == list(WELCOMES.values())
    assert brought["views"] == {"explorer": [{"id": "diffvet.findings", "name": "Diffvet Findings"}]}
    assert not {"keybindings", "walkthroughs", "viewsContainers"} & set(brought)


def test_a_leaked_key_is_underlined_explained_on_hover_and_gone_after_the_fix(tmp_path: Path) -> None:
    work = Workspace(tmp_path / "project")
    work.write("settings.py", BEFORE)
    work.commit()
    work.write("settings.py", LEAKED)
    file = work.root / "settings.py"
    seen = seen_in(
        "leak",
        tmp_path,
        folder=str(work.root),
        file=str(file),
        machineSettings=HERE,
        line=4,
        fixed=FIXED,
        again={"line": 2, "text": LEAKED.splitlines()[3]},
    )
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
    assert files(seen["tree"]) == ["settings.py"]
    assert "To\u00a0say\u00a0that" in seen["explanation"]
    assert seen["dismissed"]
    assert seen["restored"]
    assert FIXED in file.read_text("utf-8")


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


def test_every_scope_is_reviewed_both_sides_have_threads_and_a_finding_is_accepted(
    branched: Workspace, tmp_path: Path
) -> None:
    seen = seen_in(
        "branch",
        tmp_path,
        acts=["scopes", "sides", "typed"],
        folder=str(branched.root),
        machineSettings=HERE,
        userSettings={"diffvet.pause": 0, "git.enabled": True},
    )
    all_changes = ["staged.py", "tools.py", "views.py"]
    assert seen["welcome"] == WELCOMES["branch"] + " Review all changes"
    assert files(seen["first"]) == all_changes
    assert files(seen["staged"]) == ["staged.py"]
    assert {"early.py", "late.py"} <= set(files(seen["branch"]))
    assert files(seen["commit"]) == ["early.py"]
    assert seen["wrong"]["said"] == "unknown revision 'nowhere'"
    assert files(seen["again"]) == all_changes
    assert "Coverage 3 reviewed" in seen["ledger"]
    assert {"staged.py lines 1-5, reviewed", "views.py lines 1-2, reviewed"} <= set(seen["ledger"])
    assert [seen[step].partition(",")[0] for step in ("byTree", "next", "previous")] == ["Ln 5"] * 3
    bases = zip(seen["bases"], ("HEAD", "Index", "Branch"), strict=True)
    assert all(base.startswith(name) for base, name in bases)
    assert seen["compared"]

    [removed] = seen["removed"]
    assert removed.startswith("error: An access check is removed")
    assert "Fix: Put the check back" in removed
    assert len(seen["stagedThreads"]) == 2
    assert "Dismissed or in the baseline 1" in seen["decided"]
    assert seen["restored"]

    assert any("py.shell-true [Ln 5, Col 9]" in problem for problem in seen["unsaved"])
    assert (branched.root / "late.py").read_text() == UNVERIFIED, "nothing was saved"
    assert seen["noReason"] == "A reason helps whoever meets this finding again."
    assert len(seen["which"]) == 2
    baseline = json.loads((branched.root / ".diffvet-baseline.json").read_text())
    accepted = [entry for name, entry in baseline.items() if name != "version"]
    assert {entry["path"] for entry in accepted} == {"staged.py"}
    assert {entry["reason"] for entry in accepted} == {"an old test server", "it answers at once"}


def listener(place: Path, captured: Path) -> Path:
    """A Python that starts ``listener.py`` in the place of the server; what it hears is ``captured``."""
    script = Path(__file__).with_name("listener.py")
    python = place / "python3"
    python.write_text(
        f"""#!/bin/sh
case "$*" in
*launch.py*) DIFFVET_CAPTURE="{captured}" exec "{PYTHON}" "{script}" ;;
*) echo '[3, 11, "{python}"]' ;; # asked which Python it is
esac
"""
    )
    python.chmod(0o755)
    return python


def test_a_server_that_cannot_start_says_what_to_do_and_settings_and_key_are_followed(tmp_path: Path) -> None:
    work = Workspace(tmp_path / "project")
    work.write("app.py", SHELL)
    key = "sk-" + "invented"
    captured = tmp_path / "captured.json"
    with peer(lambda prompt: "Hm." if "unread" in prompt else "- none\nEND OF REVIEW\n") as model:
        asked = {"diffvet.endpoint": model.url, "diffvet.model": "route/test"}
        seen = seen_in(
            "trouble",
            tmp_path,
            folder=str(work.root),
            file=str(work.root / "app.py"),
            machineSettings={"diffvet.interpreter": "/nowhere/python3"},
            listening={"diffvet.interpreter": str(listener(tmp_path, captured))},
            captured=str(captured),
            right=HERE,
            model={"key": key, "settings": asked},
            typed={"line": 5, "text": "return cmd, cmd", "unread": "return 'unread'"},
        )
    assert "/nowhere/python3, which does not exist" in seen["toast"]["said"]
    assert seen["toast"]["choices"] == ["Open log", "Restart", "Settings"]
    assert "/nowhere/python3, which does not exist" in seen["notRunning"]
    assert seen["view"] == WELCOMES["trouble"] + " Restart Show log"
    said = json.loads(captured.read_text("utf-8"))
    assert said["capabilities"] == json.loads(VSCODE.read_text("utf-8"))["capabilities"]
    assert said["initializationOptions"] == ASKS
    assert "embedded reviewer" in seen["working"]
    assert seen["severity"]
    before, after = seen["restarted"]
    assert len(before) == len(after) == 1
    assert before != after
    assert seen["crashed"] == [], "one crash is mended without a word"
    assert seen["badKey"].startswith("A key has no spaces")
    keys = [{key in value for value in headers.values()} for headers in model.headers]
    assert {True, False} in keys, "the key was sent"
    assert keys[-1] == {False}, "and was not any more once it was cleared"
    assert [row for row in seen["ledger"] if "Coverage" in row] == ["Coverage 0 of 1 reviewed, 1 failed"]
    assert "Diffvet: incomplete" in seen["incomplete"]
    assert seen["cleared"]["said"] == "Diffvet's API key was removed."


def test_nothing_runs_until_the_folders_are_trusted_and_then_they_are_told_apart(tmp_path: Path) -> None:
    for name in ("first", "second"):
        Workspace(tmp_path / name).write("app.py", SHELL)
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "lonely.py").write_text(SHELL)
    window = tmp_path / "all.code-workspace"
    window.write_text(json.dumps({"folders": [{"path": name} for name in ("first", "second", "plain")]}))
    trust = {"security.workspace.trust.enabled": True, "security.workspace.trust.startupPrompt": "never"}
    seen = seen_in(
        "folders",
        tmp_path,
        acts=["restricted", "folders"],
        folder=str(window),
        machineSettings=HERE,
        userSettings=trust,
    )
    assert seen["servers"] == []
    assert [choice.partition("/")[0] for choice in seen["choices"]] == ["first", "second", "plain"]
    assert {"first", "second"} <= set(seen["both"])
    assert seen["plain"]["said"].endswith("plain is not inside a git repository; nothing is reviewed there")
    assert seen["nothing"]["said"] == "This file has no finding to dismiss."
