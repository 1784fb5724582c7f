"""Code actions and the commands behind them: exact edits, decisions that every face sees."""

import json
import subprocess
import sys
from contextlib import ExitStack
from typing import Any

import pytest

from diffvet.diff.lines import from_units
from diffvet.lsp.document import split
from fake_peer import Reply, message, peer
from lsp.raw_client import RawClient, isolated
from lsp.workspace import change, hover, open_file, published, save

BEFORE = "import yaml\n\n\ndef read(text):\n    return text\n"
AFTER = 'import yaml\n\n\ndef read(text):\n    "\U0001f600"; return yaml.load(text)\n'
SAFE = AFTER.replace("yaml.load", "yaml.safe_load")
LINE = 4

RESOLVES = {
    "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "source"]}},
    "dataSupport": True,
    "isPreferredSupport": True,
    "resolveSupport": {"properties": ["edit"]},
    "tagSupport": {"valueSet": [1]},
}
PLAIN = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}}
VERSIONED = {"workspaceEdit": {"documentChanges": True}, "applyEdit": True}


def can(actions: dict[str, Any], workspace: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"textDocument": {"codeAction": actions}, "workspace": workspace or {}} | more


def asked(client: RawClient, uri: str, line: int = LINE, end: int | None = None, **context: Any) -> Any:
    """The code actions on a line."""
    where = {
        "start": {"line": line, "character": 0},
        "end": {"line": line if end is None else end, "character": 0},
    }
    params = {"textDocument": {"uri": uri}, "range": where, "context": {"diagnostics": []} | context}
    return client.call("textDocument/codeAction", params)


def titled(actions: list[dict[str, Any]], words: str) -> dict[str, Any]:
    [found] = [action for action in actions if words in action["title"]]
    return found


def execute(client: RawClient, command: str, *arguments: Any) -> Any:
    return client.call("workspace/executeCommand", {"command": command, "arguments": list(arguments)})


