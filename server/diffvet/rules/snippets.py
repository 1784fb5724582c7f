"""What code rules parse: the lines of one side of a hunk, dedented, in pieces where they are too much at once.

A bare hunk shows 98 statements in 100 as the whole file would (``reference/rules-engine.md``), so nothing
but the diff is needed. A side that is too large or too deeply nested is parsed in windows around the words
a rule looks for, and a line that is too long in pieces that overlap: nothing is left out, and no parse
takes more than a bounded time. ast-grep is imported when the first snippet is parsed.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from textwrap import dedent
from typing import TYPE_CHECKING, Any, cast

from diffvet.diff.model import Hunk, LineKind, Side
from diffvet.errors import RuleError
from diffvet.rules.comments import without_prose
from diffvet.rules.language import grammar_of
from diffvet.rules.rule import CodeMatch, Rule
from diffvet.rules.surroundings import side_lines
from diffvet.rules.view import FileView

if TYPE_CHECKING:
    from ast_grep_py import SgNode

LONGEST = 8000
"""A line with more code points than this is parsed by itself, in pieces."""
LARGEST = 40_000
"""A side of a hunk with more code points than this is parsed in windows around the words."""
DEEPEST = 300
"""A side whose brackets nest deeper than this is parsed in windows too: rules that ask what encloses a node
take time by the square of the depth."""
REACH = 60
"""Lines on each side of a word that a window shows."""
NARROW = 6
"""The same where even such a window nests too deeply."""
MOST_ROWS = 600
"""Lines a window grows to before the next one begins."""
PIECE = 3000
"""Code points of one piece of a long line."""
STEP = PIECE // 2
"""How far the next piece begins at most: a statement shorter than half of this is whole in one of them."""

CHANGED = {Side.NEW: LineKind.ADDED, Side.OLD: LineKind.REMOVED}
"""The kind of the lines a change puts on a side, or takes from it."""


class Snippet:
    """Some lines of one side of a hunk, parsed when first asked.

    Row ``i`` of ``text`` stands at ``positions[i]`` among the hunk's lines.
    """

    def __init__(self, hunk: Hunk, positions: list[int], text: str, grammar: str) -> None:
        self.hunk = hunk
        self.positions = positions
        self.text = text
        self.grammar = grammar

    def around(self, row: int) -> str:
        """The lines near ``row``: where a value's origin and its making safe are looked for."""
        return "\n".join(self._lines[max(0, row - REACH) : row + REACH])

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def root(self) -> "SgNode":
        """The syntax tree."""
        from ast_grep_py import SgRoot  # noqa: PLC0415 - 12 ms and 45 MB, only when a code rule survives

        text = self.text.encode("utf-8", "replace").decode("utf-8")
        return SgRoot(text, self.grammar).root()

    def find(self, rule: Rule, test: CodeMatch) -> "list[SgNode]":
        """The nodes that fit; a rule ast-grep refuses is a :class:`RuleError`."""
        if test.needs and not re.search(test.needs, self.text):
            return []
        try:
            return self.root.find_all(cast("Any", {"rule": test.rule, "constraints": test.constraints}))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - a panic in ast-grep is no Exception
            said = "; ".join(str(error).partition("Stack backtrace")[0].split("\n"))
            raise RuleError(f"rule '{rule.id}' is refused by ast-grep: {said}") from None


