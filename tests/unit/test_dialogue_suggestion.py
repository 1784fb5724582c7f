"""A suggested replacement under a bullet: what is written is what is read, and models are forgiven their habits."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.dialogue import bullets
from diffvet.dialogue.bullets import Bullet
from diffvet.dialogue.vocabulary import Category, Severity

YAML = Bullet(
    Severity.ERROR, Category.SECURITY, "Unsafe YAML", path="a.py", start=4, end=4, quote="yaml.load(t)", why="w.", fix="f."
)  # fmt: skip
HEAD = "- [error][security] a.py:R4 `yaml.load(t)` **Unsafe YAML.** Why: w. Fix: f."

NASTY = ["", " ", "```", "  ```", "````suggestion", "END OF REVIEW", "- none", "\t x", "  a ", HEAD, "`"]
codes = st.lists(
    st.sampled_from(NASTY) | st.text(st.characters(exclude_characters="\n\r"), max_size=12), max_size=5
)


@given(st.lists(st.none() | codes.map(tuple), min_size=1, max_size=4))
def test_every_suggestion_is_read_back_verbatim(suggestions):
    said = tuple(replace(YAML, start=n, end=n, suggestion=lines) for n, lines in enumerate(suggestions, 1))
    answer = bullets.read(bullets.write(said))
    assert answer.complete
    assert answer.bullets == said


def suggestion_of(*lines: str) -> tuple[str, ...] | None:
    (bullet,) = bullets.read("\n".join((*lines, "END OF REVIEW", ""))).bullets
    return bullet.suggestion


@pytest.mark.parametrize(
    "answer",
    [
        ("Here is what I found.", HEAD, "  ```suggestion", "      t = yaml.safe_load(t)", "  ```"),
        ("Found:", HEAD, "```suggestion", "    t = yaml.safe_load(t)", "```"),
        ("Found:", HEAD, "", "  ````suggestion:-0+0", "      t = yaml.safe_load(t)", "  ````"),
        ("1. **[error][security]** a.py:R4 **Unsafe.** Why: w.", "   ~~~suggestion", "       t = yaml.safe_load(t)", "   ~~~"),
    ],
    ids=["after prose", "not indented", "with offsets", "a numbered item"],
)  # fmt: skip
def test_a_model_may_write_it_in_its_own_way(answer):
    assert suggestion_of(*answer) == ("    t = yaml.safe_load(t)",)


def test_an_empty_block_deletes_the_lines():
    assert suggestion_of(HEAD, "  ```suggestion", "  ```") == ()
    assert suggestion_of("Found:", HEAD, "  ```suggestion", "  ```") == ()


def test_a_block_of_another_kind_suggests_nothing():
    assert suggestion_of("Found:", HEAD, "  ```python", "  x = 1", "  ```") is None


def test_the_fix_in_words_is_not_repeated_as_code():
    (bullet,) = bullets.read(
        "\n".join(("Found:", HEAD, "  ```suggestion", "  x", "  ```", "END OF REVIEW"))
    ).bullets
    assert bullet.fix == "f."


def test_without_a_fix_in_words_the_lines_are_the_fix():
    head = HEAD.removesuffix(" Fix: f.")
    (bullet,) = bullets.read(
        "\n".join(("Found:", head, "  ```suggestion", "  x = 1", "  ```", "END OF REVIEW"))
    ).bullets
    assert bullet.fix == "`x = 1`"


def test_an_answer_that_is_cut_inside_a_suggestion_is_not_complete():
    whole = bullets.write([replace(YAML, suggestion=("a", "b"))])
    for end in range(len(whole) - 1):
        assert not bullets.read(whole[:end]).complete or whole[:end].rstrip() == whole.rstrip()
