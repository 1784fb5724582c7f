"""What every format is given: one finished review, what of it is shown, and what was asked for beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from diffvet import __version__
from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import FileChange
from diffvet.review.events import Review
from diffvet.review.select import Selected

WEAKNESS = "https://cwe.mitre.org/data/definitions/{}.html"


@dataclass(frozen=True, slots=True)
class RuleNote:
    """What a format may say of a rule of the embedded reviewer; ``references`` are ``CWE-…`` or addresses."""

    id: str
    category: Category
    severity: Severity
    title: str
    why: str
    fix: str
    references: tuple[str, ...] = ()

    @property
    def address(self) -> str | None:
        """Where one can read more: a page the rule names, else that of its first weakness (CWE)."""
        page = next((each for each in self.references if each.startswith("https://")), None)
        weakness = next((each for each in self.references if each.startswith("CWE-")), None)
        return page or (weakness and WEAKNESS.format(weakness.removeprefix("CWE-")))


@dataclass(frozen=True, slots=True)
class Report:
    """A finished review, and what a format needs to print it.

    ``review.findings`` are all findings with their states, ``selected.shown`` those that are shown, in report
    order. ``embedded`` is True where the embedded reviewer alone was asked. ``notices`` are sentences that a
    person should read (without a full stop). ``color`` allows ANSI colour. ``rules`` (by id), ``reasons`` (by fingerprint: why a person dismissed or accepted a finding) and ``changes``
    (with their hunks, in the order of the diff, secrets masked; see ``review.picture`` for what is left out) are
    filled only for a format whose ``needs`` name them.
    """

    review: Review
    selected: Selected
    embedded: bool = False
    notices: tuple[str, ...] = ()
    color: bool = False
    version: str = __version__
    rules: Mapping[str, RuleNote] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[FileChange, ...] = ()
