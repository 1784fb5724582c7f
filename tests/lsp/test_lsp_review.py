"""A whole session with ``diffvet lsp`` over its pipes, on real repositories."""

import time

import pytest

from fake_peer import Reply, message, peer
from lsp.raw_client import RawClient
from lsp.workspace import (
    ANSWER,
    CLEAN,
    FIXED,
    RISKY,
    RISKY_LINE,
    Workspace,
    change,
    close,
    hover,
    open_file,
    places,
    published,
    save,
)

PROGRESS = {"window": {"workDoneProgress": True}}
KEY = "canary-" + "key-0123456789abcdef"

HERE = [(RISKY_LINE, 4, RISKY_LINE, 41)]
"""Where the finding of ``RISKY`` stands, in UTF-16."""


def encodings(*names: str) -> dict[str, object]:
    return {"general": {"positionEncodings": list(names)}}


def agree(message: dict[str, object]) -> dict[str, object]:
    return {"result": None}


def with_model(url: str) -> dict[str, str]:
    return {"DIFFVET_ENDPOINT": url, "DIFFVET_MODEL": "route/test", "DIFFVET_API_KEY": KEY}


def ended(client: RawClient, after: int = 0) -> str:
    """The sentence the next progress ends with."""

    def is_end(said: dict[str, object]) -> bool:
        return said.get("method") == "$/progress" and said["params"]["value"]["kind"] == "end"

    return client.wait(is_end, after)["params"]["value"]["message"]


@pytest.mark.parametrize(
    ("offered", "end"),
    [((), 41), (("utf-16",), 41), (("utf-8", "utf-16"), 43), (("utf-32",), 40)],
)
def test_a_finding_behind_an_astral_character_is_underlined_in_the_clients_units(
    client: RawClient, workspace: Workspace, offered: tuple[str, ...], end: int
) -> None:
    client.initialize(encodings(*offered) if offered else {})
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    params = published(client)
    assert places(params) == [(RISKY_LINE, 4, RISKY_LINE, end)]
    found = params["diagnostics"][0]
    assert found["source"] == "diffvet"
    assert found["code"] == "py.shell-true"
    assert set(found["data"]) == {"fingerprint"}
    assert "version" not in params
    assert client.end() == 0


