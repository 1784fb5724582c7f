"""A whole session with ``diffvet lsp`` over its pipes, on real repositories."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_peer import Reply, Script, message, peer
from lsp.raw_client import PATIENCE, Message, RawClient
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
PUBLISHED = "textDocument/publishDiagnostics"

HERE = [(RISKY_LINE, 4, RISKY_LINE, 41)]
"""Where the finding of ``RISKY`` stands, in UTF-16."""


def agree(message: dict[str, object]) -> dict[str, object]:
    return {"result": None}


def with_model(url: str) -> dict[str, str]:
    """The environment of a server that asks ``url``, each time anew: the tests share files and answers."""
    return {
        "DIFFVET_ENDPOINT": url,
        "DIFFVET_MODEL": "route/test",
        "DIFFVET_API_KEY": KEY,
        "DIFFVET_CACHE": "false",
        "DIFFVET_RETRIES": "0",
    }


def heard(client: RawClient, method: str, after: int = 0) -> list[Any]:
    """The parameters of all such messages so far."""
    return [said["params"] for said in client.seen[after:] if said.get("method") == method]


def ended(client: RawClient, after: int = 0) -> str:
    """The sentence the next progress ends with."""

    def is_end(said: dict[str, object]) -> bool:
        return said.get("method") == "$/progress" and said["params"]["value"]["kind"] == "end"

    return client.wait(is_end, after)["params"]["value"]["message"]


def tokens(client: RawClient, kind: str) -> set[str]:
    """Of which jobs a ``kind`` of progress was heard."""
    reports = [said["params"] for said in client.seen if said.get("method") == "$/progress"]
    return {report["token"] for report in reports if report["value"]["kind"] == kind}


class Model:
    """A model that says what the running test wants: ``script`` takes the prompt."""

    def __init__(self) -> None:
        self.script: Script = lambda _: ANSWER
        self.asked = 0
        self.headers: list[dict[str, str]] = []

    def answer(self, prompt: str) -> str | Reply:
        self.asked += 1
        return self.script(prompt)

    def stall(self) -> None:
        """Think for longer than anyone waits."""
        self.script = lambda _: Reply(body=message(ANSWER), delay=60)


CAPABILITIES = PROGRESS | {
    "textDocument": {
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "publishDiagnostics": {"versionSupport": True},
    }
}


def session(home: Path, env: dict[str, str]) -> Iterator[RawClient]:
    """A server for many tests (a start costs half a second); in the end it must have kept its countenance."""
    with RawClient(home, env=env) as client:
        client.answers["window/workDoneProgress/create"] = agree
        client.initialize(CAPABILITIES, trace="verbose")
        yield client
        assert client.end() == 0
        assert client.stderr == b""
        assert KEY.encode() not in client.raw


@pytest.fixture(scope="module")
def embedded_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawClient]:
    yield from session(tmp_path_factory.mktemp("home"), {})


@pytest.fixture
def editor(embedded_session: RawClient) -> RawClient:
    """An editor whose files are reviewed by the embedded rules; it has heard nothing yet, and no earlier review goes on."""
    embedded_session.sync()
    for token in tokens(embedded_session, "begin") - tokens(embedded_session, "end"):
        embedded_session.wait(lambda _, token=token: token in tokens(embedded_session, "end"))
    embedded_session.leave()
    return embedded_session


@pytest.fixture(scope="module")
def modelled_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RawClient, Model]]:
    model = Model()
    with peer(model.answer) as listening:
        model.headers = listening.headers
        for client in session(tmp_path_factory.mktemp("home"), with_model(listening.url)):
            yield client, model


@pytest.fixture
def model(modelled_session: tuple[RawClient, Model]) -> Model:
    """The model that reviews for ``remote``; it answers ``ANSWER`` until told otherwise."""
    model = modelled_session[1]
    model.script, model.asked = lambda _: ANSWER, 0
    return model


@pytest.fixture
def remote(modelled_session: tuple[RawClient, Model]) -> RawClient:
    """An editor whose files are reviewed by ``model``; it has heard nothing yet."""
    modelled_session[0].leave()
    return modelled_session[0]


def asked(client: RawClient, model: Model) -> None:
    """Return when the model has been asked once more."""
    deadline = time.monotonic() + PATIENCE
    while not model.asked:
        assert time.monotonic() < deadline, "the model was never asked"
        client.sync()


def test_the_note_is_shown_and_a_saved_fix_clears_the_finding_once(
    editor: RawClient, workspace: Workspace
) -> None:
    uri = workspace.write("app.py", RISKY)
    open_file(editor, uri, RISKY)
    assert places(published(editor)) == HERE
    assert hover(editor, uri, 0) is None
    note = hover(editor, uri, RISKY_LINE, 8)
    assert note["contents"]["kind"] == "markdown"
    assert "**Why:**" in note["contents"]["value"]
    assert "**Fix:**" in note["contents"]["value"]
    assert ended(editor) == "1 finding in 1 hunk"

    seen = len(editor.seen)
    change(editor, uri, 2, {"text": FIXED})
    workspace.write("app.py", FIXED)
    save(editor, uri)
    assert ended(editor, seen) == "No findings in 1 hunk"
    assert [params["diagnostics"] for params in heard(editor, PUBLISHED, seen)] == [[]]
    assert hover(editor, uri, RISKY_LINE) is None


def test_a_client_that_offers_nothing_is_asked_nothing(client: RawClient, workspace: Workspace) -> None:
    client.initialize({})
    uri = workspace.write("app.py", RISKY)
    open_file(client, uri, RISKY)
    params = published(client)
    assert places(params) == HERE
    [found] = params["diagnostics"]
    assert (found["source"], found["code"]) == ("diffvet", "py.shell-true")
    assert not {"data", "relatedInformation", "codeDescription", "tags"} & found.keys()
    assert "version" not in params
    assert hover(client, uri, RISKY_LINE)["contents"]["kind"] == "plaintext"
    assert client.end() == 0
    assert not [said for said in client.seen if "method" in said and "id" in said]
    assert heard(client, "$/progress") == []


def test_findings_move_with_their_lines_go_stale_and_come_back(
    editor: RawClient, workspace: Workspace
) -> None:
    uri = workspace.write("app.py", RISKY)
    open_file(editor, uri, RISKY)
    assert published(editor)["version"] == 1

    def edit(version: int, start: tuple[int, int], end: tuple[int, int], text: str) -> tuple[int, Any]:
        """What is published after the edit: the version, and where the findings are."""
        seen = len(editor.seen)
        spot = [{"line": line, "character": character} for line, character in (start, end)]
        change(editor, uri, version, {"range": {"start": spot[0], "end": spot[1]}, "text": text})
        params = published(editor, seen)
        return params["version"], places(params)

    moved = RISKY_LINE + 2
    assert edit(2, (0, 0), (0, 0), "# one\n# two\n") == (2, [(moved, 4, moved, 41)])
    assert hover(editor, uri, RISKY_LINE) is None
    assert hover(editor, uri, moved)
    assert edit(3, (moved, 40), (moved, 40), ", text=True") == (3, [])
    assert edit(4, (moved, 40), (moved, 51), "") == (4, [(moved, 4, moved, 41)])


def test_findings_survive_closing_and_are_shown_again_when_the_file_is_opened(
    editor: RawClient, workspace: Workspace
) -> None:
    uri = workspace.write("app.py", RISKY)
    open_file(editor, uri, RISKY)
    first = published(editor)
    seen = len(editor.seen)
    close(editor, uri)
    assert hover(editor, uri, RISKY_LINE)
    open_file(editor, uri, RISKY)
    assert published(editor, seen) == first


def test_the_findings_of_a_deleted_file_are_cleared_when_it_is_closed(
    editor: RawClient, workspace: Workspace
) -> None:
    uri = workspace.write("app.py", RISKY)
    open_file(editor, uri, RISKY)
    published(editor)
    seen = len(editor.seen)
    (workspace.root / "app.py").unlink()
    close(editor, uri)
    assert published(editor, seen)["diagnostics"] == []


def test_the_buffer_is_reviewed_not_the_disk(editor: RawClient, workspace: Workspace) -> None:
    uri = workspace.write("app.py", CLEAN)
    open_file(editor, uri, RISKY)
    assert places(published(editor)) == HERE


def test_an_editor_that_hides_the_files_line_ends_and_mark_sees_only_what_changed(
    editor: RawClient, workspace: Workspace
) -> None:
    committed = "x = 1\r\nsubprocess.run(cmd, shell=True)\r\ny = 2\r\n".encode("utf-8-sig")
    uri = workspace.write("dos.py", committed)
    workspace.commit()
    open_file(editor, uri, committed.decode("utf-8-sig").replace("\r\n", "\n"))
    assert ended(editor) == "Nothing changed since the last commit"


@pytest.mark.parametrize(
    "above",
    ["one\u2028line\n", "a\fb\n\f\n", "a\rb\n", "a\r\nb\r\n", "\x85\x1c\x1d\n", "\r\n\n\r", "\n" * 3],
    ids=ascii,
)
def test_lines_are_counted_as_the_protocol_counts_them(
    editor: RawClient, workspace: Workspace, above: str
) -> None:
    def called(params: Message) -> list[tuple[int, int, int, int]]:
        """Where the call is found; a carriage return within a line of git's is a finding too."""
        return places(
            {"diagnostics": [one for one in params["diagnostics"] if one["code"] == "py.shell-true"]}
        )

    line = len(re.findall(r"\r\n|\r|\n", above))
    text = above + "\tsubprocess.run(cmd, shell=True)"  # no final newline
    uri = workspace.write("lines.py", text)
    open_file(editor, uri, text)
    assert called(published(editor)) == [(line, 1, line, 32)]
    seen = len(editor.seen)
    start = {"line": line, "character": 1}
    change(editor, uri, 2, {"range": {"start": start, "end": start}, "text": "\u2028\r\n"})
    assert called(published(editor, seen)) == [(line + 1, 0, line + 1, 31)]


