"""Every feature with clients as they introduce themselves; after each test every frame is held against what was offered."""

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_peer import Reply, peer
from lsp.offered import Offer, frames
from lsp.profiles import ASKS, PROFILES, ProfiledClient
from lsp.raw_client import PATIENCE, Message, RawClient, frame
from lsp.test_lsp_code_actions import applied, edits_of
from lsp.workspace import Workspace, change, hover, open_file, places, published, save

BEFORE = "import yaml\n\n\n@login_required\ndef read(text):\n    return text\n"
AFTER = 'import yaml\n\n\ndef read(text):\n    "\U0001f600"; return yaml.load(text)\n'
FIXED = AFTER.replace("yaml.load", "yaml.safe_load")
LOST_LINE, LOAD_LINE = 3, 4
WIDTHS = {"utf-8": 34, "utf-16": 32, "utf-32": 31}
"""Where the line of ``yaml.load`` ends."""


@pytest.fixture(params=PROFILES)
def profile(request: pytest.FixtureRequest, start: Callable[..., RawClient]) -> Iterator[ProfiledClient]:
    """A client of that kind, held to what it offered until the end."""
    client = ProfiledClient(request.param, start)
    yield client
    assert client.breaches() == []


@pytest.fixture
def uri(workspace: Workspace) -> str:
    """A changed file with a removed check and a risk."""
    workspace.write("app.py", BEFORE)
    workspace.commit()
    return workspace.write("app.py", AFTER)


@pytest.fixture
def stalled_model() -> Iterator[dict[str, str]]:
    """The environment of a server whose model never answers."""
    with peer(lambda _: Reply(delay=60)) as model:
        yield {"DIFFVET_ENDPOINT": model.url, "DIFFVET_MODEL": "route/test"}


def execute(client: RawClient, command: str, *arguments: Any) -> Any:
    params = {"command": f"diffvet.server.{command}", "arguments": list(arguments)}
    return client.call("workspace/executeCommand", params)["result"]


def listed(client: RawClient, uri: str) -> Message:
    [root] = client.call("diffvet/findings", {"uri": uri})["result"]["roots"]
    return root


def listed_when(client: RawClient, uri: str, is_wanted: Callable[[str], bool]) -> Message:
    """The list once its state is ``is_wanted``."""
    deadline = time.monotonic() + PATIENCE
    while not is_wanted((root := listed(client, uri))["status"]["state"]):
        assert time.monotonic() < deadline, root["status"]
    return root


def settled(client: RawClient, uri: str) -> Message:
    """The list once nothing is reviewed any more."""
    return listed_when(client, uri, lambda state: state != "reviewing")


def opened(profile: ProfiledClient, workspace: Workspace, uri: str) -> tuple[RawClient, list[Message]]:
    """A server with the file open, and the diagnostics."""
    client = profile.begin(workspace.root)
    open_file(client, uri, AFTER)
    return client, published(client)["diagnostics"]


def progress(client: RawClient) -> list[tuple[str, str]]:
    """Token and kind of each word of progress."""
    said = [one["params"] for one in client.seen if one.get("method") == "$/progress"]
    return [(one["token"], one["value"]["kind"]) for one in said]


def is_progress(said: Message, token: str, kind: str) -> bool:
    params = said.get("params") or {}
    return said.get("method") == "$/progress" and (params["token"], params["value"]["kind"]) == (token, kind)


def actions(client: RawClient, uri: str, *only: str) -> list[Message]:
    spot = {"line": LOAD_LINE, "character": 8}
    context: Message = {"diagnostics": []} | ({"only": list(only)} if only else {})
    params = {"textDocument": {"uri": uri}, "range": {"start": spot, "end": spot}, "context": context}
    return client.call("textDocument/codeAction", params)["result"] or []


def codes(diagnostics: list[Message]) -> set[str]:
    return {one["code"] for one in diagnostics}


