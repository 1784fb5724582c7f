"""Tests on a value that may be a secret: is it random enough, is it a stand-in, is it a reference to one?"""

import math
import re
from collections import Counter

_STAND_IN = re.compile(
    r"exampl|sample|dummy|change.?me|placeholder|replace|redact|masked|x{4,}|\*{3,}|\.{3}|…|your[-_. ]|[-_. ]here\b|"
    r"insert|todo|fixme|foo|lorem|12345|abcdef|qwerty|test|fake|mock|invalid|notreal|not[-_]a[-_]|secret[-_]?key$|"
    r"^(my|the|some|a)[-_]|<[^>]*>|\$\{|\$\(|\{\{|%\(|#\{|\{\}|\$\w|%[sd]|\bnone\b|\bnull\b|undefined|default|"
    r"(.)\1{5,}|0{8,}",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"^(process\.env|os\.environ|os\.getenv|env\.|env\(|getenv|ENV\[|secrets?\.|vault[:.]|ssm[:.]|arn:|op://|"
    r"ref\+|projects/|file:|!|@|/|\./|~/|config[.(\[]|settings[.(\[]|self\.|this\.|ENC\[|AQICAH|sha\d+[-:])",
)


def entropy(value: str) -> float:
    """Shannon entropy of ``value`` in bits a character; 0 for an empty one."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values()) if size else 0.0


def is_stand_in(value: str) -> bool:
    """Whether ``value`` is a placeholder, or names where the secret is kept instead of being it."""
    return bool(_STAND_IN.search(value) or _REFERENCE.match(value))


def is_mixed(value: str) -> bool:
    """Whether ``value`` is more than words: a digit and a letter, or a letter and a mark no name holds."""
    letters = any(char.isalpha() for char in value)
    return letters and any(char.isdigit() or char in "!@#$%^&*?=+~" for char in value)
