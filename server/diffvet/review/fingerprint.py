"""One finding, one identity (promise 4 of the design).

The fingerprint is a hash of the path after renames, the category, the white-space-folded text of the
anchored lines, and the ordinal among equals in line order. Never the title, never the line number: it
survives line shifts, re-indentation and whatever words a model chose.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b

from diffvet.dialogue.vocabulary import Category
from diffvet.review.finding import Finding

_BYTES = 16


def fingerprint(path: str, category: Category, anchor: Sequence[str], ordinal: int) -> str:
    """The identity as 32 hexadecimal digits; ``anchor`` is the verbatim text of the anchored lines."""
    code = "\n".join(" ".join(line.split()) for line in anchor)
    key = "\0".join((path, category.value, code, str(ordinal)))
    return blake2b(key.encode("utf-8", "surrogateescape"), digest_size=_BYTES).hexdigest()


def identify(anchored: Sequence[tuple[Finding, tuple[str, ...]]]) -> tuple[Finding, ...]:
    """Give the findings of one file their fingerprints, in line order; the same finding twice is one.

    Two findings are the same when they stand on the same lines with the same category and rule or title.
    """
    seen: set[tuple[object, ...]] = set()
    equals: Counter[tuple[object, ...]] = Counter()
    named = []
    for finding, anchor in sorted(anchored, key=lambda pair: (pair[0].line, -pair[0].severity.rank)):
        same = (finding.side, finding.line, finding.end_line, finding.category, finding.rule or finding.title)
        if same in seen:
            continue
        seen.add(same)
        equal = (finding.category, tuple(" ".join(line.split()) for line in anchor))
        name = fingerprint(finding.path, finding.category, anchor, equals[equal])
        equals[equal] += 1
        named.append(replace(finding, fingerprint=name))
    return tuple(named)
