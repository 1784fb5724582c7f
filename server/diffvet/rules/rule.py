"""A rule as it is used: frozen, checked when it was read (``reading.py``), with its examples beside it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from diffvet.dialogue.vocabulary import Category, Severity

CLASSES: dict[str, Category] = {
    "secret": Category.SECRET,
    "command-injection": Category.SECURITY,
    "code-injection": Category.SECURITY,
    "sql-injection": Category.SECURITY,
    "path-traversal": Category.SECURITY,
    "deserialization": Category.SECURITY,
    "xss": Category.SECURITY,
    "xxe": Category.SECURITY,
    "ssrf": Category.SECURITY,
    "open-redirect": Category.SECURITY,
    "template-injection": Category.SECURITY,
    "tls": Category.SECURITY,
    "crypto": Category.SECURITY,
    "random": Category.SECURITY,
    "auth": Category.SECURITY,
    "csrf": Category.SECURITY,
    "cors": Category.SECURITY,
    "cookie": Category.SECURITY,
    "permissions": Category.SECURITY,
    "memory": Category.SECURITY,
    "unsafe": Category.SECURITY,
    "regex": Category.PERFORMANCE,
    "logging": Category.SECURITY,
    "trojan-source": Category.SECURITY,
    "prompt-injection": Category.SECURITY,
    "suppression": Category.REMOVED_SAFEGUARD,
    "removed-test": Category.TEST_GAP,
    "skipped-test": Category.TEST_GAP,
    "removed-assertion": Category.TEST_GAP,
    "removed-auth": Category.REMOVED_SAFEGUARD,
    "removed-guard": Category.REMOVED_SAFEGUARD,
    "removed-safeguard": Category.REMOVED_SAFEGUARD,
    "timeout": Category.REMOVED_SAFEGUARD,
    "error-handling": Category.CORRECTNESS,
    "correctness": Category.CORRECTNESS,
    "resource": Category.CORRECTNESS,
    "concurrency": Category.CONCURRENCY,
    "data-loss": Category.DATA_LOSS,
    "migration": Category.DATA_LOSS,
    "performance": Category.PERFORMANCE,
    "dependency": Category.DEPENDENCY,
    "ci": Category.CONFIGURATION,
    "container": Category.CONFIGURATION,
    "kubernetes": Category.CONFIGURATION,
    "iac": Category.CONFIGURATION,
    "configuration": Category.CONFIGURATION,
    "api-break": Category.API_BREAK,
    "debug": Category.MAINTAINABILITY,
    "merge-conflict": Category.CORRECTNESS,
}
"""The classes a rule may belong to, and the category of their findings unless the rule names another."""


class Region(StrEnum):
    """Which part of a line a text rule looks at."""

    LINE = "line"
    CODE = "code"
    COMMENT = "comment"


class SecretTest(StrEnum):
    """How a value is told from a placeholder: by a vendor's form, or by what it was assigned to."""

    NONE = "none"
    FORMED = "formed"
    ASSIGNED = "assigned"


@dataclass(frozen=True, slots=True)
class TextMatch:
    """A regular expression for one changed line, and the tests its hit must pass.

    A group named ``value`` is what ``entropy`` (bits a character) and ``secret`` look at, and what makes two
    hits the same. ``unless`` is searched in the line; ``under`` and ``not_under`` in the lines that enclose
    it by indentation; ``near`` and ``unless_near`` in the lines around it, ``reach`` lines each way. With
    ``name`` the name of a new or renamed file is looked at as well, its ``-``, ``_`` and ``.`` read as spaces.
    """

    regex: str
    region: Region = Region.LINE
    ignore_case: bool = False
    secret: SecretTest = SecretTest.NONE
    entropy: float = 0.0
    mixed: bool = False
    unless: str | None = None
    under: str | None = None
    not_under: str | None = None
    near: str | None = None
    unless_near: str | None = None
    reach: int = 6
    name: bool = False


@dataclass(frozen=True, slots=True)
class CodeMatch:
    """An ast-grep rule, run on one side of a hunk.

    ``judge`` names the captured values that decide: a hit is dropped when all of them are constants or are
    made safe, and is an error when one comes from outside. ``unless_near`` is searched in the hunk's lines
    of that side. ``needs`` must be found there too: a test that is cheaper than parsing.
    """

    rule: dict[str, Any] = field(hash=False)
    constraints: dict[str, Any] = field(default_factory=dict, hash=False)
    judge: tuple[str, ...] = ()
    needs: str | None = None
    unless: str | None = None
    unless_near: str | None = None


@dataclass(frozen=True, slots=True)
class LostMatch:
    """Something that stood on a removed line and stands nowhere in the new text.

    ``regex`` finds it in a removed line (its group ``key`` is its identity, else the whole hit), ``then``
    must follow on the same line or the two after it. It is not lost when as many came as went in the same
    hunk, when its key was added anywhere, when a name of its key is used no more (``uses``), when ``unless`` is found among the hunk's new lines, when the
    definition around it went too, or when the text of the group ``stays`` is gone from the new side.
    ``attached`` says that it belongs to the definition below it (a decorator, an annotation).
    ``in_tests`` confines the rule to test paths (True) or to other paths (False).
    """

    regex: str
    then: str | None = None
    unless: str | None = None
    stays: bool = False
    attached: bool = False
    uses: bool = False
    ignore_case: bool = False
    in_tests: bool | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class GoneMatch:
    """A deleted file whose path fits ``path`` (searched without case)."""

    path: str
    near: str | None = None


@dataclass(frozen=True, slots=True)
class DependencyMatch:
    """A check on the entries of dependency manifests; see ``dependencies.CHECKS``."""

    check: str


Matcher = TextMatch | CodeMatch | LostMatch | GoneMatch | DependencyMatch


@dataclass(frozen=True, slots=True)
class Example:
    """A piece of change that shows the rule at work: ``before`` is "" for an added file."""

    after: str
    before: str = ""
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One risk the embedded reviewer knows.

    ``languages`` are names of ``language.LANGUAGES``, or ``any``, or ``code`` (every language with a
    grammar). ``words`` are literals of which one stands in every changed text that can match.
    ``places`` says for a class of path what becomes of a hit: a severity, or None to drop it.
    ``patch`` are (regular expression, replacement) pairs for the lines of a hit, tried in order: the fix itself
    where it is the same everywhere. A replacement keeps the number of lines; one that it empties is dropped.
    """

    id: str
    klass: str
    category: Category
    severity: Severity
    languages: tuple[str, ...]
    words: tuple[str, ...]
    match: Matcher
    title: str
    why: str
    fix: str
    reference: tuple[str, ...]
    bad: tuple[Example, ...]
    good: tuple[Example, ...]
    places: dict[str, Severity | None] = field(default_factory=dict, hash=False)
    patch: tuple[tuple[str, str], ...] = ()
