"""The embedded reviewer: a change goes in, bullets come out, the same for the same change."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from diffvet.dialogue import bullets, visible
from diffvet.dialogue import prompt as prompts
from diffvet.dialogue.bullets import Bullet
from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import FileChange, LineKind, Side, Status
from diffvet.rules import code, dependencies, facts, text
from diffvet.rules.catalogue import rules_for
from diffvet.rules.language import GRAMMARS
from diffvet.rules.match import Match
from diffvet.rules.patch import suggested
from diffvet.rules.paths import Place, weight_at
from diffvet.rules.rule import CodeMatch, DependencyMatch, GoneMatch, LostMatch, Rule, TextMatch
from diffvet.rules.snippets import Snippets
from diffvet.rules.view import FileView, SideText

_LOWER = {Severity.ERROR: Severity.WARNING, Severity.WARNING: Severity.INFO, Severity.INFO: Severity.INFO}
_RISKS_ANYWHERE = frozenset(
    {Category.REMOVED_SAFEGUARD, Category.TEST_GAP, Category.DEPENDENCY, Category.CONFIGURATION}
)


def answer(prompt: str) -> str:
    """The bulleted answer to ``prompt``, as a model would give it (sentinel and "none" included)."""
    return bullets.write(review(prompts.read(prompt)))


def review(changes: Sequence[FileChange], rules: Sequence[Rule] | None = None) -> tuple[Bullet, ...]:
    """The risks the rules see in ``changes``, looking at nothing but their hunks.

    Only what the change adds or removes counts; what it moves or reformats does not. Order: file by file as
    given, then by line and rule. ``rules`` are the built-in ones for the languages at hand by default.
    Raises :class:`diffvet.errors.RuleError` for a rule that cannot be used.
    """
    views = [FileView(change) for change in changes]
    if rules is None:
        rules = rules_for(name for view in views for name in view.languages)
    found = _Index(rules).matches(views)
    placed = [judged for match in found if (judged := _placed(match)) is not None]
    order = {id(view): number for number, view in enumerate(views)}
    placed.sort(key=lambda match: (order[id(match.view)], match.side, match.start, match.rule.id))
    one_a_line = _one_a_line(placed, {rule.id: number for number, rule in enumerate(rules)})
    return tuple(map(_bullet, _without_echoes(one_a_line)))


@dataclass(frozen=True, slots=True)
class _Plan:
    """The rules for files of one language, with the words to look for."""

    words: frozenset[str]
    folded: frozenset[str]
    added: tuple[Rule, ...]
    gone: tuple[Rule, ...]
    manifests: tuple[Rule, ...]


class _Index:
    """The rules, sorted by the language they apply to."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self._plans: dict[tuple[tuple[str, ...], Place], _Plan] = {}

    def matches(self, views: list[FileView]) -> Iterator[Match]:
        """All matches of all rules, new ones only."""
        found: dict[str, list[Match]] = defaultdict(list)
        elsewhere = facts.AddedLines(views)
        for view in views:
            for match in self._in_file(view, elsewhere):
                found[match.rule.id].append(match)
        for rule in self.rules:
            if isinstance(rule.match, TextMatch | CodeMatch) and rule.id in found:
                yield from _new_only(found[rule.id], views)
            elif isinstance(rule.match, LostMatch):
                yield from facts.lost(rule, _watched(rule, rule.match, views))
            else:
                yield from found[rule.id]

    def _in_file(self, view: FileView, elsewhere: facts.AddedLines) -> Iterator[Match]:
        plan = self._plan(view.languages, view.place)
        if view.change.status is Status.DELETED:
            yield from (
                match for rule in plan.gone if (match := facts.gone(rule, view, elsewhere)) is not None
            )
        if plan.manifests:
            yield from dependencies.matches(plan.manifests, view)
        if not view.added.text:
            return
        content, snippets = view.added.text, Snippets(view)
        here = {word for word in plan.words if word in content}
        if plan.folded:
            lowered = view.added.lower
            here_folded = {word for word in plan.folded if word in lowered}
        for rule in plan.added:
            words = here_folded if _folds(rule) else here
            if not words.isdisjoint(rule.words):
                yield from _find(rule, view, snippets, Side.NEW)
            if (hit := text.named(rule, view)) is not None:
                yield hit

    def _plan(self, languages: tuple[str, ...], place: Place) -> _Plan:
        key = (languages, place)
        if key not in self._plans:
            apply = [rule for rule in self.rules if applies(rule, languages) and _can_matter(rule, place)]
            added = tuple(rule for rule in apply if isinstance(rule.match, TextMatch | CodeMatch))
            self._plans[key] = _Plan(
                frozenset(word for rule in added if not _folds(rule) for word in rule.words),
                frozenset(word for rule in added if _folds(rule) for word in rule.words),
                added,
                tuple(rule for rule in apply if isinstance(rule.match, GoneMatch)),
                tuple(rule for rule in apply if isinstance(rule.match, DependencyMatch)),
            )
        return self._plans[key]


