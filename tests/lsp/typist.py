"""Somebody who edits at random, as editors let people do it, and takes it back."""

import random
import re
from collections.abc import Callable
from difflib import SequenceMatcher

from lsp.tagged import Char, Tagged, fresh, lines_of, plain, splits_an_end, starts_of

Changes = list[dict[str, object]]
"""The content changes of one notification."""

WORDS = [
    "x",
    "foo",
    "# note",
    "  ",
    '"é😀"',
    "eval(z)",
    "\t",
    "return",
    "(",
    ")",
    "\U0001d4b3",
    "pass",
    "\u200d",
    "\u2028",
    "\f",
    "\r",
]
LINES = [
    "y = 1",
    "    pass",
    "",
    "# a remark 😀",
    "    eval(cmd)",
    "    subprocess.run(cmd, shell=True)",
    "def other():",
]


class Typist:
    """Edits ``document``; ``end`` is how its lines end. Every method returns the notifications an editor would send."""

    def __init__(self, document: Tagged, chance: random.Random, end: str) -> None:
        self.document = document
        self.chance = chance
        self.end = end
        self.done: list[list[Char]] = []
        self.undone: list[list[Char]] = []
        self.near: list[int] = []

    def edit(self) -> list[Changes]:
        """One thing that people do."""
        before = list(self.document.chars)
        does: list[Callable[[], list[Changes]]] = [
            self._type, self._type, self._erase, self._erase, self._replace, self._line, self._block, self._duplicate,
            self._delete_lines, self._cut_and_paste, self._move_lines, self._many_cursors, self._indent, self._join,
            self._retype, self._rewrite, self._whole,
        ]  # fmt: skip
        sent = self.chance.choice(does)()
        if sent:
            self.done.append(before)
            self.undone.clear()
        return sent

    def undo(self) -> Changes:
        return self._back(self.done, self.undone)

    def redo(self) -> Changes:
        return self._back(self.undone, self.done)

    def _back(self, source: list[list[Char]], target: list[list[Char]]) -> Changes:
        chars = source.pop()
        target.append(list(self.document.chars))
        change = self.chance.choice(
            [self._in_one_piece, self._in_one_piece, self._piece_by_piece, self._as_a_whole]
        )
        return change(chars)

    def _as_a_whole(self, chars: list[Char]) -> Changes:
        self.document.chars = chars
        return [{"text": plain(chars)}]

    def _in_one_piece(self, chars: list[Char]) -> Changes:
        old, size = self.document.chars, min(len(self.document.chars), len(chars))
        head = next((at for at in range(size) if old[at] != chars[at]), size)
        tail = next((at for at in range(size - head) if old[-1 - at] != chars[-1 - at]), size - head)
        texts = plain(old), plain(chars)
        while any(splits_an_end(text, head) for text in texts):
            head -= 1
        while any(splits_an_end(text, len(text) - tail) for text in texts):
            tail -= 1
        return [self.document.splice(head, len(old) - tail, chars[head : len(chars) - tail])]

    def _piece_by_piece(self, chars: list[Char]) -> Changes:
        if "\r" in self.document.text:  # a piece could end inside of a CRLF
            return self._in_one_piece(chars)
        steps = SequenceMatcher(None, self.document.chars, chars, autojunk=False).get_opcodes()
        return [
            self.document.splice(start, end, chars[since:until])
            for kind, start, end, since, until in reversed(steps)
            if kind != "equal"
        ]

    def _put(self, start: int, end: int, text: str) -> dict[str, object]:
        return self.document.splice(start, end, fresh(text))

    def _spot(self) -> int:
        """Somewhere, more often near the text of a finding."""
        text = self.document.text
        at = self.chance.randint(0, len(text))
        if self.near and self.chance.random() < 0.6:
            at = min(len(text), max(0, self.chance.choice(self.near) + self.chance.randint(-2, 30)))
        return at + 1 if splits_an_end(text, at) else at

    def _until(self, start: int, size: int) -> int:
        text = self.document.text
        end = min(len(text), start + size)
        return end + 1 if splits_an_end(text, end) else end

    def _whole_lines(self) -> tuple[int, int]:
        """Where some lines begin and end."""
        starts = [*starts_of(self.document.text), len(self.document.text)]
        spot = self._spot()
        first = max(at for at, start in enumerate(starts[:-1]) if start <= spot)
        return starts[first], starts[min(len(starts) - 1, first + self.chance.choice([1, 1, 2, 3]))]

    def _type(self) -> list[Changes]:
        spot = self._spot()
        return [[self._put(spot, spot, self.chance.choice([*WORDS, "a", "b", self.end]))]]

    def _erase(self) -> list[Changes]:
        spot = self._spot()
        return [[self._put(spot, self._until(spot, self.chance.choice([1, 1, 1, 5, 30])), "")]]

    def _replace(self) -> list[Changes]:
        spot = self._spot()
        return [[self._put(spot, self._until(spot, self.chance.randint(0, 12)), self.chance.choice(WORDS))]]

    def _line(self) -> list[Changes]:
        start, _ = self._whole_lines()
        return [[self._put(start, start, self.chance.choice(LINES) + self.end)]]

    def _block(self) -> list[Changes]:
        start, _ = self._whole_lines()
        return [[self._put(start, start, "".join(self.chance.choice(LINES) + self.end for _ in range(4)))]]

    def _duplicate(self) -> list[Changes]:
        start, end = self._whole_lines()
        text = self.document.text[start:end]
        return [[self._put(end, end, text)]] if text.endswith("\n") else []

    def _delete_lines(self) -> list[Changes]:
        return [[self._put(*self._whole_lines(), "")]]

    def _cut_and_paste(self) -> list[Changes]:
        """Two notifications; often in the same place again."""
        start, end = self._whole_lines()
        text = self.document.text[start:end]
        cut = self._put(start, end, "")
        target = self.chance.choice([start, self.chance.choice(starts_of(self.document.text))])
        return [[cut], [self._put(target, target, text)]]

    def _move_lines(self) -> list[Changes]:
        """One notification, taken away first or put in first."""
        start, end = self._whole_lines()
        text = self.document.text[start:end]
        target = self.chance.choice([at for at in starts_of(self.document.text) if at <= start or at >= end])
        if not text.endswith("\n"):
            return []
        if target >= end and self.chance.random() < 0.5:
            put = self._put(target, target, text)
            return [[put, self._put(start, end, "")]]
        cut = self._put(start, end, "")
        target -= end - start if target >= end else 0
        return [[cut, self._put(target, target, text)]]

    def _many_cursors(self) -> list[Changes]:
        spots = sorted({self._spot() for _ in range(self.chance.randint(2, 5))}, reverse=True)
        word = self.chance.choice([*WORDS, self.end])
        return [[self._put(spot, spot, word) for spot in spots]]

    def _indent(self) -> list[Changes]:
        start, end = self._whole_lines()
        starts = [at for at in starts_of(self.document.text) if start <= at < end]
        return [[self._put(at, at, "    ") for at in reversed(starts)]]

    def _join(self) -> list[Changes]:
        found = re.compile(r"\r?\n[ \t]*").search(self.document.text, self._spot())
        return [[self._put(*found.span(), " ")]] if found else []

    def _retype(self) -> list[Changes]:
        """Tear characters out and type them again by hand."""
        spot = self._spot()
        end = self._until(spot, self.chance.randint(1, 25))
        text = self.document.text[spot:end]
        torn = [[self._put(spot, end, "")]]
        return torn + [
            [self._put(spot + at, spot + at + 0, char)] for at, char in enumerate(text) if "\r" not in text
        ]

    def _rewrite(self) -> list[Changes]:
        start, end = self._whole_lines()
        return [[self._put(start, end, self.document.text[start:end])]]

    def _whole(self) -> list[Changes]:
        """An editor that knows no ranges."""
        at = self.chance.randrange(len(lines_of(self.document.text)))
        spot = starts_of(self.document.text)[at]
        self._put(spot, spot, "z")
        return [[{"text": self.document.text}]]
