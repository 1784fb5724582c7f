"""Before and after: safeguards that stood on removed lines and stand nowhere in the new text.

A fact is a hit of a rule's expression on a removed line. It is lost when nothing replaces it (as many facts
of the kind came as went), it was not moved (its key was added nowhere), and what it guarded still stands
(the definition around it, or below it, was not removed with it).
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diffvet.diff.model import Hunk, LineKind, Side, Status
from diffvet.rules.comments import code_part
from diffvet.rules.match import Match, quote_of, squeeze
from diffvet.rules.paths import Place
from diffvet.rules.rule import GoneMatch, LostMatch, Rule
from diffvet.rules.surroundings import enclosing
from diffvet.rules.text import WINDOW
from diffvet.rules.view import FileView

DEFINITION = re.compile(
    r"^\s*(?:@\w+\s+)*(?:(?:export|default|public|private|protected|internal|static|final|abstract|async|override|"
    r"virtual|pub(?:\([^)]*\))?|unsafe|suspend|open|sealed|partial|data)\s+)*"
    r"(?:(?:def|class|func|function|fn|fun|module|interface|trait|impl|struct|enum|sub|resource|job)\b\s*"
    r"(?:\([^)]*\)\s*)?[\"']?(?P<name>[\w.:!?]+)|"
    r"(?:const|let|var)\s+(?P<bound>\w+)\s*=\s*(?:async\s*)?(?:\(|function|\w+\s*=>)|"
    r"[\w<>\[\],.?&*]+\s+(?P<method>\w+)\s*\([^;]*\)\s*(?:throws [\w, ]+)?\{?\s*$|"
    r"(?P<plain>\w+)\s*\([^;=]*\)\s*\{\s*$)",
)
_NO_NAMES = frozenset(
    [
        "if",
        "for",
        "while",
        "switch",
        "catch",
        "return",
        "else",
        "elif",
        "with",
        "synchronized",
        "lock",
        "using",
        "foreach",
        "when",
    ]
)
_WORDS = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "is",
        "if",
        "None",
        "True",
        "False",
        "null",
        "nil",
        "undefined",
        "true",
        "false",
        "len",
        "isinstance",
        "typeof",
        "instanceof",
        "str",
        "int",
        "float",
        "list",
        "dict",
        "tuple",
        "set",
        "bytes",
        "self",
        "this",
        "size",
        "length",
        "isEmpty",
        "empty",
        "string",
        "number",
        "object",
        "any",
        "all",
    ]
)
_MARK = re.compile(r"^\s*(@|#\[|\[[A-Z]|//|#|\*|/\*)")


@dataclass(frozen=True, slots=True)
class _Fact:
    hunk: int
    position: int
    key: str
    kept: str
    offset: int


def lost(rule: Rule, views: Sequence[FileView]) -> Iterator[Match]:
    """The facts of ``rule`` that the change as a whole loses, in path and line order."""
    test = rule.match
    if not isinstance(test, LostMatch):
        return
    gone = [(view, facts) for view in views if (facts := _facts(rule, test, view, Side.OLD))]
    if not gone:
        return
    came = [(view, _facts(rule, test, view, Side.NEW)) for view in views]
    moved = Counter(fact.key for _, facts in came for fact in facts)
    balance = sum(len(facts) for _, facts in gone) - sum(len(facts) for _, facts in came)
    if test.whole and balance <= 0:
        return
    added = {view.path: Counter(fact.hunk for fact in facts) for view, facts in came}
    for view, facts in gone:
        yield from _lost_in(rule, test, view, facts, moved, added[view.path])


def _lost_in(
    rule: Rule, test: LostMatch, view: FileView, facts: list[_Fact], moved: Counter[str], added: Counter[int]
) -> Iterator[Match]:
    left = Counter(fact.hunk for fact in facts)
    left.subtract(added)
    for fact in facts:
        if moved[fact.key] > 0:
            moved[fact.key] -= 1
        elif (test.whole or left[fact.hunk] > 0) and _stands(test, view, fact):
            left[fact.hunk] -= 1
            line = view.line((fact.hunk, fact.position)).text
            yield Match(
                rule, view, Side.OLD, fact.hunk, fact.position, fact.position, fact.key,
                quote_of(line, fact.offset), rule.severity, {"KEY": fact.key[:60].replace("`", "'")},
            )  # fmt: skip


def _facts(rule: Rule, test: LostMatch, view: FileView, side: Side) -> list[_Fact]:
    text = view.changed(side)
    haystack = text.lower if test.ignore_case else text.text
    numbers: set[int] = set()
    for word in rule.words:
        at = haystack.find(word)
        while at >= 0:
            number = text.line_at(at)
            numbers.add(number)
            at = haystack.find(word, text.starts[number + 1] - 1)
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
        facts.append(
            _Fact(
                hunk, position, squeeze(groups.get("key") or hit[0]), groups.get("stays") or "", hit.start()
            )
        )
    return facts


def _followed(hunk: Hunk, position: int, pattern: str, hit: re.Match[str]) -> bool:
    kind = hunk.lines[position].kind
    rest = [hunk.lines[position].text[hit.end() :]]
    rest += [line.text for line in hunk.lines[position + 1 : position + 3] if line.kind is kind]
    return any(re.search(pattern, text[:WINDOW]) for text in rest)


def _stands(test: LostMatch, view: FileView, fact: _Fact) -> bool:
    """Whether what the fact guarded is still there, and nothing else in the hunk guards it now."""
    hunk = view.change.hunks[fact.hunk]
    new = [line.text[:WINDOW] for line in hunk.lines if line.kind is not LineKind.REMOVED]
    if test.unless and any(
        re.search(test.unless, line.text[:WINDOW]) for line in hunk.lines if line.kind is LineKind.ADDED
    ):
        return False
    if test.stays and not (fact.kept and any(fact.kept in text for text in new)):
        return False
    if test.whole:
        return True
    if test.uses and not _still_used(fact.key, new):
        return False
    if view.change.status is Status.DELETED or not any(text.strip() for text in new):
        return False
    if test.attached:
        return _still_defined(view, hunk, _below(hunk, fact.position))
    around = enclosing(hunk, fact.position, Side.OLD)
    return all(_still_defined(view, hunk, at) for at in around)


def _still_used(key: str, new: list[str]) -> bool:
    names = {
        name
        for name in re.findall(r"[A-Za-z_]\w*", re.sub(r"""(["']).*?\1""", "", key))
        if name not in _WORDS
    }
    content = "\n".join(new)
    return all(re.search(rf"\b{name}\b", content) for name in names)


