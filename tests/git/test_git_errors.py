"""What cannot be compared is said in one sentence; it is never an empty diff."""

import os
import subprocess
from pathlib import Path

import pytest

from diffvet.diff.git import Git, sentence
from diffvet.diff.source import Base, Range, Staged, Worktree, open_source
from diffvet.errors import GitError


def said(spec, directory: Path) -> str:
    with pytest.raises(GitError) as caught:
        list(open_source(spec, directory))
    text = str(caught.value)
    assert "\n" not in text
    assert "Traceback" not in text
    return text


def test_outside_a_repository(tmp_path) -> None:
    assert said(Staged(), tmp_path) == f"not inside a git repository: {tmp_path}"


def test_a_directory_that_is_not_there(tmp_path) -> None:
    assert said(Staged(), tmp_path / "nope") == f"no such directory: {tmp_path / 'nope'}"


def test_inside_the_git_directory(repo) -> None:
    assert "inside the git directory" in said(Worktree(), repo.path / ".git")


@pytest.mark.parametrize(
    "revision",
    [
        "nope",
        "-x",
        "--output=x",
        "HEAD~99",
        "a b",
        "HEAD^{blob}",
        "HEAD:f",
        "@{u}",
        "0" * 40,
        "^HEAD",
        "HEAD^@",
        "HEAD^!",
    ],
)
def test_an_unknown_revision(repo, revision) -> None:
    repo.commit(f=b"x\n")
    for spec in (Range(revision), Range(f"{revision}..HEAD"), Range(f"HEAD...{revision}"), Base(revision)):
        assert said(spec, repo.path) == f"unknown revision '{revision}'"
    assert not (repo.path / "x").exists()


def test_a_path_in_the_place_of_a_revision(repo) -> None:
    repo.commit(f=b"x\n")
    assert said(Range("f"), repo.path) == "unknown revision 'f'; to name a path, write: -- f"


@pytest.mark.parametrize("text", ["..", "...", "../f", "../../x"])
def test_a_directory_in_the_place_of_a_range(repo, text) -> None:
    repo.commit(f=b"x\n")
    (repo.path / "sub").mkdir()
    words = f"'{text}' names no range; to name a directory or file, write: -- {text}"
    assert said(Range(text), repo.path / "sub") == words


def test_a_working_tree_that_is_elsewhere(repo, tmp_path) -> None:
    repo.commit(f=b"x\n")
    for place in (tmp_path, tmp_path / "home"):
        repo.git("config", "core.worktree", str(place))
        assert said(Worktree(), repo.path).startswith(
            "this repository's working tree is elsewhere (core.worktree"
        )


def test_a_revision_before_the_first_commit(repo) -> None:
    assert said(Range("HEAD"), repo.path) == "unknown revision 'HEAD'"


def test_a_branch_only_the_remote_has_is_proposed(repo, tmp_path) -> None:
    repo.commit(f=b"x\n")
    subprocess.run(["git", "clone", "-q", str(repo.path), str(tmp_path / "clone")], check=True)
    repo.git("branch", "topic")
    subprocess.run(["git", "-C", str(tmp_path / "clone"), "fetch", "-q"], check=True)
    assert said(Base("topic"), tmp_path / "clone") == "unknown revision 'topic'; did you mean 'origin/topic'?"


def test_a_shallow_clone_names_the_command_that_deepens_it(repo, tmp_path) -> None:
    repo.commit(f=b"x\n")
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit(g=b"x\n")
    repo.git("checkout", "-q", "main")
    repo.commit(f=b"y\n")
    clone = tmp_path / "clone"
    command = [
        "git",
        "clone",
        "-q",
        "--depth=1",
        "--no-single-branch",
        "-b",
        "topic",
        repo.path.as_uri(),
        str(clone),
    ]
    subprocess.run(command, check=True)
    assert said(Base("origin/main"), clone) == (
        "'origin/main' and 'HEAD' have no common commit in this shallow clone; run 'git fetch --unshallow'"
    )
    assert "run 'git fetch --deepen=1'" in said(Range("HEAD"), clone)
    assert "git fetch --unshallow" in said(Range("HEAD~1"), clone)


def test_unrelated_histories_without_a_merge_base(repo) -> None:
    repo.commit(f=b"x\n")
    repo.git("checkout", "-q", "--orphan", "other")
    repo.commit(g=b"x\n")
    assert (
        said(Base("main"), repo.path)
        == "'main' and 'HEAD' have no common commit; name the range as A..B instead"
    )


def test_a_path_outside(repo) -> None:
    assert "is outside the repository" in said(Worktree(("../x",)), repo.path)


def test_git_is_not_installed(repo, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert said(Staged(), repo.path) == "git was not found; install git and make sure it is on the PATH"


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("git version 2.17.1", "git 2.17 is too old; diffvet needs git 2.31 or newer"),
        ("git version 1.8.3.1", "git 1.8 is too old; diffvet needs git 2.31 or newer"),
        ("not git", "cannot read git's version from 'not git'; check the git on your PATH"),
    ],
)
def test_git_is_too_old(repo, monkeypatch, tmp_path, version, expected) -> None:
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\necho '{version}'\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    assert said(Staged(), repo.path) == expected


def test_git_that_dies_on_the_way_is_not_a_short_diff(repo) -> None:
    repo.commit(f=b"x\n" * 10)
    repo.commit(f=b"y\n" * 10)
    blob = repo.git("rev-parse", "HEAD:f").decode().strip()
    (repo.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    assert blob in said(Range("HEAD"), repo.path)


def test_a_broken_configuration_file_is_named(repo) -> None:
    (repo.path / ".git/config").write_text("[core\n")
    assert said(Staged(), repo.path).startswith("git: bad config line 1")


def test_gits_complaint_becomes_one_sentence() -> None:
    assert sentence(b"warning: x\nfatal: bad thing\nhint: y\n", 128) == "git: bad thing"
    assert sentence(b"", 1) == "git ended with status 1 without saying why"
    assert sentence(b"fatal: detected dubious ownership in repository at '/r'\nTo add...\n", 128) == (
        "git refuses to read a repository that belongs to another user; "
        "if you trust it, run: git config --global --add safe.directory '/r'"
    )


def test_a_refused_owner_is_not_taken_for_no_repository(repo, monkeypatch) -> None:
    repo.commit(f=b"x\n")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setattr(
        "diffvet.diff.neutral._USERS_OWN", frozenset({"GIT_TEST_ASSUME_DIFFERENT_OWNER", "GIT_CONFIG_GLOBAL"})
    )
    assert said(Staged(), repo.path).endswith(f"safe.directory '{repo.path}'")


def test_both_pipes_of_git_are_emptied(repo) -> None:
    """More than a pipe holds on standard error, while standard output is read, must not block."""
    git = Git(repo.path)
    script = "!f() { i=0; while [ $i -lt 3000 ]; do echo 'warning: 0123456789012345678901234567890123456789' >&2; i=$((i+1)); done; echo done; }; f"
    repo.git("config", "alias.noisy", script)
    assert b"".join(git.stream(["noisy"])) == b"done\n"
