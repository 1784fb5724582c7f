"""Fixtures of the language server's room."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lsp.raw_client import RawClient
from lsp.workspace import Workspace


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., RawClient]]:
    """``start(env=..., cwd=...)`` is a running server; all of them are gone after the test."""
    home = tmp_path / "home"
    home.mkdir()
    with ExitStack() as stack:
        yield lambda **kw: stack.enter_context(RawClient(home, **kw))


@pytest.fixture
def client(start: Callable[..., RawClient]) -> RawClient:
    """A server that nobody has initialized yet."""
    return start()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawClient]:
    """One initialized server for the tests of a file that leave it as it was (a start costs half a second)."""
    with RawClient(tmp_path_factory.mktemp("home")) as client:
        client.initialize()
        yield client
        assert client.end() == 0


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A repository with one committed file."""
    return Workspace(tmp_path / "repo")
