"""What ``rules`` means for one rule; and rules that do not exist."""

from collections.abc import Collection, Iterator, Mapping

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.settings.wording import name as printable
from diffvet.settings.wording import suggestion

OFF = "off"


def level_of(rules: Mapping[str, str], rule: str, category: Category, severity: Severity) -> Severity | None:
    """The severity of a finding of ``rule``, None where it is off. A rule's id outweighs its category."""
    said = rules.get(rule) or rules.get(category.value)
    if said is None:
        return severity
    return None if said == OFF else Severity(said)


def unknown_rules(rules: Mapping[str, str], known: Collection[str]) -> Iterator[str]:
    """A sentence for each rule id in ``rules`` that is not among ``known``."""
    for rule in rules:
        if "." in rule and rule not in known:
            hint = suggestion(rule, known) or "; see 'diffvet rules list'"
            yield f"'rules' names '{printable(rule)}', which is no rule{hint}"
