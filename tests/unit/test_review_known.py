"""Values masked in one hunk are hidden in every other text of the review, and found again behind their placeholders."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.review.known import Known

LONG, LONGER = "velvet" + "Orbit7", "velvet" + "Orbit7-and-more"


def known(*values):
    made = Known()
    for number, value in enumerate(values):
        made.add(value, f"M{number}_".ljust(len(value), "x"))
    return made


def test_the_tail_of_a_longer_value_is_not_left_where_a_shorter_one_begins_it():
    assert (
        known(LONG, LONGER).hide(f"a {LONGER} b {LONG} c")
        == f"a {'M1_'.ljust(len(LONGER), 'x')} b M0_xxxxxxxxx c"
    )


@pytest.mark.parametrize("value", ["k9!Q", "x7Yz2", "p4ss#1", "493021"])
def test_a_short_value_is_hidden_where_it_is_a_word_of_its_own(value):
    shown = known(value).hide(f'login("{value}") and {value}; not a{value}b or {value}9')
    assert shown.count(value) == 2
    assert f'"{value}"' not in shown


@pytest.mark.parametrize("value", ["tiger", "ab1", "4711", "    "])
def test_a_plain_word_or_a_small_number_is_hidden_in_its_own_hunk_only(value):
    assert known(value).hide(f"the {value} is") == f"the {value} is"


def test_a_value_is_hidden_as_json_spells_it_too():
    value = 'q"8\\Tr\u00e9mVx'
    for text in (value, json.dumps(value), json.dumps(value, ensure_ascii=False)):
        assert "mVx" not in known(value).hide(text)
    assert known(value).restore(known(value).hide(value)) == value


def test_a_report_has_stars_of_the_same_length():
    assert known(LONG).star(f"({LONG})") == f"({'*' * len(LONG)})"


VALUES = st.lists(st.text("abcXYZ012!-", min_size=8, max_size=14), min_size=1, max_size=5, unique=True)


@given(VALUES, st.lists(st.text("abcXYZ012!- ", max_size=12), max_size=6))
def test_no_value_is_left_and_what_was_hidden_is_restored(values, between):
    made = known(*values)
    text = "\n".join(value + "".join(between) for value in values)
    shown = made.hide(text)
    assert not any(value in shown for value in values)
    if not any(one in other for one in values for other in values if one != other):
        assert made.restore(shown) == text