def test_findings_are_shown_explained_moved_listed_and_cleared(
    profile: ProfiledClient, workspace: Workspace, uri: str
) -> None:
    client, found = opened(profile, workspace, uri)
    declared, units = profile.offer.has, profile.result["capabilities"].get("positionEncoding", "utf-16")
    assert "diagnosticProvider" not in profile.result["capabilities"]
    by_code = {one["code"]: one for one in found}
    assert by_code.keys() == {"lost.auth-decorator", "py.yaml-load"}
    load, lost = by_code["py.yaml-load"], by_code["lost.auth-decorator"]
    assert load["range"]["end"] == {"line": LOAD_LINE, "character": WIDTHS[units]}
    shows = "textDocument.publishDiagnostics."
    assert ("relatedInformation" in lost) == bool(declared(shows + "relatedInformation"))
    assert ("codeDescription" in load) == bool(declared(shows + "codeDescriptionSupport"))
    assert ("data" in load) == bool(declared(shows + "dataSupport"))

    note = hover(client, uri, LOAD_LINE)
    assert note is not None
    preferred = (declared("textDocument.hover.contentFormat") or ["plaintext"])[0]
    assert note["contents"]["kind"] == preferred
    assert ("**Why:**" if preferred == "markdown" else "Why: ") in note["contents"]["value"]

    seen = len(client.seen)
    start = {"line": 0, "character": 0}
    change(client, uri, 2, {"range": {"start": start, "end": start}, "text": "# one\n"})
    assert {place[0] for place in places(published(client, seen))} == {LOST_LINE + 1, LOAD_LINE + 1}
    seen = len(client.seen)
    workspace.write("app.py", FIXED)
    change(client, uri, 3, {"text": FIXED})
    save(client, uri)
    client.wait(
        lambda said: (
            said.get("method") == "textDocument/publishDiagnostics"
            and codes(said["params"]["diagnostics"]) == {"lost.auth-decorator"}
        ),
        seen,
    )
    root = settled(client, uri)
    assert codes_of(root) == {"lost.auth-decorator"}
    assert [row["outcome"] for row in root["ledger"]] == ["reviewed"]
    assert client.end() == 0


def codes_of(root: Message) -> set[str]:
    return {one["rule"] for one in root["findings"] if one["state"] == "open"}


def test_commands_answer_with_jobs_whose_progress_is_shown_where_it_was_offered(
    profile: ProfiledClient, workspace: Workspace, uri: str
) -> None:
    client, _ = opened(profile, workspace, uri)
    jobs = [execute(client, "review", uri), execute(client, "reviewScope", uri, "worktree")]
    jobs += execute(client, "setBase", uri, "index")
    assert all(isinstance(job, str) for job in jobs)
    assert settled(client, uri)["against"] == "index"
    if profile.offer.has("window.workDoneProgress"):
        for job in jobs[1:]:  # the first may have given way to the review of the whole
            client.wait(lambda said, job=job: is_progress(said, job, "end"))
    shown = progress(client)
    if profile.offer.has("window.workDoneProgress"):
        for token in {token for token, _ in shown}:
            kinds = [kind for one, kind in shown if one == token]
            assert kinds.count("begin") == 1
            assert kinds.count("end") <= 1
            assert kinds[0] == "begin"
    else:
        assert not shown
    assert client.end() == 0


def test_a_review_is_cancelled_and_the_server_leaves_during_another(
    profile: ProfiledClient, workspace: Workspace, uri: str, stalled_model: dict[str, str]
) -> None:
    client = profile.begin(workspace.root, env=stalled_model)
    open_file(client, uri, AFTER)
    job = execute(client, "review", uri)
    listed_when(client, uri, lambda state: state == "reviewing")
    client.notify("window/workDoneProgress/cancel", {"token": job})
    settled(client, uri)
    if profile.offer.has("window.workDoneProgress"):
        ended = client.wait(
            lambda said: (
                said.get("method") == "$/progress"
                and (said["params"]["token"], said["params"]["value"]["kind"]) == (job, "end")
            )
        )
        assert ended["params"]["value"]["message"] == "Cancelled"
    assert execute(client, "review", uri)
    assert client.end() == 0


