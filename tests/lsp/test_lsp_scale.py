"""Large and odd situations end in the right state: many files, long files, no commits, no git, endless edits."""

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsp.raw_client import Message, RawClient
from lsp.workspace import CLEAN, RISKY, RISKY_LINE, Workspace, change, open_file, published, save

PUBLISHED = "textDocument/publishDiagnostics"
MEMORY = 400 * 1024
"""KiB of resident memory a server may ever have had; the first is about 70 MiB."""


def listed(client: RawClient, uri: str) -> Message:
    [root] = client.call("diffvet/findings", {"uri": uri})["result"]["roots"]
    return root


def settled(client: RawClient, uri: str) -> Message:
    while (root := listed(client, uri))["status"]["state"] == "reviewing":
        pass
    return root


def review(client: RawClient, uri: str, scope: str) -> None:
    command = {"command": "diffvet.server.reviewScope", "arguments": [uri, scope]}
    assert client.call("workspace/executeCommand", command)["result"]


def most_memory(client: RawClient) -> int:
    """KiB; 0 where the system does not tell."""
    status = Path(f"/proc/{client.process.pid}/status")
    found = re.search(r"VmHWM:\s*(\d+)", status.read_text()) if status.exists() else None
    return int(found[1]) if found else 0


def last_lines(client: RawClient, uri: str) -> list[int]:
    said = [m["params"] for m in client.seen if m.get("method") == PUBLISHED and m["params"]["uri"] == uri]
    return [one["range"]["start"]["line"] for one in said[-1]["diagnostics"]] if said else []


def test_500_changed_files_are_reviewed_and_shown_once_each(client: RawClient, workspace: Workspace) -> None:
    client.initialize()
    uris = [workspace.write(f"d{n % 10}/f{n}.py", f"# {n}\n{RISKY}") for n in range(500)]
    review(client, uris[0], "worktree")
    while len({m["params"]["uri"] for m in client.seen if m.get("method") == PUBLISHED}) < len(uris):
        published(client, len(client.seen))
    root = settled(client, uris[0])
    assert len(root["findings"]) == len(root["ledger"]) == 500
    assert all(row["outcome"] == "reviewed" for row in root["ledger"])
    assert all(last_lines(client, uri) == [RISKY_LINE + 1] for uri in uris)
    assert len([m for m in client.seen if m.get("method") == PUBLISHED]) == 500
    assert most_memory(client) < MEMORY
    assert client.end() == 0


