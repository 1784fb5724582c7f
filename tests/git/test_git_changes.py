"""A glance at a repository differs exactly when something that is compared did; context is of the right side."""

import os

import pytest

from diffvet.diff.changes import Glance
from diffvet.diff.context import whole_text
from diffvet.diff.model import Side


@pytest.fixture
def written(repo):
    repo.write("a.py", b"one\n")
    repo.commit("first")
    return repo


def glance(repo, *, staged):
    return Glance.at(repo.path, staged=staged, beside=("diffvet.toml",))


CHANGES = {
    "a changed file": lambda repo: repo.write("a.py", b"two\n"),
    "a new file": lambda repo: repo.write("sub/new file.py", b"two\n"),
    "a deleted file": lambda repo: (repo.path / "a.py").unlink(),
    "a setting": lambda repo: repo.write("diffvet.toml", b"\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_working_tree_is_seen_once(written, change):
    eye = glance(written, staged=False)
    before = eye.look()
    assert eye.look() == before
    CHANGES[change](written)
    after = eye.look()
    assert after != before
    assert eye.look() == after


def test_a_second_change_of_a_file_that_differed_already_is_seen(written):
    eye = glance(written, staged=False)
    for name in ("a.py", "untracked.py"):
        written.write(name, b"two\n")
        before = eye.look()
        written.write(name, b"six\n")
        os.utime(written.path / name, ns=(1, 2))
        assert eye.look() != before


def test_the_index_is_not_the_working_tree(written):
    eye = glance(written, staged=True)
    before = eye.look()
    written.write("a.py", b"two\n")
    assert eye.look() == before
    written.git("add", "-A")
    assert eye.look() != before


def test_looking_writes_nothing(written):
    index = written.path / ".git" / "index"
    os.utime(written.path / "a.py", ns=(1, 2))
    before = index.read_bytes()
    glance(written, staged=False).look()
    glance(written, staged=True).look()
    assert index.read_bytes() == before


def test_each_side_of_a_comparison_has_its_own_text(written):
    base = written.git("rev-parse", "HEAD").decode().strip()
    written.write("a.py", b"index\n")
    written.git("add", "-A")
    written.write("a.py", b"tree\nno end")
    root = written.path
    assert whole_text(root, "staged", (base, None), Side.NEW, "a.py") == ["index"]
    assert whole_text(root, "worktree", (base, None), Side.NEW, "a.py") == ["tree", "no end"]
    assert whole_text(root, "worktree", (base, None), Side.OLD, "a.py") == ["one"]
    assert whole_text(root, "range", (base, base), Side.NEW, "a.py") == ["one"]
    assert whole_text(root, "staged", (None, None), Side.OLD, "a.py") == []
    assert whole_text(root, "staged", (base, None), Side.NEW, "gone.py") == []


@pytest.mark.parametrize("path", ["../outside.py", "link/outside.py", "link.py", "", "folder"])
def test_nothing_outside_of_the_repository_is_read(written, tmp_path, path):
    outside = written.path.parent / "outside.py"
    outside.write_text("secret\n")
    (written.path / "link").symlink_to("..")
    (written.path / "link.py").symlink_to("../outside.py")
    (written.path / "folder").mkdir()
    assert whole_text(written.path, "worktree", (None, None), Side.NEW, path) == []