def applies(rule: Rule, languages: Iterable[str]) -> bool:
    """Whether ``rule`` looks at files of these languages."""
    names = set(languages)
    return "any" in rule.languages or not names.isdisjoint(rule.languages) or (
        "code" in rule.languages and not names.isdisjoint(GRAMMARS)
    )  # fmt: skip


def _folds(rule: Rule) -> bool:
    return isinstance(rule.match, TextMatch) and rule.match.ignore_case


def _find(rule: Rule, view: FileView, snippets: Snippets, side: Side) -> Iterator[Match]:
    if isinstance(rule.match, TextMatch):
        return text.matches(rule, view, side)
    return code.matches(rule, snippets, side)


def _may_match(rule: Rule, side: SideText) -> bool:
    content = side.lower if _folds(rule) else side.text
    return any(word in content for word in rule.words)


def _watched(rule: Rule, test: LostMatch, views: list[FileView]) -> list[FileView]:
    return [view for view in views if applies(rule, view.languages) and facts.fits_place(test, view.place)]


def _new_only(found: list[Match], views: list[FileView]) -> Iterator[Match]:
    """The matches whose statement the removed lines do not already hold, counted over the whole change."""
    rule = found[0].rule
    before: Counter[str] = Counter()
    for view in views:
        if applies(rule, view.languages) and _may_match(rule, view.removed):
            before.update(match.key for match in _find(rule, view, Snippets(view), Side.OLD))
    for match in found:
        if before[match.key] > 0:
            before[match.key] -= 1
        else:
            yield match


def severity_at(rule: Rule, place: Place, found: Severity | None = None) -> Severity | None:
    """What a hit of ``rule`` weighs in a file of class ``place``, None where it is not worth a word.

    ``found`` is the severity the match was given, the rule's own by default.
    """
    severity = found or rule.severity
    if place.value in rule.places:
        return rule.places[place.value]
    if place is Place.SAMPLES:
        return weight_at(place, severity) if rule.category is not Category.SECRET else _LOWER[severity]
    if rule.category in _RISKS_ANYWHERE and place is not Place.VENDORED:
        return severity
    if rule.category is Category.SECRET:
        return severity if place in {Place.CODE, Place.GENERATED} else _LOWER[severity]
    if place is Place.DOCS and isinstance(rule.match, CodeMatch):
        return severity
    return weight_at(place, severity)


def _can_matter(rule: Rule, place: Place) -> bool:
    """Whether a hit can weigh anything there, also when its value makes it an error."""
    judged = isinstance(rule.match, CodeMatch) and rule.match.judge
    return severity_at(rule, place, Severity.ERROR if judged else None) is not None


def _placed(match: Match) -> Match | None:
    severity = severity_at(match.rule, match.view.place, match.severity)
    return replace(match, severity=severity) if severity else None


def _one_a_line(matches: list[Match], order: Mapping[str, int]) -> list[Match]:
    """One match a line and class: the most severe, then the one whose rule stands first in the catalogue."""
    best: dict[tuple[int, Side, int, str], Match] = {}
    for match in matches:
        key = (id(match.view), match.side, match.start, match.rule.klass)
        rank = (match.severity.rank, -order[match.rule.id])
        if key not in best or rank > (best[key].severity.rank, -order[best[key].rule.id]):
            best[key] = match
    kept = {id(match) for match in best.values()}
    return [match for match in matches if id(match) in kept]


def _without_echoes(matches: list[Match]) -> list[Match]:
    """``matches`` without those that say of new code what a loss of the same class says of the old.

    One for one, in one run of changed lines: a call that loses its time limit is not also a call without one.
    """
    lost = [match for match in matches if isinstance(match.rule.match, LostMatch)]
    around = {(id(match.view), match.hunk, match.rule.klass) for match in lost}
    losses = Counter(_run(match) for match in lost)
    kept = []
    for match in matches:
        echoes = match.side is Side.NEW and (id(match.view), match.hunk, match.rule.klass) in around
        if echoes and losses[run := _run(match)] > 0:
            losses[run] -= 1
        else:
            kept.append(match)
    return kept


def _run(match: Match) -> tuple[int, int, int, str]:
    """The run of changed lines a match stands in (by its first line), and the match's class."""
    lines, first = match.view.change.hunks[match.hunk].lines, match.first
    while first and lines[first - 1].kind is not LineKind.CONTEXT:
        first -= 1
    return id(match.view), match.hunk, first, match.rule.klass


def _bullet(match: Match) -> Bullet:
    rule = match.rule
    return Bullet(
        severity=match.severity,
        category=rule.category,
        title=_said(rule.title, match),
        path=match.view.path,
        side=match.side,
        start=match.start,
        end=match.end,
        quote=match.quote or None,
        why=_said(rule.why, match),
        fix=_said(rule.fix, match),
        rule=rule.id,
        suggestion=_suggestion(match),
    )


def _suggestion(match: Match) -> tuple[str, ...] | None:
    lines = suggested(match)
    return None if lines is None else tuple(map(visible.show, lines))


def _said(words: str, match: Match) -> str:
    for name, value in match.captures.items():
        words = words.replace("{" + name + "}", value)
    return words
