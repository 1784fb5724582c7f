"""Before and after: safeguards that stood on removed lines and stand nowhere in the new text.

A fact is a hit of a rule's expression on a removed line. It is lost when nothing replaces it (as many facts
of the kind came as went), it was not moved (its key was added nowhere; a condition may not stand in the rest
of its file either), and what it guarded still stands
(the definition around it, or below it, was not removed with it).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from diffvet.diff.model import Hunk, LineKind, Side, Status
from diffvet.rules.comments import code_part
from diffvet.rules.match import Match, quote_of, squeeze
from diffvet.rules.paths import Place
from diffvet.rules.rule import GoneMatch, LostMatch, Rule
from diffvet.rules.standing import Aftermath, Fact, aftermath, stands
from diffvet.rules.text import WINDOW
from diffvet.rules.view import FileView

MOST_FACTS = 300
"""Facts of one rule and file that are looked at; more than that is a rewrite, not a loss."""


_WORD = re.compile(r"\w+|[^\w\s]")


class AddedLines:
    """All lines a change adds, to tell a deleted file from a moved one."""

    def __init__(self, views: Sequence[FileView]) -> None:
        self._views = views

    @cached_property
    def _lines(self) -> frozenset[str]:
        return frozenset(squeeze(line) for view in self._views for line in view.added.lines)

    def hold(self, view: FileView) -> bool:
        """Whether most of the lines ``view`` removes are added somewhere."""
        lines = {squeeze(line) for line in view.removed.lines[:2000] if len(line.strip()) > 8}
        return bool(lines) and len(lines & self._lines) * 10 >= len(lines) * 7


class _Conditions:
    """What the new text asks, word by word: added anywhere in the change, or kept in the same file."""

    def __init__(self, views: Sequence[FileView]) -> None:
        self._views = views
        self._kept: dict[str, str] = {}

    @cached_property
    def _added(self) -> str:
        return _in_words(line for view in self._views for line in view.added.lines)

    def hold(self, view: FileView, condition: str) -> bool:
        """Whether ``condition`` stands there, in brackets or not, alone or beside another."""
        words = _in_words([condition.strip().removesuffix("{").removesuffix("then").strip(" ()")])
        if not words.strip():
            return False
        if view.path not in self._kept:
            context = (
                line.text
                for hunk in view.change.hunks
                for line in hunk.lines
                if line.kind is LineKind.CONTEXT
            )
            self._kept[view.path] = _in_words(context)
        return words in self._added or words in self._kept[view.path]


def _in_words(lines: Iterable[str]) -> str:
    r"""``lines`` with one space around each word and mark, and ``\n`` between them: cut only between words."""
    return "".join(f" {' '.join(_WORD.findall(line[:WINDOW]))} \n" for line in lines).removesuffix("\n")


def lost(rule: Rule, views: Sequence[FileView]) -> Iterator[Match]:
    """The facts of ``rule`` that the change as a whole loses, in path and line order."""
    test = rule.match
    if not isinstance(test, LostMatch):
        return
    gone = [
        (view, facts)
        for view in views
        if view.change.status is not Status.DELETED and (facts := _facts(rule, test, view, Side.OLD))
    ]
    if not gone:
        return
    came = [(view, _facts(rule, test, view, Side.NEW)) for view in views]
    moved = Counter(fact.key for _, facts in came for fact in facts)
    balance = sum(len(facts) for _, facts in gone) - sum(len(facts) for _, facts in came)
    if test.whole and balance <= 0:
        return
    added = {view.path: Counter(fact.hunk for fact in facts) for view, facts in came}
    asked = _Conditions(views)
    for view, facts in gone:
        left = Counter(fact.hunk for fact in facts)
        left.subtract(added[view.path])
        guards = [fact for fact in facts if not (test.then and asked.hold(view, fact.said))]
        yield from _lost_in(rule, test, view, guards, moved, left)


def _lost_in(
    rule: Rule, test: LostMatch, view: FileView, facts: list[Fact], moved: Counter[str], left: Counter[int]
) -> Iterator[Match]:
    after: dict[int, Aftermath] = {}
    for fact in facts[:MOST_FACTS]:
        if fact.hunk not in after:
            after[fact.hunk] = aftermath(test, view.change.hunks[fact.hunk])
        if moved[fact.key] > 0:
            moved[fact.key] -= 1
        elif (test.whole or left[fact.hunk] > 0) and stands(test, view, fact, after[fact.hunk]):
            left[fact.hunk] -= 1
            line = view.line((fact.hunk, fact.position)).text
            yield Match(
                rule, view, Side.OLD, fact.hunk, fact.position, fact.position, fact.key,
                quote_of(line, fact.offset), rule.severity, {"KEY": fact.key[:60].replace("`", "'")},
            )  # fmt: skip


def _facts(rule: Rule, test: LostMatch, view: FileView, side: Side) -> list[Fact]:
    text = view.changed(side)
    haystack = text.lower if test.ignore_case else text.text
    numbers: set[int] = set()
    for word in rule.words:
        at = haystack.find(word)
        while at >= 0:
            number = text.line_at(at)
            numbers.add(number)
            at = haystack.find(word, text.starts[number + 1] - 1)
    if not numbers:
        return []  # to compile an expression takes longer than to look for its words
    pattern = re.compile(test.regex, re.IGNORECASE if test.ignore_case else 0)
    facts = []
    for number in sorted(numbers):
        line = text.lines[number]
        if len(line) > WINDOW:
            continue
        hit = pattern.search(code_part(line, view.languages))
        if hit is None:
            continue
        hunk, position = text.spots[number]
        if test.then and not _followed(view.change.hunks[hunk], position, test.then, hit):
            continue
        groups = hit.groupdict()
        key = groups.get("key") or hit[0]
        facts.append(Fact(hunk, position, squeeze(key), key, groups.get("stays") or "", hit.start()))
    return facts


def _followed(hunk: Hunk, position: int, pattern: str, hit: re.Match[str]) -> bool:
    kind = hunk.lines[position].kind
    rest = [hunk.lines[position].text[hit.end() :]]
    rest += [line.text for line in hunk.lines[position + 1 : position + 3] if line.kind is kind]
    return any(re.search(pattern, text[:WINDOW]) for text in rest)


def gone(rule: Rule, view: FileView, elsewhere: AddedLines) -> Match | None:
    """The deleted file, if ``rule`` watches it and its lines went nowhere; anchored at its first line."""
    test = rule.match
    lines = view.removed.lines
    if not isinstance(test, GoneMatch) or not lines or not re.search(test.path, view.path, re.IGNORECASE):
        return None
    if (test.near and not re.search(test.near, view.removed.text[:200_000])) or elsewhere.hold(view):
        return None
    number = next((index for index, line in enumerate(lines) if line.strip()), 0)
    hunk, position = view.removed.spots[number]
    return Match(
        rule, view, Side.OLD, hunk, position, position, view.path, quote_of(lines[number]), rule.severity,
        {"KEY": view.path.rpartition("/")[2]},
    )  # fmt: skip


def fits_place(test: LostMatch, place: Place) -> bool:
    """Whether the rule looks at files of this class at all."""
    if place in {Place.GENERATED, Place.VENDORED}:
        return False
    return test.in_tests is None or test.in_tests is (place is Place.TESTS)
