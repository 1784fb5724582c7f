"""Text rules: a word jumped to, the regular expression on its line, then the tests of its value."""

import re
from collections.abc import Iterator

from diffvet.diff.model import Side, Status
from diffvet.expression import expression
from diffvet.rules.comments import code_part, comment_part
from diffvet.rules.match import Match, quote_of, squeeze
from diffvet.rules.rule import Region, Rule, SecretTest, TextMatch
from diffvet.rules.surroundings import is_near, is_under
from diffvet.rules.values import entropy, is_mixed, is_stand_in
from diffvet.rules.view import FileView, SideText

_NAMED = frozenset({Status.ADDED, Status.RENAMED, Status.COPIED})
_PARTING = expression(r"[-_./\\]+")

WINDOW = 1500
"""A longer line is looked at in pieces of this many code points around a word: no pattern sees more."""


def matches(rule: Rule, view: FileView, side: Side) -> Iterator[Match]:
    """Where the text rule fits the changed lines of ``side``, at most once a line, in line order."""
    test = rule.match
    if not isinstance(test, TextMatch):
        return
    text = view.changed(side)
    pieces = sorted(_pieces(rule, test, text))
    if not pieces:
        return  # to compile an expression takes longer than to look for its words
    pattern = re.compile(test.regex, re.IGNORECASE if test.ignore_case else 0)
    for number, piece, shift in pieces:
        spot = text.spots[number]
        looked_at = _region(piece, test.region, view)
        hit = next((hit for hit in pattern.finditer(looked_at) if _passes(test, hit)), None)
        if hit is None or (test.unless and re.search(test.unless, piece)):
            continue
        if not _fits(test, view, spot, side):
            continue
        line = text.lines[number]
        yield Match(
            rule, view, side, spot[0], spot[1], spot[1], _key(hit), quote_of(line, shift + hit.start()),
            rule.severity, {name: value for name, value in hit.groupdict().items() if value},
        )  # fmt: skip


def named(rule: Rule, view: FileView) -> Match | None:
    """The first added line of a new or renamed file whose very name fits a text rule that looks at names."""
    test, text = rule.match, view.added
    if not (isinstance(test, TextMatch) and test.name and view.change.status in _NAMED and text.spots):
        return None
    spoken = _PARTING.sub(" ", view.change.path)
    flags = re.IGNORECASE if test.ignore_case else 0
    hit = re.search(test.regex, view.change.path, flags) or re.search(test.regex, spoken, flags)
    if hit is None:
        return None
    hunk, line = text.spots[0]
    return Match(
        rule, view, Side.NEW, hunk, line, line, _key(hit), quote_of(text.lines[0], 0), rule.severity, {}
    )


def _pieces(rule: Rule, test: TextMatch, text: SideText) -> Iterator[tuple[int, str, int]]:
    """(line index, the text to look at, its offset in the line), once a line unless the line is long."""
    haystack = text.lower if test.ignore_case else text.text
    seen: set[tuple[int, int]] = set()
    for word in rule.words:
        at = haystack.find(word)
        while at >= 0:
            number = text.line_at(at)
            start, line = text.starts[number], text.lines[number]
            if len(line) <= WINDOW:
                shift, after = 0, start + len(line)
            else:
                shift = max(0, (at - start) // (WINDOW // 2) * (WINDOW // 2) - WINDOW // 4)
                after = at + WINDOW // 2
            if (number, shift) not in seen:
                seen.add((number, shift))
                yield number, line[shift : shift + WINDOW], shift
            at = haystack.find(word, after)


def _region(piece: str, region: Region, view: FileView) -> str:
    if region is Region.LINE:
        return piece
    part = code_part if region is Region.CODE else comment_part
    return part(piece, view.languages)


def _key(hit: re.Match[str]) -> str:
    return squeeze(hit.groupdict().get("value") or hit[0])


def _passes(test: TextMatch, hit: re.Match[str]) -> bool:
    value = hit.groupdict().get("value") or hit[0]
    if test.secret is not SecretTest.NONE and is_stand_in(value, formed=test.secret is SecretTest.FORMED):
        return False
    if test.mixed and not is_mixed(value):
        return False
    return not test.entropy or entropy(value) >= test.entropy


def _fits(test: TextMatch, view: FileView, spot: tuple[int, int], side: Side) -> bool:
    hunk, position = view.change.hunks[spot[0]], spot[1]
    if test.under and not is_under(hunk, position, side, test.under):
        return False
    if test.not_under and is_under(hunk, position, side, test.not_under):
        return False
    if test.near and not is_near(hunk, position, side, test.near, test.reach):
        return False
    return not (test.unless_near and is_near(hunk, position, side, test.unless_near, test.reach))
