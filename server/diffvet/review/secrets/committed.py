"""Findings for the secrets that a change commits: those on its added lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from diffvet.dialogue.bullets import Bullet
from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import DiffLine, Hunk, LineKind, Side
from diffvet.review.secrets.kinds import PRIVATE_KEY
from diffvet.review.secrets.masked import Masked
from diffvet.review.secrets.placeholder import PATTERN
from diffvet.review.secrets.secret import Secret

_TESTS: Final = re.compile(
    r"(?:^|/)(?:tests?|__tests__|specs?|testing|testdata|test[_-]data|fixtures?|__mocks__|mocks?|e2e|examples?|samples?|demos?)/"
    r"|(?:^|/)(?:test_[^/]*|conftest)\.py$|[._-](?:tests?|spec)\.\w+$|[a-z0-9]Tests?\.\w+$"
)
_LEAST: Final = 3
"""A quote of fewer letters and digits proves no line (see ``review.place``)."""
_GAP: Final = 4
"""So many lines between two lines of one private key may hold no key text: headers, a blank line."""


@dataclass(frozen=True, slots=True)
class Committed:
    """A secret that an added line commits, as a finding with its exact place.

    ``bullet`` carries the real path, new-side lines, and a quote that stands on the first of them beside the
    secret (None where nothing else stands there). ``change`` and ``hunk`` count the masked changes and their
    hunks from 0. ``anchor`` is the verbatim text of the lines ``bullet.start``..``bullet.end``: it holds the
    secret and is for the fingerprint only.
    """

    bullet: Bullet
    change: int
    hunk: int
    anchor: tuple[str, ...] = field(repr=False)


def findings(masked: Masked) -> tuple[Committed, ...]:
    """The secrets that added lines commit, in diff order: one finding a line and kind, one a private key.

    ``error``, in test code ``warning``. No text of a finding holds any part of a value. A secret on a context
    or removed line, in a heading or in a file name is masked only.
    """
    return tuple(_findings(masked))


def _findings(masked: Masked) -> Iterator[Committed]:
    direct = {secret.value for secret in masked.secrets if secret.added and not secret.echo}
    shown = [
        secret
        for secret in masked.secrets
        if secret.added and secret.hunk is not None and not (secret.echo and secret.value in direct)
    ]
    for (change, number), those in groupby(shown, key=lambda secret: (secret.change, secret.hunk)):
        hunk = masked.originals[change].hunks[number or 0]
        added = {line.new: line for line in hunk.lines if line.kind is LineKind.ADDED}
        for start, end, first in _ranges(list(those), added):
            texts = tuple(
                line.text for line in hunk.lines if line.new is not None and start <= line.new <= end
            )
            quote = _quote(masked.changes[change].hunks[number or 0], start, first)
            bullet = Bullet(
                severity=Severity.WARNING if _TESTS.search(first.path) else Severity.ERROR,
                category=Category.SECRET,
                title=first.kind.title,
                path=first.path,
                side=Side.NEW,
                start=start,
                end=end,
                quote=quote,
                why=first.kind.why,
                fix=first.kind.fix,
            )
            yield Committed(bullet, change, number or 0, texts)


def _ranges(
    secrets: Sequence[Secret], added: dict[int | None, DiffLine]
) -> Iterator[tuple[int, int, Secret]]:
    """First and last line and the first secret of each finding among the ``secrets`` of one hunk."""
    seen: set[tuple[int, str]] = set()
    key: list[Secret] = []
    for secret in secrets:
        line = secret.line or 0
        if secret.kind == PRIVATE_KEY:
            if key and not _is_same_key(key[-1].line or 0, line, added):
                yield _key_range(key, added)
                key = []
            key.append(secret)
        elif (line, secret.kind.label) not in seen:
            seen.add((line, secret.kind.label))
            yield line, line, secret
    if key:
        yield _key_range(key, added)


def _is_same_key(last: int, line: int, added: dict[int | None, DiffLine]) -> bool:
    between = [added[number].text for number in range(last, line) if number in added]
    return (
        line - last <= _GAP
        and len(between) == line - last
        and not any("-----END" in text for text in between)
    )


def _key_range(key: Sequence[Secret], added: dict[int | None, DiffLine]) -> tuple[int, int, Secret]:
    """The lines of one private key, with the armour's own lines where they are added too."""
    start, end = key[0].line or 0, key[-1].line or 0
    for above in range(start - 1, start - 1 - _GAP, -1):
        if above not in added:
            break
        if "PRIVATE KEY" in added[above].text:
            start = above if "BEGIN" in added[above].text else start
            break
    if end + 1 in added and "-----END" in added[end + 1].text and "-----END" not in added[end].text:
        end += 1
    return start, end, key[0]


def _quote(hunk: Hunk, line: int, secret: Secret) -> str | None:
    """Text of the masked line that proves it: what stands left of its secret, else right of it, else None."""
    text = next(each.text for each in hunk.lines if each.new == line)
    if line != secret.line:
        return None if PATTERN.search(text) else text.strip() or None
    for side in (text[: secret.start].strip(), text[secret.end :].strip()):
        if not PATTERN.search(side) and sum(map(str.isalnum, side)) >= _LEAST:
            return side
    return None
