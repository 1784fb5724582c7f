"""Patterns for paths mean what they mean in ``.gitignore`` (git itself is asked in ``test_git_attributes``)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.diff.glob import Globs
from diffvet.errors import SettingsError


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("dist/**", ["dist/a.js", "dist/a/b.js"], ["dist", "src/dist/a.js", "distant/a"]),
        ("*.lock", ["a.lock", "x/y/a.lock"], ["a.lock.py", "lock"]),
        ("/a.py", ["a.py"], ["x/a.py"]),
        ("docs/", ["docs/a", "x/docs/a"], ["docs"]),
        ("docs", ["docs", "x/docs/a"], ["docs.md"]),
        ("a/**/b", ["a/b", "a/x/y/b", "a/x/b/c"], ["x/a/b", "a/xb"]),
        ("a?[bc].[!x]", ["azb.y"], ["a/b.y", "azd.y", "azb.x"]),
        (r"\!odd\*", ["!odd*"], ["!oddly"]),
    ],
)
def test_a_pattern_covers_what_git_would_ignore(pattern, inside, outside):
    globs = Globs([pattern])
    assert [globs.match(path) for path in inside] == [pattern] * len(inside)
    assert [globs.match(path) for path in outside] == [None] * len(outside)


def test_the_last_pattern_decides_and_is_the_one_named():
    globs = Globs(["*.js", "!keep.js", "tmp/"])
    assert globs.match("a.js") == "*.js"
    assert globs.match("keep.js") is None
    assert globs.match("tmp/keep.js") == "tmp/"


@pytest.mark.parametrize(
    "pattern", ["", "/", "!", "a//b", "./a", "../a", "[ab", "a\\", "[[:alpha:]]", "[]", "["]
)
def test_a_pattern_that_cannot_be_meant_is_one_clear_sentence(pattern):
    with pytest.raises(SettingsError, match="the path pattern"):
        Globs([pattern])


def test_a_hostile_pattern_does_not_backtrack():
    assert Globs(["*a" * 60 + "b"]).match("a" * 3000) is None
    assert Globs(["**/a/" * 40 + "b"]).match("a/" * 300 + "c") is None


@given(
    st.text(st.sampled_from("ab/*?[]!\\-. "), max_size=12), st.text(st.sampled_from("ab/!. "), max_size=12)
)
def test_any_text_is_a_pattern_or_a_sentence(pattern, path):
    try:
        globs = Globs([pattern])
    except SettingsError:
        return
    assert globs.match(path) in (pattern, None)
