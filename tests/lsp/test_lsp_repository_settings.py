"""What a repository says of itself counts as it is now, whoever changed it, also in the middle of a session."""

import pytest

from lsp.raw_client import RawClient
from lsp.workspace import CLEAN, RISKY, Workspace, open_file, published, save


@pytest.fixture
def editor(client: RawClient) -> RawClient:
    client.initialize({})
    return client


@pytest.fixture
def opened(editor: RawClient, workspace: Workspace) -> str:
    """The URI of an open file in a folder of the repository, in which something is found."""
    workspace.write("api/app.py", CLEAN)
    workspace.commit()
    uri = workspace.write("api/app.py", RISKY)
    open_file(editor, uri, RISKY)
    assert found_in(editor, uri)
    return uri


def found_in(editor: RawClient, uri: str, after: int = 0) -> list[object]:
    """The diagnostics of the next publication for ``uri``."""
    return editor.wait(lambda said: said.get("params", {}).get("uri") == uri, after)["params"]["diagnostics"]


@pytest.mark.parametrize("place", ["diffvet.toml", "api/diffvet.toml"])
def test_a_settings_file_that_is_saved_counts_at_once_for_every_open_file(
    editor: RawClient, workspace: Workspace, opened: str, place: str
) -> None:
    for said, shown in (('exclude = ["*.py"]\n', False), ("", True)):
        seen = len(editor.seen)
        settings = workspace.write(place, said)
        open_file(editor, settings, said)
        save(editor, settings)
        assert bool(found_in(editor, opened, seen)) == shown


@pytest.mark.parametrize("place", ["diffvet.toml", "api/diffvet.toml", "pyproject.toml"])
def test_one_that_somebody_else_changes_counts_at_the_next_review(
    editor: RawClient, workspace: Workspace, opened: str, place: str
) -> None:
    table = "[tool.diffvet]\n" if place == "pyproject.toml" else ""
    for said, shown in (('exclude = ["*.py"]\n', False), ("", True)):
        seen = len(editor.seen)
        workspace.write(place, table + said)
        save(editor, opened)
        assert bool(found_in(editor, opened, seen)) == shown


def test_one_that_becomes_wrong_is_said_and_right_again_counts_again(
    editor: RawClient, workspace: Workspace, opened: str
) -> None:
    workspace.write("diffvet.toml", "min_severity = 7\n")
    save(editor, opened)
    editor.wait(lambda said: "min_severity" in str(said.get("params")))
    seen = len(editor.seen)
    workspace.write("diffvet.toml", 'exclude = ["*.py"]\n')
    save(editor, opened)
    assert published(editor, seen)["diagnostics"] == []
