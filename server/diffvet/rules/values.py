"""Tests on a value that may be a secret: is it random enough, is it a stand-in, is it a reference to one?"""

import math
import re
from collections import Counter

from diffvet.expression import expression

_PLACEHOLDER = (
    r"exampl|sample|dummy|change.?me|placeholder|replace|redact|masked|x{5,}|\*{3,}|\.{3}|…|your[-_. ]|"
    r"<[^>]*>|\$\{|\$\(|\{\{|%\(|#\{|\{\}|%[sd]|(.)\1{6,}"
)
_FORMED = expression(_PLACEHOLDER, re.IGNORECASE)
_ASSIGNED = expression(
    rf"{_PLACEHOLDER}|[-_. ]here\b|insert|todo|fixme|foo|lorem|12345|abcdef|qwerty|test|fake|mock|invalid|notreal|"
    r"not[-_]a[-_]|secret[-_]?key$|^(my|the|some|a)[-_]|^\$\w|\bnone\b|\bnull\b|undefined|default|0{8,}",
    re.IGNORECASE,
)
_REFERENCE = expression(
    r"^(process\.env|os\.environ|os\.getenv|env\.|env\(|getenv|ENV\[|secrets?\.|vault[:.]|ssm[:.]|arn:|op://|"
    r"ref\+|projects/|file:|!|@|/|\./|~/|config[.(\[]|settings[.(\[]|self\.|this\.|ENC\[|AQICAH|sha\d+[-:])",
)


def entropy(value: str) -> float:
    """Shannon entropy of ``value`` in bits a character; 0 for an empty one."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values()) if size else 0.0


def is_stand_in(value: str, *, formed: bool) -> bool:
    """Whether ``value`` is a placeholder, or names where the secret is kept instead of being it.

    ``formed`` says that the value has the form of one vendor's tokens; then only the plainest placeholders
    count, because what stands in it by chance says nothing.
    """
    if formed:
        return bool(_FORMED.search(value))
    return bool(_ASSIGNED.search(value) or _REFERENCE.match(value))


def is_mixed(value: str) -> bool:
    """Whether ``value`` is more than words: a digit and a letter, or a letter and a mark no name holds."""
    letters = any(char.isalpha() for char in value)
    return letters and any(char.isdigit() or char in "!@#$%^&*?=+~" for char in value)
