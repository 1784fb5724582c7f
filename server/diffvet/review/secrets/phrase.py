"""Passphrases: several words that are one secret, and not a sentence about one."""

import re
from typing import Final

_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9!?@#$%&*+'-]{0,19}")
_LEAST, _MOST = 3, 25
_PROSE: Final = frozenset(
    [
        "a", "an", "the", "this", "that", "these", "those", "your", "my", "our", "his", "her", "their",
        "its", "you", "we", "they", "it", "he", "she", "i", "is", "are", "was", "were", "be", "been",
        "has", "have", "had", "do", "does", "did", "not", "no", "nor", "and", "or", "but", "if", "then",
        "else", "when", "where", "while", "for", "from", "with", "without", "of", "to", "in", "on", "at",
        "by", "as", "into", "per", "via", "must", "should", "may", "might", "can", "could", "will",
        "would", "shall", "please", "enter", "type", "insert", "choose", "select", "confirm", "repeat",
        "reset", "forgot", "forgotten", "change", "changed", "update", "invalid", "wrong", "incorrect",
        "missing", "required", "optional", "expired", "new", "old", "current", "short", "long", "too",
        "least", "most", "only", "than", "more", "less", "characters", "character", "letters", "digits",
        "contains", "contain", "match", "matches", "mismatch", "does", "field", "value", "string", "see",
        "use", "used", "using", "set", "get", "default", "example", "never", "always", "all", "any",
        "each", "every", "some", "error", "failed", "success", "show", "hide", "copy", "copied",
        "create", "delete", "add", "remove",
    ]
)  # fmt: skip
_TOPIC: Final = frozenset(
    [
        "password", "passwords", "passphrase", "passphrases", "passwort", "secret", "secrets", "token",
        "tokens", "key", "keys", "mnemonic", "seed", "phrase", "phrases", "word", "words", "credentials",
        "login", "user", "username", "account", "email", "api", "placeholder",
    ]
)  # fmt: skip
"""What a secret is not made of: the words for it."""


def is_passphrase(text: str, *, named: bool) -> bool:
    """Whether ``text`` is a passphrase: three words or more, none of them one of prose.

    Under a name that does not promise several words (not ``named``) it must have a number among them, or four
    words in lower case.
    """
    words = text.split(" ")
    if not _LEAST <= len(words) <= _MOST or not all(map(_WORD.fullmatch, words)):
        return False
    if any(word.lower() in _PROSE or word.lower() in _TOPIC for word in words):
        return False
    if named or any(map(str.isdigit, words)):
        return True
    return len(words) > _LEAST and text.islower()