def test_a_file_of_100_000_lines_is_reviewed_while_it_is_edited(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize()
    lines = [f"value_{number} = {number}\n" for number in range(100_000)]
    workspace.write("long.py", "".join(lines))
    workspace.commit()
    risky = [10, 50_000, 99_990]
    for at in risky:
        lines[at] = f"subprocess.run(cmd_{at}, shell=True)\n"
    text = "".join(lines)
    uri = workspace.write("long.py", text)
    open_file(client, uri, text)
    for version in range(2, 202):
        start = {"line": 20_000, "character": 0}
        change(client, uri, version, {"range": {"start": start, "end": start}, "text": f"# {version}\n"})
    while last_lines(client, uri) != [10, 50_200, 99_990 + 200]:
        published(client, len(client.seen))
    assert settled(client, uri)["status"]["reason"] is None
    assert most_memory(client) < MEMORY
    assert client.end() == 0


def test_a_repository_without_commits_is_reviewed_whole_whatever_the_scope(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize()
    workspace.git("update-ref", "-d", "HEAD")
    workspace.git("rm", "-q", "--cached", "-r", ".")
    uri = workspace.write("app.py", RISKY)
    review(client, uri, "worktree")
    assert len(published(client)["diagnostics"]) == 1
    root = settled(client, uri)
    assert (root["base"], root["status"]["state"]) == (None, "idle")
    seen = len(client.seen)
    review(client, uri, "staged")
    assert published(client, seen)["diagnostics"] == []
    review(client, uri, "branch")
    client.wait(lambda said: "there is no default branch here" in str(said.get("params")))
    assert settled(client, uri)["status"]["state"] == "incomplete"
    assert client.end() == 0


def test_without_git_the_list_says_that_nothing_was_reviewed(
    start: Callable[..., RawClient], workspace: Workspace, tmp_path: Path
) -> None:
    client = start(env={"PATH": str(tmp_path)})
    client.initialize()
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    client.wait(lambda said: "git was not found" in str(said.get("params")))
    status = settled(client, uri)["status"]
    assert (status["state"], "git was not found" in status["reason"]) == ("incomplete", True)
    save(client, uri)
    assert client.end() == 0
    assert client.stderr == b""


def test_a_notebook_is_not_reviewed_and_one_line_says_why(client: RawClient, workspace: Workspace) -> None:
    client.initialize()
    for name in ("a.ipynb", "a.ipynb"):
        open_file(client, workspace.write(name, '{"cells": []}'), '{"cells": []}')
    client.sync()
    assert [m["params"]["message"] for m in client.seen if m.get("method") == "window/logMessage"] == [
        "a.ipynb is not reviewed here: a notebook: its cells are not lines of the file"
    ]
    assert client.end() == 0


def test_two_folders_of_one_session_keep_apart(client: RawClient, tmp_path: Path) -> None:
    client.initialize()
    first, second = Workspace(tmp_path / "first"), Workspace(tmp_path / "second")
    one, two = first.write("app.py", RISKY), second.write("app.py", RISKY)
    for uri in (one, two):
        seen = len(client.seen)
        open_file(client, uri, RISKY)
        published(client, seen)
    first.write("app.py", CLEAN)
    change(client, one, 2, {"text": CLEAN})
    save(client, one)
    while listed(client, one)["findings"]:
        pass
    assert len(listed(client, two)["findings"]) == 1
    assert client.end() == 0


def test_500_edits_with_undo_over_the_wire_never_show_a_finding_on_a_wrong_line(
    start: Callable[..., RawClient], workspace: Workspace
) -> None:
    client = start(env={"DIFFVET_LSP_PAUSE": "0"})
    client.initialize({"textDocument": {"publishDiagnostics": {"versionSupport": True}}})
    chance = random.Random(7)  # noqa: S311 - no secret
    lines = [f"value_{number} = {number}" for number in range(120)]
    for at in range(5, 120, 9):
        lines[at] = f"subprocess.run(cmd_{at}, shell=True)"
    text = "\n".join(lines) + "\n"
    tracked = {line for line in lines if "shell=True" in line}
    uri = workspace.write("many.py", text)
    open_file(client, uri, text)
    first = {one["range"]["start"]["line"] for one in published(client)["diagnostics"]}
    assert first == {at for at, line in enumerate(lines) if line in tracked}
    undone: list[tuple[int, int, list[str]]] = []
    checked = 0
    for version in range(2, 502):
        if undone and chance.random() < 0.5:
            start_at, end_at, new = undone.pop()
        else:
            start_at = chance.randint(0, len(lines))
            end_at = min(len(lines), start_at + chance.choice([0, 0, 1, 1, 3]))
            new = [f"new_{version}_{number}" for number in range(chance.randint(0, 3))]
            undone.append((start_at, start_at + len(new), lines[start_at:end_at]))
        lines[start_at:end_at] = new
        where = {"start": {"line": start_at, "character": 0}, "end": {"line": end_at, "character": 0}}
        change(client, uri, version, {"range": where, "text": "".join(f"{line}\n" for line in new)})
        if version % 5 == 0:
            [root] = client.call("diffvet/findings", {"uri": uri})["result"]["roots"]
            shown = {one["range"]["start"]["line"] for one in root["findings"] if one["state"] == "open"}
            assert shown == {at for at, line in enumerate(lines) if line in tracked}
            assert len(root["findings"]) == len(tracked)
            checked += 1
    assert checked == 100
    assert client.end() == 0


def test_a_document_without_any_line_takes_part_in_everything(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize()
    uri = workspace.write("app.py", "")
    open_file(client, uri, "")
    change(client, uri, 2, {"text": RISKY})
    change(client, uri, 3, {"text": ""})
    save(client, uri)
    root: dict[str, Any] = settled(client, uri)
    assert root["findings"] == []
    assert client.end() == 0
