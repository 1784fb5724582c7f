"""The way a text came: where its findings stood whenever it read as it does now.

Following edits one by one cannot tell a line that is put back from its twin; but a text that reads in every line as it did
some edits ago is that text, whoever made it so: an undo, a redo, a formatter that took its work back. Then every
finding stands where it stood.
"""

from collections.abc import Sequence
from dataclasses import replace

from diffvet.lsp.anchors import Anchor

MOST = 100_000
"""Anchors that are remembered, over all editions of one text; the oldest editions are forgotten first."""


class Trail:
    """The anchors of one document at its editions so far; ``mark`` tells one text from another (``Document.mark``)."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Anchor, ...]] = {}
        self._held = 0

    def left(self, mark: int, anchors: tuple[Anchor, ...]) -> None:
        """The text of ``mark`` is about to change; its findings are ``anchors``."""
        before = self._known.pop(mark, ())
        self._known[mark] = anchors
        self._held += len(anchors) - len(before)
        while self._held > MOST and len(self._known) > 1:
            self._held -= len(self._known.pop(next(iter(self._known))))

    def back(self, mark: int, anchors: tuple[Anchor, ...], lines: Sequence[str]) -> tuple[Anchor, ...]:
        """``anchors`` in a text of ``lines``: where they stood in it, if it read so before."""
        known = self._known.get(mark)
        if known is None:
            return anchors
        stood = {anchor.finding.fingerprint: anchor for anchor in known}
        return tuple(_as_it_stood(anchor, stood.get(anchor.finding.fingerprint), lines) for anchor in anchors)


def _as_it_stood(anchor: Anchor, then: Anchor | None, lines: Sequence[str]) -> Anchor:
    if then is None or then.text != anchor.text or (then.at == anchor.at and then.tear == anchor.tear):
        return anchor
    if then.at is not None and not then.stands(lines):
        return anchor
    return replace(anchor, at=then.at, tear=then.tear)
