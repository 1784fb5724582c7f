"""No text of a foreign diff is lost in silence: cut, of another form, or said in words only."""

import base64
import io
import re
import zlib
from collections import Counter
from pathlib import Path

import pytest

from diffvet.diff.section import (
    KIND_CHANGED,
    LINK_CHANGED,
    NAMES_ONLY,
    SUBMODULE,
    UNMERGED,
    FileSection,
    is_loss,
    split_hunks,
)
from diffvet.diff.unified import UnifiedReader
from diffvet.errors import PatchError

SAMPLES = Path(__file__).parent / "samples" / "diffs"
PLAIN = b"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"
GIT = b"diff --git a/f b/f\nindex 1111111..2222222 100644\n" + PLAIN
HEAD = (
    b"From " + b"0" * 40 + b" Mon Sep 17 00:00:00 2001\nFrom: A <a@example.invalid>\nSubject: x\n\nmessage\n"
)
SIGNATURE = b"-- \n2.39.5\n\n"


def binary_block(kind: bytes, content: bytes) -> bytes:
    packed = zlib.compress(content)
    lines = [packed[at : at + 52] for at in range(0, len(packed), 52)]
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    rows = [letters[len(line) - 1 : len(line)] + base64.b85encode(line, pad=True) for line in lines]
    return b"%b %d\n%b\n\n" % (kind, len(content), b"\n".join(rows))


BINARY = b"diff --git a/p b/p\nindex %b..%b 100644\nGIT binary patch\n" % (b"1" * 40, b"2" * 40)
BINARY += binary_block(b"literal", bytes(range(256))) + binary_block(b"literal", b"")
MOVED = b"diff --git a/old b/new\nold mode 100644\nnew mode 100755\nsimilarity index 90%\nrename from old\nrename to new\n"
MOVED += b"index 3333333..4444444\n--- a/old\n+++ b/new\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n@@ -9 +8,0 @@\n-z\n"


def read(text: bytes) -> list[FileSection]:
    return list(UnifiedReader(io.BytesIO(text)).sections())


def outcome(text: bytes) -> list[FileSection] | PatchError:
    try:
        return read(text)
    except PatchError as error:
        return error


def refusal(text: bytes) -> PatchError:
    with pytest.raises(PatchError) as caught:
        read(text)
    assert "\n" not in str(caught.value)
    return caught.value


WORD_DIFF = b"""\
diff --git a/f.py b/f.py
index 1111111..2222222 100644
--- a/f.py
+++ b/f.py
@@ -1,3 +1,3 @@ def f():
     one
     x = [-1-]{+2+}
     two
"""


def test_a_hunk_that_changes_nothing_is_broken() -> None:
    error = refusal(WORD_DIFF)
    assert "a hunk of 'f.py' changes nothing; make it without --word-diff" in str(error)
    assert error.line == 5


CONTEXT = (
    b"*** c\t2026-01-01\n--- d\t2026-01-01\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n",
    "context diff",
    0,
)
OTHER_FORMS = {
    "a context diff": CONTEXT,
    "a context diff without its names": (
        CONTEXT[0].partition(b"01\n***")[2].join([b"***", b""]),
        "context diff",
        0,
    ),
    "a normal diff": (b"1c1\n< a\n---\n> b\n", "a diff without context", 0),
    "an added line": (b"0a1,2\n> a\n> b\n", "a diff without context", 0),
    "diff -rc": (b"diff -rc old/f new/f\n" + CONTEXT[0], "no unified diff; make it with 'diff -u'", 0),
    "diff -r": (b"diff -r old/f new/f\n1c1\n< a\n---\n> b\n", "no unified diff", 0),
    "diff -re": (b"diff -re old/f new/f\n1c\nb\n.\n", "no unified diff", 0),
    "diff -ry": (b"diff -ry old/f new/f\na\t|\tb\n", "no unified diff", 0),
    "colours": (b"\x1b[1mdiff --git a/x b/x\x1b[m\n\x1b[1mindex 1..2\x1b[m\n", "--no-color", 0),
    "a hunk behind a blank line": (b"\n+c\n", "more lines than its header counts", 1),
    "a removed line behind blank lines": (b"\n\n-c\n", "more lines than its header counts", 2),
    "a plain file whose '+++' is lost": (
        b"diff -u g g\n--- g\n@@ -1 +1 @@\n-a\n+b\n",
        "names is missing",
        1,
    ),
    "a plain file whose '---' is lost": (
        b"diff -u g g\n+++ g\n@@ -1 +1 @@\n-a\n+b\n",
        "no unified diff",
        0,
    ),
    "a hunk behind prose": (b"And then:\n@@ -1 +1 @@\n-a\n+b\n", "without file names", 1),
    "a hunk of a binary file": (
        b"Binary files x and y differ\n@@ -1 +1 @@\n-a\n+b\n",
        "without file names",
        1,
    ),
}


