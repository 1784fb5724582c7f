"""A comment in the language of a file, as its path tells: one that a marker can stand in, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.dialogue.vocabulary import Category
from diffvet.review.comment import comment_for
from diffvet.review.marker import markers

PATHS = [
    "a.py", "src/a.ts", "a.tsx", "a.go", "a.rs", "a.java", "a.c", "a.sql", "a.lua", "a.html", "a.css", "a.scss", "a.yaml",
    "a.toml", "a.ini", "a.sh", "a.ps1", "a.bat", "a.erl", "a.tf", "a.rb", "a.php", "a.kt", "a.swift", "a.md", "a.clj",
    "a.hs", "Dockerfile", "Dockerfile.dev", "Makefile", "deploy/Jenkinsfile", ".env", "CMakeLists.txt", "a.PY", "a.xml",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("line", ["x = 1", "    <b>bold</b>", ""])
def test_a_marker_in_the_comment_is_read_and_stands_alone(path, line):
    comment = comment_for(path, line)
    assert comment is not None
    [marker] = markers("    " + comment.around("diffvet: ignore[security] it is safe"), path)
    assert marker.alone
    assert marker.problem is None
    assert marker.reason == "it is safe"
    assert marker.covers(Category.SECURITY, None)


@pytest.mark.parametrize("path", ["a.json", "data.csv", "a.txt", "LICENSE", "a", "", "x.lock", "photo.png"])
def test_where_no_comment_is_known_there_is_none(path):
    assert comment_for(path, "x") is None


@given(st.text(), st.text())
def test_any_path_and_line_are_answered(path, line):
    comment_for(path, line)
