"""``diffvet check --dry-run``: the exact prompts and what they would cost; nothing is sent."""

import asyncio
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from diffvet.assembly import longest_answer, open_reviewer, price_of
from diffvet.dialogue.prompt import estimate_tokens
from diffvet.review.finding import Usage
from diffvet.review.unit import ReviewUnit
from diffvet.settings.model import EMBEDDED
from diffvet.store.store import Store

if TYPE_CHECKING:
    from diffvet.diff.source import DiffStream
    from diffvet.settings.loaded import Loaded
    from diffvet.settings.model import Settings


def show(stream: "DiffStream", loaded: "Loaded", *, as_json: bool) -> int:
    """Print the units one by one, as they are read (a large diff is never held whole); the exit code is 0."""
    units = asyncio.run(_units(stream, loaded))
    if as_json:
        sys.stdout.write('{"units": [')
        for index, unit in enumerate(units):
            sys.stdout.write(f"{',' if index else ''}\n{json.dumps(unit)}")
        sys.stdout.write("\n]}\n")
        return 0
    count = tokens = 0
    credit: float | None = 0.0
    for unit in units:
        count, tokens = count + 1, tokens + int(str(unit["estimated_input_tokens"]))
        one = unit["estimated_credits"]
        credit = credit + one if credit is not None and isinstance(one, float) else None
        print(f"=== prompt {count} for {unit['model']}: about {unit['estimated_input_tokens']} tokens ===")
        print(unit["prompt"])
    prompts = "1 prompt" if count == 1 else f"{count} prompts"
    cost = f", at most about {credit:.4g} credits" if credit else ""
    print(f"=== {prompts}, about {tokens} input tokens{cost}; nothing was sent ===")
    return 0


async def _units(stream: "DiffStream", loaded: "Loaded") -> Iterator[dict[str, object]]:
    """What would be sent, unit by unit; the reviewer is opened (no connection is) and closed again."""
    async with open_reviewer(loaded.settings, loaded=loaded) as reviewer:
        planned = reviewer.plan(stream, root=stream.root, staged=stream.kind == "staged")
        return _described(planned, loaded.settings)


def _described(
    planned: Iterator[tuple[str, ReviewUnit, str]], settings: "Settings"
) -> Iterator[dict[str, object]]:
    with Store.open() as store:
        prices = {name: price_of(name, settings, store) for name in settings.asked if name != EMBEDDED}
    for name, unit, text in planned:
        tokens = estimate_tokens(text)
        price = prices.get(name)
        yield {
            "model": name,
            "prompt": text,
            "estimated_input_tokens": tokens,
            "estimated_credits": price.of(Usage(1, tokens, longest_answer(settings))) if price else None,
            "hunks": list(_hunks(unit)),
        }


def _hunks(unit: ReviewUnit) -> Iterator[dict[str, object]]:
    for part in unit.parts:
        hunk = part.change.hunks[0]
        yield {
            "path": part.change.path,
            "old_start": hunk.old_start,
            "old_lines": hunk.old_lines,
            "new_start": hunk.new_start,
            "new_lines": hunk.new_lines,
        }
