"""What the page is made of: colours that change no text, words that changed, and a picture within bounds."""

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.diff.model import DiffLine, LineKind
from diffvet.diff.unified import UnifiedReader
from diffvet.report.html import highlight
from diffvet.report.html.highlight import _NAMES, Highlighter, _lexer
from diffvet.report.html.words import changed_words, difference
from diffvet.review import picture
from report_page import finding

TEXT = st.text(
    st.one_of(st.characters(exclude_characters="\n"), st.sampled_from("\"'`/*#<>{}()[]\\ ")), max_size=30
)
KINDS = st.sampled_from(list(LineKind))


def diff_lines(pairs):
    made, old, new = [], 0, 0
    for kind, text in pairs:
        old += kind is not LineKind.ADDED
        new += kind is not LineKind.REMOVED
        made.append(
            DiffLine(
                kind,
                None if kind is LineKind.ADDED else old,
                None if kind is LineKind.REMOVED else new,
                text,
            )
        )
    return made


@given(st.lists(st.tuples(KINDS, TEXT), max_size=8), st.sampled_from([*_NAMES, "none"]))
def test_colours_change_no_text(pairs, language):
    ending = _NAMES.get(language, ("unknown",))[0]
    lines = diff_lines(pairs)
    found = Highlighter().coloured(f"some/file.{ending}", lines)
    assert ["".join(text for _, text in pieces) for pieces in found] == [line.text for line in lines]


@pytest.mark.parametrize("language", _NAMES)
def test_every_language_of_the_table_is_one_that_pygments_knows(language):
    assert _lexer(language) is not None


def test_a_string_over_several_lines_is_one_on_all_of_them():
    lines = diff_lines([(LineKind.ADDED, text) for text in ('x = """', "if this", '"""', "return")])
    _, inside, _, after = Highlighter().coloured("a.py", lines)
    assert {name for name, _ in inside} == {"s"}
    assert after == (("k", "return"),)


def test_each_side_is_read_on_its_own():
    lines = diff_lines([(LineKind.REMOVED, '"""'), (LineKind.ADDED, "return"), (LineKind.CONTEXT, "pass")])
    _, added, context = Highlighter().coloured("a.py", lines)
    assert added == (("k", "return"),)
    assert context == (("k", "pass"),)


def test_when_patience_is_over_lines_are_still_coloured_one_by_one():
    ticks = iter(range(10_000))
    lines = diff_lines([(LineKind.ADDED, "return None")] * 20)
    found = Highlighter(patience=5, clock=lambda: float(next(ticks))).coloured("a.py", lines)
    assert len(found) == 20
    assert all("".join(text for _, text in pieces) == "return None" for pieces in found)
    assert next(ticks) < 100, "a lexer goes on although its time is over"


def test_a_lexer_that_fails_costs_colours_only(monkeypatch):
    class Failing:
        def get_tokens_unprocessed(self, text):
            yield 0, ("Keyword",), "ret"
            raise ValueError(text)

    monkeypatch.setattr(highlight, "_lexer", lambda _name: Failing())
    (pieces,) = Highlighter().coloured("a.py", diff_lines([(LineKind.ADDED, "return 1")]))
    assert pieces == (("k", "return"), ("", " "), ("n", "1"))


def test_without_pygments_there_are_colours_too(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygments.lexers", None)
    _lexer.cache_clear()
    try:
        (pieces,) = Highlighter().coloured("a.py", diff_lines([(LineKind.ADDED, "return 1  # why")]))
    finally:
        _lexer.cache_clear()
    assert ("k", "return") in pieces
    assert ("c", "# why") in pieces


@given(TEXT, TEXT, TEXT, TEXT)
def test_outside_the_changed_span_both_lines_are_alike(before, old, new, after):
    found = difference(before + old + after, before + new + after)
    if found is None:
        return
    one, other = before + old + after, before + new + after
    (start, end), (first, last) = found
    assert one[:start] == other[:first]
    assert one[end:] == other[last:]
    assert 0 <= start <= end <= len(one)
    assert 0 <= first <= last <= len(other)


def test_the_nth_removed_line_is_compared_with_the_nth_added_one():
    lines = diff_lines(
        [
            (LineKind.REMOVED, "first(1)"),
            (LineKind.REMOVED, "second(1)"),
            (LineKind.ADDED, "first(2)"),
            (LineKind.CONTEXT, ""),
            (LineKind.ADDED, "second(2)"),
        ]
    )
    assert changed_words(lines) == {0: (6, 7), 2: (6, 7)}


def added(path, *lines):
    body = "".join(f"+{line}\n" for line in lines)
    return f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{len(lines)} @@\n{body}"


def kept(diff, findings=()):
    made = picture.Picture()
    sections = list(made.over(UnifiedReader(io.BytesIO(diff.encode())).sections()))
    changes = made.changes(findings)
    assert [change.path for change in changes] == [section.path for section in sections]
    return changes


def test_the_sections_of_a_review_pass_unchanged_and_no_more_than_a_bound_is_kept(monkeypatch):
    monkeypatch.setattr(picture, "KEPT_BYTES", 100)
    small, large = added("a.py", "x"), added("b.py", "y" * 200)
    made = picture.Picture()
    passed = list(made.over(UnifiedReader(io.BytesIO((small + large + small).encode())).sections()))
    assert passed == list(UnifiedReader(io.BytesIO((small + large + small).encode())).sections())
    assert [len(change.hunks) for change in made.changes(())] == [1, 0, 1]


def test_a_long_file_is_shown_near_its_findings_only_with_the_numbers_of_the_whole_hunk(monkeypatch):
    monkeypatch.setattr(picture, "FILE_LINES", 50)
    diff = added("app.py", *(f"line{number}" for number in range(1, 101)))
    (change,) = kept(diff, [finding(40, end_line=80)])
    (hunk,) = change.hunks
    assert hunk.new_lines == 100
    assert [line.new for line in hunk.lines] == [*range(30, 51), *range(70, 91)]


def test_of_a_long_file_without_findings_nothing_is_shown_but_that_it_is_there(monkeypatch):
    monkeypatch.setattr(picture, "FILE_LINES", 50)
    (change,) = kept(added("app.py", *map(str, range(100))))
    assert change.hunks == ()


def test_what_would_make_the_report_too_long_is_shown_near_findings_only(monkeypatch):
    monkeypatch.setattr(picture, "REPORT_LINES", 30)
    first, second = (added(name, *map(str, range(20))) for name in ("app.py", "b.py"))
    assert [len(change.hunks) for change in kept(first + second)] == [1, 0]


def test_one_secret_is_starred_in_every_file():
    key = "AKIA" + "Q3EGWH5KZTX7RM2P"
    changes = kept(added("a.py", f'KEY = "{key}"') + added("b.txt", f"the key is {key}"))
    texts = [line.text for change in changes for hunk in change.hunks for line in hunk.lines]
    assert texts == [f'KEY = "{"*" * len(key)}"', f"the key is {'*' * len(key)}"]
