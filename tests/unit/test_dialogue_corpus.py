"""Answers as models write them: each sample beside the bullets it must give, whole and cut anywhere."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from diffvet.dialogue import bullets
from diffvet.dialogue.bullets import Answer, Bullet
from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side

SAMPLES = sorted(Path(__file__).parent.joinpath("samples", "answers").glob("*.md"))


def text_of(sample: Path) -> str:
    return sample.read_bytes().decode()


def expected(sample: Path) -> dict:
    return json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))


def stated(fields: dict) -> Bullet:
    kinds = {"severity": Severity, "category": Category, "side": Side}
    return Bullet(**{name: kinds.get(name, lambda value: value)(value) for name, value in fields.items()})


def test_the_corpus_is_as_large_as_promised_and_every_answer_has_its_bullets():
    assert len(SAMPLES) >= 60
    assert all(sample.with_suffix(".json").exists() for sample in SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_an_answer_gives_the_bullets_written_beside_it(sample):
    wanted = expected(sample)
    answer = bullets.read(text_of(sample))
    assert list(answer.bullets) == [stated(fields) for fields in wanted["bullets"]]
    assert answer.complete is wanted["complete"]
    assert (answer.problem is None) is answer.complete
    assert wanted.get("problem", "") in (answer.problem or "")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_an_answer_cut_at_any_character_is_incomplete_and_keeps_only_whole_bullets(sample):
    text = text_of(sample)
    closing = re.search(r"END OF REVIEW(?![^\n]*\n[^\n]*`\*\*)", text.split("</think>")[-1])
    end = len(text) if closing is None else len(text) - len(text.split("</think>")[-1]) + closing.start() + 12
    whole = bullets.read(text)
    for at in range(end):
        answer = bullets.read(text[:at])
        assert not answer.complete, text[:at]
        assert answer.problem
        assert set(answer.bullets) <= set(whole.bullets), text[:at]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_bullets_that_were_read_can_be_written_and_read_again(sample):
    read = bullets.read(text_of(sample)).bullets
    assert bullets.read(bullets.write(read)) == Answer(read, complete=True)


def test_all_bullets_but_the_last_survive_a_missing_sentinel():
    for sample in SAMPLES[:12]:
        text = text_of(sample)
        whole = bullets.read(text)
        cut = bullets.read(re.sub(r"\W*END OF REVIEW[\s\S]*", "\n", text))
        assert cut.bullets == whole.bullets[:-1]


PIECES = [
    "- ", "* ", "1. ", "  - ", "\n", "\n\n", "- none\n", "END OF REVIEW", "\nEND OF REVIEW\n", "```", "```\n", "~~~", "<think>", "</think>",
    "[error]", "[security]", "**", "`", "``", "Why: ", "Fix: ", "Severity: high\n", "src/a.py:R3", ":R3-R9", "L17", "(", ")", "[", "](", "x", " ",
    "### ", "> ", "| ", "---\n", "原因", "\r", "\t", "\x00", "\u2028", "a" * 30, ": ", "**Fix**\n", "- [error][security] a.py:R3 `q` **T.** Why: w. Fix: f.\n",
]  # fmt: skip
hostile = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))


@given(hostile)
@example("- none\n- [error")
@settings(deadline=None, max_examples=300)
def test_any_text_is_read_without_an_error(text):
    answer = bullets.read(text)
    assert answer.complete is (answer.problem is None)
    assert not answer.complete or "END OF REVIEW" in re.sub(r"[ _]", " ", text.upper())


@given(hostile, st.data())
@settings(deadline=None, max_examples=200)
def test_no_text_loses_its_sentinel_and_still_passes(text, data):
    text = re.sub("(?i)end[ _]of[ _]review", "", text)
    assert not bullets.read(text).complete


REPEATED = ["a", " ", "\n", "- ", "- \n", "`", "` ", "`a", "*", "**", "**a", "[", "[a", "(", "[error]", "[error]\n", "- [error] ", "- [error] x\n",
     "- x\n", "a:1 ", "a:1", "a.b:1:", ":", "Why: ", "Why:", "a Why", "#", "# a\n", "> ", "```\n", "~~~\n- [error] a\n", "<think>", "</think>\n",
     "1. **", "1. x\n  - y\n", "- [error] a.py:R1 x\n- y\n", "\u2028", "\t-", "(a", "- a.py:1\n", "END OF REVIEW", "END OF REVIEW\n", "原因:", "“", "_"]  # fmt: skip


@pytest.mark.parametrize("piece", REPEATED)
@pytest.mark.parametrize("before", ["", "- [error][security] ", "x\n- [error] `"])
def test_the_same_over_and_over_is_read_in_bounded_work(piece, before):
    assert bullets.read(before + piece * (10_000 // len(piece))).complete in {True, False}


def test_a_megabyte_of_hostile_text_is_read_in_bounded_work():
    text = "".join(piece * (25_000 // len(piece)) for piece in REPEATED)
    assert len(text) > 1_000_000
    assert not bullets.read(f"- none\n{text}").complete


def test_an_answer_without_end_is_refused_rather_than_read_for_minutes():
    answer = bullets.read("Look:\n" + "- [error] a.py:R1 **Again.**\n" * 3000 + "END OF REVIEW")
    assert not answer.complete
    assert "more bullets" in answer.problem
