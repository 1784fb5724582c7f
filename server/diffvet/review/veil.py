"""What a remote reviewer may see of a change: secrets covered on the way out, uncovered on the way back.

Hunks are masked whole, before they are cut into parts: a private key is known by its first line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from diffvet.dialogue.bullets import Bullet
from diffvet.diff.model import FileChange, Hunk
from diffvet.review.known import Known
from diffvet.review.unit import Part

if TYPE_CHECKING:
    from diffvet.review.mask import Committed, Masked


@dataclass(slots=True)
class _Covered:
    """What is covered in one file: texts by (old, new) line number, headings by (old, new) start."""

    masked: "list[Masked]" = field(default_factory=list)
    names: bool = False  # whether a secret stands in a file name
    path: str | None = None
    old_path: str | None = None
    texts: dict[tuple[int | None, int | None], str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)


class Veil:
    """The masked secrets of one review, file by file."""

    def __init__(self) -> None:
        self._files: dict[int, _Covered] = {}
        self._known = Known()

    def look(self, file: int, change: FileChange, hunk: Hunk) -> "tuple[Committed, ...]":
        """Mask the secrets of ``hunk`` of file number ``file``; returns those that the change commits."""
        from diffvet.review.mask import findings, mask  # noqa: PLC0415 - 20 ms that remembered reviews spare

        masked = mask((replace(change, hunks=(hunk,)),))
        if not masked.secrets:
            return ()
        for secret in masked.secrets:
            self._known.add(secret.value.reveal(), secret.placeholder)
        covered = self._files.setdefault(file, _Covered())
        covered.masked.append(masked)
        (shown,) = masked.changes
        covered.path, covered.old_path = shown.path, shown.old_path
        covered.names |= (shown.path, shown.old_path) != (change.path, change.old_path)
        covered.headings[hunk.heading] = shown.hunks[0].heading
        for line, veiled in zip(hunk.lines, shown.hunks[0].lines, strict=True):
            if line.text != veiled.text:
                covered.texts[line.old, line.new] = veiled.text
        return tuple(findings(masked))

    def cover(self, part: Part) -> FileChange:
        """``part`` as it may be sent: its own secrets, and what is known as one from elsewhere, are masked."""
        change = part.change
        covered = self._files.get(part.file) or _Covered(path=change.path, old_path=change.old_path)
        if not self._known and not covered.texts and not covered.names:
            return change
        (hunk,) = change.hunks
        texts = (covered.texts.get((line.old, line.new), line.text) for line in hunk.lines)
        shown_texts = self.hide("\n".join(texts)).split("\n")
        lines = tuple(
            line if text == line.text else replace(line, text=text)
            for line, text in zip(hunk.lines, shown_texts, strict=True)
        )
        heading = self.hide(covered.headings.get(hunk.heading, hunk.heading))
        shown = replace(hunk, lines=lines, heading=heading)
        return replace(change, path=covered.path or change.path, old_path=covered.old_path, hunks=(shown,))

    def hide(self, text: str) -> str:
        """``text`` with every value that was masked in this review replaced by its placeholder."""
        return self._known.hide(text)

    def star(self, text: str) -> str:
        """``text`` with stars in the place of these values, for a report."""
        return self._known.star(text)

    def instructions(self, shown: Sequence[Part]) -> tuple[str, ...]:
        """The sentence that explains placeholders, where one of the covered parts ``shown`` has some."""
        if not self._files:
            return ()
        from diffvet.review.secrets.placeholder import INSTRUCTION, PATTERN  # noqa: PLC0415 - see ``look``

        texts = (text for part in shown for text in (part.change.path, *_texts(part)))
        return (INSTRUCTION,) if any(PATTERN.search(text) for text in texts) else ()

    def uncover(self, parts: Sequence[Part], bullet: Bullet) -> Bullet | None:
        """``bullet`` about the real text; None when nothing but a placeholder speaks for it."""
        for masked in [masked for part in parts for masked in self._of(part)]:
            if masked.evidence_is_placeholder(bullet):
                return None
            path = None if bullet.path is None else masked.original_path(bullet.path)
            quote = None if bullet.quote is None else masked.unmask(bullet.quote)
            bullet = replace(bullet, path=path, quote=quote)
        if bullet.quote:  # an echo of another hunk's secret
            bullet = replace(bullet, quote=self._known.restore(bullet.quote))
        return bullet

    def _of(self, part: Part) -> "list[Masked]":
        covered = self._files.get(part.file)
        return covered.masked if covered else []


def _texts(part: Part) -> Iterator[str]:
    hunk = part.change.hunks[0]
    yield hunk.heading
    yield from (line.text for line in hunk.lines)
