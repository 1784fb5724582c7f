"""Fixtures of the language server's room."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lsp.raw_client import RawClient


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
