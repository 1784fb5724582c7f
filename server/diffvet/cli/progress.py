"""A single line on a terminal that says how far a review is and what it has cost; silent everywhere else."""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

from diffvet.report.secrecy import visible
from diffvet.review.events import Answered, Event, Planned, Settled
from diffvet.review.finding import Usage

FIRST = 0.3
"""Seconds before the line is drawn at all: a review that is over by then needs none."""

BEAT = 0.1
"""Seconds between two drawings, at least."""

IDLE = 1.0
"""Seconds after which the line is drawn anew although nothing happened: time goes on, and windows change their width."""


def drawable() -> bool:
    """Whether standard error is a terminal that can draw a line again (``TERM=dumb`` cannot)."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


async def shown(events: AsyncIterator[Event], *, enabled: bool) -> AsyncGenerator[Event, None]:
    """Pass ``events`` on; where ``enabled``, keep one line of standard error up to date and erase it at the end."""
    if not enabled:
        async for event in events:
            yield event
        return
    state = Progress()
    line = _Line(state)
    ticking = asyncio.create_task(line.tick())
    try:
        async for event in events:
            state.add(event)
            line.draw()
            yield event
    finally:
        ticking.cancel()
        line.erase()


@dataclass(slots=True)
class Progress:
    """How far a review is: what was read, what is answered, what it cost. Tokens are estimates until they are told."""

    files: int = 0
    hunks: int = 0
    parts: int = 0
    tokens: int = 0
    answered: int = 0
    settled: int = 0
    findings: int = 0
    usage: Usage = field(default_factory=Usage)
    under_way: dict[str, None] = field(default_factory=dict)

    def add(self, event: Event) -> None:
        """Take in what happened."""
        match event:
            case Planned():
                self.files += event.files
                self.hunks += event.hunks
                self.parts += event.parts
                self.tokens += event.tokens
                if event.path:
                    self.under_way.setdefault(event.path)
            case Answered():
                self.answered += event.parts
                self.usage += event.usage
            case Settled():
                self.settled += len(event.rows)
                self.findings += len(event.findings)
                self.under_way.pop(event.path, None)

    def text(self, width: int, seconds: float) -> str:
        """The state in at most ``width`` columns; what matters least is left out first, then the end is cut."""
        share = 100 * self.answered // self.parts if self.parts else 0
        told = self.usage.input_tokens + self.usage.output_tokens
        paid = f"{self.usage.credits:,.2f} credits" if self.usage.credits else ""
        used = f"{told:,} used" if told and self.usage.requests else ""
        cost = ", ".join(filter(None, (used, paid)))
        spelt = [  # most important first; shown in this order too
            f"reviewing {share} %",
            _count(self.findings, "finding"),
            f"{self.settled} of {_count(self.hunks, 'hunk')}",
            _count(self.files, "file"),
            f"~{self.tokens:,} tokens{f' ({cost})' if cost else ''}",
            f"{seconds:.0f} s",
            visible(next(iter(self.under_way), "")),
        ]
        spelt = [part for part in spelt if part]
        while len(spelt) > 1 and _columns(", ".join(spelt)) > width:
            spelt.pop()
        return ", ".join(spelt)[: max(width, 0)]


class _Line:
    """The line itself. Never longer than the window is wide: a line that wraps cannot be taken back."""

    def __init__(self, state: Progress) -> None:
        self._state = state
        self._began = time.monotonic()
        self._drawn = 0.0

    def draw(self) -> None:
        """Draw the state, unless it is too early or was drawn a moment ago."""
        now = time.monotonic()
        if now - self._began < FIRST or now - self._drawn < BEAT:
            return
        self._drawn = now
        width = shutil.get_terminal_size().columns - 1
        self._put(self._state.text(width, now - self._began))

    async def tick(self) -> None:
        """Draw from time to time, for as long as the task lives."""
        while True:
            await asyncio.sleep(IDLE)
            self.draw()

    def erase(self) -> None:
        """Leave an empty line behind."""
        if self._drawn:
            self._put("")

    @staticmethod
    def _put(text: str) -> None:
        with suppress(OSError):  # a terminal that went away must not end the review
            sys.stderr.write(f"\r\033[K{text}")
            sys.stderr.flush()


def _columns(text: str) -> int:
    """How wide a terminal draws ``text``: East Asian wide characters take two columns."""
    if text.isascii():
        return len(text)
    from unicodedata import east_asian_width  # noqa: PLC0415 - for few paths

    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
