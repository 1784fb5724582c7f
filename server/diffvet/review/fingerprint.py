"""One finding, one identity (promise 4 of the design).

The fingerprint is a hash of the path after renames, the category, the white-space-folded text of the
anchored lines, and the ordinal among equals in line order. Never the title, never the line number: it
survives line shifts, re-indentation and whatever words a model chose.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from itertools import accumulate, takewhile

from diffvet.dialogue.vocabulary import Category
from diffvet.diff.model import Side
from diffvet.review.finding import Finding

_BYTES = 16


def fingerprint(path: str, category: Category, anchor: Sequence[str], ordinal: int) -> str:
    """The identity as 32 hexadecimal digits; ``anchor`` is the verbatim text of the anchored lines."""
    code = "\n".join(" ".join(line.split()) for line in anchor)
    key = "\0".join((path, category.value, code, str(ordinal)))
    return blake2b(key.encode("utf-8", "surrogateescape"), digest_size=_BYTES).hexdigest()


def identify(anchored: Sequence[tuple[Finding, tuple[str, ...]]]) -> tuple[Finding, ...]:
    """Give the findings of one file their fingerprints, in line order; the same finding twice is one.

    A finding that stands on the line of a secret is ``sensitive`` like the secret itself.
    """
    equals: Counter[tuple[object, ...]] = Counter()
    named: list[Finding] = []
    for finding, anchor in merged(anchored):
        equal = (finding.category, tuple(" ".join(line.split()) for line in anchor))
        name = fingerprint(finding.path, finding.category, anchor, equals[equal])
        equals[equal] += 1
        named.append(replace(finding, fingerprint=name))
    secrets = {side: _Spans([one for one in named if one.side is side and _is_secret(one)]) for side in Side}
    return tuple(replace(one, sensitive=secrets[one.side].meet(one)) for one in named)


def merged(anchored: Sequence[tuple[Finding, tuple[str, ...]]]) -> list[tuple[Finding, tuple[str, ...]]]:
    """``anchored`` in line order, the worst first on a line, without repetitions.

    Two findings of one category on one line are the same when they have one rule or title, when they come
    from different reviewers, or when it is a secret. The fuller text wins, the graver severity, and a rule id.
    """
    kept: list[tuple[Finding, tuple[str, ...]]] = []
    for finding, anchor in sorted(anchored, key=lambda pair: (pair[0].line, -pair[0].severity.rank)):
        on_line = takewhile(lambda n: kept[n][0].line == finding.line, range(len(kept) - 1, -1, -1))  # noqa: B023
        twin = next((n for n in on_line if _same(kept[n][0], finding)), None)
        if twin is None:
            kept.append((finding, anchor))
        else:
            kept[twin] = _joined(kept[twin], (finding, anchor))
    return kept


class _Spans:
    """The lines of some findings of one side."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        spans = sorted((finding.line, finding.end_line) for finding in findings)
        self._starts = [start for start, _ in spans]
        self._reach = list(accumulate((end for _, end in spans), max))

    def meet(self, finding: Finding) -> bool:
        """Whether ``finding`` shares a line with any of them."""
        before = bisect_right(self._starts, finding.end_line)
        return before > 0 and self._reach[before - 1] >= finding.line


def _is_secret(finding: Finding) -> bool:
    return finding.category is Category.SECRET


def _same(one: Finding, other: Finding) -> bool:
    if one.category is not other.category or one.side is not other.side or one.line != other.line:
        return False
    if one.category is Category.SECRET or one.reviewer != other.reviewer:
        return True
    return one.end_line == other.end_line and (one.rule or one.title) == (other.rule or other.title)


def _joined(
    pair: tuple[Finding, tuple[str, ...]], later: tuple[Finding, tuple[str, ...]]
) -> tuple[Finding, tuple[str, ...]]:
    """One finding of two: the fuller words, the graver severity, any rule, all reviewers.

    A secret stands on the lines of the one that knows where it ends, so that it is the same in every review.
    """
    if pair[0].category is Category.SECRET and later[0].end_line > pair[0].end_line:
        pair, later = later, pair
    (one, anchor), (other, _) = pair, later
    words, rest = sorted((one, other), key=lambda finding: -len(finding.why) - len(finding.fix or ""))
    names = dict.fromkeys((*one.reviewer.split(", "), *other.reviewer.split(", ")))
    joined = replace(
        one,
        title=words.title,
        why=words.why,
        fix=words.fix or rest.fix,
        severity=max(one.severity, other.severity, key=lambda severity: severity.rank),
        rule=one.rule or other.rule,
        reviewer=", ".join(names),
        suggestion=next(
            (s.suggestion for s in (one, other) if s.suggestion is not None and s.end_line == one.end_line),
            None,
        ),
    )
    return joined, anchor