def test_the_fix_is_an_edit_at_once_or_when_resolved_or_the_answer_of_a_command(
    profile: ProfiledClient, workspace: Workspace, uri: str
) -> None:
    client, _ = opened(profile, workspace, uri)
    units = profile.result["capabilities"].get("positionEncoding", "utf-16")
    fixes = [one for one in actions(client, uri) if "fix:" in one["title"]]
    if not fixes:  # a client that takes neither actions nor edits gets the edit as an answer
        assert not profile.offer.has("textDocument.codeAction.codeActionLiteralSupport")
        [name] = [
            one["fingerprint"] for one in listed(client, uri)["findings"] if one["rule"] == "py.yaml-load"
        ]
        edit = {"edit": execute(client, "fix", uri, name)}
    elif "edit" in fixes[0]:
        edit = fixes[0]
    else:
        edit = client.call("codeAction/resolve", fixes[0])["result"]
    assert applied(AFTER, edits_of(edit, uri), units) == FIXED
    seen = len(client.seen)
    change(client, uri, 2, {"text": FIXED})
    client.wait(
        lambda said: (
            said.get("method") == "textDocument/publishDiagnostics"
            and codes(said["params"]["diagnostics"]) == {"lost.auth-decorator"}
        ),
        seen,
    )
    assert client.end() == 0


def test_a_fix_command_asks_for_an_edit_where_edits_are_taken(
    profile: ProfiledClient, workspace: Workspace, uri: str
) -> None:
    client, _ = opened(profile, workspace, uri)
    [name] = [one["fingerprint"] for one in listed(client, uri)["findings"] if one["rule"] == "py.yaml-load"]
    units = profile.result["capabilities"].get("positionEncoding", "utf-16")
    answer = execute(client, "fix", uri, name)
    if profile.offer.has("workspace.applyEdit"):
        assert answer is True
        sent = client.notification("workspace/applyEdit")
    else:
        sent = {"edit": answer}
    assert applied(AFTER, edits_of(sent, uri), units) == FIXED
    assert client.end() == 0


def test_actions_are_filtered_by_kind_and_dismiss_explain_and_review_again(
    profile: ProfiledClient, workspace: Workspace, uri: str
) -> None:
    client, _ = opened(profile, workspace, uri)
    every = actions(client, uri)
    literals = profile.offer.has("textDocument.codeAction.codeActionLiteralSupport")
    assert all(("kind" in one) == bool(literals) for one in every)
    assert [one["title"] for one in actions(client, uri, "source")] == ["Diffvet: review this file again"]
    assert not [one for one in actions(client, uri, "quickfix") if "again" in one["title"]]
    assert actions(client, uri, "refactor") == []

    def carry_out(words: str) -> Any:
        chosen = next(one for one in every if words in one["title"])
        command = chosen["command"] if literals else chosen
        params = {"command": command["command"], "arguments": command["arguments"]}
        return client.call("workspace/executeCommand", params)["result"]

    assert "Why: " in carry_out("explain:")
    assert isinstance(carry_out("again"), str)
    settled(client, uri)
    seen = len(client.seen)
    assert isinstance(carry_out("dismiss for me (false positive)"), str)
    assert codes(published(client, seen)["diagnostics"]) == {"lost.auth-decorator"}
    assert client.end() == 0


def test_settings_are_asked_for_or_told_and_a_change_counts(
    profile: ProfiledClient, workspace: Workspace, uri: str
) -> None:
    profile.settings = {"rules": {"lost.auth-decorator": "off"}}
    client = profile.begin(workspace.root)
    if not profile.offer.has("workspace.configuration"):
        profile.set(client, profile.settings)
    open_file(client, uri, AFTER)
    assert codes(published(client)["diagnostics"]) == {"py.yaml-load"}
    seen = len(client.seen)
    profile.set(client, {})
    assert codes(published(client, seen)["diagnostics"]) == {"py.yaml-load", "lost.auth-decorator"}
    assert client.end() == 0