def _below(hunk: Hunk, position: int) -> int | None:
    for at in range(position + 1, len(hunk.lines)):
        line = hunk.lines[at]
        if line.kind is not LineKind.ADDED and line.text.strip() and not _MARK.match(line.text):
            return at
    return None


def _still_defined(view: FileView, hunk: Hunk, at: int | None) -> bool:
    """True unless the line at ``at`` is a removed definition whose name the file's added lines lack."""
    if at is None or hunk.lines[at].kind is not LineKind.REMOVED:
        return True
    hit = DEFINITION.match(hunk.lines[at].text[:WINDOW])
    name = next((group for group in hit.groups() if group), None) if hit else None
    if name is None or name in _NO_NAMES:
        body = squeeze(hunk.lines[at].text)
        return name in _NO_NAMES or any(squeeze(line) == body for line in view.added.lines) or hit is None
    return name in view.added.text and any(
        name in found.groups()
        for line in view.added.lines
        if name in line and (found := DEFINITION.match(line[:WINDOW]))
    )


def gone(rule: Rule, view: FileView) -> Match | None:
    """The deleted file, if it is one that ``rule`` watches; anchored at its first shown line."""
    test = rule.match
    change = view.change
    if not isinstance(test, GoneMatch) or change.status is not Status.DELETED or not change.hunks:
        return None
    if not re.search(test.path, view.path, re.IGNORECASE) or not change.hunks[0].lines:
        return None
    if test.near and not re.search(test.near, view.removed.text[:200_000]):
        return None
    lines = view.removed.lines
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
