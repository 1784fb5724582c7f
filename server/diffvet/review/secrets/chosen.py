"""Secrets that people choose: a word or two with something added."""

import re
from typing import Final

from diffvet.expression import expression

_PLAIN: Final = expression(r"[a-z]+\d?(?:[-_. /][a-z]+\d?)*|\d+|[\d.:]+[a-z]{0,3}", re.IGNORECASE)
"""Names, numbers and versions: what nobody chooses as a secret, and what stands under telling names by the thousand."""
_STRONG: Final = "!@#$%^&*?+~"
_ALGORITHM: Final = expression(
    r"(?<![A-Za-z])(?:sha|md|utf|base|aes|rsa|ed|[hrep]s|pbkdf|bcrypt|argon|scrypt|oauth|ipv|http|win|x|v|s|int|uint|float|r)[-_]?\d+",
    re.IGNORECASE,
)
"""Names that have digits."""


def is_chosen(text: str) -> bool:
    """Whether ``text`` looks like a word with something added to make it a secret: two digits, a mark."""
    plain = _ALGORITHM.sub("", text)
    if len(text) < 8 or len(plain) < 4 or not any(map(str.isalpha, plain)) or _PLAIN.fullmatch(text):
        return False
    return sum(map(str.isdigit, plain)) >= 2 or any(char in _STRONG for char in plain[1:-1])