def test_the_next_finding_is_the_answer_and_is_opened_where_documents_are(
    profile: ProfiledClient, workspace: Workspace, uri: str
) -> None:
    client, _ = opened(profile, workspace, uri)
    place = execute(client, "nextFinding", uri, {"line": LOST_LINE, "character": 99})
    assert (place["uri"], place["range"]["start"]["line"]) == (uri, LOAD_LINE)
    place = execute(client, "previousFinding", uri, {"line": LOAD_LINE, "character": 0})
    assert place["range"]["start"]["line"] == LOST_LINE
    client.sync()
    asked = [one["params"]["uri"] for one in client.seen if one.get("method") == "window/showDocument"]
    assert asked == ([uri, uri] if profile.offer.has("window.showDocument.support") else [])
    assert client.end() == 0


def test_status_and_changes_of_the_list_are_told_to_those_who_asked(
    profile: ProfiledClient, workspace: Workspace, uri: str
) -> None:
    client, _ = opened(profile, workspace, uri)
    ours = {"diffvet/status": "status", "diffvet/findingsChanged": "findingsChanged"}
    for method, name in ours.items():
        if profile.offer.has(f"experimental.diffvet.{name}"):
            assert client.notification(method)["root"] == workspace.root.as_uri()
    assert client.end() == 0  # the profile refuses them from here on where nobody asked


def test_another_server_on_the_same_folder_finds_the_same_again(
    profile: ProfiledClient, workspace: Workspace, uri: str
) -> None:
    client, first = opened(profile, workspace, uri)
    assert client.end() == 0
    client, second = opened(profile, workspace, uri)
    assert second == first
    assert client.end() == 0


def test_the_extensions_profile_asks_for_what_the_extension_does() -> None:
    client = (Path(__file__).parents[2] / "vscode-client" / "src" / "client.ts").read_text("utf-8")
    [said] = re.findall(r"initializationOptions: \{ diffvet: \{ (.*?) \} \}", client)
    assert dict(pair.split(": ") for pair in said.split(", ")) == {
        name: json.dumps(value) for name, value in ASKS["diffvet"].items()
    }


NOTHING = Offer({})
RANGE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("window/workDoneProgress/create", {"token": "t"}),
        ("$/progress", {"token": "t", "value": {"kind": "begin", "title": "t"}}),
        ("window/showDocument", {"uri": "file:///a"}),
        ("workspace/applyEdit", {"edit": {"changes": {}}}),
        ("workspace/configuration", {"items": []}),
        ("workspace/diagnostic/refresh", None),
        ("diffvet/status", {}),
        ("diffvet/invented", {}),
        (
            "client/registerCapability",
            {"registrations": [{"id": "1", "method": "workspace/didChangeWatchedFiles"}]},
        ),
        ("textDocument/publishDiagnostics", {"uri": "file:///a", "version": 1, "diagnostics": []}),
        *(
            (
                "textDocument/publishDiagnostics",
                {"uri": "file:///a", "diagnostics": [{"range": RANGE, "message": "m", name: value}]},
            )
            for name, value in {
                "tags": [1],
                "data": {},
                "relatedInformation": [],
                "codeDescription": {"href": "https://example.invalid"},
            }.items()
        ),
    ],
    ids=str,
)
def test_the_recorder_knows_what_was_not_offered(method: str, params: Message) -> None:
    raw = frame({"jsonrpc": "2.0", "method": method, "params": params})
    assert NOTHING.breaches(frames(raw), {})


@pytest.mark.parametrize(
    ("method", "result"),
    [
        ("textDocument/hover", {"contents": {"kind": "markdown", "value": "v"}}),
        ("textDocument/codeAction", [{"title": "t", "kind": "quickfix", "edit": {"changes": {}}}]),
        ("initialize", {"capabilities": {"positionEncoding": "utf-8"}}),
        ("initialize", {"capabilities": {"codeActionProvider": {"resolveProvider": True}}}),
        ("workspace/executeCommand", {"documentChanges": [{"textDocument": {}, "edits": []}]}),
    ],
    ids=str,
)
def test_the_recorder_knows_answers_that_were_not_offered(method: str, result: Any) -> None:
    raw = frame({"jsonrpc": "2.0", "id": 1, "result": result})
    assert NOTHING.breaches(frames(raw), {1: method})
