"""What building and installing Diffvet needs, downloaded once, so that a second run works offline."""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from hooked_repository import CHECKOUT

BUILD = CHECKOUT / "build" / "pre-commit"


def put(made: Path, place: Path) -> Path:
    """Move `made` to `place` in one step; another test process that was faster has made the same."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        made.rename(place)
    except OSError:
        shutil.rmtree(made)
    return place


def wheelhouse() -> Path:
    """The folder of wheels; the test is skipped where they are not here and cannot be had."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    pins = CHECKOUT / "constraints.txt"
    said = "\n".join([sys.version, *wanted]).encode() + pins.read_bytes()
    place = BUILD / f"wheels-{hashlib.sha256(said).hexdigest()[:16]}"
    if place.is_dir():
        return place
    made = BUILD / f"making-{os.getpid()}"
    quietly = ("--quiet", "--retries=1", "--disable-pip-version-check")
    pip = (sys.executable, "-m", "pip", "download", *quietly, "--dest", made)
    done = subprocess.run(
        (*pip, "--only-binary=:all:", "-c", pins, *wanted),
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    if "connection broken" in done.stderr:  # pip then blames the versions it could not look up
        shutil.rmtree(made, ignore_errors=True)
        pytest.skip("the packages are not in build/pre-commit and the package index cannot be reached")
    assert done.returncode == 0, done.stderr
    return put(made, place)


def offline(wheels: Path) -> dict[str, str]:
    """Variables that have pip take everything from ``wheels``."""
    return {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "PIP_CONSTRAINT": str(CHECKOUT / "constraints.txt"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