def test_the_note_is_shown_and_a_saved_fix_clears_the_finding_once(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize({"textDocument": {"hover": {"contentFormat": ["markdown", "plaintext"]}}} | PROGRESS)
    client.answers["window/workDoneProgress/create"] = agree
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    published(client)
    assert hover(client, uri, 0) is None
    note = hover(client, uri, RISKY_LINE, 8)
    assert note["contents"]["kind"] == "markdown"
    assert "**Why:**" in note["contents"]["value"]
    assert "**Fix:**" in note["contents"]["value"]
    ended(client)

    seen = len(client.seen)
    change(client, uri, 2, {"text": FIXED})
    workspace.write("app.py", FIXED)
    save(client, uri)
    assert ended(client, seen) == "No findings in 1 hunk"
    lists = [said["params"] for said in client.seen[seen:] if said.get("method", "").endswith("Diagnostics")]
    assert [params["diagnostics"] for params in lists] == [[]]
    assert hover(client, uri, RISKY_LINE) is None
    assert client.end() == 0
    assert client.stderr == b""


def test_a_client_that_offers_nothing_is_asked_nothing(client: RawClient, workspace: Workspace) -> None:
    client.initialize({})
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    published(client)
    assert hover(client, uri, RISKY_LINE)["contents"]["kind"] == "plaintext"
    assert client.end() == 0
    assert not [said for said in client.seen if "method" in said and "id" in said]
    assert not [said for said in client.seen if said.get("method") == "$/progress"]


def test_findings_move_with_their_lines_go_stale_and_come_back(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize({"textDocument": {"publishDiagnostics": {"versionSupport": True}}})
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    assert published(client)["version"] == 1

    def edit(version: int, start: tuple[int, int], end: tuple[int, int], text: str) -> dict[str, object]:
        seen = len(client.seen)
        spot = [{"line": line, "character": character} for line, character in (start, end)]
        change(client, uri, version, {"range": {"start": spot[0], "end": spot[1]}, "text": text})
        return published(client, seen)

    moved = edit(2, (0, 0), (0, 0), "# one\n# two\n")
    assert (moved["version"], places(moved)) == (2, [(RISKY_LINE + 2, 4, RISKY_LINE + 2, 41)])
    assert hover(client, uri, RISKY_LINE) is None
    assert hover(client, uri, RISKY_LINE + 2)
    stale = edit(3, (RISKY_LINE + 2, 40), (RISKY_LINE + 2, 40), ", text=True")
    assert (stale["version"], places(stale)) == (3, [])
    undone = edit(4, (RISKY_LINE + 2, 40), (RISKY_LINE + 2, 51), "")
    assert (undone["version"], places(undone)) == (4, [(RISKY_LINE + 2, 4, RISKY_LINE + 2, 41)])
    assert client.end() == 0


def test_findings_survive_closing_and_are_shown_again_when_the_file_is_opened(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize({})
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    first = published(client)
    seen = len(client.seen)
    close(client, uri)
    assert hover(client, uri, RISKY_LINE)
    open_file(client, uri, RISKY)
    assert published(client, seen) == first
    assert client.end() == 0


def test_the_findings_of_a_deleted_file_are_cleared_when_it_is_closed(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize({})
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    published(client)
    seen = len(client.seen)
    (workspace.root / "app.py").unlink()
    close(client, uri)
    assert published(client, seen)["diagnostics"] == []
    assert client.end() == 0


def test_the_buffer_is_reviewed_not_the_disk(client: RawClient, workspace: Workspace) -> None:
    client.initialize({})
    uri = workspace.write("app.py", CLEAN)
    open_file(client, uri, RISKY)
    assert places(published(client)) == HERE
    assert client.end() == 0


def test_a_new_file_and_a_repository_without_commits_are_reviewed_whole(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize({})
    open_file(client, workspace.write("deep/new file é.py", RISKY), RISKY)
    assert places(published(client)) == HERE
    workspace.git("update-ref", "-d", "HEAD")
    seen = len(client.seen)
    open_file(client, workspace.write("app.py", RISKY), RISKY)
    assert places(published(client, seen)) == HERE
    assert client.end() == 0


def test_outside_a_repository_one_line_says_so_and_nothing_else_happens(client: RawClient, tmp_path) -> None:
    client.initialize(PROGRESS)
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(RISKY)
        open_file(client, (tmp_path / name).as_uri(), RISKY)
    open_file(client, "untitled:Untitled-1", RISKY)
    open_file(client, "git:/a.py?ref=HEAD", RISKY)
    client.sync()
    said = [one["params"]["message"] for one in client.seen if one.get("method") == "window/logMessage"]
    assert said == [f"{tmp_path} is not inside a git repository; nothing is reviewed there"]
    assert not [one for one in client.seen if one.get("method") == "window/workDoneProgress/create"]
    assert client.end() == 0


def test_without_git_one_line_says_so(start, workspace: Workspace, tmp_path) -> None:
    client = start(env={"PATH": str(tmp_path)})
    client.initialize({})
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    client.wait(lambda one: "git was not found" in str(one.get("params")))
    assert client.end() == 0


def test_who_reviews_is_said_in_one_line(start, workspace: Workspace) -> None:
    with peer(lambda _: ANSWER) as model:
        client = start(env=with_model(model.url))
        client.initialize({})
        uri = workspace.write("app.py", RISKY)
        open_file(client, uri, RISKY)
        said = client.notification("window/logMessage")["message"]
        assert said == f"Reviewing with route/test at {model.url}"
        published(client)
        assert client.end() == 0


def test_an_editor_that_hides_the_files_line_ends_and_mark_sees_only_what_changed(
    client: RawClient, workspace: Workspace
) -> None:
    committed = "x = 1\r\nsubprocess.run(cmd, shell=True)\r\ny = 2\r\n".encode("utf-8-sig")
    workspace.write("dos.py", committed)
    workspace.commit()
    client.initialize(PROGRESS)
    client.answers["window/workDoneProgress/create"] = agree
    uri = workspace.write("dos.py", committed)
    open_file(client, uri, committed.decode("utf-8-sig").replace("\r\n", "\n"))
    assert ended(client) == "Nothing changed since the last commit"
    assert client.end() == 0


def test_a_setting_the_repository_may_not_choose_is_refused_in_one_line(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize({})
    workspace.write("diffvet.toml", 'endpoint = "https://example.invalid"\n')
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    assert "may not set 'endpoint'" in client.notification("window/logMessage")["message"]
    seen = len(client.seen)
    workspace.write("diffvet.toml", 'min_severity = "info"\n')
    open_file(client, (workspace.root / "diffvet.toml").as_uri(), "")
    save(client, (workspace.root / "diffvet.toml").as_uri())
    save(client, uri)
    assert places(published(client, seen)) == HERE
    assert client.end() == 0


def test_findings_below_the_minimum_severity_are_not_shown(start, workspace: Workspace) -> None:
    client = start(env={"DIFFVET_MIN_SEVERITY": "error"})
    client.initialize(PROGRESS)
    client.answers["window/workDoneProgress/create"] = agree
    open_file(client, workspace.write("app.py", RISKY), RISKY)
    assert ended(client) == "No findings in 1 hunk"
    assert not [one for one in client.seen if one.get("method") == "textDocument/publishDiagnostics"]


def test_a_removed_safeguard_stands_on_the_nearest_kept_line_and_its_note_shows_it(
    start, workspace: Workspace
) -> None:
    before = "def delete(user):\n    a = 1\n    assert user.is_admin\n    b = 2\n    return a + b\n"
    after = before.replace("    assert user.is_admin\n", "")
    workspace.write("app.py", before)
    workspace.commit()
    answer = (
        "- [warning][removed-safeguard] app.py:L3 `assert user.is_admin` **Check removed.** "
        "Why: anyone may delete. Fix: put it back.\nEND OF REVIEW\n"
    )
    with peer(lambda _: answer) as model:
        client = start(env=with_model(model.url))
        client.initialize({})
        uri = workspace.write("app.py", after)
        open_file(client, uri, after)
        assert places(published(client)) == [(2, 4, 2, 9)]
        assert "Removed:\n        assert user.is_admin" in hover(client, uri, 2)["contents"]["value"]
        assert client.end() == 0


def test_an_answer_that_was_cut_is_incomplete_and_loses_no_earlier_finding(
    start, workspace: Workspace
) -> None:
    answers = iter([ANSWER, "I looked at it and", ANSWER])
    with peer(lambda _: next(answers)) as model:
        client = start(env=with_model(model.url))
        client.initialize(PROGRESS)
        client.answers["window/workDoneProgress/create"] = agree
        uri = workspace.write("app.py", RISKY)
        open_file(client, uri, RISKY)
        assert ended(client) == "1 finding in 1 hunk"
        seen = len(client.seen)
        save(client, uri)
        assert ended(client, seen).startswith("Incomplete: 1 of 1 hunk not reviewed: ")
        logged = client.notification("window/logMessage", seen)["message"]
        assert logged.startswith("app.py: Incomplete")
        assert hover(client, uri, RISKY_LINE)
        assert not [one for one in client.seen[seen:] if one.get("method", "").endswith("publishDiagnostics")]
        assert client.end() == 0


def test_a_cancelled_job_ends_its_progress_and_publishes_nothing(start, workspace: Workspace) -> None:
    with peer(lambda _: Reply(body=message(ANSWER), delay=60)) as model:
        client = start(env=with_model(model.url))
        client.initialize(PROGRESS)
        client.answers["window/workDoneProgress/create"] = agree
        uri = workspace.write("app.py", RISKY)
        open_file(client, uri, RISKY)
        begin = client.notification("$/progress")
        assert begin["value"] == begin["value"] | {
            "kind": "begin",
            "cancellable": True,
            "title": "Diffvet: reviewing app.py",
        }
        while not model.prompts:
            client.sync()
        client.notify("window/workDoneProgress/cancel", {"token": begin["token"]})
        assert ended(client) == "Cancelled"
        client.sync()
        assert not [one for one in client.seen if one.get("method") == "textDocument/publishDiagnostics"]
        assert client.end() == 0
        assert client.stderr == b""


def test_shutdown_during_a_review_is_answered_at_once_and_the_key_is_never_said(
    start, workspace: Workspace
) -> None:
    with peer(lambda _: Reply(body=message(ANSWER), delay=60)) as model:
        client = start(env=with_model(model.url))
        client.initialize(PROGRESS, trace="verbose")
        client.answers["window/workDoneProgress/create"] = agree
        uri = workspace.write("app.py", RISKY)
        open_file(client, uri, RISKY)
        while not model.prompts:
            client.sync()
        assert KEY in str(model.headers)
        asked = time.monotonic()
        assert client.end() == 0
        assert time.monotonic() - asked < 30  # a hang, not a slow machine
        assert KEY.encode() not in client.raw + client.stderr
        assert client.stderr == b""


def test_a_refused_key_is_said_without_the_key(start, workspace: Workspace) -> None:
    with peer(lambda _: Reply(status=401, body=f"bad key {KEY}".encode())) as model:
        client = start(env=with_model(model.url))
        client.initialize({})
        open_file(client, workspace.write("app.py", RISKY), RISKY)
        client.wait(lambda one: "Incomplete" in str(one.get("params")))
        assert client.end() == 0
        assert KEY.encode() not in client.raw + client.stderr


def test_only_the_newest_review_of_a_file_publishes(start, workspace: Workspace) -> None:
    other = ANSWER.replace("Shell injection", "Newest")
    replies = iter([Reply(body=message(ANSWER), delay=60), Reply(body=message(other))])
    with peer(lambda _: next(replies)) as model:
        client = start(env=with_model(model.url))
        client.initialize({})
        uri = workspace.write("app.py", RISKY)
        open_file(client, uri, RISKY)
        while not model.prompts:
            client.sync()
        save(client, uri)
        assert published(client)["diagnostics"][0]["message"].startswith("Newest")
        client.sync()
        assert len([one for one in client.seen if one.get("method", "").endswith("publishDiagnostics")]) == 1
        assert client.end() == 0


def test_the_command_starts_a_job_and_returns_its_progress_token(
    client: RawClient, workspace: Workspace
) -> None:
    client.initialize(PROGRESS)
    client.answers["window/workDoneProgress/create"] = agree
    uri = workspace.write("app.py", CLEAN)
    open_file(client, uri, CLEAN)
    assert ended(client) == "Nothing changed since the last commit"
    change(client, uri, 2, {"text": RISKY})
    seen = len(client.seen)
    command = {"command": "diffvet.server.review", "arguments": [uri]}
    job = client.call("workspace/executeCommand", command)["result"]
    assert client.notification("window/workDoneProgress/create", seen)["token"] == job
    assert places(published(client, seen)) == HERE
    unknown = command | {"arguments": ["file:///nowhere.py"]}
    assert client.call("workspace/executeCommand", unknown)["result"] is None
    assert client.end() == 0


def test_a_refused_progress_display_does_not_stop_the_review(client: RawClient, workspace: Workspace) -> None:
    client.initialize(PROGRESS)
    refusal = {"error": {"code": -32803, "message": "no room"}}
    client.answers["window/workDoneProgress/create"] = lambda _: refusal
    open_file(client, workspace.write("app.py", RISKY), RISKY)
    published(client)
    client.sync()
    assert not [one for one in client.seen if one.get("method") == "$/progress"]
    assert client.end() == 0
    assert client.stderr == b""


def test_many_saves_in_a_row_end_in_one_answer(client: RawClient, workspace: Workspace) -> None:
    client.initialize({})
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    for _ in range(50):
        save(client, uri)
    published(client)
    client.sync()
    assert len([one for one in client.seen if one.get("method", "").endswith("publishDiagnostics")]) == 1
    assert client.end() == 0
