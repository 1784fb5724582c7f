"""The same session with the capabilities that real clients declare, and with a client that declares none.

pytest-lsp checks what the server sends against what was declared; its warnings are errors here.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import converters, types
from pytest_lsp import ClientServerConfig, LanguageClient

from fake_peer import Reply, peer
from lsp.profiles import CLIENTS
from lsp.workspace import FIXED, RISKY, RISKY_LINE, Workspace

PATIENCE = 20

PROFILES = ("visual_studio_code_v1.139.1", "neovim_v0.11.4", "emacs_v28.2_eglot_v1.9", "bare")


def capabilities(profile: str) -> types.ClientCapabilities:
    """What the client declared in its ``initialize``."""
    captured = json.loads((CLIENTS / f"{profile}.json").read_text("utf-8"))
    return converters.get_converter().structure(captured["capabilities"], types.ClientCapabilities)


@pytest_lsp.fixture(
    params=PROFILES, config=ClientServerConfig(server_command=[sys.executable, "-m", "diffvet", "lsp"])
)
def editor(lsp_client: LanguageClient) -> None:
    """An editor that has not greeted the server yet."""
    lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)(
        lambda _: None
    )  # pytest-lsp refuses what it has no handler for


async def started(client: LanguageClient, profile: str, root: Path) -> types.InitializeResult:
    params = types.InitializeParams(capabilities(profile), root_uri=root.as_uri())
    return await asyncio.wait_for(client.initialize_session(params), PATIENCE)


async def diagnostics(client: LanguageClient) -> list[types.Diagnostic]:
    """Those of the next publication."""
    params = await asyncio.wait_for(client.wait_for_notification("textDocument/publishDiagnostics"), PATIENCE)
    return list(params.diagnostics)


async def test_open_hover_fix_save(editor: LanguageClient, request: pytest.FixtureRequest, tmp_path) -> None:
    profile = request.node.callspec.params["editor"]
    offered = capabilities(profile)
    workspace = Workspace(tmp_path / "repo")
    uri = workspace.write("app.py", RISKY)
    result = await started(editor, profile, workspace.root)
    units = "utf-8" if profile.startswith("neovim") else "utf-16"
    assert result.capabilities.position_encoding == units
    assert result.capabilities.diagnostic_provider is None

    item = types.TextDocumentItem(uri, "python", 1, RISKY)
    editor.text_document_did_open(types.DidOpenTextDocumentParams(item))
    [found] = await diagnostics(editor)
    width = {"utf-8": 43, "utf-16": 41}[units]
    assert found.range == types.Range(types.Position(RISKY_LINE, 4), types.Position(RISKY_LINE, width))

    where = types.HoverParams(types.TextDocumentIdentifier(uri), found.range.start)
    note = await asyncio.wait_for(editor.text_document_hover_async(where), PATIENCE)
    assert isinstance(note.contents, types.MarkupContent)
    hovers = offered.text_document.hover if offered.text_document else None
    assert note.contents.kind == (hovers.content_format[0] if hovers else types.MarkupKind.PlainText)

    whole = types.TextDocumentContentChangeWholeDocument(FIXED)
    named = types.VersionedTextDocumentIdentifier(2, uri)
    editor.text_document_did_change(types.DidChangeTextDocumentParams(named, [whole]))
    assert await diagnostics(editor) == []
    workspace.write("app.py", FIXED)
    editor.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))
    command = types.ExecuteCommandParams("diffvet.server.review", [uri])
    job = await asyncio.wait_for(editor.workspace_execute_command_async(command), PATIENCE)
    assert isinstance(job, str)

    progress = bool(offered.window and offered.window.work_done_progress)
    assert bool(editor.progress_reports) == progress
    assert editor.messages == []
    assert [said.message[:33] for said in editor.log_messages] == ["Reviewing with the embedded rules"]
    assert editor.diagnostic_refresh_count == 0
    assert editor.shown_documents == []
    assert editor.error is None
    await asyncio.wait_for(editor.shutdown_session(), PATIENCE)


@pytest.fixture
def stalled_model(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The servers started from here on ask a model that never answers."""
    with peer(lambda _: Reply(delay=60)) as model:
        monkeypatch.setenv("DIFFVET_ENDPOINT", model.url)
        monkeypatch.setenv("DIFFVET_MODEL", "route/test")
        yield


@pytest.mark.usefixtures("stalled_model")
async def test_cancel_a_review_and_shut_down_during_another(
    editor: LanguageClient, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    profile = request.node.callspec.params["editor"]
    workspace = Workspace(tmp_path / "repo")
    uri = workspace.write("app.py", RISKY)
    await started(editor, profile, workspace.root)
    item = types.TextDocumentItem(uri, "python", 1, RISKY)
    editor.text_document_did_open(types.DidOpenTextDocumentParams(item))
    command = types.ExecuteCommandParams("diffvet.server.review", [uri])
    job = await asyncio.wait_for(editor.workspace_execute_command_async(command), PATIENCE)
    editor.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(job))
    reports = editor.progress_reports
    if capabilities(profile).window:
        async with asyncio.timeout(PATIENCE):
            while not reports.get(job) or reports[job][-1].kind != "end":
                await asyncio.sleep(0.01)  # waiting for "the next" notification could miss the last one
        assert reports[job][-1].message == "Cancelled"
    await asyncio.wait_for(editor.workspace_execute_command_async(command), PATIENCE)
    await asyncio.wait_for(editor.shutdown_session(), PATIENCE)
    assert editor.diagnostics == {}
