"""Colours never change code: the parts of a line add up to it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.report.paint import Paint
from diffvet.report.syntax import tokens

PATHS = st.sampled_from(["a.py", "b/c.ts", "d.sql", "e.html", "README.md", "Makefile", "x", "y.unknown", ""])
CODE = st.text(alphabet=st.sampled_from("ab1 \"'`\\#/*-.<!>(){}=éß漢") | st.characters(), max_size=60)


@given(PATHS, CODE)
def test_the_parts_of_a_line_add_up_to_it(path, text):
    assert "".join(part for _, part in tokens(path, text)) == text


@given(PATHS, st.text(alphabet=st.characters(exclude_categories=["C"])))
def test_without_its_colours_a_line_is_what_it_was(path, text):
    assert re.sub(r"\x1b\[[0-9;]*m", "", Paint(color=True).code(path, text)) == text
    assert Paint(color=False).code(path, text) == text


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.py", "return x  # why", [("keyword", "return"), ("comment", "# why")]),
        ("a.py", "s = 'it''s' + \"#no\"", [("string", "'it'"), ("string", "'s'"), ("string", '"#no"')]),
        ("a.py", "n = 0x1F + a1", [("number", "0x1F")]),
        ("a.go", "if a { // b", [("keyword", "if"), ("comment", "// b")]),
        ("a.c", " * the middle of a comment", [("comment", " * the middle of a comment")]),
        ("a.css", "color: #fff; /* x */ top", [("comment", "/* x */")]),
        ("a.sql", "SELECT 1 -- x", [("keyword", "SELECT"), ("number", "1"), ("comment", "-- x")]),
        ("a.html", "<a> <!-- x --> b", [("comment", "<!-- x -->")]),
        ("a.md", "# if this is a heading", []),
        ("Dockerfile", "RUN x # y", [("comment", "# y")]),
        ("a.rs", "fn f<'a>(x: &'a str)", [("keyword", "fn"), ("string", "'a>(x: &'")]),
        ("a.py", 'x = "open', [("string", '"open')]),
        ("a.py", "importance = classify", []),
    ],
)
def test_the_words_of_a_line_have_their_kinds(path, text, expected):
    assert [token for token in tokens(path, text) if token[0]] == expected