def test_a_new_file_and_a_repository_without_commits_are_reviewed_whole(
    editor: RawClient, workspace: Workspace
) -> None:
    open_file(editor, workspace.write("deep/new file \u00e9.py", RISKY), RISKY)
    assert places(published(editor)) == HERE
    workspace.git("update-ref", "-d", "HEAD")
    seen = len(editor.seen)
    open_file(editor, workspace.write("app.py", RISKY), RISKY)
    assert places(published(editor, seen)) == HERE


def test_the_command_starts_a_job_and_returns_its_progress_token(
    editor: RawClient, workspace: Workspace
) -> None:
    uri = workspace.write("app.py", CLEAN)
    open_file(editor, uri, CLEAN)
    assert ended(editor) == "Nothing changed since the last commit"
    change(editor, uri, 2, {"text": RISKY})
    seen = len(editor.seen)
    command = {"command": "diffvet.server.review", "arguments": [uri]}
    job = editor.call("workspace/executeCommand", command)["result"]
    assert editor.notification("window/workDoneProgress/create", seen)["token"] == job
    assert places(published(editor, seen)) == HERE


def test_many_saves_in_a_row_end_in_one_answer(editor: RawClient, workspace: Workspace) -> None:
    uri = workspace.write("app.py", RISKY)
    open_file(editor, uri, RISKY)
    for _ in range(50):
        save(editor, uri)
    published(editor)
    editor.sync()
    assert len(heard(editor, PUBLISHED)) == 1


