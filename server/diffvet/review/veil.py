"""What a remote reviewer may see of a change: secrets covered on the way out, uncovered on the way back.

Hunks are masked whole, before they are cut into parts: a private key is known by its first line.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from diffvet.dialogue.bullets import Bullet
from diffvet.diff.model import DiffLine, FileChange, Hunk
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

    def look(self, file: int, change: FileChange, hunk: Hunk) -> "tuple[Committed, ...]":
        """Mask the secrets of ``hunk`` of file number ``file``; returns those that the change commits."""
        from diffvet.review.mask import findings, mask  # noqa: PLC0415 - 30 ms that only remote readers need

        masked = mask((replace(change, hunks=(hunk,)),))
        if not masked.secrets:
            return ()
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
        """``part`` as it may be sent."""
        covered = self._files.get(part.file)
        if covered is None:
            return part.change
        (hunk,) = part.change.hunks
        lines = tuple(_veiled(line, covered) for line in hunk.lines)
        shown = replace(hunk, lines=lines, heading=covered.headings.get(hunk.heading, hunk.heading))
        return replace(
            part.change, path=covered.path or part.change.path, old_path=covered.old_path, hunks=(shown,)
        )

    def instructions(self, parts: Sequence[Part]) -> tuple[str, ...]:
        """The sentence that explains placeholders, where one of ``parts`` (covered or not) shows some."""
        said = [masked.instruction for part in parts if self._veils(part) for masked in self._of(part)]
        return tuple({sentence: None for sentence in said if sentence})

    def _veils(self, part: Part) -> bool:
        covered = self._files.get(part.file)
        if covered is None:
            return False
        hunk = part.change.hunks[0]
        named = any(
            name != shown for name, shown in covered.headings.items() if hunk.heading in {name, shown}
        )
        return covered.names or named or any((line.old, line.new) in covered.texts for line in hunk.lines)

    def uncover(self, parts: Sequence[Part], bullet: Bullet) -> Bullet | None:
        """``bullet`` about the real text; None when nothing but a placeholder speaks for it."""
        for masked in [masked for part in parts for masked in self._of(part)]:
            if masked.evidence_is_placeholder(bullet):
                return None
            path = None if bullet.path is None else masked.original_path(bullet.path)
            quote = None if bullet.quote is None else masked.unmask(bullet.quote)
            bullet = replace(bullet, path=path, quote=quote)
        return bullet

    def _of(self, part: Part) -> "list[Masked]":
        covered = self._files.get(part.file)
        return covered.masked if covered else []


def _veiled(line: DiffLine, covered: _Covered) -> DiffLine:
    text = covered.texts.get((line.old, line.new))
    return line if text is None else replace(line, text=text)
