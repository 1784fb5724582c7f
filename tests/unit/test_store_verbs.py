"""``diffvet cache`` and ``diffvet usage``: what a person sees of the store."""

import argparse
import json
import time

import pytest

from diffvet.cli import cache, usage
from diffvet.review.finding import Usage
from diffvet.store.caps import Caps
from diffvet.store.spending import Purpose, SpendRow
from diffvet.store.store import Store


@pytest.fixture
def directory(tmp_path, monkeypatch):
    monkeypatch.setenv("DIFFVET_CACHE_DIR", str(tmp_path / "store"))
    return tmp_path / "store"


def run(verb, *argv):
    parser = argparse.ArgumentParser()
    verb.add_arguments(parser)
    return verb.run(parser.parse_args(argv))


def pay(directory, usage, *, repository="/code", model="m", face="cli", ago=0.0):
    with Store(directory, clock=lambda: time.time() - ago * 86_400) as store:
        store.spending.settle(
            store.spending.reserve(usage, Caps(), Purpose("run", repository, model, face)), usage
        )


def test_nothing_spent_is_one_line_and_creates_nothing(directory, capsys):
    assert run(usage) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert "nothing spent in the last 30 days" in out
    assert not directory.exists()


def test_usage_by_model_shows_the_dearest_first_with_the_longest_bar(directory, capsys):
    pay(directory, Usage(1, 1000, 100, 1.0), model="small")
    pay(directory, Usage(3, 12_000, 800, 4.0), model="large")
    assert run(usage, "--by", "model") == 0
    head, large, small, total = capsys.readouterr().out.splitlines()
    assert head.split() == ["model", "requests", "input", "output", "credits"]
    assert large.split() == ["large", "3", "12,000", "800", "4.00", "#" * 24]
    assert small.split() == ["small", "1", "1,000", "100", "1.00", "#" * 6]
    assert total.split() == ["total", "4", "13,000", "900", "5.00"]


def test_usage_by_day_looks_back_as_far_as_asked(directory, capsys):
    pay(directory, Usage(1, 10, 1))
    pay(directory, Usage(1, 20, 2), ago=3)
    pay(directory, Usage(1, 40, 4), ago=9)
    run(usage, "--days", "7", "--format", "json")
    document = json.loads(capsys.readouterr().out)
    assert [row["input_tokens"] for row in document["rows"]] == [20, 10]
    assert document["total"] == {"requests": 2, "input_tokens": 30, "output_tokens": 3, "credits": 0.0}
    run(usage, "--days", "1")
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_requests_without_a_known_end_are_named(directory, capsys):
    with Store(directory) as store:
        store.spending.reserve(Usage(1, 10, 10), Caps(), Purpose("run", "/code", "m", "lsp"))
    run(usage, "--by", "face")
    assert "1 of the requests have no known end" in capsys.readouterr().out


def test_a_hostile_repository_name_cannot_steer_the_terminal(directory, capsys):
    pay(directory, Usage(1, 1, 1), repository="/code/\x1b[2Jevil\u202e")
    run(usage, "--by", "repository")
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_a_long_path_keeps_its_end_and_bars_follow_tokens_without_credits():
    rows = [SpendRow("/x" * 100 + "/end", Usage(1, 50, 50), 0), SpendRow("b", Usage(1, 0, 0), 0)]
    _, first, second, _ = usage.table(rows, "repository")
    assert first.startswith("...")
    assert "/end " in first
    assert first.endswith(" " + "#" * 24)
    assert "#" not in second


@pytest.mark.parametrize("days", ["0", "-1", "x", "1.5", "\u0663"])
def test_a_wrong_number_of_days_is_a_usage_error(directory, days, capsys):
    with pytest.raises(SystemExit) as left:
        run(usage, f"--days={days}")
    assert left.value.code == 2
    assert "whole number" in capsys.readouterr().err


def test_cache_show_says_where_and_how_much(directory, capsys):
    with Store(directory) as store:
        store.answers.remember({"a": "x", "b": "y"}, model="m")
        store.dismissals.dismiss("f", repository="/code", reason="r", author="a")
    assert run(cache, "show") == 0
    out = capsys.readouterr().out
    assert str(directory) in out
    assert "2 answers of 1 model" in out
    assert "of 256 MiB" in out
    assert "1 dismissed finding\n" in out
    run(cache, "show", "--format", "json")
    document = json.loads(capsys.readouterr().out)
    assert (document["answers"]["entries"], document["dismissals"]) == (2, 1)


def test_cache_clear_keeps_dismissals_and_spending_unless_told(directory, capsys):
    pay(directory, Usage(1, 5, 5))
    with Store(directory) as store:
        store.answers.remember({"a": "x"}, model="m")
        store.dismissals.dismiss("f", repository="/code", reason="r", author="a")
    assert run(cache, "clear") == 0
    out = capsys.readouterr().out
    assert "forgot 1 answer " in out
    assert "kept 1 dismissed finding " in out
    assert run(cache, "clear", "--dismissals") == 0
    out = capsys.readouterr().out
    assert "no answers to forget" in out
    assert "restored 1 dismissed finding" in out
    with Store(directory) as store:
        assert store.answers.stats().entries == 0
        assert store.dismissals.all() == []
        assert store.spending.spent("day").tokens == 10


@pytest.mark.parametrize("argv", [("show",), ("clear",), ("clear", "--dismissals")])
def test_a_store_that_cannot_be_used_is_a_line_on_stderr(tmp_path, monkeypatch, argv, capsys):
    (tmp_path / "answers.sqlite3").mkdir()
    monkeypatch.setenv("DIFFVET_CACHE_DIR", str(tmp_path))
    assert run(cache, *argv) == (0 if argv[0] == "show" else 2)
    assert capsys.readouterr().err.count("\n") == 1


def test_a_record_that_cannot_be_read_is_not_called_empty(tmp_path, monkeypatch, capsys):
    (tmp_path / "spending.sqlite3").mkdir()
    monkeypatch.setenv("DIFFVET_CACHE_DIR", str(tmp_path))
    assert run(usage) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "cannot be used" in said.err


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1536, "1.5 KiB"),
        (256 * 1024**2, "256 MiB"),
        (3 * 1024**3, "3.0 GiB"),
    ],
)
def test_sizes_are_for_people(count, text):
    assert cache.size(count) == text