def test_a_refused_progress_display_does_not_stop_the_review(
    editor: RawClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = {"error": {"code": -32803, "message": "no room"}}
    monkeypatch.setitem(editor.answers, "window/workDoneProgress/create", lambda _: refusal)
    open_file(editor, workspace.write("app.py", RISKY), RISKY)
    published(editor)
    editor.sync()
    assert heard(editor, "$/progress") == []


def test_what_was_asked_for_and_cannot_be_done_is_shown_and_not_only_logged(
    editor: RawClient, workspace: Workspace, tmp_path: Path
) -> None:
    def ask(command: str, *arguments: str) -> str:
        before = len(editor.seen)
        params = {"command": f"diffvet.server.{command}", "arguments": list(arguments)}
        editor.call("workspace/executeCommand", params)
        return str(editor.notification("window/showMessage", before)["message"])

    (tmp_path / "outside").mkdir()
    outside = (tmp_path / "outside" / "a.py").as_uri()
    (tmp_path / "outside" / "a.py").write_text(RISKY)
    there = f"{tmp_path / 'outside'} is not inside a git repository; nothing is reviewed there"
    notebook = workspace.write("a.ipynb", "{}")
    uri = workspace.write("app.py", RISKY)
    assert ask("reviewScope", uri, "commit", "nowhere") == "unknown revision 'nowhere'"
    assert ask("reviewScope", outside, "staged").endswith(
        "is not inside a git repository; nothing is reviewed there"
    )
    assert [ask("review", outside), ask("review", outside)] == [there, there]
    assert ask("review", notebook).startswith("a.ipynb is not reviewed here")


def test_outside_a_repository_one_line_says_so_and_nothing_else_happens(
    editor: RawClient, tmp_path: Path
) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(RISKY)
        open_file(editor, (tmp_path / name).as_uri(), RISKY)
    open_file(editor, "untitled:Untitled-1", RISKY)
    open_file(editor, "git:/a.py?ref=HEAD", RISKY)
    editor.sync()
    said = [params["message"] for params in heard(editor, "window/logMessage")]
    assert said == [f"{tmp_path} is not inside a git repository; nothing is reviewed there"]
    assert heard(editor, "window/workDoneProgress/create") == []


def test_a_setting_the_repository_may_not_choose_is_refused_in_one_line(
    editor: RawClient, workspace: Workspace
) -> None:
    workspace.write("diffvet.toml", 'endpoint = "https://example.invalid"\n')
    uri = workspace.write("app.py", RISKY)
    open_file(editor, uri, RISKY)
    assert "may not set 'endpoint'" in editor.notification("window/logMessage")["message"]
    seen = len(editor.seen)
    settings = workspace.write("diffvet.toml", 'min_severity = "info"\n')
    open_file(editor, settings, "")
    save(editor, settings)
    editor.wait(lambda said: "Not reviewed: empty file added" in str(said.get("params")), seen)
    save(editor, uri)
    assert places(published(editor, seen)) == HERE


def test_findings_below_the_minimum_severity_are_not_shown(editor: RawClient, workspace: Workspace) -> None:
    workspace.write("diffvet.toml", 'min_severity = "error"\n')
    open_file(editor, workspace.write("app.py", RISKY), RISKY)
    assert ended(editor) == "No findings in 1 hunk"
    assert heard(editor, PUBLISHED) == []


def test_without_git_the_log_says_so(
    start: Callable[..., RawClient], workspace: Workspace, tmp_path: Path
) -> None:
    client = start(env={"PATH": str(tmp_path)})
    client.initialize({})
    open_file(client, workspace.write("app.py", RISKY), RISKY)
    client.wait(lambda said: "git was not found" in str(said.get("params")))
    assert client.end() == 0


def test_a_removed_safeguard_stands_on_the_nearest_kept_line_and_its_note_shows_it(
    remote: RawClient, model: Model, workspace: Workspace
) -> None:
    before = "def delete(user):\n    a = 1\n    assert user.is_admin\n    b = 2\n    return a + b\n"
    after = before.replace("    assert user.is_admin\n", "")
    workspace.write("app.py", before)
    workspace.commit()
    model.script = lambda _: (
        "- [warning][removed-safeguard] app.py:L3 `assert user.is_admin` **Check removed.** "
        "Why: anyone may delete. Fix: put it back.\nEND OF REVIEW\n"
    )
    uri = workspace.write("app.py", after)
    open_file(remote, uri, after)
    assert places(published(remote)) == [(2, 4, 2, 9)]
    assert "```\n    assert user.is_admin\n```" in hover(remote, uri, 2)["contents"]["value"]


def test_an_answer_that_was_cut_is_incomplete_and_loses_no_earlier_finding(
    remote: RawClient, model: Model, workspace: Workspace
) -> None:
    uri = workspace.write("app.py", RISKY)
    open_file(remote, uri, RISKY)
    assert ended(remote) == "1 finding in 1 hunk"
    seen = len(remote.seen)
    model.script = lambda _: "I looked at it and"
    save(remote, uri)
    assert ended(remote, seen).startswith("Incomplete: 1 of 1 hunk not reviewed: ")
    assert heard(remote, "window/logMessage", seen)[0]["message"].startswith("app.py: Incomplete")
    assert hover(remote, uri, RISKY_LINE)
    assert heard(remote, PUBLISHED, seen) == []


def test_a_refused_key_is_said_without_the_key(remote: RawClient, model: Model, workspace: Workspace) -> None:
    model.script = lambda _: Reply(status=401, body=f"bad key {KEY}".encode())
    open_file(remote, workspace.write("app.py", RISKY), RISKY)
    assert ended(remote).startswith("Incomplete: 1 of 1 hunk not reviewed: ")
    assert KEY in str(model.headers)  # and nowhere in the session's frames, as its fixture sees to


def test_a_cancelled_job_ends_its_progress_and_publishes_nothing(
    remote: RawClient, model: Model, workspace: Workspace
) -> None:
    model.stall()
    open_file(remote, workspace.write("app.py", RISKY), RISKY)
    begin = remote.notification("$/progress")
    assert begin["value"]["kind"] == "begin"
    assert begin["value"]["title"] == "Diffvet: reviewing app.py"
    assert begin["value"]["cancellable"]
    asked(remote, model)
    remote.notify("window/workDoneProgress/cancel", {"token": begin["token"]})
    assert ended(remote) == "Cancelled"
    remote.sync()
    assert heard(remote, PUBLISHED) == []


def test_only_the_newest_review_of_a_file_publishes(
    remote: RawClient, model: Model, workspace: Workspace
) -> None:
    model.stall()
    uri = workspace.write("app.py", RISKY)
    open_file(remote, uri, RISKY)
    asked(remote, model)
    model.script = lambda _: ANSWER.replace("Shell injection", "Newest")
    save(remote, uri)
    said = remote.wait(lambda said: said.get("method") == PUBLISHED and said["params"]["uri"] == uri)
    assert said["params"]["diagnostics"][0]["message"].startswith("Newest")
    remote.sync()
    assert [params["uri"] for params in heard(remote, PUBLISHED)].count(uri) == 1


def test_shutdown_during_a_review_is_answered_at_once(
    start: Callable[..., RawClient], workspace: Workspace
) -> None:
    model = Model()
    model.stall()
    with peer(model.answer) as listening:
        client = start(env=with_model(listening.url))
        client.initialize(PROGRESS)
        client.answers["window/workDoneProgress/create"] = agree
        open_file(client, workspace.write("app.py", RISKY), RISKY)
        said = f"Reviewing with route/test at {listening.url}"
        assert client.notification("window/logMessage")["message"] == said
        asked(client, model)
        began = time.monotonic()
        assert client.end() == 0
        assert time.monotonic() - began < PATIENCE / 2  # a machine may be slow; the model takes a minute
        assert ended(client) == "Cancelled"
        assert heard(client, PUBLISHED) == []
        assert client.stderr == b""
