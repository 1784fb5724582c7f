"""What each source compares, on real repositories."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from diffvet.diff.model import FileChange, LineKind, Status
from diffvet.diff.patch import rebuild
from diffvet.diff.section import HIDDEN_BY_ATTRIBUTE, TOO_LARGE
from diffvet.diff.source import Base, Range, Staged, Stdin, Worktree, open_source
from diffvet.diff.untracked import _section
from diffvet.errors import GitError, PatchError

LONG = b"".join(b"line %d\n" % number for number in range(40))


def seen(change: FileChange, kind: LineKind) -> list[str]:
    return [line.text for hunk in change.hunks for line in hunk.lines if line.kind is kind]


def added(change: FileChange) -> list[str]:
    return seen(change, LineKind.ADDED)


def by_path(changes: list[FileChange]) -> dict[str, FileChange]:
    return {change.path: change for change in changes}


def test_staged_is_the_index_not_the_working_tree(repo) -> None:
    repo.commit(**{"app.py": b"a\n"})
    repo.write("app.py", b"a\nleaked\n")
    repo.git("add", "app.py")
    repo.write("app.py", b"a\n")
    [change] = repo.changes(Staged())
    assert added(change) == ["leaked"]
    assert repo.changes(Worktree()) == []


def test_what_is_only_in_the_working_tree_is_not_staged(repo) -> None:
    repo.commit(**{"app.py": b"a\n"})
    repo.write("app.py", b"a\nleaked\n")
    repo.write("new.py", b"leaked too\n")
    assert repo.changes(Staged()) == []
    assert [added(change) for change in repo.changes(Worktree())] == [["leaked"], ["leaked too"]]


def test_before_the_first_commit_everything_staged_is_added(repo) -> None:
    repo.write("a", b"one\n")
    repo.write("b", b"two\n")
    repo.git("add", "a")
    stream = open_source(Staged(), repo.path)
    assert (stream.base, stream.head) == (None, None)
    assert [(change.path, change.status) for change in repo.changes(Staged())] == [("a", Status.ADDED)]
    repo.write("a", b"one\nmore\n")
    assert [added(change) for change in repo.changes(Worktree())] == [["one", "more"], ["two"]]


def test_an_empty_repository_has_no_changes(repo) -> None:
    assert repo.changes(Staged()) == []
    assert repo.changes(Worktree()) == []


def test_the_working_tree_has_staged_unstaged_and_untracked_files(repo) -> None:
    repo.commit(**{"staged": b"a\n", "unstaged": b"a\n", "gone": b"a\n", ".gitignore": b"*.log\n"})
    repo.write("staged", b"b\n")
    repo.git("add", "staged")
    repo.write("unstaged", b"b\n")
    (repo.path / "gone").unlink()
    repo.write("dir/new", b"b\n")
    repo.write("noise.log", b"b\n")
    changes = by_path(repo.changes(Worktree()))
    assert {path: change.status for path, change in changes.items()} == {
        "gone": Status.DELETED,
        "staged": Status.MODIFIED,
        "unstaged": Status.MODIFIED,
        "dir/new": Status.ADDED,
    }


def test_an_intended_addition_shows_its_text(repo) -> None:
    repo.commit()
    repo.write("soon", b"text\n")
    repo.git("add", "--intent-to-add", "soon")
    [change] = repo.changes(Worktree())
    assert (change.path, change.status, added(change)) == ("soon", Status.ADDED, ["text"])


def test_untracked_files_read_as_git_would_add_them(repo) -> None:
    repo.commit(**{".gitattributes": b"*.lock -diff\n*.dat diff=custom\n*.bin diff\n"})
    repo.git("config", "diff.custom.binary", "true")
    repo.write("run.sh", b"#!/bin/sh\n").chmod(0o755)
    repo.write("tail", b"no newline")
    repo.write("crlf", b"a\r\nb\r\n")
    repo.write("empty", b"")
    repo.write("photo", b"\x89PNG\0\n")
    repo.write("y.lock", b"\0\n")
    repo.write("x.lock", b"text\n")
    repo.write("x.dat", b"text\n")
    (repo.path / "link").symlink_to("some/where")
    repo.write("café \n.txt", b"\xff\n")
    untracked = repo.changes(Worktree())
    repo.git("add", "--all")
    staged = repo.changes(Staged())
    assert sorted(untracked, key=lambda change: change.path) == sorted(staged, key=lambda change: change.path)
    hidden = {change.path: change.hidden for change in untracked if change.hidden}
    assert hidden.pop("y.lock") == "binary file"
    assert hidden == {"photo": "binary file", "x.lock": HIDDEN_BY_ATTRIBUTE, "x.dat": HIDDEN_BY_ATTRIBUTE}


def test_untracked_files_that_cannot_be_read_are_said(repo, monkeypatch) -> None:
    repo.commit()
    nested = repo.path / "vendor" / "lib"
    nested.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", "."], cwd=nested, check=True)
    repo.write("vendor/lib/file", b"x\n")
    repo.write("huge", b"x\n" * 600)
    monkeypatch.setattr("diffvet.diff.untracked.LARGEST_SECTION", 1000)
    hidden = {change.path: change.hidden for change in repo.changes(Worktree())}
    assert hidden == {"huge": TOO_LARGE, "vendor/lib": "nested repository"}


def test_an_untracked_binary_file_is_binary_whatever_its_size(repo, monkeypatch) -> None:
    repo.commit(**{".gitattributes": b"*.lock -diff\n"})
    repo.write("film", b"\0" + b"x" * 2000)
    repo.write("big.lock", b"x\n" * 1000)
    monkeypatch.setattr("diffvet.diff.untracked.LARGEST_SECTION", 1000)
    hidden = {change.path: change.hidden for change in repo.changes(Worktree())}
    assert hidden == {"film": "binary file", "big.lock": HIDDEN_BY_ATTRIBUTE}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_an_untracked_file_without_permission_is_said(repo) -> None:
    repo.commit()
    repo.write("locked", b"x\n").chmod(0)
    [change] = repo.changes(Worktree())
    assert change.hidden == "unreadable: permission denied"


def test_a_pipe_put_in_the_place_of_a_file_does_not_block(repo) -> None:
    os.mkfifo(repo.path / "pipe")
    assert _section(repo.path, b"pipe", hidden=False).hidden == "unreadable: not a regular file"
    assert _section(repo.path, b"gone", hidden=False).hidden == "unreadable: no such file or directory"


def test_a_section_beyond_the_limit_is_hidden_and_the_next_one_is_read(repo, monkeypatch) -> None:
    monkeypatch.setattr("diffvet.diff.section.LARGEST_SECTION", 100_000)
    monkeypatch.setattr("diffvet.diff.header.LARGEST_SECTION", 100_000)
    monkeypatch.setattr("diffvet.diff.git.CHUNK", 4096)
    repo.commit(a=b"x\n", big=b"x\n", c=b"x\n")
    repo.commit(a=b"y\n", big=b"yy yy yy\n" * 40_000, c=b"y\n")
    changes = repo.changes(Range("HEAD"))
    assert [(change.path, change.hidden, len(change.hunks)) for change in changes] == [
        ("a", None, 1),
        ("big", TOO_LARGE, 0),
        ("c", None, 1),
    ]
    assert repo.changes(Stdin(io.BytesIO(repo.git("diff", "HEAD~1")))) == changes


def test_base_is_the_merge_base_and_leaves_uncommitted_work_out(repo) -> None:
    fork = repo.commit(shared=b"1\n")
    repo.git("branch", "topic")
    repo.commit(theirs=b"quite another text\n")
    repo.git("checkout", "-q", "topic")
    head = repo.commit(ours=b"1\n")
    repo.write("ours", b"2\n")
    stream = open_source(Base("main"), repo.path)
    assert (stream.kind, stream.base, stream.head) == ("range", fork, head)
    assert [change.path for change in repo.changes(Base("main"))] == ["ours"]
    assert repo.changes(Range("main...")) == repo.changes(Base("main"))
    assert [change.path for change in repo.changes(Range("main..topic"))] == ["ours", "theirs"]


def test_a_commit_is_compared_with_its_first_parent_a_root_with_nothing(repo) -> None:
    root = repo.commit(a=b"1\n")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit(b=b"1\n")
    repo.git("checkout", "-q", "main")
    main = repo.commit(c=b"1\n")
    repo.git("merge", "-q", "--no-edit", "side")
    assert [change.path for change in repo.changes(Range("HEAD"))] == ["b"]
    assert open_source(Range("HEAD"), repo.path).base == main
    [change] = repo.changes(Range(root))
    assert (change.path, change.status, open_source(Range(root), repo.path).kind) == (
        "a",
        Status.ADDED,
        "commit",
    )


def test_trees_can_be_named_in_a_range(repo) -> None:
    repo.commit(a=b"1\n")
    empty = repo.git("hash-object", "-t", "tree", "--stdin", stdin=b"").decode().strip()
    assert [change.path for change in repo.changes(Range(f"{empty}..HEAD"))] == ["a"]


def test_renames_copies_and_modes_are_told(repo) -> None:
    repo.commit(**{"old name": LONG, "run": LONG + b"x\n", "both": b"q\n" + LONG})
    repo.git("mv", "old name", "new name")
    (repo.path / "run").chmod(0o755)
    repo.git("mv", "both", "moved")
    repo.write("moved", b"q\n" + LONG + b"end\n").chmod(0o755)
    repo.git("add", "--all")
    for changes in (repo.changes(Staged()), repo.changes(Stdin(io.BytesIO(repo.git("diff", "--cached"))))):
        found = by_path(changes)
        assert {(c.path, c.old_path, c.status, len(c.hunks)) for c in changes} == {
            ("new name", "old name", Status.RENAMED, 0),
            ("run", None, Status.MODIFIED, 0),
            ("moved", "both", Status.RENAMED, 1),
        }
        assert (found["run"].old_mode, found["run"].new_mode) == ("100644", "100755")
        assert (found["moved"].old_mode, found["moved"].new_mode) == ("100644", "100755")


def test_copies_are_read_from_text(repo) -> None:
    repo.commit(a=LONG)
    repo.write("a", LONG + b"more\n")
    repo.write("b\tc", LONG + b"other\n")
    repo.git("add", "--all")
    changes = repo.changes(Stdin(io.BytesIO(repo.git("diff", "--cached", "-C"))))
    assert [(c.path, c.old_path, c.status) for c in changes] == [
        ("a", None, Status.MODIFIED),
        ("b\tc", "a", Status.COPIED),
    ]


def test_binary_files_and_those_attributes_hide_are_said(repo) -> None:
    repo.commit(**{"photo": b"\0one", "x.lock": b"one\n", ".gitattributes": b"*.lock -diff\n"})
    repo.write("photo", b"\0two")
    repo.write("x.lock", b"two\n")
    repo.git("add", "--all")
    texts = [repo.git("diff", "--cached"), repo.git("diff", "--cached", "--binary")]
    from_text = [repo.changes(Stdin(io.BytesIO(text))) for text in texts]
    head = repo.git("rev-parse", "HEAD").decode().strip()
    tree = repo.git("write-tree").decode().strip()
    ranged = repo.changes(Range(f"{head}..{tree}"))
    repo.git("reset", "-q")
    unstaged = repo.changes(Worktree())
    repo.git("add", "--all")
    known = (repo.changes(Staged()), repo.changes(Worktree()), ranged, unstaged)
    for changes in (*known, from_text[0]):
        facts = [(c.path, c.status, c.binary, c.hidden, c.hunks) for c in changes]
        told = changes is not from_text[0]
        assert facts == [
            ("photo", Status.MODIFIED, True, "binary file", ()),
            ("x.lock", Status.MODIFIED, not told, HIDDEN_BY_ATTRIBUTE if told else "binary file", ()),
        ]
    assert [c.binary for c in from_text[1]] == [True, False] or all(c.binary for c in from_text[1])


def test_a_type_change_is_one_file_with_both_texts(repo) -> None:
    repo.commit(f=b"text\n")
    (repo.path / "f").unlink()
    (repo.path / "f").symlink_to("target")
    repo.git("add", "--all")
    text = repo.git("diff", "--cached")
    for change in (*repo.changes(Staged()), *repo.changes(Stdin(io.BytesIO(text)))):
        assert (change.status, change.old_mode, change.new_mode) == (Status.TYPE_CHANGED, "100644", "120000")
        assert (seen(change, LineKind.REMOVED), added(change)) == (["text"], ["target"])
        assert repo.git("apply", "--check", "-R", "--cached", "-", stdin=rebuild(change)) == b""


def test_a_submodule_is_its_two_commits(repo, make_repo) -> None:
    other = make_repo("other")
    one, two = other.commit(a=b"1\n"), other.commit(a=b"2\n")
    repo.commit()
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.path), "sub")
    repo.git("-C", "sub", "checkout", "-q", one)
    repo.commit()
    repo.git("-C", "sub", "checkout", "-q", two)
    repo.git("config", "diff.submodule", "log")
    [change] = repo.changes(Worktree())
    assert (change.path, change.new_mode, added(change)) == ("sub", "160000", [f"Subproject commit {two}"])
    repo.git("-C", "sub", "checkout", "-q", one)
    repo.write("sub/a", b"dirty\n")
    assert repo.changes(Worktree()) == []


def test_unmerged_files_are_said_and_the_others_are_read(repo) -> None:
    repo.commit(f=b"a\n", g=b"a\n")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit(f=b"b\n")
    repo.git("checkout", "-q", "main")
    repo.commit(f=b"c\n")
    repo.git("merge", "side", check=False)
    repo.write("g", b"b\n")
    repo.git("add", "g")
    first, second = repo.changes(Staged())
    assert (first.path, first.hidden) == ("f", "unmerged: resolve the conflict first")
    assert (second.path, added(second)) == ("g", ["b"])
    conflict = by_path(repo.changes(Worktree()))["f"]
    assert "<<<<<<< HEAD" in added(conflict)


def test_paths_limit_and_are_taken_literally(repo) -> None:
    repo.commit(**{"a/x": b"1\n", "b/x": b"1\n", "*": b"1\n", ":(glob)x": b"1\n"})
    for name in ("a/x", "b/x", "*", ":(glob)x", "new"):
        repo.write(name, b"2\n")
    assert [c.path for c in repo.changes(Worktree(("a",)))] == ["a/x"]
    assert [c.path for c in repo.changes(Worktree(("*", ":(glob)x", "new")))] == ["*", ":(glob)x", "new"]
    assert [c.path for c in repo.changes(Worktree(("x", "../b")), repo.path / "a")] == ["a/x", "b/x"]
    assert [c.path for c in repo.changes(Worktree(("..",)), repo.path / "a")] == [
        "*",
        ":(glob)x",
        "a/x",
        "b/x",
        "new",
    ]
    assert [c.path for c in repo.changes(Worktree((str(repo.path / "a"),)))] == ["a/x"]


def test_from_a_folder_below_the_whole_repository_is_read(repo) -> None:
    repo.commit(**{"a/x": b"1\n", "y": b"1\n"})
    repo.git("config", "diff.relative", "true")
    repo.write("y", b"2\n")
    repo.write("new", b"2\n")
    assert [c.path for c in repo.changes(Worktree(), repo.path / "a")] == ["y", "new"]


def test_a_path_that_names_nothing_is_an_error_and_a_deleted_one_is_not(repo) -> None:
    repo.commit(gone=b"1\n")
    (repo.path / "gone").unlink()
    assert [c.status for c in repo.changes(Worktree(("gone",)))] == [Status.DELETED]
    for spec in (Worktree(("gnoe",)), Staged(("gnoe",)), Range("HEAD", ("gnoe",))):
        with pytest.raises(GitError, match="'gnoe' is not a file"):
            open_source(spec, repo.path)


def test_a_bare_repository_has_ranges_and_nothing_else(repo, tmp_path) -> None:
    repo.commit(a=b"1\n")
    repo.commit(a=b"2\n")
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    assert [added(c) for c in repo.changes(Range("HEAD~1..HEAD"), tmp_path / "bare.git")] == [["2"]]
    with pytest.raises(GitError, match="bare repository"):
        open_source(Staged(), tmp_path / "bare.git")


def test_a_hook_sees_the_index_that_git_commits(repo, monkeypatch) -> None:
    repo.commit(a=b"1\n", b=b"1\n")
    repo.write("a", b"2\n")
    repo.write("b", b"2\n")
    hook = repo.write(".git/hooks/pre-commit", b"")
    script = (
        "import sys; from pathlib import Path\n"
        "from diffvet.diff.source import Staged, open_source\n"
        "print(*[section.path for section in open_source(Staged(), Path('.'))], file=open('seen', 'w'))\n"
    )
    repo.write("../hook.py", script.encode())
    hook.write_text(f'#!/bin/sh\nexec "{sys.executable}" ../hook.py\n')
    hook.chmod(0o755)
    server = Path(sys.modules["diffvet"].__file__ or "").parent.parent
    monkeypatch.setenv("PYTHONPATH", str(server))
    repo.git("commit", "-q", "-m", "only a", "a")
    assert (repo.path / "seen").read_text().split() == ["a"]
    repo.git("commit", "-q", "-a", "-m", "all tracked")
    assert (repo.path / "seen").read_text().split() == ["b"]


def test_the_index_of_another_hook_is_not_taken_for_this_repository(repo, make_repo, monkeypatch) -> None:
    other = make_repo("other")
    other.commit(a=b"1\n")
    repo.commit(b=b"1\n")
    monkeypatch.chdir(other.path)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    monkeypatch.setenv("GIT_DIR", ".git")
    assert repo.changes(Staged()) == []


def test_linked_working_trees_and_sha256_are_read(repo, tmp_path) -> None:
    repo.commit(a=b"1\n")
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
    (tmp_path / "linked" / "a").write_bytes(b"2\n")
    assert [added(c) for c in repo.changes(Worktree(), tmp_path / "linked")] == [["2"]]
    modern = tmp_path / "sha256"
    subprocess.run(["git", "init", "-q", "--object-format=sha256", str(modern)], check=True)
    (modern / "a").write_bytes(b"")
    (modern / "b").write_bytes(b"x\n")
    assert [c.path for c in repo.changes(Worktree(), modern)] == ["a", "b"]
    subprocess.run(["git", "add", "-A"], cwd=modern, check=True)
    text = subprocess.run(["git", "diff", "--cached"], cwd=modern, check=True, capture_output=True).stdout
    assert repo.changes(Staged(), modern) == repo.changes(Stdin(io.BytesIO(text)))


def test_a_stream_left_early_ends_its_git(repo) -> None:
    repo.commit(**{f"f{number}": LONG * 50 for number in range(200)})
    sections = open_source(Range("HEAD"), repo.path).sections()
    next(sections)
    sections.close()  # type: ignore[attr-defined]  # a generator


def test_a_merge_as_a_combined_diff_is_refused_in_words(repo) -> None:
    repo.commit(f=b"a\n")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit(f=b"b\n")
    repo.git("checkout", "-q", "main")
    repo.commit(f=b"c\n")
    repo.git("merge", "side", check=False)
    repo.commit(f=b"d\n")
    text = repo.git("show", "--cc", "HEAD")
    with pytest.raises(PatchError, match="combined diff of a merge at line 8 of standard input"):
        repo.changes(Stdin(io.BytesIO(text)))
