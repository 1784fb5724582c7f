"""Patterns mean what they mean in ``.gitignore``, and those that cannot are refused in words."""

import itertools
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.settings.globs import Glob, decide

PATTERNS = [
    "a", "*.py", "/a", "a/", "/a/", "src/*", "src/**", "**/a", "src/**/a.py", "a/**/b", "**/x/**", "*", "**",
    "?", "[ab]", "[!a]", "[^a]", "[a-c]x", "a*b*c", "*a", "a b", "\\*", "x/y/z", "*/b", "**/b/*.py", "[]]", "a?",
]  # fmt: skip
NAMES = ["a", "b", "x", "src", "a.py", "*", "axbxc", "bx", "]", "ab"]


def test_every_pattern_matches_what_git_ignores_by_it(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    paths = ["/".join(names) for count in (1, 2, 3) for names in itertools.product(NAMES, repeat=count)]
    asked = []
    for number, pattern in enumerate(PATTERNS):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / ".gitignore").write_text(f"{pattern}\n")
        asked += [f"{number}/{path}" for path in paths]
    done = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin", "-z"],
        cwd=tmp_path,
        input="\0".join(asked).encode(),
        capture_output=True,
        check=True,
    )
    ignored = set(done.stdout.decode().split("\0"))
    for number, pattern in enumerate(PATTERNS):
        glob = Glob.parse(pattern)
        for path in paths:
            assert glob.matches(path) == (f"{number}/{path}" in ignored), (pattern, path)


@given(st.text(alphabet="ab/*?[]!-.\\", max_size=12), st.text(alphabet="ab/.", min_size=1, max_size=12))
def test_any_text_is_a_pattern_or_is_refused_with_a_reason(text, path):
    reason, glob = "", None
    try:
        glob = Glob.parse(text)
    except ValueError as error:
        reason = str(error)
    assert reason or (glob and glob.matches(path) in {True, False})


@given(
    st.lists(
        st.text(alphabet="abc.-_ ", min_size=1, max_size=6).filter(lambda n: n not in {".", ".."}),
        min_size=1,
        max_size=5,
    )
)
def test_a_path_without_wildcards_matches_itself_and_what_is_in_it(names):
    path = "/".join(names)
    assert Glob.parse(f"/{path}").matches(path)
    assert Glob.parse(f"/{path}").matches(f"{path}/deeper/still.py")
    assert not Glob.parse(f"/{path}").matches(f"elsewhere/{path}")


def test_the_last_match_decides_and_an_exclamation_mark_takes_back():
    globs = [Glob.parse(text) for text in ("gen/", "!gen/keep.py", "*.lock")]
    assert decide(globs, "gen/x.py") is globs[0]
    assert decide(globs, "gen/keep.py") is globs[1]
    assert decide(globs, "src/x.py") is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("!", "is empty"),
        ("/", "is empty"),
        ("../secret", "leads out of its folder"),
        ("a/../b", "leads out of its folder"),
        ("./src", "never matches"),
        ("src//x", "never matches"),
        ("src**", "stands for whole folders"),
        ("*.{js,ts}", "braces, which are not expanded"),
        ("*.{js", "braces, which are not expanded"),
        ("src\\gen", "folders are separated by '/'"),
        ("src\\", "folders are separated by '/'"),
        ("[abc", "'[' without its ']'"),
        ("[z-a]", "the range 'z-a' backwards"),
        ("[[:alpha:]]", "only plain characters and ranges"),
        ("a\nb", "a character that cannot be seen"),
        ("a" * 501, "longer than 500 characters"),
    ],
)
def test_a_pattern_that_cannot_mean_what_it_says_is_refused(text, reason):
    with pytest.raises(ValueError, match=reason.replace("[", "\\[")):
        Glob.parse(text)


def test_many_stars_do_not_make_matching_slow():
    assert not Glob.parse("*a" * 200 + "b").matches("a" * 4000)
    assert not Glob.parse("/".join(["**", "a"] * 80) + "/b").matches("/".join(["a"] * 1000))
