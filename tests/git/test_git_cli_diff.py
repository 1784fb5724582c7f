"""``diffvet diff`` from outside: the document, the flags, the exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schemas" / "diff.schema.json").read_bytes())


@pytest.fixture
def diffvet(repo, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "server"))

    def call(*args: str, stdin: bytes = b"", code: int = 0) -> tuple[bytes, str]:
        command = [sys.executable, "-m", "diffvet", "diff", *args]
        done = subprocess.run(command, cwd=repo.path, input=stdin, capture_output=True, check=False)
        error = done.stderr.decode()
        assert done.returncode == code, error
        assert error.count("\n") == (code != 0), error
        return done.stdout, error

    return call


def test_the_document_follows_its_schema_and_keeps_every_byte(repo, diffvet) -> None:
    repo.commit(**{"a.txt": b"a\nb\r\nc\xff", "gone": b"x\n", "run": b"x\n", "bin": b"\0"})
    repo.write("a.txt", "a\nB\r\nc😀".encode() + b"\xff")
    repo.write("caf\udce9", b"x\n")
    (repo.path / "gone").unlink()
    (repo.path / "run").chmod(0o755)
    repo.write("bin", b"\0\0")
    out, _ = diffvet("--format", "json")
    assert out.isascii()
    document = json.loads(out)
    jsonschema.validate(document, SCHEMA)
    assert document["source"] == {
        "kind": "worktree",
        "base": repo.git("rev-parse", "HEAD").decode().strip(),
        "head": None,
    }
    files = {file["path"]: file for file in document["files"]}
    assert files["a.txt"]["hunks"][0]["lines"] == [
        {"kind": "context", "old": 1, "new": 1, "text": "a"},
        {"kind": "removed", "old": 2, "new": None, "text": "b\r"},
        {"kind": "removed", "old": 3, "new": None, "text": "c\udcff", "no_newline": True},
        {"kind": "added", "old": None, "new": 2, "text": "B\r"},
        {"kind": "added", "old": None, "new": 3, "text": "c😀\udcff", "no_newline": True},
    ]
    assert (files["caf\udce9"]["status"], files["gone"]["status"]) == ("added", "deleted")
    assert (files["run"]["old_mode"], files["run"]["new_mode"], files["run"]["hunks"]) == (
        "100644",
        "100755",
        [],
    )
    assert (files["bin"]["binary"], files["bin"]["hidden"]) == (True, "binary file")


def test_an_empty_change_is_an_empty_document(repo, diffvet) -> None:
    repo.commit()
    for args in ((), ("--staged",), ("--base", "HEAD"), ("HEAD..HEAD",), ("--stdin",)):
        document = json.loads(diffvet(*args, "--format=json")[0])
        jsonschema.validate(document, SCHEMA)
        assert document["files"] == []
        assert diffvet(*args)[0] == b"no changes\n"


def test_the_text_has_a_line_a_file_and_no_control_characters(repo, diffvet) -> None:
    repo.commit(old=b"x\n" * 9, b=b"\0")
    repo.write("\u202egpj.\x9b31m", b"x\n")
    repo.git("mv", "old", "new\x1b[31m")
    repo.write("b", b"\0\0")
    repo.git("add", "--all")
    out, _ = diffvet("--staged")
    assert out.decode().splitlines() == [
        "modified      b  (binary file)",
        'renamed       old -> "new\\033[31m"  +0 -0',
        "added         \\u202egpj.\\x9b31m  +1 -0",
        "3 files changed, 1 added and 0 removed lines",
    ]


def test_words_after_two_dashes_are_paths_and_before_it_a_range(repo, diffvet) -> None:
    repo.commit(**{"main": b"1\n", "b": b"1\n", "--staged": b"1\n"})
    for name in ("main", "b", "--staged"):
        repo.write(name, b"2\n")
    assert b"1 file changed" in diffvet("--", "main")[0]
    assert b"3 files changed" in diffvet("main")[0]
    assert b"1 file changed" in diffvet("main", "--format", "text", "--", "b")[0]
    assert b"1 file changed" in diffvet("--", "--staged")[0]
    assert b"2 files changed" in diffvet("--worktree", "--", "main", "b")[0]


def test_another_directory_can_be_named(repo, diffvet, make_repo) -> None:
    other = make_repo("other")
    other.write("f", b"x\n")
    assert b"added         f" in diffvet("-C", "../other")[0]


@pytest.mark.parametrize(
    ("args", "stdin", "sentence"),
    [
        (
            ("--staged", "--base", "main"),
            b"",
            "--staged and --base cannot be combined; name one thing to compare",
        ),
        (("--staged", "HEAD"), b"", "--staged and 'HEAD' cannot be combined; name one thing to compare"),
        (("--stdin", "--", "f"), b"", "--stdin takes no paths; cut the diff where it is made"),
        (("-C", "nope"), b"", "-C nope: no such directory"),
        (("--", ""), b"", "an empty path after '--'; leave it out to compare everything"),
        (("--base", ""), b"", "--base is empty; name a branch, tag or commit, as in: --base main"),
        (("",), b"", "the range is empty; leave it out to compare the working tree with HEAD"),
        (("..",), b"", "'..' names no range; to name a directory or file, write: -- .."),
        (("nope",), b"", "unknown revision 'nope'"),
        (("--stdin",), b"no diff\n", "standard input holds text but no unified diff"),
        (
            ("--stdin", "--format", "json"),
            b"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n--- a/g\n+++ b/g\n@@ -1,2 +1,2 @@\n-a\n",
            "broken diff at line 10 of standard input: it ends inside a hunk of 'g'",
        ),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_no_output(repo, diffvet, args, stdin, sentence) -> None:
    repo.commit(f=b"x\n")
    out, error = diffvet(*args, stdin=stdin, code=2)
    assert (out, error) == (b"", f"diffvet: {sentence}\n")


def test_a_misspelt_flag_is_refused(repo, diffvet) -> None:
    assert "unrecognized arguments: --stagd" in diffvet("--stagd", code=2)[1]
