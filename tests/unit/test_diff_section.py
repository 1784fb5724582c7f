"""Sections of git's own output: records and patch must agree, however the bytes arrive."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.diff.model import Status
from diffvet.diff.section import FileSection, GitReader, split_hunks
from diffvet.errors import GitError

OLD, NEW, NONE = b"1" * 40, b"2" * 40, b"0" * 40
ONE = b"""\
diff --git a/one b/one
index 1111111..2222222 100644
--- a/one
+++ b/one
@@ -1 +1 @@
-a
+b
@@ -9,2 +9,2 @@ heading
 x
-y
+diff --git a/x b/x
"""
BINARY = b"diff --git a/pic b/pic\nindex 1111111..2222222 100644\nBinary files a/pic and b/pic differ\n"
MOVED = b'diff --git a/from "b/t\\to"\nsimilarity index 100%\nrename from from\nrename to "t\\to"\n'
LINK = b"""\
diff --git a/link b/link
deleted file mode 100644
index 1111111..0000000
--- a/link
+++ /dev/null
@@ -1 +0,0 @@
-text
diff --git a/link b/link
new file mode 120000
index 0000000..2222222
--- /dev/null
+++ b/link
@@ -0,0 +1 @@
+target
\\ No newline at end of file
"""


def record(
    status: bytes, *names: bytes, old: bytes = b"100644", new: bytes = b"100644", blob: bytes = NEW
) -> bytes:
    return b"\0".join((b":%b %b %b %b %b" % (old, new, OLD, blob, status), *names, b""))


RECORDS = record(b"M", b"one") + record(b"M", b"pic", blob=NONE) + record(b"R100", b"from", b"t\to")
RECORDS += record(b"T", b"link", new=b"120000")
ANSWER = RECORDS + b"\0" + ONE + BINARY + MOVED + LINK


def read(*chunks: bytes) -> list[FileSection]:
    reader = GitReader(chunks)
    return list(reader.sections(reader.records()))


def test_every_record_gets_its_section() -> None:
    one, pic, moved, link = read(ANSWER)
    assert (one.path, one.status, one.old_blob, one.new_blob) == (
        "one",
        Status.MODIFIED,
        OLD.decode(),
        NEW.decode(),
    )
    assert one.body == ONE[ONE.index(b"@@") :]
    assert (pic.binary, pic.hidden, pic.body, pic.new_blob) == (True, "binary file", b"", None)
    assert (moved.path, moved.old_path, moved.status, moved.body) == ("t\to", "from", Status.RENAMED, b"")
    assert (link.status, link.new_mode) == (Status.TYPE_CHANGED, "120000")
    assert list(split_hunks(link.body)) == [
        b"@@ -1 +0,0 @@\n-text\n",
        b"@@ -0,0 +1 @@\n+target\n\\ No newline at end of file\n",
    ]


@given(st.lists(st.integers(0, len(ANSWER)), max_size=12))
def test_it_does_not_matter_where_the_chunks_end(cuts) -> None:
    places = [0, *sorted(cuts), len(ANSWER)]
    chunks = [ANSWER[start:end] for start, end in pairwise(places)]
    assert read(*(chunk for chunk in chunks if chunk)) == read(ANSWER)


def test_byte_by_byte_is_the_same() -> None:
    assert read(*(ANSWER[at : at + 1] for at in range(len(ANSWER)))) == read(ANSWER)


def test_no_answer_is_no_change() -> None:
    assert read() == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (RECORDS + b"\0" + ONE + BINARY + MOVED, "disagree at 'link'"),
        (RECORDS + b"\0" + ONE + MOVED + BINARY + LINK, "disagree at 'pic'"),
        (RECORDS, "disagree at 'one'"),
        (record(b"M", b"one") + b"\0" + ONE + BINARY, "does not have: diff --git a/pic b/pic"),
        (b":100644 100644 " + OLD, "middle of an entry"),
        (b":100644 100644 %b %b M\0" % (OLD, NEW), "middle of an entry"),
        (record(b"M", b"two") + b"\0" + ONE, "disagree at 'two'"),
        (b"warning: hello\0", "unreadable entry"),
    ],
)
def test_what_does_not_agree_is_an_error(answer, words) -> None:
    with pytest.raises(GitError, match=words):
        read(answer)


def test_a_hunk_keeps_its_digest_when_it_moves_and_changes_it_with_its_text() -> None:
    here = FileSection("f", Status.MODIFIED, b"@@ -1 +1 @@ f()\n-a\n+b\n@@ -9 +9 @@\n-a\n+c\n")
    there = FileSection("f", Status.MODIFIED, b"@@ -5 +6 @@ g()\n-a\n+b\n")
    assert here.hunk_digests()[0] == there.hunk_digests()[0] != here.hunk_digests()[1]
    assert here.digest != there.digest


@pytest.mark.parametrize(
    "other",
    [
        FileSection("g", Status.MODIFIED, b"@@ -1 +1 @@\n-a\n+b\n"),
        FileSection("f", Status.ADDED, b"@@ -1 +1 @@\n-a\n+b\n"),
        FileSection("f", Status.MODIFIED, b"@@ -1 +1 @@\n-a\n+c\n"),
        FileSection("f", Status.MODIFIED, b"@@ -1 +1 @@\n-a\n+b\n", new_mode="100755"),
        FileSection("f", Status.MODIFIED, b"@@ -1 +1 @@\n-a\n+b\n", old_path="e"),
    ],
)
def test_a_section_digest_covers_all_that_is_shown(other) -> None:
    assert FileSection("f", Status.MODIFIED, b"@@ -1 +1 @@\n-a\n+b\n").digest != other.digest


def test_equal_binary_rows_differ_by_their_blobs() -> None:
    first = FileSection("f", Status.MODIFIED, binary=True, old_blob="1", new_blob="2", hidden="binary file")
    second = FileSection("f", Status.MODIFIED, binary=True, old_blob="1", new_blob="3", hidden="binary file")
    assert first.digest != second.digest
