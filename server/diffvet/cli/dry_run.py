"""``diffvet check --dry-run``: the exact prompts and what they would cost; nothing is sent."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from diffvet.assembly import limits
from diffvet.dialogue.prompt import estimate_tokens
from diffvet.review.reviewer import plan
from diffvet.review.unit import ReviewUnit
from diffvet.settings.model import EMBEDDED

if TYPE_CHECKING:
    from diffvet.diff.source import DiffStream
    from diffvet.settings.model import Settings


def show(stream: "DiffStream", settings: "Settings", *, as_json: bool) -> int:
    """Print the units one by one, as they are read (a large diff is never held whole); the exit code is 0."""
    units = _units(stream, settings)
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


def _units(stream: "DiffStream", settings: "Settings") -> Iterator[dict[str, object]]:
    said = (settings.instructions,) if settings.instructions else ()
    remote = any(name != EMBEDDED for name in settings.asked)
    for unit, own, masked in plan(stream, limits(settings).unit_tokens, remote=remote, instructions=said):
        for name in settings.asked:
            text = own if name == EMBEDDED else masked
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
