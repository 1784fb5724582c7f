"""Code rules: ast-grep on one side of a hunk, dedented; only what touches a changed line counts.

A bare hunk shows 98 statements in 100 as the whole file would (``reference/rules-engine.md``), so nothing
but the diff is needed. ast-grep is imported when the first snippet is parsed.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from textwrap import dedent
from typing import TYPE_CHECKING, Any, cast

from diffvet.diff.model import Hunk, LineKind, Side
from diffvet.errors import RuleError
from diffvet.rules.comments import without_prose
from diffvet.rules.judge import Verdict, verdict
from diffvet.rules.language import grammar_of
from diffvet.rules.match import Match, quote_of, squeeze
from diffvet.rules.rule import CodeMatch, Rule
from diffvet.rules.surroundings import side_lines
from diffvet.rules.view import FileView

if TYPE_CHECKING:
    from ast_grep_py import SgNode

LONGEST = 2000
"""Lines with more code points than this are data or minified, and are blanked before parsing."""
LARGEST = 40_000
"""A side of a hunk with more code points than this is parsed in windows around the words."""
REACH = 60
"""Lines on each side of a word that a window shows."""
MOST_ROWS = 600
"""Lines a window grows to before the next one begins."""
DEEPEST = 150
"""Brackets nested deeper than this are no code a person wrote; the snippet is left alone."""
MOST = 100
"""Matches of one rule in one file that are looked at."""
SPAN = 8
"""At most this many lines are named by one match."""


_CHANGED = {Side.NEW: LineKind.ADDED, Side.OLD: LineKind.REMOVED}


class Snippet:
    """Some lines of one side of a hunk, parsed when first asked."""

    def __init__(self, hunk: Hunk, positions: list[int], language: str, grammar: str) -> None:
        self.hunk = hunk
        self.positions = positions
        self.grammar = grammar
        lines = [text if len(text) <= LONGEST else "" for text in (hunk.lines[at].text for at in positions)]
        self.text = dedent("\n".join(without_prose([line.rstrip("\r") for line in lines], language)))

    def around(self, row: int) -> str:
        """The lines near ``row``: where a value's origin and its making safe are looked for."""
        return "\n".join(self._lines[max(0, row - REACH) : row + REACH])

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def root(self) -> "SgNode | None":
        """The syntax tree, or None for text nested too deep to be walked safely."""
        if _depth(self.text) > DEEPEST:
            return None
        from ast_grep_py import SgRoot  # noqa: PLC0415 - 12 ms and 45 MB, only when a code rule survives

        text = self.text.encode("utf-8", "replace").decode("utf-8")
        return SgRoot(text, self.grammar).root()

    def find(self, rule: Rule, test: CodeMatch) -> "list[SgNode]":
        """The nodes that fit; a rule ast-grep refuses is a :class:`RuleError`."""
        if test.needs and not re.search(test.needs, self.text):
            return []
        try:
            root = self.root
            return (
                root.find_all(cast("Any", {"rule": test.rule, "constraints": test.constraints}))
                if root
                else []
            )
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
        self._kept: dict[tuple[int, Side], list[Snippet]] = {}

    def of(self, hunk: int, side: Side, rule: Rule) -> list[Snippet]:
        """The snippets of a hunk's side whose changed lines hold one of the rule's words."""
        if self.grammar is None or not self._may_match(hunk, side, rule.words):
            return []
        body = self.view.change.hunks[hunk]
        key = (hunk, side)
        if key not in self._kept:
            positions = side_lines(body, side)
            if sum(len(body.lines[at].text) for at in positions) > LARGEST:
                windows = _windows(body, positions, _CHANGED[side], rule.words)
                return [self._snippet(body, window) for window in windows]
            self._kept[key] = [self._snippet(body, positions)]
        return self._kept[key]

    def _may_match(self, hunk: int, side: Side, words: tuple[str, ...]) -> bool:
        if side not in self._changed:
            kind = _CHANGED[side]
            self._changed[side] = [
                "\n".join([line.text for line in body.lines if line.kind is kind])
                for body in self.view.change.hunks
            ]
        content = self._changed[side][hunk]
        return any([word in content for word in words])  # noqa: C419 - a list is twice as fast here

    def _snippet(self, hunk: Hunk, positions: list[int]) -> Snippet:
        return Snippet(hunk, positions, self.view.languages[0], cast("str", self.grammar))


def matches(rule: Rule, snippets: Snippets, side: Side) -> Iterator[Match]:
    """Where the code rule fits statements that touch a changed line of ``side``."""
    test = rule.match
    if not isinstance(test, CodeMatch):
        return
    seen: set[tuple[int, int, str]] = set()
    for hunk in range(len(snippets.view.change.hunks)):
        for snippet in snippets.of(hunk, side, rule):
            for node in snippet.find(rule, test):
                match = _match(rule, test, snippets.view, hunk, snippet, node, side)
                if match is not None and (hunk, match.first, match.key) not in seen:
                    seen.add((hunk, match.first, match.key))
                    yield match
                    if len(seen) >= MOST:
                        return


def _match(
    rule: Rule, test: CodeMatch, view: FileView, hunk: int, snippet: Snippet, node: "SgNode", side: Side
) -> Match | None:
    span = node.range()
    kind = _CHANGED[side]
    rows = range(span.start.line, min(span.end.line + 1, len(snippet.positions)))
    touched = [
        snippet.positions[row] for row in rows if snippet.hunk.lines[snippet.positions[row]].kind is kind
    ]
    if not touched:
        return None
    text = node.text()
    if (test.unless and re.search(test.unless, text)) or (
        test.unless_near and re.search(test.unless_near, snippet.around(span.start.line))
    ):
        return None
    judged = verdict(node, test.judge, snippet.around(span.start.line)) if test.judge else Verdict.UNKNOWN
    if judged is Verdict.SAFE:
        return None
    first = touched[0]
    last = max(at for at in touched if at - first < SPAN)
    line = snippet.hunk.lines[first].text
    captures = {name: _short(found.text()) for name in _names(rule) if (found := node.get_match(name))}
    return Match(
        rule, view, side, hunk, first, last, squeeze(text), quote_of(line, _around(line, text)),
        judged.raised(rule.severity), captures,
    )  # fmt: skip


def _around(line: str, text: str) -> int:
    return max(0, line.find(text.partition("\n")[0]))


def _names(rule: Rule) -> set[str]:
    return set(re.findall(r"\{([A-Z_]+)\}", rule.title + rule.why + rule.fix))


def _short(text: str) -> str:
    folded = " ".join(text.split()).replace("`", "'")
    return folded if len(folded) <= 60 else folded[:57] + "..."


def _depth(text: str) -> int:
    deepest = depth = 0
    for hit in re.finditer(r"[([{]|[)\]}]", text):
        if hit[0] in "([{":
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth = max(0, depth - 1)
    return deepest


def _windows(hunk: Hunk, positions: list[int], kind: LineKind, words: tuple[str, ...]) -> Iterator[list[int]]:
    start = end = -1
    for row, at in enumerate(positions):
        line = hunk.lines[at]
        if line.kind is not kind or not any(word in line.text for word in words):
            continue
        if end >= 0 and (row - REACH > end or end - start > MOST_ROWS):
            yield positions[start:end]
            start = -1
        if start < 0:
            start = max(0, row - REACH)
        end = row + REACH
    if end >= 0:
        yield positions[start:end]
