"""What every test stands on: no setting, key or git configuration of the person who runs it plays a part."""

import os

import pytest
from hypothesis import settings

# Wall time proves nothing on a shared machine; CI repeats the same examples, a developer meets new ones.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch, tmp_path_factory):
    """Take away ``DIFFVET_*`` and ``GIT_*``, and give a home that is empty."""
    for name in [name for name in os.environ if name.startswith(("DIFFVET_", "GIT_"))]:
        monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.delenv("NO_COLOR", raising=False)
