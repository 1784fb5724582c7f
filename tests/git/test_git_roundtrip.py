"""Random edits: what was read applies again, by our own numbers and by ``git apply``."""

import io
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diffvet.diff.model import FileChange
from diffvet.diff.patch import parse, rebuild
from diffvet.diff.source import Staged, Stdin, open_source

ODD = [
    b"",
    b"-- ",
    b"--- a/f",
    b"+++ b/f",
    b"++ x",
    b"@@ -1 +1 @@",
    b"\\ No newline at end of file",
    b"diff --git a/x b/x",
]
ODD += [
    b"a\rb",
    b"\r",
    b"a\x0cb",
    "a\u2028b\u0085c".encode(),
    b"\xff\xfe",
    "😀".encode(),
    b"\x1d",
    b" ",
    b"\t",
    b"same",
]
line = st.one_of(
    st.sampled_from(ODD), st.binary(max_size=6).filter(lambda raw: b"\n" not in raw and b"\0" not in raw)
)
text = st.builds(
    lambda lines, ending, last: ending.join(lines) + last,
    st.lists(line, max_size=25),
    st.sampled_from([b"\n", b"\n", b"\r\n"]),
    st.sampled_from([b"\n", b"", b"\r\n"]),
)


@st.composite
def edit(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """An old text and a new one that shares much of it."""
    old = draw(text)
    lines = old.split(b"\n")
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(lines)))
        lines[at : at + draw(st.integers(0, 3))] = draw(st.lists(line, max_size=4))
    return old, b"\n".join(lines)


names = st.lists(
    st.sampled_from(
        ["a", "b", "a b", 'q"', "t\tab", "n\nl", "é", "b/c", "x b/y", "-", "caf\udce9", "back\\slash"]
    ),
    min_size=1,
    max_size=3,
).map("/".join)


def run(place: Path, *args: str, stdin: bytes | None = None) -> bytes:
    done = subprocess.run(["git", *args], cwd=place, input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, (args, done.stderr)
    return done.stdout


@pytest.fixture
def place(repo) -> Path:
    return repo.path


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits=st.dictionaries(names, edit(), min_size=1, max_size=3))
def test_random_edits_are_read_rebuilt_and_applied(place, applied, edits) -> None:
    pairs = {
        name: pair for name, pair in edits.items() if not any(other.startswith(name + "/") for other in edits)
    }
    old_tree, new_tree = (_tree(place, {name: pair[side] for name, pair in pairs.items()}) for side in (0, 1))
    run(place, "read-tree", "--reset", new_tree)
    commit = run(place, "commit-tree", old_tree, "-m", "old").decode().strip()
    run(place, "update-ref", "HEAD", commit)
    changes = [parse(section) for section in open_source(Staged(), place)]
    different = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    assert sorted(change.path for change in changes) == sorted(different)
    for change in changes:
        old, new = different[change.path]
        assert applied(change, old) == new
    patch = b"".join(rebuild(change) for change in changes)
    assert _again(patch) == changes or not changes
    if patch:
        run(place, "read-tree", "--reset", old_tree)
        run(place, "apply", "--cached", "--check", "--whitespace=nowarn", "-", stdin=patch)
        run(place, "apply", "--cached", "--whitespace=nowarn", "-", stdin=patch)
        assert run(place, "write-tree").decode().strip() == new_tree


def _again(patch: bytes) -> list[FileChange]:
    """What is read from the patch we wrote, with the modes it does not repeat."""
    sections = open_source(Stdin(io.BytesIO(patch)), Path())
    changes = [parse(section) for section in sections]
    return [
        FileChange(c.path, c.status, c.hunks, c.old_path, c.old_mode or "100644", c.new_mode or "100644")
        for c in changes
    ]


def _tree(place: Path, files: dict[str, bytes]) -> str:
    """A tree of ``files``, made without a working tree."""
    run(place, "read-tree", "--empty")
    entries = b""
    for name, content in files.items():
        blob = run(place, "hash-object", "-w", "--stdin", stdin=content).strip()
        entries += b"100644 " + blob + b"\t" + name.encode("utf-8", "surrogateescape") + b"\0"
    run(place, "update-index", "-z", "--index-info", stdin=entries)
    return run(place, "write-tree").decode().strip()
