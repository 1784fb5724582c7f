"""The list of findings, its ledger and status, and the notifications about them, for clients that ask."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lsp.raw_client import Message, RawClient
from lsp.workspace import CLEAN, RISKY, RISKY_LINE, Workspace, change, close, open_file, published, save

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "findings.schema.json").read_text())
OPT_IN = {"diffvet": {"findingsChanged": True, "status": True}}


def valid(document: Any, name: str = "") -> Any:
    schema = SCHEMA | {"$ref": f"#/$defs/{name}"} if name else SCHEMA
    if name:
        schema = {"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]}
    Draft202012Validator(schema).validate(document)
    return document


def listed(client: RawClient, uri: str) -> Message:
    [root] = valid(client.call("diffvet/findings", {"uri": uri})["result"])["roots"]
    return root


def job(client: RawClient, command: str, *arguments: Any) -> Any:
    return client.call("workspace/executeCommand", {"command": command, "arguments": list(arguments)})[
        "result"
    ]


def told(client: RawClient, method: str) -> list[Message]:
    return [said["params"] for said in client.seen if said.get("method") == method]


def idle(client: RawClient, uri: str) -> Message:
    """The list once nothing is reviewed any more."""
    while (root := listed(client, uri))["status"]["state"] == "reviewing" or not root["ledger"]:
        pass
    return root


def test_the_list_tells_findings_states_sides_ledger_and_counts(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize()
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    published(client)
    root = listed(client, uri)
    [finding] = root["findings"]
    assert root["root"] == workspace.root.as_uri()
    assert (root["against"], root["scope"], len(root["base"])) == ("head", "file", 40)
    assert root["counts"] == {"error": 0, "warning": 1, "info": 0, "stale": 0} | {finding["severity"]: 1}
    assert (finding["uri"], finding["path"], finding["state"]) == (uri, "app.py", "open")
    assert finding["range"]["start"] == {"line": RISKY_LINE, "character": 4}
    assert finding["new"] == {"line": RISKY_LINE + 1, "end_line": RISKY_LINE + 1}
    assert (finding["old"]["line"], finding["old"]["path"], len(finding["old"]["blob"])) == (5, "app.py", 40)
    assert [row["outcome"] for row in root["ledger"]] == ["reviewed"]
    assert root["status"]["state"] == "idle"


def test_a_stale_finding_stays_in_the_list_until_the_file_is_saved(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize()
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    published(client)
    seen = len(client.seen)
    change(client, uri, 2, {"text": CLEAN})
    assert published(client, seen)["diagnostics"] == []
    [stale] = listed(client, uri)["findings"]
    assert (stale["state"], stale["range"]) == ("stale", None)
    assert listed(client, uri)["counts"]["stale"] == 1
    seen = len(client.seen)
    change(client, uri, 3, {"text": RISKY})
    assert len(published(client, seen)["diagnostics"]) == 1
    change(client, uri, 4, {"text": CLEAN})
    workspace.write("app.py", CLEAN)
    save(client, uri)
    while listed(client, uri)["findings"]:
        client.sync()


def test_a_review_of_the_worktree_shows_files_nobody_opened_and_clears_them(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize()
    uri = workspace.write("app.py", RISKY)
    other = workspace.write("deep/other \u00e9.py", "\ufeff\r\nsubprocess.run(cmd, shell=True)\r\n")
    workspace.write("note.ipynb", "{}\n")
    assert job(client, "diffvet.server.reviewScope", uri, "worktree")
    shown = {}
    while len(shown) < 2:
        params = published(client, len(client.seen))
        shown[params["uri"]] = [one["range"]["start"]["line"] for one in params["diagnostics"]]
    assert shown == {uri: [RISKY_LINE], other: [1]}
    root = idle(client, uri)
    assert root["scope"] == "worktree"
    skipped = {row["path"]: row["reason"] for row in root["ledger"] if row["outcome"] == "skipped"}
    assert skipped == {"note.ipynb": "a notebook: its cells are not lines of the file"}
    seen = len(client.seen)
    workspace.write("app.py", CLEAN)
    (workspace.root / "deep" / "other \u00e9.py").unlink()
    job(client, "diffvet.server.reviewScope", workspace.root.as_uri(), "worktree")
    cleared = [published(client, seen)]
    cleared.append(
        published(
            client, client.seen.index(next(m for m in client.seen if m.get("params") is cleared[0])) + 1
        )
    )
    assert {params["uri"]: params["diagnostics"] for params in cleared} == {uri: [], other: []}
    client.sync()
    assert len(told(client, "textDocument/publishDiagnostics")) == 4


def test_staged_branch_and_commit_are_shown_where_their_lines_are_in_the_file(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize()
    uri = workspace.write("app.py", RISKY)
    workspace.git("add", "-A")
    workspace.write("app.py", "# unstaged\n" + RISKY)
    job(client, "diffvet.server.reviewScope", uri, "staged")
    assert [one["range"]["start"]["line"] for one in published(client)["diagnostics"]] == [RISKY_LINE + 1]
    workspace.git("checkout", "-q", "-b", "topic")
    workspace.git("commit", "-q", "-m", "topic")
    for scope in (["branch"], ["commit", "HEAD"]):
        job(client, "diffvet.server.reviewScope", uri, *scope)
        while (root := idle(client, uri))["scope"] != scope[0]:
            pass
        assert [one["range"]["start"]["line"] for one in root["findings"]] == [RISKY_LINE + 1]


def test_the_base_can_be_the_index_or_the_branch_point(client: RawClient, workspace: Workspace) -> None:
    client.initialize()
    uri = workspace.write("app.py", RISKY)
    workspace.git("add", "-A")
    open_file(client, uri, RISKY)
    published(client)
    seen = len(client.seen)
    assert len(job(client, "diffvet.server.setBase", uri, "index")) == 1
    assert published(client, seen)["diagnostics"] == []
    assert listed(client, uri)["against"] == "index"
    workspace.git("checkout", "-q", "-b", "topic")
    workspace.git("commit", "-q", "-m", "topic")
    seen = len(client.seen)
    job(client, "diffvet.server.setBase", workspace.root.as_uri(), "branch")
    assert len(published(client, seen)["diagnostics"]) == 1


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("reviewScope", []),
        ("reviewScope", ["file:///a", "everything"]),
        ("reviewScope", ["git:/a", "staged"]),
        ("reviewScope", ["file:///a", "staged", "HEAD"]),
        ("reviewScope", ["file:///a", "commit", 3]),
        ("setBase", ["file:///a"]),
        ("setBase", ["file:///a", "main"]),
    ],
)
def test_scopes_and_bases_that_do_not_fit_are_refused(
    shared: RawClient, command: str, arguments: list[Any]
) -> None:
    params = {"command": f"diffvet.server.{command}", "arguments": arguments}
    assert shared.call("workspace/executeCommand", params)["error"]["code"] == -32602


def test_the_list_of_nothing_is_empty_and_of_no_file_refused(shared: RawClient, tmp_path: Path) -> None:
    answer = valid(shared.call("diffvet/findings", {"uri": tmp_path.as_uri()})["result"])
    assert answer == {"version": 1, "roots": []}
    assert shared.call("diffvet/findings", {"uri": "git:/a"})["error"]["code"] == -32602


@pytest.mark.parametrize("place", ["experimental", "options"])
def test_news_are_told_to_clients_that_ask_once_a_change(
    client: RawClient, workspace: Workspace, place: str
) -> None:
    asked = (
        {"initializationOptions": OPT_IN}
        if place == "options"
        else {"capabilities": {"experimental": OPT_IN}}
    )
    client.initialize(**asked)
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    news = valid(client.notification("diffvet/findingsChanged"), "findingsChangedParams")
    assert news == {"root": workspace.root.as_uri(), "counts": listed(client, uri)["counts"]}
    client.wait(lambda said: said.get("method") == "diffvet/status" and said["params"]["state"] == "idle")
    assert all(valid(params, "statusParams") for params in told(client, "diffvet/status"))
    seen = len(client.seen)
    close(client, uri)
    open_file(client, uri, RISKY)
    idle(client, uri)
    assert client.end() == 0
    assert [said for said in client.seen[seen:] if said.get("method") == "diffvet/findingsChanged"] == []


def test_what_was_removed_is_a_related_place_and_a_finding_of_the_old_side(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize({"textDocument": {"publishDiagnostics": {"relatedInformation": True}}})
    before = "def delete(user):\n    a = 1\n    assert user.is_admin\n    b = 2\n    return a + b\n"
    after = before.replace("    assert user.is_admin\n", "")
    workspace.write("app.py", before)
    workspace.commit()
    uri = workspace.write("app.py", after)
    open_file(client, uri, after)
    [shown] = published(client)["diagnostics"]
    assert shown["relatedInformation"] == [
        {
            "location": {"uri": uri, "range": shown["range"]},
            "message": "removed here (line 3 before): assert user.is_admin",
        }
    ]
    [finding] = listed(client, uri)["findings"]
    assert (finding["side"], finding["old"]["line"], finding["new"]["line"]) == ("old", 3, 3)
    assert finding["old"]["path"] == "app.py"