@pytest.mark.parametrize("name", OTHER_FORMS)
def test_a_diff_of_another_form_is_refused_behind_a_unified_one(name) -> None:
    text, words, line = OTHER_FORMS[name]
    for before in (PLAIN, GIT):
        error = refusal(before + text)
        assert words in str(error)
        assert error.line == before.count(b"\n") + line + 1


def test_a_header_that_is_still_open_does_not_swallow_other_forms() -> None:
    mode = b"diff --git a/f b/f\nold mode 100644\nnew mode 100755\n"
    assert "context diff" in str(refusal(mode + CONTEXT[0]))
    assert [s.hidden for s in read(mode + b"Files x and y differ\n")] == [None, NAMES_ONLY]


TEXTLESS = {
    b"Files old/f and new/f differ": ("new/f", NAMES_ONLY, True),
    b"Symbolic links old/l and new/l differ": ("new/l", LINK_CHANGED, True),
    b"File old/k is a regular file while file new/k is a directory": ("new/k", KIND_CHANGED, True),
    b"File old/p is a fifo while file new/p is a regular empty file": ("new/p", KIND_CHANGED, True),
    b"* Unmerged path dir/two words": ("dir/two words", UNMERGED, True),
    b'* Unmerged path "t\\tab"': ("t\tab", UNMERGED, True),
    b"Submodule lib 1234567..89abcde:": ("lib", SUBMODULE, False),
    b"Submodule lib 0000000...89abcde (new submodule)": ("lib", SUBMODULE, False),
    b"Binary file pic.png has changed": ("pic.png", "binary file", False),
}


@pytest.mark.parametrize("line", TEXTLESS)
def test_a_change_said_in_words_is_a_section_with_its_reason(line) -> None:
    path, hidden, loss = TEXTLESS[line]
    for before, after in ((b"", b""), (PLAIN, b""), (GIT, PLAIN), (b"\n", b"\n" + GIT)):
        [found] = [section for section in read(before + line + b"\n" + after) if section.path != "f"]
        assert (found.path, found.hidden, found.body) == (path, hidden, b"")
        assert is_loss(hidden) is loss


def test_prose_signatures_and_attachments_are_still_passed_over() -> None:
    for tail in (
        SIGNATURE,
        b"\n" + SIGNATURE,
        b"\nbase-commit: 12\n" + SIGNATURE,
        b"\n--------------2.39.5--\n\n",
        b"\n*** Thanks! ***\n1. one\n***************\nbye\n",
        b"\nIn 1c1 nothing.\n",
    ):
        assert [section.path for section in read(PLAIN + tail + PLAIN)] == ["f", "f"]


MAILS = {
    "cut in its header": (HEAD[: HEAD.index(b"Subject")], "ends without its patch"),
    "cut in its message": (HEAD, "ends without its patch"),
    "cut in its signature": (HEAD + SIGNATURE[:-3], "was cut there"),
    "cut behind its statistics": (HEAD + b"---\n f | 2 +-\n 1 file changed, 1 insertion(+)\n\n", "lacks its patch"),
    "cut before its second file": (HEAD + b"---\n 3 files changed\n\n" + GIT, "lacks 2 of its files"),
    "a cover letter alone": (HEAD + b" f | 2 +-\n 1 file changed\n\n" + SIGNATURE, "ends without its patch"),
}  # fmt: skip


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_that_lost_its_patch_is_an_error(name) -> None:
    text, words = MAILS[name]
    whole = HEAD + b"---\n f | 2 +-\n 1 file changed\n\n" + GIT + SIGNATURE
    for before in (b"", whole):
        assert words in str(refusal(before + text))
    if "cut behind" in name or "cut before" in name:
        assert words in str(refusal(text + whole))


