"""`launch.py` of the VS Code extension: which libraries the server runs with, and what is said when there are none."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

LAUNCHER = Path(__file__).parents[2] / "vscode-client" / "launch.py"
SAY_WHERE = "import sys\ndef main():\n    print({place!r}, sys.argv[1:], __import__('compiled').PLACE)\n"


def make(place: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")


def launch(
    bundled: Path, *, python: str = getattr(sys, "_base_executable", sys.executable)
) -> tuple[int, str, str]:
    done = subprocess.run(
        [python, "-I", "-S", "-X", "utf8", str(bundled / "launch.py"), "lsp", "--stdio"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout.strip(), done.stderr


@pytest.fixture
def bundled(tmp_path: Path) -> Path:
    """An extension folder with a space in its name and libraries for no Python yet."""
    place = tmp_path / "my extension" / "bundled"
    make(place, {"launch.py": LAUNCHER.read_text("utf-8")})
    diffvet = {"diffvet/__init__.py": "", "diffvet/cli/__init__.py": ""}
    make(place / "libs" / "pure", {**diffvet, "diffvet/cli/main.py": SAY_WHERE.format(place="bundled")})
    return place


def test_without_libraries_for_this_python_one_sentence_names_the_ways_out(bundled: Path) -> None:
    code, out, err = launch(bundled)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "diffvet.interpreter" in err
    assert "pip install 'diffvet[lsp]'" in err


def test_the_libraries_of_this_python_are_found_and_the_arguments_passed_on(bundled: Path) -> None:
    name = re.search(r"no libraries for (\S+);", launch(bundled)[2])
    assert name
    assert name[1].startswith(f"{sys.implementation.cache_tag}-{sys.platform}")
    make(bundled / "libs" / name[1], {"compiled.py": "PLACE = 'for this Python'\n"})
    assert launch(bundled) == (0, "bundled ['lsp', '--stdio'] for this Python", "")
