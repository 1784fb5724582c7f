"""What reports and editors may say of the embedded reviewer's rules."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffvet.report.report import RuleNote

_PLACEHOLDER = re.compile(r"\{[A-Z0-9_]+\}")


def rule_notes() -> Mapping[str, "RuleNote"]:
    """A note of every rule, by its id."""
    from diffvet.report.report import RuleNote  # noqa: PLC0415 - for few formats
    from diffvet.rules.catalogue import all_rules  # noqa: PLC0415 - reads YAML

    return {
        rule.id: RuleNote(
            rule.id,
            rule.category,
            rule.severity,
            _PLACEHOLDER.sub("\u2026", rule.title),
            rule.why,
            rule.fix,
            rule.reference,
        )
        for rule in all_rules()
    }
