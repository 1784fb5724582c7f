"""A single line on a terminal that says how far a review is; silent everywhere else."""

import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress

from diffvet.review.events import Answered, Event, Planned, Settled


async def shown(events: AsyncIterator[Event], *, enabled: bool) -> AsyncGenerator[Event, None]:
    """Pass ``events`` on; on a terminal, keep one line of standard error up to date and erase it at the end."""
    if not enabled:
        async for event in events:
            yield event
        return
    files = hunks = parts = done = findings = tokens = 0
    try:
        async for event in events:
            match event:
                case Planned():
                    files, hunks = files + event.files, hunks + event.hunks
                    parts, tokens = parts + event.parts, tokens + event.tokens
                case Answered():
                    done += event.parts
                case Settled():
                    findings += len(event.findings)
            _line(
                f"reviewing {hunks} hunks of {files} files: {100 * done // max(parts, 1)} % of ~{tokens} tokens, {findings} findings"
            )
            yield event
    finally:
        _line("")


def _line(text: str) -> None:
    with suppress(OSError):  # a terminal that went away must not end the review
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()
