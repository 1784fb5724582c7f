"""The progress line: files, hunks, tokens and cost so far, in whatever width there is."""

import asyncio
import io
import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.cli import progress
from diffvet.cli.progress import Progress, drawable, shown
from diffvet.review.events import Answered, Planned, Settled
from diffvet.review.finding import Usage
from diffvet.review.ledger import LedgerRow, Outcome


class Terminal(io.StringIO):
    def isatty(self):
        return True


def row(path):
    return LedgerRow(path, 1, 1, 1, 1, Outcome.REVIEWED)


def advanced():
    state = Progress()
    for event in (
        Planned(files=1, path="src/app.py"),
        Planned(hunks=1, parts=2, tokens=900),
        Planned(files=1, path="src/db.py"),
        Planned(hunks=3, parts=2, tokens=1200),
        Answered(1, Usage(1, 1500, 200, 0.25)),
        Settled("src/app.py", (), (row("src/app.py"),)),
    ):
        state.add(event)
    return state


def test_everything_is_said_where_there_is_room():
    assert advanced().text(200, 12.4) == (
        "reviewing 25 %, 0 findings, 1 of 4 hunks, 2 files, ~2,100 tokens (1,700 used, 0.25 credits), 12 s, src/db.py"
    )


def test_in_a_narrow_window_the_least_important_goes_first():
    state = advanced()
    assert state.text(60, 1) == "reviewing 25 %, 0 findings, 1 of 4 hunks, 2 files"
    assert state.text(20, 1) == "reviewing 25 %"
    assert state.text(5, 1) == "revie"


def test_wide_characters_take_two_columns():
    state = advanced()
    state.under_way = {"\u6f22\u5b57" * 10: None}
    whole = state.text(500, 1)
    assert state.text(len(whole), 1) == whole.rpartition(", ")[0]
    assert state.text(len(whole) + 20, 1) == whole


@given(st.integers(0, 300), st.floats(0, 1e6), st.text(max_size=80))
def test_the_line_never_exceeds_its_width_and_holds_no_control_character(width, seconds, path):
    state = advanced()
    state.under_way = {path: None}
    text = state.text(width, seconds)
    assert len(text) <= width
    assert not [char for char in text if ord(char) < 32 or 0x7F <= ord(char) < 0xA0]


async def events():
    for event in (Planned(files=1, path="a.py"), Planned(hunks=1, parts=1, tokens=5), Answered(1, Usage())):
        yield event
        await asyncio.sleep(0.02)


async def collected(enabled):
    return [event async for event in shown(events(), enabled=enabled)]


async def test_a_quick_review_draws_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert len(await collected(enabled=True)) == 3
    assert sys.stderr.getvalue() == ""


async def test_a_slow_review_is_drawn_and_leaves_an_empty_line(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(progress, "FIRST", 0.0)
    monkeypatch.setattr(progress, "BEAT", 0.0)
    await collected(enabled=True)
    drawn = sys.stderr.getvalue().split("\r\033[K")
    assert drawn[1].startswith("reviewing 0 %")
    assert drawn[-2].startswith("reviewing 100 %")
    assert drawn[-1] == ""


async def test_time_goes_on_while_nothing_happens(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    for name in ("FIRST", "BEAT", "IDLE"):
        monkeypatch.setattr(progress, name, 0.0 if name != "IDLE" else 0.01)

    async def waiting():
        yield Planned(files=1, path="a.py")
        await asyncio.sleep(0.1)

    async for _ in shown(waiting(), enabled=True):
        pass
    assert sys.stderr.getvalue().count("reviewing") > 2


async def test_each_drawing_asks_for_the_width_of_the_window_anew(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(progress, "FIRST", 0.0)
    monkeypatch.setattr(progress, "BEAT", 0.0)
    widths = iter([40, 12, 9])
    monkeypatch.setattr(progress.shutil, "get_terminal_size", lambda: os.terminal_size((next(widths), 24)))
    await collected(enabled=True)
    drawn = [len(line) for line in sys.stderr.getvalue().split("\r\033[K")[1:-1]]
    assert all(length < width for length, width in zip(drawn, (40, 12, 9), strict=True))


@pytest.mark.parametrize(("term", "expected"), [("xterm", True), ("dumb", False)])
def test_a_dumb_terminal_gets_no_line_that_is_drawn_over(monkeypatch, term, expected):
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", term)
    assert drawable() is expected
