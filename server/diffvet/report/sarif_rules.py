"""What a SARIF log says of the rules behind its results: the embedded reviewer's own, and one a category for models."""

from collections.abc import Sequence
from typing import Any

from diffvet.dialogue.vocabulary import Category
from diffvet.report.report import RuleNote
from diffvet.report.secrecy import visible
from diffvet.review.finding import Finding

LEVELS = {"info": "note", "warning": "warning", "error": "error"}
PROBLEMS = {"info": "recommendation", "warning": "warning", "error": "error"}

SECURITY = frozenset({Category.SECRET, Category.SECURITY, Category.REMOVED_SAFEGUARD})
"""The categories that code scanning shows as security alerts."""

SCORES = {"info": "3.0", "warning": "6.0", "error": "8.0"}
"""What it makes of a score: below 4 low, below 7 medium, below 9 high."""

ABOUT = {
    Category.SECRET: "A credential or another secret gets into the repository",
    Category.SECURITY: "The change lets somebody do what they should not be able to do",
    Category.CORRECTNESS: "The change does something else than it is meant to",
    Category.DATA_LOSS: "The change can destroy or corrupt data",
    Category.CONCURRENCY: "The change can go wrong when things happen at the same time",
    Category.PERFORMANCE: "The change can be too slow or take too much",
    Category.DEPENDENCY: "The change brings in code of others that deserves a look",
    Category.CONFIGURATION: "The change configures a system in a risky way",
    Category.API_BREAK: "The change breaks those who use what it changes",
    Category.REMOVED_SAFEGUARD: "The change takes away something that protected",
    Category.TEST_GAP: "The change is tested less than the code before it",
    Category.MAINTAINABILITY: "The change makes the code harder to work with",
}
"""What a finding of a category is about, where no rule says it more exactly."""


def descriptor(name: str, findings: Sequence[Finding], note: RuleNote | None) -> dict[str, Any]:
    """The rule ``name`` that reported ``findings``; ``note`` is what the catalogue says of it.

    It is as severe as the worst of them: code scanning shows the severity of the rule.
    """
    finding = max(findings, key=lambda each: each.severity.rank)
    category, severity = note.category if note else finding.category, finding.severity
    title = note.title if note else ABOUT[category]
    tags: list[str] = [category]
    properties: dict[str, Any] = {"problem.severity": PROBLEMS[severity]}
    if category in SECURITY:
        tags += [] if category == "security" else ["security"]
        properties["security-severity"] = SCORES[severity]
    described: dict[str, Any] = {
        "id": name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": note.why if note else f"{title}."},
        "defaultConfiguration": {"level": LEVELS[severity]},
    }
    if note:
        described["help"] = {
            "text": f"{note.why}\n\n{note.fix}",
            "markdown": f"{note.why}\n\n**Fix:** {note.fix}",
        }
        if note.address:
            described["helpUri"] = note.address
        tags += [f"external/cwe/{each.lower()}" for each in note.references if each.startswith("CWE-")]
    else:
        described["help"] = {
            "text": f"{title}. Reported by {visible(finding.reviewer)}, a reviewer without rules; each result says why."
        }
    return described | {"properties": properties | {"tags": tags}}


def notification(name: str, title: str, about: str) -> dict[str, Any]:
    """A kind of notification."""
    return {
        "id": name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": about},
        "help": {"text": about},
    }
