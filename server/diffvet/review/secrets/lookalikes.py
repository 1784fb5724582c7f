"""What stands where a secret could stand and is none: stand-ins, references to a store, digests, paths, code."""

import re
from typing import Final

from diffvet.expression import expression
from diffvet.review.secrets.placeholder import is_placeholder
from diffvet.review.secrets.surprise import CLIP, entropy, is_drawn, surprises

_WORDS: Final = frozenset(
    [
        "example",
        "sample",
        "dummy",
        "change",
        "changeme",
        "me",
        "this",
        "it",
        "placeholder",
        "holder",
        "place",
        "replace",
        "replaceme",
        "with",
        "redacted",
        "masked",
        "my",
        "your",
        "the",
        "some",
        "our",
        "any",
        "here",
        "insert",
        "enter",
        "todo",
        "fixme",
        "foo",
        "bar",
        "baz",
        "lorem",
        "ipsum",
        "qwerty",
        "asdf",
        "asdfgh",
        "fake",
        "mock",
        "invalid",
        "not",
        "real",
        "notreal",
        "a",
        "an",
        "is",
        "test",
        "testing",
        "tests",
        "demo",
        "default",
        "hidden",
        "removed",
        "unset",
        "empty",
        "password",
        "passwort",
        "passwd",
        "passphrase",
        "pass",
        "pwd",
        "pw",
        "secret",
        "secrets",
        "token",
        "tokens",
        "api",
        "key",
        "keys",
        "auth",
        "access",
        "private",
        "client",
        "user",
        "username",
        "admin",
        "root",
        "guest",
        "value",
        "string",
        "none",
        "null",
        "undefined",
        "true",
        "false",
        "live",
        "prod",
        "staging",
        "dev",
        "goes",
        "abc",
        "abcd",
        "abcde",
        "abcdef",
        "xyz",
        "hello",
        "world",
        "letmein",
        "welcome",
        "super",
        "very",
        "strong",
        "simple",
        "plain",
        "text",
        "temp",
        "tmp",
        "new",
        "old",
        "db",
        "database",
        "app",
        "service",
    ]
)
_MARKS: Final = frozenset("!@#$%^&*?+~")
_COUNTING: Final = "01234567890"
_GLUED: Final = expression(
    "|".join(sorted((word for word in _WORDS if len(word) > 2), key=len, reverse=True))
)
_PIECE: Final = expression(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_JUDGED: Final = 64
"""So many code points tell whether a value is made of common words."""
_SAID: Final = (
    "exampl", "dummy", "placeholder", "redacted", "xxxx", "***", "...", "…", "lorem", "notreal", "abcdefgh", "0123456789", "12345678",
)  # fmt: skip
_TELLING: Final = expression(
    r"change[-_ ]?me|your[-_ ]|insert[-_ ]|not[-_ ]a[-_ ]|[-_. ](?:here\b|(?:fake|mock|foo|todo)(?:$|[-_ ]))|^(?:fake|mock|foo|todo)(?:$|[-_ ])"
)
"""What proves a stand-in even inside a long token of a vendor's shape, in lower case."""
_REPEATED: Final = (expression(r"(.)\1{5}"), expression(r"(..)\1{3}"))

_REFERENCE: Final = expression(
    r"<%.*%>|^\$\{\w+:?\?|^%\w+%$|^\$[A-Z_][A-Z0-9_]*$|^\$[a-z_]+$|^\$\w+(?:->|::|\[)|^%[a-z]$|"
    r"^<[^<>]*>$|^\[[^\]]*\]$|^\{[^}]*\}$|^__\w+__$|^@{1,2}[\w.]+@{1,2}$|^@[A-Za-z]\w*[.(]|"
    r"^(?:process\.env|import\.meta|os\.environ|os\.getenv|env[.:(\[]|getenv|ENV\[|System\.|secrets?[.:/]|vault[.:/]|"
    r"ssm[.:/]|arn:|op://|ref\+|gcp-?sm:|aws-?sm:|keyring:|doppler:|projects/|file:|base64:$|"
    r"!(?:vault|secret|ref|sub|getatt|env\w*|importvalue|reference)\b|\.\.?/|~/|"
    r"config[.(\[]|settings[.(\[]|self\.|this\.|props\.|var\.|local\.|data\.|module\.|each\.|params[.\[]|"
    r"options\.|args\.|ctx\.|context\.|request\.|req\.|res\.|response\.|ENC\[|AQICAH|"
    r"SecretString|\{?resolve:)|^-----BEGIN",
    re.IGNORECASE,
)
_FILLED: Final = expression(
    r"[$#]?\{\{?[^{}]*\}?\}|\$\([^()]*\)|%\(\w+\)[sd]|%[sd]\b|\$[A-Za-z_]\w*|\$\{|\$\(|\{\{|\}\}|%\(\w|#\{"
)
"""Gaps of a text that is filled in at run time; what surrounds them may still be a secret."""

_DIGEST: Final = expression(
    r"^(?:sha(?:1|224|256|384|512)|md5|blake[23]\w*|h1|crc32)[-:=$]|^\$(?:2[abxy]?|argon2\w*|5|6|1|y|scrypt|pbkdf2[\w-]*|apr1)\$|"
    r"^\{(?:S?SHA\d*|MD5|CRYPT|BCRYPT)\}|^pbkdf2[_:]|^bcrypt[_$]|^(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2)|^Ag[A-D][\w+/]{200}|^0x[0-9a-f]{40}$|^MI[IGH]\w*.{200,}",
    re.IGNORECASE,
)
_UUID: Final = expression(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_HEX: Final = expression(r"(?:0x)?[0-9a-f]+", re.IGNORECASE)
_PATH: Final = expression(
    r"(?:[A-Za-z]:)?[\\/]{1,2}[A-Za-z._-]{2,}[\\/]|[\w.-]+(?:/[A-Za-z_.-]+){2,}$|(?:[a-z_]\w*\.){2,}\w+$|(?:localhost|[\w-]+(?:\.[\w-]+)+):\d{2,5}$|[a-z]+(?:\|[a-z]+(?::\w+)?)+$|[\w-]+\.(?:json|ya?ml|pem|key|txt|py|js|ts|env|conf|cfg|ini|crt|html?|php|properties)$"
)
_CODE: Final = expression(
    r"[\w$.]+\(.*|[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+|[A-Za-z_$][\w$]*\[.*|\w+::\w+.*|[&*]\w+|new \w+.*"
)


def is_stand_in(value: str) -> bool:
    """Whether ``value`` is a placeholder: telling words, or nothing but common words and counting digits."""
    value = value[:CLIP]
    if is_placeholder(value) or _tells(value) or len(set(value)) <= max(2, min(4, len(value) // 8)):
        return True
    value = value[:_JUDGED]
    pieces = [piece.lower() for piece in _PIECE.findall(value)]
    unknown = [
        piece for piece in pieces if piece not in _WORDS and piece not in _COUNTING and piece.strip("0x")
    ]
    left = sum(map(len, unknown))
    if left >= 2 and surprises(value) >= (2 if len(value) <= 6 else 3):
        return False
    if left >= 3 and surprises(value) < 4:
        left = sum(len(_GLUED.sub("", piece)) for piece in unknown)
    return left < 3 and sum(char in _MARKS for char in value) < 3


def _tells(value: str) -> bool:
    lowered = value.lower()
    return (
        any(word in lowered for word in _SAID)
        or _TELLING.search(lowered) is not None
        or any(repeated.search(lowered) for repeated in _REPEATED)
    )


def is_telling(value: str) -> bool:
    """Whether ``value``, which has a vendor's shape, says that it is an example."""
    return _tells(value) or "test_key" in value.lower() or entropy(value) < 2.6


def is_reference(value: str) -> bool:
    """Whether ``value`` names where the secret is kept: a variable, a template, a path, a secret store."""
    value = value[:CLIP]
    if _REFERENCE.search(value):
        return True
    if not _FILLED.search(value):
        return False
    left = _FILLED.sub(" ", value)
    return not is_drawn(left) and surprises(left) < 3


def is_digest(value: str) -> bool:
    """Whether ``value`` is a labelled checksum, a password hash, a public key, an address on a chain, or sealed."""
    return bool(_DIGEST.search(value))


def is_uuid(value: str) -> bool:
    """Whether ``value`` is a UUID and nothing else."""
    return _UUID.fullmatch(value) is not None


def is_hex(value: str) -> bool:
    """Whether ``value`` holds hexadecimal digits only."""
    return _HEX.fullmatch(value) is not None


def is_path(value: str) -> bool:
    """Whether ``value`` is a file or URL path made of names."""
    return ("://" in value or _PATH.match(value) is not None) and surprises(value) * 4 < len(value)


def is_code(value: str) -> bool:
    """Whether an unquoted ``value`` is an expression: a call, an attribute, an index, a reference."""
    return _CODE.fullmatch(value) is not None
