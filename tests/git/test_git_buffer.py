"""An editor buffer against HEAD: git's own hunks, for the text as the editor has it."""

from pathlib import Path

from diffvet.diff.model import Status
from diffvet.diff.section import HIDDEN_BY_ATTRIBUTE
from diffvet.diff.source import Buffer, Worktree, open_source

TEXT = b"".join(b"line %d\n" % number for number in range(40))
EDITED = TEXT.replace(b"line 3\n", b"").replace(b"line 30\n", b"thirty\n")


def buffer(repo, name: str, content: bytes, directory: Path | None = None):
    changes = repo.changes(Buffer(repo.path / name, content), directory)
    assert len(changes) <= 1
    return changes[0] if changes else None


def test_the_hunks_are_those_of_git_for_the_saved_file(repo) -> None:
    repo.commit(**{"a b.py": TEXT})
    unsaved = buffer(repo, "a b.py", EDITED)
    repo.write("a b.py", EDITED)
    [saved] = repo.changes(Worktree())
    assert unsaved == saved


def test_an_unchanged_buffer_is_no_change(repo) -> None:
    repo.commit(f=TEXT)
    repo.write("f", EDITED)
    assert buffer(repo, "f", TEXT) is None


def test_a_staged_change_is_part_of_it(repo) -> None:
    repo.commit(f=TEXT)
    repo.write("f", EDITED)
    repo.git("add", "f")
    assert len(buffer(repo, "f", EDITED).hunks) == 2


def test_a_new_file_is_added_whole_saved_or_not(repo) -> None:
    repo.commit()
    unsaved = buffer(repo, "dir/new.py", b"a\nb")
    assert (unsaved.status, [line.text for line in unsaved.hunks[0].lines]) == (Status.ADDED, ["a", "b"])
    repo.write("dir/new.py", b"a\nb")
    assert repo.changes(Worktree()) == [unsaved]
    repo.git("add", "--all")
    assert buffer(repo, "dir/new.py", b"a\nb") == unsaved


def test_before_the_first_commit_the_buffer_is_added(repo) -> None:
    assert buffer(repo, "f", b"a\n").status is Status.ADDED


def test_ignored_and_outside_files_give_nothing(repo, tmp_path) -> None:
    repo.commit(**{".gitignore": b"*.log\nbuild/\n"})
    (repo.path / "link").symlink_to(tmp_path)
    for name in ("x.log", "build/x", "../x", ".git/config", "link/x", str(tmp_path / "y"), "."):
        assert buffer(repo, name, b"a\n") is None


def test_odd_names_are_taken_literally(repo) -> None:
    repo.commit()
    for name in (":(glob)x", "*", "-x", "a:b", "é\n"):
        assert buffer(repo, name, b"a\n").path == name
    repo.commit(**{"*": TEXT, "x": TEXT})
    assert buffer(repo, "*", EDITED).status is Status.MODIFIED


def test_a_file_checked_out_with_crlf_is_compared_as_the_editor_shows_it(repo) -> None:
    repo.commit(**{".gitattributes": b"*.txt text eol=crlf\n", "f.txt": TEXT})
    windows = TEXT.replace(b"\n", b"\r\n")
    assert buffer(repo, "f.txt", windows) is None
    change = buffer(repo, "f.txt", windows.replace(b"line 3\r\n", b"three\r\n"))
    assert [line.text for line in change.hunks[0].lines if line.new == 4] == ["three\r"]


def test_a_file_of_another_encoding_is_compared_in_utf_8(repo) -> None:
    repo.commit(
        **{".gitattributes": b"*.txt working-tree-encoding=UTF-16LE\n", "f.txt": "é\n".encode("utf-16-le")}
    )
    assert buffer(repo, "f.txt", "é\n".encode()) is None
    assert [line.text for line in buffer(repo, "f.txt", "ü\n".encode()).hunks[0].lines] == ["é", "ü"]


def test_attributes_for_names_of_temporary_files_do_not_matter(repo, tmp_path) -> None:
    repo.commit(**{".gitattributes": b"old -diff\nnew -diff\n", "f": TEXT})
    (tmp_path / "home" / "config" / "git").mkdir(parents=True)
    (tmp_path / "home" / "config" / "git" / "attributes").write_bytes(b"old -diff\n")
    assert len(buffer(repo, "f", EDITED).hunks) == 2


def test_what_cannot_be_shown_is_said(repo) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    repo.commit(**{"a.lock": b"x\n", ".gitattributes": b"*.lock -diff\n", "big": pointer, "f": b"x\n"})
    assert buffer(repo, "a.lock", b"y\n").hidden == HIDDEN_BY_ATTRIBUTE
    assert buffer(repo, "b.lock", b"y\n").hidden == HIDDEN_BY_ATTRIBUTE
    assert buffer(repo, "a.lock", b"\0").hidden == "binary file"
    assert buffer(repo, "f", b"\0").hidden == "binary file"
    assert buffer(repo, "big", b"the real thing\n").hidden == "stored by git-lfs"


def test_a_buffer_opened_from_its_own_folder(repo) -> None:
    repo.commit(**{"dir/f": TEXT})
    [section] = open_source(Buffer(Path("f"), EDITED), repo.path / "dir")
    assert section.path == "dir/f"
    assert buffer(repo, "dir/f", EDITED, repo.path / "dir").path == "dir/f"


def test_nothing_is_left_behind(repo, tmp_path, monkeypatch) -> None:
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    repo.commit(f=TEXT)
    assert buffer(repo, "f", EDITED) is not None
    assert list((tmp_path / "temp").iterdir()) == []
