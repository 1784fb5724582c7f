"""The way a text came: where its findings stood whenever it read as it does now.

Following edits one by one cannot tell a line that is put back from its twin; but a text that reads in every line as it did
some edits ago is that text, whoever made it so: an undo, a redo, a formatter that took its work back. Then every
finding stands where it stood.

A fingerprint counts twins, so a later review may give it to another line. Hence findings have names here: what a review
finds on the lines where one stood is that one, whatever its fingerprint was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from diffvet.lsp.anchors import Anchor

MOST = 100_000
"""Anchors that are remembered, over all editions of one text; the oldest editions are forgotten first."""


class Trail:
    """The anchors of one document at its editions so far; ``mark`` tells one text from another (``Document.mark``)."""

    def __init__(self) -> None:
        self._known: dict[int, Mapping[str, Anchor]] = {}
        self._names: dict[str, str] = {}
        self._made = 0
        self._held = 0

    def left(self, mark: int, anchors: Iterable[Anchor]) -> None:
        """The text of ``mark`` is about to change; its findings are ``anchors``."""
        self._keep(mark, self.named(anchors))

    def also(self, mark: int, anchors: Iterable[Anchor]) -> None:
        """In the text of ``mark`` there stood ``anchors`` as well: a review found them when it had changed already."""
        self._keep(mark, {**self.stood(mark), **self.named(anchors)})

    def _keep(self, mark: int, anchors: Mapping[str, Anchor]) -> None:
        before = self._known.pop(mark, {})
        self._known[mark] = anchors
        self._held += len(anchors) - len(before)
        while self._held > MOST and len(self._known) > 1:
            self._held -= len(self._known.pop(next(iter(self._known))))

    def back(self, mark: int, anchors: tuple[Anchor, ...], lines: Sequence[str]) -> tuple[Anchor, ...]:
        """``anchors`` in a text of ``lines``: where they stood in it, if it read so before."""
        known = self._known.get(mark)
        if known is None:
            return anchors
        return tuple(_as_it_stood(anchor, known.get(self._name(anchor)), lines) for anchor in anchors)

    def stood(self, mark: int) -> Mapping[str, Anchor]:
        """The anchors of the text of ``mark``, by name; none if it is not known."""
        return self._known.get(mark, {})

    def named(self, anchors: Iterable[Anchor]) -> dict[str, Anchor]:
        """``anchors`` by name."""
        return {self._name(anchor): anchor for anchor in anchors}

    def renewed(self, before: Mapping[str, Anchor], found: Iterable[Anchor]) -> None:
        """A review ``found`` these where those of ``before`` stood: who stands on the same lines is the same, nobody else."""
        standing: dict[object, list[str]] = {}
        for name, anchor in before.items():
            if anchor.at is not None:
                standing.setdefault(_place(anchor), []).append(name)
        names: dict[str, str] = {}
        for anchor in found:
            fingerprint, name = anchor.finding.fingerprint, self._name(anchor)
            here = standing.get(_place(anchor))
            if here:
                names[fingerprint] = here.pop(here.index(name) if name in here else 0)
            else:
                self._made += 1
                names[fingerprint] = f"{fingerprint} {self._made}"
        self._names |= names

    def _name(self, anchor: Anchor) -> str:
        return self._names.get(anchor.finding.fingerprint, anchor.finding.fingerprint)


def _place(anchor: Anchor) -> object:
    """Where it stands, and as what."""
    return anchor.at, anchor.text, anchor.finding.side, anchor.finding.category


def _as_it_stood(anchor: Anchor, then: Anchor | None, lines: Sequence[str]) -> Anchor:
    if then is None or then.text != anchor.text or (then.at == anchor.at and then.tear == anchor.tear):
        return anchor
    if then.at is not None and not then.stands(lines):
        return anchor
    return replace(anchor, at=then.at, tear=then.tear)