def applied(text: str, edits: list[dict[str, Any]], encoding: str = "utf-16") -> str:
    """``text`` after ``edits``, as an editor applies them: all places are those of the text before."""
    lines = split(text)

    def offset(place: dict[str, int]) -> int:
        column = from_units(lines[place["line"]], place["character"], encoding)
        return len("".join(lines[: place["line"]])) + column

    spans = [(offset(e["range"]["start"]), offset(e["range"]["end"]), e["newText"]) for e in edits]
    for start, end, new in sorted(spans, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def edits_of(action: dict[str, Any], uri: str) -> list[dict[str, Any]]:
    edit = action["edit"]
    return edit["changes"][uri] if "changes" in edit else edit["documentChanges"][0]["edits"]


@pytest.fixture
def opened(start, workspace):
    """``opened(capabilities, text)``: a server that found the risk in the text of ``app.py``; client and URI."""

    workspace.write("app.py", BEFORE)
    workspace.commit()

    def go(
        capabilities: dict[str, Any] | None = None, text: str = AFTER, **more: Any
    ) -> tuple[RawClient, str]:
        uri = workspace.write("app.py", text)
        client = start(**more)
        client.initialize(capabilities)
        open_file(client, uri, text)
        assert published(client)["diagnostics"]
        return client, uri

    return go


@pytest.fixture
def model():
    """``model(answer)``: the environment of a server whose model says ``answer``."""
    with ExitStack() as stack:

        def say(answer: str) -> dict[str, str]:
            listening = stack.enter_context(peer(lambda _: Reply(body=message(answer))))
            return {
                "DIFFVET_ENDPOINT": listening.url,
                "DIFFVET_MODEL": "route/test",
                "DIFFVET_API_KEY": "rk_" + "0a" * 32,
            }

        yield say


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize(
    "text", [AFTER, AFTER.replace("\n", "\r\n"), AFTER + "x = 1", AFTER + "\f\n x = '\u2028'\n"]
)
def test_the_fix_changes_exactly_the_code_it_was_verified_for(opened, encoding, text):
    client, uri = opened(can(PLAIN, general={"positionEncodings": [encoding]}), text)
    fix = titled(asked(client, uri)["result"], "fix:")
    assert applied(text, edits_of(fix, uri), encoding) == text.replace("yaml.load", "yaml.safe_load")
    assert fix["kind"] == "quickfix.diffvet"
    assert fix["diagnostics"][0]["code"] == "py.yaml-load"
    assert not {"isPreferred", "tags", "data"} & fix.keys()


def test_the_fix_is_preferred_versioned_and_resolved_where_the_client_can_do_so(opened):
    client, uri = opened(can(RESOLVES, VERSIONED))
    fix = titled(asked(client, uri)["result"], "fix:")
    assert fix["isPreferred"] is True
    assert "tags" not in fix  # the embedded rules are no model
    assert "edit" not in fix
    change(
        client,
        uri,
        2,
        {
            "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}},
            "text": "# new\n",
        },
    )
    edit = client.call("codeAction/resolve", fix)["result"]["edit"]
    [document] = edit["documentChanges"]
    assert document["textDocument"] == {"uri": uri, "version": 2}
    assert applied("# new\n" + AFTER, document["edits"]) == "# new\n" + SAFE


def test_a_fix_whose_code_has_changed_is_not_offered_and_not_resolved(opened):
    client, uri = opened(can(RESOLVES, VERSIONED))
    fix = titled(asked(client, uri)["result"], "fix:")
    indented = AFTER.replace("    ", "\t", 1)  # the same finding, but not the text the fix was verified for
    change(client, uri, 2, {"text": indented})
    assert [a for a in asked(client, uri)["result"] if "fix:" in a["title"]] == []
    assert client.call("codeAction/resolve", fix)["error"]["code"] == -32801
    change(client, uri, 3, {"text": BEFORE})
    assert asked(client, uri)["result"] is None
    assert client.call("codeAction/resolve", fix)["error"]["code"] in (-32801, -32602)


def test_a_models_fix_is_tagged_and_never_preferred(opened, model):
    answer = (
        "- [error][security] app.py:R5 `yaml.load(text)` **Unsafe load.** Why: w. Fix: f.\n"
        '  ```suggestion\n      "\U0001f600"; return yaml.safe_load(text)\n  ```\nEND OF REVIEW\n'
    )
    client, uri = opened(can(RESOLVES), env=model(answer))
    fix = titled(asked(client, uri)["result"], "fix:")
    assert fix["tags"] == [1]
    assert "isPreferred" not in fix


def test_only_is_a_prefix_filter(opened):
    client, uri = opened(can(PLAIN))

    def kinds(*only: str) -> set[str]:
        return {action["kind"] for action in asked(client, uri, only=list(only))["result"] or []}

    assert kinds("quickfix") == kinds("quickfix.diffvet") == {"quickfix.diffvet"}
    assert kinds("source") == {"source.diffvet.review"}
    assert kinds("") == {"quickfix.diffvet", "source.diffvet.review"}
    assert kinds("quickfix.diff") == kinds("refactor") == kinds("source.fixAll") == set()
    assert kinds("refactor", "quickfix") == {"quickfix.diffvet"}
    assert asked(client, uri, line=0)["result"] is None
    assert asked(client, uri, line=0, only=["source"])["result"]
    assert (
        asked(client, uri, line=0, end=LINE)["result"] is None
    )  # the end at column 0 is no part of its line
    assert asked(client, uri, line=0, end=LINE + 1)["result"]


@pytest.mark.parametrize(
    "broken",
    [
        [{"range": None, "message": 3}],
        [7],
        [{"range": {"start": {"line": None, "character": -1}}}],
        {"no": "list"},
        None,
    ],
)
def test_broken_diagnostics_of_other_servers_are_no_obstacle(opened, broken):
    client, uri = opened(can(PLAIN))
    assert titled(asked(client, uri, diagnostics=broken)["result"], "fix:")


def test_a_client_without_literals_gets_commands_and_no_edit_it_cannot_take(opened):
    client, uri = opened({})
    commands = asked(client, uri)["result"]
    assert all(isinstance(one["command"], str) and "kind" not in one for one in commands)
    assert not any("fix:" in one["title"] or "ignore" in one["title"] for one in commands)
    edit = execute(client, "diffvet.server.fix", uri, fingerprint(client, uri))["result"]
    assert applied(AFTER, edit["changes"][uri]) == SAFE


def fingerprint(client: RawClient, uri: str) -> str:
    [found] = client.call("diffvet/findings", {"uri": uri})["result"]["roots"][0]["findings"]
    return found["fingerprint"]


def test_a_client_that_takes_edits_is_sent_the_fix(opened):
    client, uri = opened({"workspace": VERSIONED})
    client.answers["workspace/applyEdit"] = lambda _: {"result": {"applied": True}}
    command = titled(asked(client, uri)["result"], "fix:")
    assert execute(client, command["command"], *command["arguments"])["result"] is True
    sent = client.wait(lambda message: message.get("method") == "workspace/applyEdit")["params"]
    assert applied(AFTER, edits_of(sent, uri)) == SAFE


def check(workspace, client: RawClient) -> dict[str, Any]:
    """What ``diffvet check`` says with the same cache."""
    command = [sys.executable, "-m", "diffvet", "check", "--format", "json"]
    done = subprocess.run(
        command, cwd=workspace.root, env=isolated(client.home), capture_output=True, check=False
    )
    return json.loads(done.stdout)["findings"][0]


def test_a_dismissed_finding_is_gone_at_once_everywhere_and_comes_back(opened, workspace):
    client, uri = opened(can(PLAIN))
    action = titled(asked(client, uri)["result"], "dismiss for me (false positive)")
    before = len(client.seen)
    job = execute(client, action["command"]["command"], *action["command"]["arguments"])["result"]
    assert isinstance(job, str)
    assert published(client, before)["diagnostics"] == []
    assert hover(client, uri, LINE) is None
    [found] = client.call("diffvet/findings", {"uri": uri})["result"]["roots"][0]["findings"]
    assert found["state"] == "dismissed"
    assert check(workspace, client)["state"] == "dismissed"
    save(client, uri)
    execute(client, "diffvet.server.review", uri)
    client.sync()
    before = len(client.seen)
    assert execute(client, "diffvet.server.restore", uri, found["fingerprint"])["result"]
    assert published(client, before)["diagnostics"]
    assert check(workspace, client)["state"] == "open"


def test_a_finding_goes_into_the_baseline_with_reason_and_author(opened, workspace):
    client, uri = opened(can(PLAIN))
    before = len(client.seen)
    execute(client, "diffvet.server.addToBaseline", uri, fingerprint(client, uri), "known since the rewrite")
    assert published(client, before)["diagnostics"] == []
    entries = json.loads((workspace.root / ".diffvet-baseline.json").read_text())
    [entry] = [value for key, value in entries.items() if key != "version"]
    assert entry["reason"] == "known since the rewrite"
    assert entry["path"] == "app.py"
    found = [one for one in [check(workspace, client)] if one["path"] == "app.py"]
    assert found[0]["state"] == "baseline"


@pytest.mark.parametrize("text", [AFTER, AFTER.replace("\n", "\r\n")])
def test_a_comment_that_ignores_the_finding_does_so(opened, workspace, text):
    client, uri = opened(can(PLAIN), text)
    action = titled(asked(client, uri)["result"], "ignore with a comment")
    ignored = applied(text, edits_of(action, uri))
    line = "    # diffvet: ignore[py.yaml-load] reviewed and accepted"
    end = "\r\n" if "\r" in text else "\n"
    assert ignored == text.replace('    "', line + end + '    "')
    workspace.write("app.py", ignored)
    assert check(workspace, client)["state"] == "ignored"


def test_a_comment_takes_the_users_reason(opened):
    client, uri = opened({})
    edit = execute(client, "diffvet.server.ignore", uri, fingerprint(client, uri), "the text is ours")[
        "result"
    ]
    assert "# diffvet: ignore[py.yaml-load] the text is ours\n" in applied(AFTER, edit["changes"][uri])


def test_an_explanation_is_the_answer_and_shown_unless_the_client_shows_it_itself(opened, start):
    client, uri = opened({})
    text = execute(client, "diffvet.server.explain", uri, fingerprint(client, uri)[:8])["result"]
    assert client.notification("window/showMessage")["message"] == text
    for words in ("Why:", "Fix:", "CWE-502", "diffvet dismiss", "diffvet: ignore[py.yaml-load]"):
        assert words in text
    client.end()
    client, uri = opened({"experimental": {"diffvet": {"explanations": True}}})
    before = len(client.seen)
    text = execute(client, "diffvet.server.explain", uri, fingerprint(client, uri))["result"]
    assert text.startswith("**")
    assert "(https://" in text
    client.sync()
    assert not [one for one in client.seen[before:] if one.get("method") == "window/showMessage"]


def test_a_client_that_shows_explanations_as_plain_text_gets_no_markdown(opened):
    client, uri = opened({"experimental": {"diffvet": {"explanations": "plaintext"}}})
    text = execute(client, "diffvet.server.explain", uri, fingerprint(client, uri))["result"]
    assert "**" not in text
    assert "\\" not in text
    client.sync()
    assert not [one for one in client.seen if one.get("method") == "window/showMessage"]


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("dismiss", []),
        ("dismiss", ["URI", "NAME"]),
        ("dismiss", ["URI", "NAME", " - "]),
        ("dismiss", ["URI", "ffffffff", "why"]),
        ("dismiss", ["file:///nowhere", "NAME", "why"]),
        ("restore", [3, 4]),
        ("fix", ["URI", None]),
        ("explain", ["URI", ""]),
        ("addToBaseline", ["URI", "NAME", {}]),
    ],
)
def test_a_command_that_names_nothing_is_told_so(opened, command, arguments):
    client, uri = opened({})
    said = {"URI": uri, "NAME": fingerprint(client, uri)}
    answer = execute(client, f"diffvet.server.{command}", *(said.get(str(one), one) for one in arguments))
    assert answer["error"]["code"] == -32602
    assert command in answer["error"]["message"]


def test_a_page_is_named_only_to_a_client_that_opens_pages(opened):
    client, uri = opened({"textDocument": {"publishDiagnostics": {"codeDescriptionSupport": True}}})
    [shown] = published(client)["diagnostics"]
    assert shown["codeDescription"]["href"].startswith("https://")
    assert shown["codeDescription"]["href"] in hover(client, uri, LINE)["contents"]["value"]
    client.end()
    client, _ = opened({})
    assert "codeDescription" not in published(client)["diagnostics"][0]
