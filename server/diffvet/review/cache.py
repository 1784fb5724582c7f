"""What a reviewer said of a part, remembered by content (promise 5 of the design).

The key holds everything an answer depends on and nothing else: the lines and the heading as they were sent,
the kind of file (its ending, and whether its path says test, example and the like, which a reviewer judges
more mildly), the model, the prompt's version, the instructions. Not the rest of the path, not a line number,
not the other parts of the prompt: moved, renamed and regrouped code is not paid for again.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import Any, Protocol

from diffvet.dialogue.bullets import Bullet
from diffvet.dialogue.prompt import PROMPT_VERSION
from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import FileChange, Side, Status

_MILD = re.compile(
    r"(?:^|[/._-])(tests?|specs?|testing|fixtures?|mocks?|examples?|samples?|docs?|vendor)(?=$|[/._-])"
)
"""Words of a path by which a reviewer may excuse what it shows."""

_TELLING = {Status.ADDED, Status.DELETED, Status.TYPE_CHANGED}
"""A rename tells nothing about the lines; these do."""

_BYTES = 20
_FORMAT = 1


class Answers(Protocol):
    """Where answers are kept by key; ``store.answers.Answers`` is one."""

    def lookup(self, keys: Sequence[str]) -> dict[str, str]:
        """The known ones among ``keys``."""

    def remember(self, entries: Mapping[str, str], *, model: str) -> None:
        """Keep ``entries``."""


def key(shown: FileChange, *, model: str, instructions: Sequence[str], own: str = "") -> str:
    """The content key of a part as it is sent; ``own`` tells apart parts of equal text."""
    (hunk,) = shown.hunks
    kind = PurePosixPath(shown.path)
    mild = " ".join(sorted(set(_MILD.findall(shown.path.lower()))))
    facts = [
        str(_FORMAT),
        mild,
        hunk.heading, PROMPT_VERSION, model, own, shown.status if shown.status in _TELLING else "", kind.suffix.lower() or kind.name.lower(),
        shown.old_mode or "", shown.new_mode or "", *instructions,
    ]  # fmt: skip
    lines = [f"{line.kind}{'' if line.no_newline else '.'}{line.text}" for line in hunk.lines]
    text = "\n".join(lines).encode("utf-8", "surrogateescape")
    return blake2b(
        "\0".join(facts).encode("utf-8", "surrogateescape") + b"\0\0" + text, digest_size=_BYTES
    ).hexdigest()


def write(bullets: Sequence[Bullet], shown: FileChange) -> str:
    """``bullets`` about the part ``shown``, with line numbers counted from its start."""
    return json.dumps([_relative(bullet, shown) for bullet in bullets])


def read(text: str, shown: FileChange) -> tuple[Bullet, ...] | None:
    """The bullets of ``write`` where the part stands now; None for a text that is none of ours."""
    try:
        return tuple(_absolute(fields, shown) for fields in json.loads(text))
    except (ValueError, TypeError, KeyError):
        return None


def _relative(bullet: Bullet, shown: FileChange) -> dict[str, Any]:
    base = _start(shown, bullet.side)
    return asdict(bullet) | {
        "path": None if bullet.path == shown.path else bullet.path,
        "start": None if bullet.start is None else bullet.start - base,
        "end": None if bullet.end is None else bullet.end - base,
    }


def _absolute(fields: dict[str, Any], shown: FileChange) -> Bullet:
    bullet = Bullet(**fields)
    side = Side(bullet.side)
    base = _start(shown, side)
    return replace(
        bullet,
        severity=Severity(bullet.severity),
        category=Category(bullet.category),
        side=side,
        path=bullet.path or shown.path,
        start=None if bullet.start is None else bullet.start + base,
        end=None if bullet.end is None else bullet.end + base,
        suggestion=None if bullet.suggestion is None else tuple(bullet.suggestion),
    )


def _start(shown: FileChange, side: Side) -> int:
    hunk = shown.hunks[0]
    return hunk.new_start if side is Side.NEW else hunk.old_start