class Snippets:
    """The snippets of one file, kept while its rules run."""

    def __init__(self, view: FileView) -> None:
        self.view = view
        self.grammar = grammar_of(view.languages)
        self._changed: dict[Side, list[str]] = {}
        self._whole: dict[tuple[int, Side], Snippet | None] = {}
        self._pieces: dict[tuple[int, int], list[Snippet]] = {}

    def of(self, hunk: int, side: Side, rule: Rule) -> list[Snippet]:
        """The snippets that show each changed line of a hunk's side that holds one of the rule's words."""
        if self.grammar is None or not self._may_match(hunk, side, rule.words):
            return []
        body = self.view.change.hunks[hunk]
        if (hunk, side) not in self._whole:
            self._whole[hunk, side] = self._in_one(body, side_lines(body, side))
        whole = self._whole[hunk, side]
        return [whole] if whole else list(self._in_parts(hunk, side, rule.words))

    def _may_match(self, hunk: int, side: Side, words: tuple[str, ...]) -> bool:
        if side not in self._changed:
            kind = CHANGED[side]
            self._changed[side] = [
                "\n".join([line.text for line in body.lines if line.kind is kind])
                for body in self.view.change.hunks
            ]
        content = self._changed[side][hunk]
        return any([word in content for word in words])  # noqa: C419 - a list is twice as fast here

    def _in_one(self, body: Hunk, positions: list[int]) -> Snippet | None:
        """All of a side, or None where that is too much for one parse."""
        sizes = [len(body.lines[at].text) for at in positions]
        if sum(sizes) > LARGEST or max(sizes, default=0) > LONGEST:
            return None
        return self._lines(body, positions)

    def _in_parts(self, hunk: int, side: Side, words: tuple[str, ...]) -> Iterator[Snippet]:
        body, kind = self.view.change.hunks[hunk], CHANGED[side]
        positions = side_lines(body, side)
        hits = {at for at in positions if _holds(body, at, kind, words)}
        for window in _windows(positions, hits, REACH):
            if snippet := self._lines(body, window):
                yield snippet
                continue
            for part in _windows(window, hits, NARROW):
                if snippet := self._lines(body, part):
                    yield snippet
                else:
                    for at in hits.intersection(part):
                        yield from self._line(hunk, at, words)
        for at in sorted(hits):
            if len(body.lines[at].text) > LONGEST:
                yield from self._line(hunk, at, words)

    def _lines(self, body: Hunk, positions: list[int]) -> Snippet | None:
        """These lines without the long ones, or None where they nest too deeply."""
        lines = [text if len(text) <= LONGEST else "" for text in (body.lines[at].text for at in positions)]
        bare = without_prose([line.rstrip("\r") for line in lines], self.view.languages[0])
        text = dedent("\n".join(bare))
        return None if _depth(text) > DEEPEST else self._snippet(body, positions, text)

    def _line(self, hunk: int, at: int, words: tuple[str, ...]) -> Iterator[Snippet]:
        """The pieces of one line that hold a word."""
        if (hunk, at) not in self._pieces:
            body = self.view.change.hunks[hunk]
            line = body.lines[at].text.strip()
            self._pieces[hunk, at] = [
                self._snippet(body, [at], line[start:end]) for start, end in pieces(line)
            ]
        for snippet in self._pieces[hunk, at]:
            if any(word in snippet.text for word in words):
                yield snippet

    def _snippet(self, body: Hunk, positions: list[int], text: str) -> Snippet:
        return Snippet(body, positions, text, cast("str", self.grammar))


def pieces(line: str) -> Iterator[tuple[int, int]]:
    """Where to cut ``line``: overlapping (start, end) offsets that cover it, between statements if it can be."""
    start = 0
    while len(line) - start > PIECE:
        yield start, _between(line, start + PIECE - STEP // 2, start + PIECE)
        start = _between(line, start + STEP // 2, start + STEP)
    yield start, len(line)


def _between(line: str, low: int, high: int) -> int:
    """The offset after the last mark in ``low``..``high`` that ends a statement, else ``high``."""
    return max(line.rfind(mark, low, high) for mark in ";{}") + 1 or high


def _holds(body: Hunk, at: int, kind: LineKind, words: tuple[str, ...]) -> bool:
    line = body.lines[at]
    return line.kind is kind and any(word in line.text for word in words)


def _depth(text: str) -> int:
    if text.count("(") + text.count("[") + text.count("{") <= DEEPEST:
        return 0
    deepest = depth = 0
    for hit in re.finditer(r"[([{]|[)\]}]", text):
        if hit[0] in "([{":
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth = max(0, depth - 1)
    return deepest


def _windows(positions: list[int], hits: set[int], reach: int) -> Iterator[list[int]]:
    """Runs of ``positions`` that show ``reach`` lines around each of ``hits``."""
    start = end = -1
    for row, at in enumerate(positions):
        if at not in hits:
            continue
        if end >= 0 and (row - reach > end or end - start > MOST_ROWS):
            yield positions[start:end]
            start = -1
        if start < 0:
            start = max(0, row - reach)
        end = row + reach
    if end >= 0:
        yield positions[start:end]
