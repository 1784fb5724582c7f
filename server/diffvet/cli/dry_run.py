"""``diffvet check --dry-run``: the exact prompts and what they would cost; nothing is sent."""

import asyncio
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from diffvet.assembly import open_reviewer
from diffvet.dialogue.prompt import estimate_tokens
from diffvet.review.unit import ReviewUnit

if TYPE_CHECKING:
    from diffvet.diff.source import DiffStream
    from diffvet.settings.loaded import Loaded


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
    for unit in units:
        count, tokens = count + 1, tokens + int(str(unit["estimated_input_tokens"]))
        print(f"=== prompt {count} for {unit['model']}: about {unit['estimated_input_tokens']} tokens ===")
        print(unit["prompt"])
    prompts = "1 prompt" if count == 1 else f"{count} prompts"
    print(f"=== {prompts}, about {tokens} input tokens; nothing was sent ===")
    return 0


async def _units(stream: "DiffStream", loaded: "Loaded") -> Iterator[dict[str, object]]:
    """What would be sent, unit by unit; the reviewer is opened (no connection is) and closed again."""
    async with open_reviewer(loaded.settings, loaded=loaded) as reviewer:
        return _described(reviewer.plan(stream, root=stream.root, staged=stream.kind == "staged"))


def _described(planned: Iterator[tuple[str, ReviewUnit, str]]) -> Iterator[dict[str, object]]:
    for name, unit, text in planned:
        yield {
            "model": name,
            "prompt": text,
            "estimated_input_tokens": estimate_tokens(text),
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
