"""The folder tree is the architecture: imports point one way, and heavy ones wait until they are needed."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import diffvet

PACKAGE = Path(diffvet.__file__).parent

COMMON = {"errors", "expression", "replacing"}
"""What every room may import."""

MAY_IMPORT = {
    "diff": set(),
    "dialogue": {"diff"},
    "messages": set(),
    "rules": {"dialogue", "diff"},
    "gateway": {"rules", "dialogue", "messages.wire"},
    "review": {"dialogue", "messages", "store", "diff"},
    "store": {"review.finding", "review.ledger"},
    "settings": {"dialogue.vocabulary"},
    "hooks": {"diff"},
    "report": {"review", "diff.model", "dialogue.vocabulary"},
    "credentials": {
        "messages.key",
        "settings.model",
        "settings.load",
    },  # the user names the variable of the key
    "assembly": {"review", "messages", "settings", "gateway", "store", "rules", "dialogue", "diff.model"},
    "cli": {
        "assembly",
        "credentials",
        "report",
        "review",
        "settings",
        "store",
        "messages",
        "diff",
        "dialogue",
        "rules",
        "gateway",
        "hooks",
        "lsp",
    },
    "lsp": {"assembly", "report", "review", "settings", "store", "messages", "diff", "dialogue"},
}
"""Whom each room may import, as drawn in CONTRIBUTING.md. A dotted name opens that one module only."""

ONLY_UNDER = {
    "pygls": ("lsp/",),
    "lsprotocol": ("lsp/",),
    "starlette": ("gateway/app.py",),
    "uvicorn": ("gateway/serve.py",),
    "httpx": ("messages/http.py",),
    "ast_grep_py": ("rules/",),
    "unidiff": ("diff/",),
    "subprocess": ("diff/git.py",),
}
"""Libraries (and the power to start programs) that live in one place."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_the_rooms_its_own_room_may(path):
    room = room_of(path)
    if room not in MAY_IMPORT:
        pytest.skip("the package's own front matter")
    allowed = MAY_IMPORT[room] | COMMON | {room}
    for line, name in imported(path):
        if not name.startswith("diffvet."):
            continue
        target = name.removeprefix("diffvet.")
        if target == "__version__":
            continue
        assert any(target == rule or target.startswith(f"{rule}.") for rule in allowed), (
            f"{path}:{line}: {name}"
        )


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_library_with_one_home_is_imported_only_there(path):
    place = path.relative_to(PACKAGE).as_posix()
    for line, name in imported(path):
        homes = ONLY_UNDER.get(name.split(".", maxsplit=1)[0])
        assert homes is None or place.startswith(homes), f"{path}:{line}: {name}"


STARTS_PROGRAMS = re.compile(r"(posix_)?spawn\w*|exec[lv]\w*|system|popen|fork\w*|startfile")
"""Functions of ``os`` that start programs without ``subprocess``."""


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_one_module_starts_programs_without_subprocess(path):
    if path.relative_to(PACKAGE).as_posix() == "diff/spawn.py":
        pytest.skip("git, for a few cheap questions")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            assert not STARTS_PROGRAMS.fullmatch(node.attr), f"{path}:{node.lineno}: os.{node.attr}"


def loaded_after(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split("\n"))


HEAVY = {"pygls", "lsprotocol", "httpx", "starlette", "uvicorn", "rich", "pydantic"}


def test_building_the_check_parser_loads_nothing_heavy():
    loaded = loaded_after("from diffvet.cli.main import build_parser; build_parser('check')")
    assert not loaded & (HEAVY | {"asyncio", "msgspec", "yaml", "ast_grep_py", "unidiff", "markdown_it"})


def test_a_whole_embedded_review_loads_no_server_and_no_http_client(tmp_path):
    diff = tmp_path / "change.diff"
    diff.write_text("--- a/f.py\n+++ b/f.py\n@@ -0,0 +1 @@\n+import os\n")
    code = (
        "import sys, io; from diffvet.cli.main import run\n"
        f"sys.stdin = open({str(diff)!r}); out, sys.stdout = sys.stdout, io.StringIO()\n"
        "code = run(['check', '--stdin']); sys.stdout = out; assert code == 0, code"
    )
    assert not loaded_after(code) & HEAVY
