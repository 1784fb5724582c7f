"""Foreign diffs: every format people pipe in, and every way one can be broken."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffvet.diff.model import FileChange, LineKind, Status
from diffvet.diff.names import split_git_names
from diffvet.diff.patch import parse
from diffvet.diff.section import NOT_IN_DIFF, FileSection
from diffvet.diff.textless import file_without_text
from diffvet.diff.unified import UnifiedReader
from diffvet.errors import PatchError

SAMPLES = Path(__file__).parent / "samples" / "diffs"
Facts = tuple[str, str, list[str], list[str]]

GIT = b"""\
diff --git a/one.py b/one.py
index 1111111..2222222 100644
--- a/one.py
+++ b/one.py
@@ -1,3 +1,3 @@ def f():
 a
-b
+c
 d
@@ -10,2 +10,3 @@
 x
+y
 z
diff --git a/old b/new
similarity index 90%
rename from old
rename to new
index 3333333..4444444
--- a/old
+++ b/new
@@ -1 +1 @@
-a
\\ No newline at end of file
+b
\\ No newline at end of file
diff --git a/empty b/empty
new file mode 100644
index 0000000..e69de29
diff --git a/gone b/gone
deleted file mode 100755
index 5555555..0000000
--- a/gone
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/run b/run
old mode 100644
new mode 100755
"""

PLAIN = b"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"


def read(text: bytes) -> list[FileSection]:
    return list(UnifiedReader(io.BytesIO(text)).sections())


def changes(text: bytes) -> list[FileChange]:
    return [parse(section) for section in read(text)]


def texts(change: FileChange, kind: LineKind) -> list[str]:
    return [line.text for hunk in change.hunks for line in hunk.lines if line.kind is kind]


def facts(text: bytes) -> list[Facts]:
    return [
        (c.path, c.status.value, texts(c, LineKind.REMOVED), texts(c, LineKind.ADDED)) for c in changes(text)
    ]


def refusal(text: bytes) -> PatchError:
    with pytest.raises(PatchError) as caught:
        changes(text)
    assert "\n" not in str(caught.value)
    return caught.value


def outcome(text: bytes) -> list[FileChange] | PatchError:
    try:
        return changes(text)
    except PatchError as error:
        return error


SEEN: dict[str, list[Facts]] = {
    "format-patch.mbox": [
        ("app.py", "modified", ["two"], ["2"]),
        ("new.py", "added", [], ["x"]),
        ("app.py", "modified", [], ["-- "]),
        ("new.py", "deleted", ["x"], []),
    ],
    "git-log.txt": [
        ("app.py", "modified", ["two"], ["2"]),
        ("new.py", "added", [], ["x"]),
        ("app.py", "modified", [], ["-- "]),
        ("new.py", "deleted", ["x"], []),
    ],
    "gnu-new-files.diff": [
        ("new/bin", "modified", [], []),
        ("new/f", "modified", ["b"], ["c"]),
        ("old/gone", "deleted", ["gone"], []),
        ("new/sub/only", "added", [], ["x"]),
    ],
    "gnu-one-sided.diff": [
        ("new/bin", "modified", [], []),
        ("new/f", "modified", ["b"], ["c"]),
        ("old/gone", "modified", [], []),
        ("new/sub/only", "modified", [], []),
    ],
    "no-index.diff": [
        ("new/bin", "modified", [], []),
        ("new/f", "modified", ["b"], ["c"]),
        ("old/gone", "deleted", ["gone"], []),
        ("new/sub/only", "added", [], ["x"]),
    ],
    "subversion.diff": [
        ("trunk/main.c", "modified", [], ["  return 1;"]),
        ("trunk/run.sh", "modified", [], ["exit 1"]),
    ],
    "mercurial.diff": [
        ("lib/x.py", "added", [], ["import os", "os.abort()"]),
        ("lib/y.py", "deleted", ["pass"], []),
    ],
    "localised.diff": [("after.txt", "modified", ["alt"], ["neu"])],
    "difflib.diff": [("(unnamed)", "modified", ["a"], ["b"])],
}


@pytest.mark.parametrize("name", SEEN)
def test_every_format_is_read(name) -> None:
    assert facts((SAMPLES / name).read_bytes()) == SEEN[name]


def test_every_sample_has_its_expectation() -> None:
    assert {path.name for path in SAMPLES.iterdir()} == set(SEEN)


@pytest.mark.parametrize("name", [name for name in SEEN if name not in ("localised.diff", "difflib.diff")])
def test_a_patch_translated_to_crlf_reads_as_it_was(name) -> None:
    text = (SAMPLES / name).read_bytes()
    assert facts(text.replace(b"\n", b"\r\n")) == SEEN[name]


def test_a_crlf_file_in_a_translated_patch_keeps_its_own_cr() -> None:
    text = b"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\r\n+b\r\n"
    assert facts(text) == [("f", "modified", ["a\r"], ["b\r"])]
    assert facts(text.replace(b"\n", b"\r\n")) == [("f", "modified", ["a\r"], ["b\r"])]


def test_files_that_show_no_text_say_why() -> None:
    hidden = [
        (s.path, s.binary, s.hidden) for s in read((SAMPLES / "gnu-one-sided.diff").read_bytes()) if s.hidden
    ]
    assert hidden == [
        ("new/bin", True, "binary file"),
        ("old/gone", False, NOT_IN_DIFF),
        ("new/sub/only", False, NOT_IN_DIFF),
    ]


def test_gits_headers_are_read() -> None:
    found = changes(GIT)
    assert [(c.path, c.old_path, c.status, c.old_mode, c.new_mode, len(c.hunks)) for c in found] == [
        ("one.py", None, Status.MODIFIED, "100644", "100644", 2),
        ("new", "old", Status.RENAMED, None, None, 1),
        ("empty", None, Status.ADDED, None, "100644", 0),
        ("gone", None, Status.DELETED, "100755", None, 1),
        ("run", None, Status.MODIFIED, "100644", "100755", 0),
    ]
    assert found[0].hunks[0].heading == "def f():"
    assert [line.no_newline for line in found[1].hunks[0].lines] == [True, True]


@pytest.mark.parametrize("text", [b"", b"\n", b" \n\t\r\n"])
def test_blank_text_has_no_changes(text) -> None:
    assert read(text) == []


def lines_in_hunks(found: list[FileChange]) -> int:
    return sum(len(hunk.lines) for change in found for hunk in change.hunks)


HUNK_LINES = [
    number
    for number, line in enumerate(GIT.splitlines(), 1)
    if line[:1] in b"+- " and line[:3] not in (b"+++", b"---")
]


COMPLETE = (9, 13, 24, 25, 28, 35)
"""Lines of ``GIT`` after which nothing is missing that could be known of."""


@pytest.mark.parametrize("keep", range(1, GIT.count(b"\n")))
def test_a_diff_cut_after_any_line_is_an_error_or_complete_up_to_there(keep) -> None:
    cut = b"".join(GIT.splitlines(keepends=True)[:keep])
    found = outcome(cut)
    if isinstance(found, PatchError):
        assert found.line == keep + 1
        assert f"at line {keep + 1} of standard input" in str(found)
    else:
        assert lines_in_hunks(found) == sum(number <= keep for number in HUNK_LINES)
        assert keep in COMPLETE


@pytest.mark.parametrize("drop", range(1, GIT.count(b"\n") + 1))
def test_a_diff_that_lost_any_line_is_an_error_or_still_shows_all_others(drop) -> None:
    lines = GIT.splitlines(keepends=True)
    lost = b"".join(lines[: drop - 1] + lines[drop:])
    found = outcome(lost)
    if isinstance(found, PatchError):
        assert found.line is not None
    else:
        assert drop not in HUNK_LINES
        assert lines_in_hunks(found) == len(HUNK_LINES)


BROKEN = {
    "a hunk longer than its counts": (
        b"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n+c\n",
        6,
        "more lines than its header counts",
    ),
    "a hunk with removed lines too many": (
        b"--- a/f\n+++ b/f\n@@ -1 +1,2 @@\n-a\n-b\n+c\n",
        5,
        "other lines than it counts",
    ),
    "a hunk that ends early": (b"--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-a\n+b\ndiff -u f g\n", 6, "ends early"),
    "a stray line in a hunk": (b"--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-a\nwhat\n+b\n", 5, "ends early"),
    "a hunk header that cannot be read": (b"--- a/f\n+++ b/f\n@@ -x +1 @@\n-a\n", 3, "no hunk follows"),
    "a second hunk header that cannot be read": (
        b"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n@@ garbage @@\n",
        6,
        "unreadable",
    ),
    "a hunk without lines": (b"--- a/f\n+++ b/f\n@@ -0,0 +0,0 @@\n", 3, "without lines"),
    "a hunk without a file": (b"@@ -1 +1 @@\n-a\n+b\n", 1, "without file names"),
    "a hunk under a bare git header": (b"diff --git a/f b/f\n@@ -1 +1 @@\n-a\n+b\n", 2, "without file names"),
    "file names without a hunk": (b"--- a/f\n+++ b/f\n", 3, "no hunk follows"),
    "a git header alone": (b"diff --git a/f b/f\n", 2, "not complete"),
    "half a rename": (b"diff --git a/f b/g\nsimilarity index 100%\nrename from f\n", 4, "not complete"),
    "half a mode change": (b"diff --git a/f b/f\nold mode 100644\n", 3, "not complete"),
    "changed blobs without hunks": (
        b"diff --git a/f b/f\nindex 1234567..89abcde 100644\n",
        3,
        "hunks of this file are missing",
    ),
    "a similar file without hunks": (
        b"diff --git a/f b/g\nsimilarity index 90%\nrename from f\nrename to g\ndiff --git a/x b/x\n",
        1,
        "hunks of this file are missing",
    ),
    "a combined diff": (
        b"diff --cc f\nindex 1,2..3\n--- a/f\n+++ b/f\n@@@ -1,1 -1,1 +1,1 @@@\n- a\n -b\n++c\n",
        1,
        "combined diff",
    ),
    "a combined hunk": (b"--- a/f\n+++ b/f\n@@@ -1,1 -1,1 +1,1 @@@\n- a\n", 3, "combined diff"),
    "UTF-16": ("--- a/f\n".encode("utf-16"), 1, "UTF-16"),
    "colour": (b"\x1b[1mdiff --git a/f b/f\x1b[m\n", 1, "colour codes"),
    "prose": (b"Dear all,\nno patch today.\n", 1, "no unified diff"),
    "a context diff": (
        b"*** a\n--- b\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n",
        1,
        "a context diff; make it with 'diff -u'",
    ),
    "a normal diff": (b"1c1\n< a\n---\n> b\n", 1, "a diff without context; make it with 'diff -u'"),
    "a mail without its separator": (
        b"From " + b"0" * 40 + b" Mon Sep 17 00:00:00 2001\nSubject: x\n\ndiff --git a/f b/f\n",
        4,
        "cannot tell message from patch",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_text_is_refused_with_its_line(name) -> None:
    text, line, words = BROKEN[name]
    error = refusal(text)
    assert words in str(error)
    assert error.line == line


def test_blank_context_lines_may_have_lost_their_space() -> None:
    assert facts(b"--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n\n-a\n+b\n\n") == [("f", "modified", ["a"], ["b"])]


def test_a_last_line_without_its_line_end_was_cut() -> None:
    for text in (PLAIN[:-1], PLAIN + b"-- ", PLAIN + b"\\ No newl", PLAIN + b"diff --gi", PLAIN + b"@"):
        error = refusal(text)
        assert "the diff was cut there" in str(error)
        assert error.line == text.count(b"\n") + 1


def test_a_byte_order_mark_in_front_does_not_matter() -> None:
    assert facts(b"\xef\xbb\xbf" + GIT) == facts(GIT)


def test_prose_around_and_between_is_passed_over() -> None:
    patch = b"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"
    text = (
        b"Hello\n--- dashes\n- a list\n"
        + patch
        + b"\nOn Monday they wrote:\n+1 from me\n"
        + patch
        + b"-- \nMe\n"
    )
    assert facts(text) == [("f", "modified", ["a"], ["b"])] * 2


def test_errors_far_down_are_reported_after_what_came_before() -> None:
    reader = UnifiedReader(io.BytesIO(GIT + b"@@ -1 +1 @@\n"))
    sections = reader.sections()
    assert [next(sections).path for _ in range(3)] == ["one.py", "new", "empty"]
    with pytest.raises(PatchError, match="line 39"):
        list(sections)


NAMES = {
    b"a/x b/x": (b"x", b"x"),
    b"a/x b/y b/x b/y": (b"x b/y", b"x b/y"),
    b"i/x w/x": (b"x", b"x"),
    b"b/x a/x": (b"x", b"x"),
    b"x x": (b"x", b"x"),
    b"src/x src/x": (b"src/x", b"src/x"),
    b"a/x a/x": (b"a/x", b"a/x"),
    b"old/x new/x": (b"x", b"x"),
    b"before/x after/x": (b"x", b"x"),
    b'"a/t\\ta" "b/t\\ta"': (b"t\ta", b"t\ta"),
    b'"a/\\303\\251 x" "b/\\303\\251 x"': ("é x".encode(), "é x".encode()),
    b'a/x "b/y\\n"': (b"x", b"y\n"),
    b"a/one b/two": (b"one", b"two"),
}


@pytest.mark.parametrize("line", NAMES, ids=str)
def test_the_two_names_of_a_git_header_are_told_apart(line) -> None:
    assert split_git_names(line) == NAMES[line]


def test_a_folder_named_like_a_prefix_is_kept_where_there_are_no_prefixes() -> None:
    head = b"diff --git b/f b/f\nnew file mode 100644\nindex 0000000..587be6b\n"
    assert facts(head + b"--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+x\n") == [("b/f", "added", [], ["x"])]
    plain = b"--- a/f\n+++ a/f\n@@ -1 +1 @@\n-x\n+y\n"
    assert facts(plain) == [("a/f", "modified", ["x"], ["y"])]


def test_names_in_plain_diffs_may_hold_spaces_and_quotes() -> None:
    text = b'--- "a/tab\\tq.py"\t2026-01-02\n+++ "b/tab\\tq.py"\t2026-01-02\n@@ -1 +1 @@\n-x\n+y\n'
    assert facts(text)[0][0] == "tab\tq.py"
    text = b"--- a/two words.py\t2026-01-02 03:04:05\n+++ b/two words.py\t2026-01-02 03:04:05\n@@ -1 +1 @@\n-x\n+y\n"
    assert facts(text)[0][0] == "two words.py"


def test_a_line_of_many_ands_costs_no_time_worth_mentioning() -> None:
    line = b"Binary files " + b"x and " * 100_000 + b"y differ\n"
    assert file_without_text(1, line) is not None
    assert split_git_names(b"a/x " * 100_000) is None


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([*GIT.splitlines(keepends=True), b"prose\n", b"\n", b"---\n", b"-- \n"]), max_size=30
    )
)
def test_shuffled_lines_end_in_sections_or_one_error(lines) -> None:
    """Whatever the order: no other exception, and no hunk line is dropped without an error."""
    found = outcome(b"".join(lines))
    if isinstance(found, PatchError):
        assert found.line is None or 1 <= found.line <= len(lines) + 1
    else:
        assert all(change.path for change in found)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_end_in_sections_or_one_error(text) -> None:
    try:
        changes(text)
    except PatchError:
        return
