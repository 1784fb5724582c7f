"""The stage of the editors."""

from pathlib import Path

import pytest

from editors.driven import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A repository for an editor to open."""
    return Stage(tmp_path)
