r"""Awkward files: every added and removed line is seen with its number and text.

The cases are the 19 on which review tools go wrong (``reference/peers-review.md`` §1.4) and more. Each
is read from git and from standard input, as git's and as GNU diff's text, and the patch written from
what was read makes the new file again with ``git apply``.
"""

import io
import shutil
import subprocess
from collections.abc import Callable

import pytest

from diffvet.diff.model import FileChange, Status
from diffvet.diff.patch import rebuild
from diffvet.diff.source import Staged, Stdin

PATCH_TEXT = (
    b"""\
diff --git a/evil.py b/evil.py
--- a/evil.py
+++ b/evil.py
@@ -1,2 +1,2 @@
-old
+new
 same
"""
    b"-- \n2.39.5\n"
)
BODY = b"".join(b"line %d\n" % number for number in range(1, 30))


def edited(insert: bytes, drop: bytes = b"line 12\n") -> bytes:
    return BODY.replace(b"line 5\n", b"line 5\n" + insert).replace(drop, b"")


CASES: dict[str, tuple[bytes, bytes | None, bytes | None]] = {
    "plain": (b"f.py", BODY, edited(b"more\n")),
    "removed line starting with --": (b"f.sql", b"-- a comment\n" + BODY, BODY),
    "removed line that reads like a header": (b"f.txt", b"-- a/x.py\n++ b/x.py\n" + BODY, BODY),
    "added line starting with ++": (b"f.c", BODY, edited(b"++ b/i;\n")),
    "form feed": (b"f.c", BODY, edited(b"a\x0cb\nc\n")),
    "U+2028": (b"f.js", BODY, edited("a\u2028b\u2029c\nd\n".encode())),
    "U+0085": (b"f.js", BODY, edited("a\u0085b\nc\n".encode())),
    "0x1d in context": (
        b"f.txt",
        BODY.replace(b"line 4\n", b"a\x1db\x1cc\n"),
        edited(b"x\n").replace(b"line 4\n", b"a\x1db\x1cc\n"),
    ),
    "bare CR": (b"f.txt", BODY, edited(b"a\rb\r\rc\n")),
    "CR only": (b"f.txt", b"a\rb\rc", b"a\rB\rc"),
    "CRLF": (b"f.txt", BODY.replace(b"\n", b"\r\n"), edited(b"more\n").replace(b"\n", b"\r\n")),
    "LF to CRLF": (b"f.txt", b"a\nb\n", b"a\r\nb\r\n"),
    "no newline at the end": (b"f.txt", BODY, BODY.rstrip(b"\n")),
    "no newline on either side": (b"f.txt", b"a\nb", b"a\nc"),
    "append after a missing newline": (b"f.txt", BODY.rstrip(b"\n"), BODY + b"more\n"),
    "one-line file": (b"f.txt", b"a\n", b"b\n"),
    "one line without newline": (b"f.txt", b"a", b"b"),
    "new file": (b"f.txt", None, BODY),
    "new file of one line without newline": (b"f.txt", None, b"a"),
    "new empty file": (b"f.txt", None, b""),
    "deleted file": (b"f.txt", BODY, None),
    "deleted empty file": (b"f.txt", b"", None),
    "emptied file": (b"f.txt", BODY, b""),
    "filled file": (b"f.txt", b"", BODY),
    "non-ASCII name": ("dir/é 漢字.py".encode(), BODY, edited(b"more\n")),
    "name that is not UTF-8": (b"caf\xe9.py", BODY, edited(b"more\n")),
    "name with spaces": (b"a name with spaces .py", BODY, edited(b"more\n")),
    "path containing ' b/'": (b"x b/y b/z.py", BODY, edited(b"more\n")),
    "path that doubles itself": (b"a/x b/a/x", BODY, edited(b"more\n")),
    "folder named a": (b"a/b/a/f.py", BODY, edited(b"more\n")),
    "folder named b": (b"b/f.py", BODY, edited(b"more\n")),
    "new file in folder b": (b"b/f.py", None, b"x\n"),
    "deleted file in folder a": (b"a/f.py", b"x\n", None),
    "name to be quoted": (b'q"uo\\te\ttab\nline.py', BODY, edited(b"more\n")),
    "quoted new file": (b'"quoted"', None, b"x\n"),
    "name that ends in a tab": (b"tab\t", BODY, edited(b"more\n")),
    "name with an arrow and ' and '": (b"x and b/y differ", BODY, edited(b"more\n")),
    "Latin-1 content": (b"f.txt", BODY, edited(b"caf\xe9 \xff\xfe\n")),
    "astral characters": (b"f.txt", BODY, edited("\U0001d4b3 😀 \U0010ffff\n".encode())),
    "patch text inside added lines": (b"f.md", BODY, edited(PATCH_TEXT)),
    "patch text inside removed lines": (b"f.md", edited(PATCH_TEXT), BODY),
    "patch text inside context": (b"f.md", edited(PATCH_TEXT), edited(PATCH_TEXT + b"x\n", b"line 25\n")),
    "backslash lines": (b"f.tex", BODY, edited(b"\\ No newline at end of file\n\\\\\n")),
    "blank lines": (b"f.txt", b"\n\n\n" + BODY, b"\n\nx\n\n" + BODY),
    "byte order mark": (b"f.txt", b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb\n"),
    "a line of 100,000 characters": (b"f.min.js", b"x" * 100_000 + b"\n", b"y" * 100_000 + b"\n"),
    "ten hunks": (b"f.txt", BODY * 10, (BODY * 10).replace(b"line 7\n", b"seven\n")),
}


HOW_GIT_WRITES = (
    (),
    ("-c", "core.quotePath=false"),
    ("-c", "diff.noprefix=true"),
    ("-c", "diff.mnemonicPrefix=true"),
    ("-c", "diff.suppressBlankEmpty=true"),
    ("-c", "diff.context=0"),
)


@pytest.fixture(params=CASES, ids=str)
def case(request: pytest.FixtureRequest) -> tuple[bytes, bytes | None, bytes | None]:
    return CASES[request.param]


def prepare(repo, case) -> None:
    name, old, new = case
    if old is not None:
        repo.write(name, old)
        repo.commit("old")
    if new is None:
        (repo.path / name.decode("utf-8", "surrogateescape")).unlink()
    else:
        repo.write(name, new)
    repo.git("add", "--all")


def check(change: FileChange, case, applied: Callable[[FileChange, bytes], bytes]) -> None:
    name, old, new = case
    assert change.path == name.decode("utf-8", "surrogateescape")
    assert change.old_path is None
    assert change.hidden is None
    assert not change.binary
    expected = Status.ADDED if old is None else Status.DELETED if new is None else Status.MODIFIED
    assert change.status is expected
    assert applied(change, old or b"") == (new or b"")


def test_every_line_is_seen_and_the_rebuilt_patch_applies(repo, case, applied) -> None:
    prepare(repo, case)
    [change] = repo.changes(Staged())
    check(change, case, applied)
    for setting in HOW_GIT_WRITES:
        text = repo.git(*setting, "diff", "--cached")
        [seen] = repo.changes(Stdin(io.BytesIO(text)))
        check(seen, case, applied)
    wanted = repo.git("write-tree")
    repo.git("reset", "--quiet", "--hard")
    repo.git("apply", "--cached", "--check", "-", stdin=rebuild(change))
    repo.git("apply", "--cached", "-", stdin=rebuild(change))
    assert repo.git("write-tree") == wanted


@pytest.mark.skipif(shutil.which("diff") is None, reason="GNU diff is not installed")
def test_every_line_of_a_plain_diff_is_seen(tmp_path, repo, applied) -> None:
    for label, (_, old, new) in CASES.items():
        if not old or not new:
            continue
        (tmp_path / "old").write_bytes(old)
        (tmp_path / "new").write_bytes(new)
        command = ["diff", "-a", "-u", "old", "new"]
        text = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).stdout
        [change] = repo.changes(Stdin(io.BytesIO(text)))
        assert (change.path, change.status) == ("new", Status.MODIFIED), label
        assert applied(change, old) == new, label


def test_all_cases_in_one_diff_are_told_apart(repo, applied) -> None:
    for number, (_, old, _new) in enumerate(CASES.values()):
        if old is not None:
            repo.write(b"%d" % number, old)
    repo.commit("old")
    for number, (_, _old, new) in enumerate(CASES.values()):
        if new is None:
            (repo.path / str(number)).unlink()
        else:
            repo.write(b"%d" % number, new)
    repo.git("add", "--all")
    text = repo.git("diff", "--cached", "--no-renames")
    from_stdin = {change.path: change for change in repo.changes(Stdin(io.BytesIO(text)))}
    assert len(from_stdin) == len(CASES)
    for number, (_, old, new) in enumerate(CASES.values()):
        assert applied(from_stdin[str(number)], old or b"") == (new or b"")
    from_git = repo.changes(Staged())
    assert sum(1 + (change.status is Status.RENAMED) for change in from_git) >= len(CASES) - 2
