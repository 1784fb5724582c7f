"""What git does outside of the editor is noticed: commits, checkouts, the index; and how many gits run for it."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from diffvet.lsp.watch import GitState, git_folder, look
from lsp.raw_client import RawClient
from lsp.workspace import CLEAN, RISKY, Workspace, change, close, hover, open_file, published, save

WATCHING = {
    "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True}}
}
SPY = """#!{python}
import os, sys, time
marks = {marks!r}
mark = os.path.join(marks, str(os.getpid()))
open(mark, "x").close()
def runs(pid):
    try:
        os.kill(int(pid), 0)
    except OSError:  # it was killed, and could not take its mark away
        return False
    return True
others = sum(map(runs, os.listdir(marks)))
with open({log!r}, "a") as log:
    log.write(f"{{others}} {{' '.join(word for word in sys.argv[1:] if not word.startswith('-'))}}\\n")
while os.path.exists({log!r} + "-hold"):
    time.sleep(0.02)
child = os.fork()
if child == 0:
    os.execv({git!r}, [{git!r}, *sys.argv[1:]])
_, status = os.waitpid(child, 0)
os.unlink(mark)
sys.exit(os.waitstatus_to_exitcode(status))
"""


class Spy:
    """A git that writes down how many of it ran at the same time."""

    def __init__(self, place: Path, git: str) -> None:
        self.log, marks = place / "log", place / "marks"
        marks.mkdir(parents=True)
        program = place / "bin" / "git"
        program.parent.mkdir()
        words = {"python": sys.executable, "marks": str(marks), "log": str(self.log), "git": git}
        program.write_text(SPY.format(**words))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"

    def hold(self, on: bool) -> None:
        """Whether git hangs from now on, as on a file system that does not answer."""
        held = Path(f"{self.log}-hold")
        held.touch() if on else held.unlink()

    @property
    def most(self) -> int:
        return max(int(line.split()[0]) for line in self.log.read_text().splitlines())

    @property
    def count(self) -> int:
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


@pytest.fixture
def spy(tmp_path: Path) -> Spy:
    import shutil  # noqa: PLC0415

    return Spy(tmp_path / "spy", shutil.which("git"))


def test_a_commit_is_noticed_without_a_word_from_the_client(client: RawClient, workspace: Workspace) -> None:
    client.initialize()
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    assert len(published(client)["diagnostics"]) == 1
    seen = len(client.seen)
    workspace.commit()
    assert published(client, seen)["diagnostics"] == []


def test_a_checkout_takes_findings_away_and_the_way_back_brings_them(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize()
    workspace.git("checkout", "-q", "-b", "risky")
    uri = workspace.write("app.py", RISKY)
    workspace.commit()
    workspace.git("checkout", "-q", "main")
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    first = published(client)
    close(client, uri)
    seen = len(client.seen)
    workspace.git("checkout", "-q", "--force", "risky")
    assert published(client, seen)["diagnostics"] == []
    workspace.git("checkout", "-q", "main")
    workspace.write("app.py", RISKY)
    seen = len(client.seen)
    open_file(client, uri, RISKY)
    assert published(client, seen)["diagnostics"] == first["diagnostics"]


def test_a_client_that_watches_files_is_asked_to_and_heard(client: RawClient, workspace: Workspace) -> None:
    client.answers["client/registerCapability"] = lambda _: {"result": None}
    client.initialize(WATCHING)
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    asked = client.wait(lambda said: said.get("method") == "client/registerCapability")
    [registration] = asked["params"]["registrations"]
    watchers = registration["registerOptions"]["watchers"]
    folder = (workspace.root / ".git").as_uri()
    assert [one["globPattern"] for one in watchers] == [
        {"baseUri": folder, "pattern": "{HEAD,index,packed-refs}"},
        {"baseUri": folder, "pattern": "refs/heads/**"},
    ]
    published(client)
    workspace.commit()
    seen = len(client.seen)
    changes = [{"uri": f"{folder}/refs/heads/main", "type": 2}]
    client.notify("workspace/didChangeWatchedFiles", {"changes": changes})
    assert published(client, seen)["diagnostics"] == []


def test_worktrees_submodules_and_nested_repositories_have_states_of_their_own(workspace: Workspace) -> None:
    workspace.git("worktree", "add", "-q", "../linked", "-b", "other")
    linked = workspace.root.parent / "linked"
    before, main = look(git_folder(linked)), look(git_folder(workspace.root))
    assert before.head == ("ref: refs/heads/other", main.head[1])
    Workspace.git(type("At", (), {"root": linked})(), "commit", "-q", "--allow-empty", "-m", "there")
    assert look(git_folder(linked)).head != before.head
    assert look(git_folder(workspace.root)).head == main.head
    workspace.git("pack-refs", "--all")
    packed = look(git_folder(workspace.root))
    assert packed.head[0] == "ref: refs/heads/main"
    workspace.git("checkout", "-q", "--detach")
    assert look(git_folder(workspace.root)).head == (main.head[1],)
    assert look(workspace.root / "nowhere") == GitState(("",), None)


def test_a_file_of_a_nested_repository_belongs_to_it(client: RawClient, workspace: Workspace) -> None:
    client.initialize()
    nested = Workspace(workspace.root / "nested")
    uri = nested.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    published(client)
    answer = client.call("diffvet/findings", {})["result"]
    assert [root["root"] for root in answer["roots"]] == [nested.root.as_uri()]


def test_at_most_one_git_runs_at_a_time_whatever_the_editor_does(
    start: Callable[..., RawClient], workspace: Workspace, spy: Spy
) -> None:
    client = start(env={"PATH": spy.path})
    client.initialize()
    uris = [workspace.write(f"f{number}.py", RISKY) for number in range(8)]
    for uri in uris:
        open_file(client, uri, RISKY)
    command = {"command": "diffvet.server.reviewScope", "arguments": [uris[0], "worktree"]}
    client.call("workspace/executeCommand", command)
    for _ in range(50):
        save(client, uris[0])
    shown: set[str] = set()
    while len(shown) < len(uris):
        shown.add(published(client, len(client.seen))["uri"])
    assert client.end() == 0
    assert spy.most == 1


def test_typing_asks_git_nothing_and_a_storm_of_saves_little(
    start: Callable[..., RawClient], workspace: Workspace, spy: Spy
) -> None:
    client = start(env={"PATH": spy.path, "DIFFVET_LSP_PAUSE": "0"})
    client.initialize()
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    published(client)
    client.sync()
    once = spy.count
    for version in range(2, 102):
        start_, end = {"line": 0, "character": 0}, {"line": 0, "character": 0}
        change(client, uri, version, {"range": {"start": start_, "end": end}, "text": "# "})
    client.sync()
    assert spy.count == once
    for _ in range(50):
        save(client, uri)
    client.sync()
    client.wait(lambda said: said.get("method") == "textDocument/publishDiagnostics", 0)
    assert client.end() == 0
    assert spy.count <= 5 * once


def test_a_branch_switch_while_a_review_runs_ends_in_the_state_of_the_new_branch(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize()
    workspace.git("checkout", "-q", "-b", "other")
    workspace.git("checkout", "-q", "main")
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    workspace.commit()
    workspace.git("checkout", "-q", "other")
    change(client, uri, 2, {"text": CLEAN})
    save(client, uri)
    for _ in range(20):
        client.sync()
    answer = client.call("diffvet/findings", {"uri": uri})["result"]
    while answer["roots"][0]["status"]["state"] == "reviewing" or answer["roots"][0]["findings"]:
        answer = client.call("diffvet/findings", {"uri": uri})["result"]
    assert [
        m["params"]["diagnostics"]
        for m in client.seen
        if m.get("method") == "textDocument/publishDiagnostics"
    ][-1:] in ([], [[]])


def test_a_git_that_hangs_ends_with_its_review_and_holds_nobody_up(
    start: Callable[..., RawClient], workspace: Workspace, spy: Spy
) -> None:
    client = start(env={"PATH": spy.path})
    client.answers["window/workDoneProgress/create"] = lambda _: {"result": None}
    client.initialize({"window": {"workDoneProgress": True}})
    uri = workspace.write("app.py", RISKY)
    spy.hold(True)
    open_file(client, uri, RISKY)
    token = client.notification("$/progress")["token"]
    while not spy.count:
        client.sync()
    assert hover(client, uri, 0) is None  # everything else goes on
    client.notify("window/workDoneProgress/cancel", {"token": token})
    client.wait(lambda said: said.get("params", {}).get("value", {}).get("kind") == "end")
    save(client, uri)
    save(client, uri)  # one in place of the other: the git of the first goes with it
    spy.hold(False)
    assert len(published(client)["diagnostics"]) == 1
    spy.hold(True)
    save(client, uri)
    assert client.end() == 0
    spy.hold(False)


def test_a_folder_that_becomes_a_repository_is_reviewed_from_the_next_save_on(
    client: RawClient, tmp_path: Path
) -> None:
    client.initialize()
    (tmp_path / "app.py").write_text(RISKY)
    uri = (tmp_path / "app.py").as_uri()
    open_file(client, uri, RISKY)
    assert "not inside a git repository" in client.notification("window/logMessage")["message"]
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    save(client, uri)
    assert len(published(client)["diagnostics"]) == 1
