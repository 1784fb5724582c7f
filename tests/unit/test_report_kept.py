"""A review that was kept is the review that was made, without what must not be written down."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side
from diffvet.report.kept import read, render
from diffvet.review.events import Review
from diffvet.review.finding import FilterMode, Finding, Placement, State, Usage
from diffvet.review.ledger import LedgerRow, Outcome

TEXT = st.text(alphabet=st.characters(), max_size=20)
NUMBER = st.integers(0, 10**6)

FINDINGS = st.builds(
    Finding,
    fingerprint=TEXT,
    path=TEXT,
    side=st.sampled_from(Side),
    line=NUMBER,
    end_line=NUMBER,
    severity=st.sampled_from(Severity),
    category=st.sampled_from(Category).filter(lambda category: category is not Category.SECRET),
    title=TEXT,
    why=TEXT,
    fix=st.none() | TEXT,
    quote=st.none() | TEXT,
    placement=st.sampled_from(Placement),
    reviewer=TEXT,
    rule=st.none() | TEXT,
    state=st.sampled_from(State),
    code=st.lists(TEXT, max_size=3).map(tuple),
    needs=st.sampled_from(FilterMode),
    suggestion=st.none() | st.lists(TEXT, max_size=3).map(tuple),
)
ROWS = st.builds(
    LedgerRow, TEXT, NUMBER, NUMBER, NUMBER, NUMBER, st.sampled_from(Outcome), st.none() | TEXT, TEXT
)
REVIEWS = st.builds(
    Review,
    kind=TEXT,
    base=st.none() | TEXT,
    head=st.none() | TEXT,
    findings=st.lists(FINDINGS, max_size=3).map(tuple),
    ledger=st.lists(ROWS, max_size=3).map(tuple),
    usage=st.builds(Usage, NUMBER, NUMBER, NUMBER, st.floats(0, 1e6)),
)

SECRET = "AKIA" + "Q3EGWH5KZTX7RM2P"


@given(REVIEWS)
def test_a_review_comes_back_as_it_was(review):
    text = render(review)
    assert text.isascii()
    assert read(text) == review


def test_where_a_secret_stands_neither_quote_nor_code_nor_replacement_is_kept():
    finding = Finding(
        fingerprint="f" * 32,
        path="settings.py",
        side=Side.NEW,
        line=1,
        end_line=1,
        severity=Severity.ERROR,
        category=Category.SECRET,
        title="A key",
        why="It opens doors.",
        fix=None,
        quote=f'KEY = "{SECRET}"',
        placement=Placement.EXACT,
        reviewer="embedded",
        code=(f'KEY = "{SECRET}"',),
        sensitive=True,
        suggestion=(f'KEY = os.environ["{SECRET}"]',),
    )
    review = Review("staged", None, None, (finding,), ())
    text = render(review)
    assert SECRET not in text
    assert SECRET[4:] not in text
    (back,) = read(text).findings
    assert back == replace(finding, quote=None, code=('KEY = "AKI' + "*" * 17 + '"',), suggestion=None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"version": 2}',
        "null",
        '{"version": 1, "source": ["a", null, null], "findings": [{}], "ledger": [], "usage": {}}',
        '{"version": 1, "source": ["a", null, null], "findings": 3, "ledger": [], "usage": {}}',
        '{"version": 1, "source": [], "findings": [], "ledger": [], "usage": {}}',
    ],
)
def test_what_nobody_of_this_version_wrote_is_no_review(text):
    assert read(text) is None


def test_a_review_of_another_version_is_not_read():
    document = json.loads(render(Review("staged", None, None, (), ())))
    assert read(json.dumps(document)) is not None
    assert read(json.dumps(document | {"version": 99})) is None