def test_cover_letters_and_empty_commits_are_mails_without_a_patch() -> None:
    cover = HEAD + b" f | 2 +-\n 1 file changed\n\n" + SIGNATURE
    whole = HEAD + b"---\n f | 2 +-\n 1 file changed\n\n" + GIT + SIGNATURE
    empty = HEAD + SIGNATURE
    assert [section.path for section in read(cover + whole + empty + whole + empty)] == ["f", "f"]
    assert "no unified diff" in str(refusal(empty))


def test_the_data_of_a_binary_patch_must_be_whole() -> None:
    assert [(s.path, s.binary) for s in read(BINARY + GIT)] == [("p", True), ("f", False)]
    assert [(s.path, s.binary) for s in read(BINARY.replace(b"\n", b"\r\n"))] == [("p", True)]
    lines = BINARY.splitlines(keepends=True)
    assert "is missing" in str(refusal(b"".join(lines[:3] + lines[4:])))
    assert "ends early" in str(refusal(b"".join(lines[:-1])))
    assert "ends early" in str(refusal(BINARY.replace(lines[5], lines[5][:-2] + b"\n")))


def mbox(series: int) -> bytes:
    total = b"---\n f | 2 +-\n p | Bin\n 2 files changed, 1 insertion(+), 1 deletion(-)\n\n"
    return (HEAD + total + GIT + BINARY + SIGNATURE + b"\n") * series


CORPUS = {path.name: path.read_bytes() for path in sorted(SAMPLES.iterdir())} | {
    "git": GIT + MOVED + GIT,
    "binary": GIT + BINARY + GIT,
    "mails": mbox(2),
    "quick": b"Files a/x and b/x differ\nSymbolic links a/l and b/l differ\n" + PLAIN,
}
NEXT = (
    ("the end", re.compile(rb"\Z")),
    ("another hunk", re.compile(rb"@@ -\d")),
    ("another file", re.compile(rb"diff -|Index: |--- .+\n\+\+\+ |Only in |Binary files |Symbolic links |Files ")),
    ("the marker of a missing line end", re.compile(rb"\\ ")),
    ("more of a header that can stand alone", re.compile(rb"index [0-9a-f]|literal \d")),
    ("another commit or mail", re.compile(rb"\s*(?:commit [0-9a-f]{40}|From [0-9a-f]{40} )")),
    ("a signature", re.compile(rb"-- ?\n|\d+\.\d+\.\d+\n|\s+\Z|\n\nFrom ")),
    ("a message of git log", re.compile(rb"Author: |Date: |\n    |    |\n+(?:diff --git|commit )")),
    ("properties of Subversion", re.compile(rb"\n?Property changes on|_{60}|Added: svn|## -0,0|\+\*|\\ No newline")),
    ("a comment in front", re.compile(rb"# User")),
)  # fmt: skip
"""What may follow in the whole text where a cut was not noticed: all that came before stands by itself."""


@pytest.mark.parametrize("name", CORPUS)
def test_a_diff_cut_at_any_byte_is_an_error_or_whole_up_to_there(name) -> None:
    text = CORPUS[name]
    whole = read(text)
    accepted: Counter[str] = Counter()
    for at in range(1, len(text) + 1):
        found = outcome(text[:at])
        if isinstance(found, PatchError):
            assert found.line is not None
            assert found.line <= text[:at].count(b"\n") + 1
            continue
        assert text[:at].endswith(b"\n"), text[:at][-80:]
        assert found, "text without a diff is an error"
        accepted[next(label for label, begins in NEXT if begins.match(text, at))] += 1
        assert_beginning_of(found, whole)
    assert accepted["the end"] == 1
    assert sum(accepted.values()) <= text.count(b"\n")


def assert_beginning_of(found: list[FileSection], whole: list[FileSection]) -> None:
    """All files but the last are as in the whole; the last has its first hunks, none of them shorter."""
    assert [(s.path, s.body) for s in found[:-1]] == [(s.path, s.body) for s in whole[: len(found) - 1]]
    last, full = found[-1], whole[len(found) - 1]
    hunks, all_hunks = list(split_hunks(last.body)), list(split_hunks(full.body))
    assert [_bare(hunk) for hunk in hunks] == [_bare(hunk) for hunk in all_hunks[: len(hunks)]]


def _bare(hunk: bytes) -> bytes:
    return hunk.removesuffix(b"\\ No newline at end of file\n")
