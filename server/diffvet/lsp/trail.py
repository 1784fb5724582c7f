"""The way a text came: where its findings stood whenever it read as it does now.

Following edits one by one cannot tell a line that is put back from its twin; but a text that reads in every line as it did
some edits ago is that text, whoever made it so: an undo, a redo, a formatter that took its work back. Then every
finding stands where it stood.

A fingerprint counts twins, so a later review may give it to another line. Hence findings have names here: what a review
finds on the lines where one stood is that one, whatever its fingerprint was.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from diffvet.lsp.anchors import Anchor

MOST = 100_000
"""Anchors that are remembered, over all editions of one text; the oldest editions are forgotten first."""


class Trail:
    """The anchors of one document at its editions so far; ``mark`` tells one text from another (``Document.mark``)."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Anchor, ...]] = {}
        self._held = 0
        self._named = 0

    def left(self, mark: int, anchors: tuple[Anchor, ...]) -> None:
        """The text of ``mark`` is about to change; its findings are ``anchors``."""
        before = self._known.pop(mark, ())
        self._known[mark] = anchors
        self._held += len(anchors) - len(before)
        while self._held > MOST and len(self._known) > 1:
            self._held -= len(self._known.pop(next(iter(self._known))))

    def stood(self, mark: int | None) -> tuple[Anchor, ...]:
        """The anchors of the text of ``mark``; none if it is not known."""
        return () if mark is None else self._known.get(mark, ())

    def back(self, mark: int, anchors: tuple[Anchor, ...], lines: Sequence[str]) -> tuple[Anchor, ...]:
        """``anchors`` in a text of ``lines``: where they stood in it, if it read so before.

        One that was found since, and followed to where such a one stood, is its twin, and has no line in this text.
        """
        stood = {anchor.name: anchor for anchor in self.stood(mark)}
        if not stood:
            return anchors
        back = [_as_it_stood(anchor, stood.get(anchor.name), lines) for anchor in anchors]
        taken = {_said(anchor) for anchor in back if anchor.name in stood and anchor.at is not None}
        return tuple(
            replace(anchor, at=None, tear=None)
            if anchor.name not in stood and _said(anchor) in taken
            else anchor
            for anchor in back
        )

    def named(self, found: Iterable[Anchor], before: Iterable[Anchor]) -> tuple[Anchor, ...]:
        """What a review ``found`` where those of ``before`` stood: who stands on the same lines is the same, nobody else."""
        standing: dict[object, list[str]] = {}
        for anchor in before:
            if anchor.at is not None:
                standing.setdefault(_place(anchor), []).append(anchor.name)
        return tuple(
            replace(anchor, name=self._name(anchor, standing.get(_place(anchor)))) for anchor in found
        )

    def _name(self, anchor: Anchor, here: list[str] | None) -> str:
        """The next of the names that are ``here``; a new one where there is none."""
        if here:
            return here.pop(0)
        self._named += 1
        return f"{anchor.finding.fingerprint} {self._named}"


def _place(anchor: Anchor) -> object:
    """Where it stands, and as what."""
    return anchor.at, anchor.text, anchor.finding.side, anchor.finding.category


def _said(anchor: Anchor) -> object:
    """Where it stands, and what it says there."""
    return _place(anchor), anchor.finding.rule, anchor.finding.title


def _as_it_stood(anchor: Anchor, then: Anchor | None, lines: Sequence[str]) -> Anchor:
    if then is None or then.text != anchor.text or (then.at == anchor.at and then.tear == anchor.tear):
        return anchor
    if then.at is not None and not then.stands(lines):
        return anchor
    return replace(anchor, at=then.at, tear=then.tear)
