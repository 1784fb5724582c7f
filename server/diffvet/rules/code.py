"""Code rules: ast-grep on the snippets of a hunk's side; only what touches a changed line counts."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from diffvet.diff.model import Side
from diffvet.rules.judge import Verdict, verdict
from diffvet.rules.match import Match, quote_of, squeeze
from diffvet.rules.rule import CodeMatch, Rule
from diffvet.rules.snippets import CHANGED, Snippet, Snippets
from diffvet.rules.view import FileView

if TYPE_CHECKING:
    from ast_grep_py import SgNode

MOST = 100
"""Matches of one rule in one file that are told."""
MOST_JUDGED = 1000
"""Statements of one rule in one file whose values are judged; those after them count as not known to be safe."""
SPAN = 8
"""At most this many lines are named by one match."""


def matches(rule: Rule, snippets: Snippets, side: Side) -> Iterator[Match]:
    """Where the code rule fits statements that touch a changed line of ``side``."""
    test = rule.match
    if not isinstance(test, CodeMatch):
        return
    looked_at: set[tuple[int, int, str]] = set()
    told: set[tuple[int, int, str]] = set()
    for hunk in range(len(snippets.view.change.hunks)):
        for snippet in snippets.of(hunk, side, rule):
            for node in snippet.find(rule, test):
                spot = (hunk, snippet.positions[node.range().start.line], squeeze(node.text()))
                if spot in looked_at:
                    continue
                looked_at.add(spot)
                judge = len(looked_at) <= MOST_JUDGED
                match = _match(rule, test, snippets.view, hunk, snippet, node, side, judge=judge)
                if match is not None and (hunk, match.first, match.key) not in told:
                    told.add((hunk, match.first, match.key))
                    yield match
                    if len(told) >= MOST:
                        return


def _match(  # noqa: PLR0913 - all of it describes one node
    rule: Rule,
    test: CodeMatch,
    view: FileView,
    hunk: int,
    snippet: Snippet,
    node: "SgNode",
    side: Side,
    *,
    judge: bool,
) -> Match | None:
    span = node.range()
    kind = CHANGED[side]
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
    names = test.judge if judge else ()
    judged = verdict(node, names, snippet.around(span.start.line))
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
