"""The recipes are what the README says, and start the server: those of editors that cannot run here too."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from editors.driven import BINARIES, RECIPES
from lsp.raw_client import RawClient
from lsp.workspace import RISKY, Workspace, open_file, published

README = Path(__file__).parents[2] / "README.md"
ALL = sorted(RECIPES.iterdir())


def helix(text: str) -> list[str]:
    read = tomllib.loads(text)
    server = read["language-server"]["diffvet"]
    assert all("diffvet" in language["language-servers"] for language in read["language"])
    return [server["command"], *server["args"]]


def kate(text: str) -> list[str]:
    [server] = json.loads(text)["servers"].values()
    return list(server["command"])


def sublime(text: str) -> list[str]:
    client: dict[str, Any] = json.loads(text)["clients"]["diffvet"]
    assert client["enabled"] is True
    return list(client["command"])


READERS = {"helix.toml": helix, "kate.json": kate, "sublime.json": sublime}


@pytest.mark.parametrize("recipe", ALL, ids=lambda path: path.name)
def test_the_readme_quotes_the_recipe_as_it_is(recipe: Path) -> None:
    blocks = README.read_text("utf-8").split("```")[1::2]
    assert recipe.read_text("utf-8") in [block.partition("\n")[2] for block in blocks]


@pytest.mark.parametrize("name", READERS)
def test_the_command_of_a_recipe_is_a_language_server(name: str, tmp_path: Path) -> None:
    program, *arguments = READERS[name]((RECIPES / name).read_text("utf-8"))
    workspace = Workspace(tmp_path / "repo")
    uri = workspace.write("app.py", RISKY)
    home = tmp_path / "home"
    home.mkdir()
    with RawClient(home, command=[str(BINARIES / program), *arguments]) as client:
        client.initialize(rootUri=workspace.root.as_uri())
        open_file(client, uri, RISKY)
        assert [one["code"] for one in published(client)["diagnostics"]] == ["py.shell-true"]
        assert client.end() == 0
