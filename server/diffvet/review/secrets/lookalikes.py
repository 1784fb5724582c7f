"""What stands where a secret could stand and is none: stand-ins, references to a store, digests, paths, code."""

import re
from typing import Final

from diffvet.review.secrets.placeholder import is_placeholder
from diffvet.review.secrets.surprise import entropy, surprises

_STAND_IN_WORDS: Final = re.compile(
    r"example|sample|dummy|change[-_ ]?(?:me|this|it)|place[-_ ]?holder|replace[-_ ]?(?:me|this|with)?|redacted|masked|"
    r"(?:my|your|the|some|our|any)(?=[-_ ]|[A-Z]|secret|pass|token|key|api)|here|insert|enter|todo|fixme|foo|bar|baz|lorem|ipsum|"
    r"qwerty|asdf|fake|mock|invalid|not[-_ ]?(?:a|real)|test(?:ing)?|demo|default|hidden|removed|unset|empty|"
    r"password|passwort|passwd|passphrase|secret|token|api|key|auth|access|private|client|user(?:name)?|admin|root|guest|"
    r"value|string|none|null|undefined|true|false|live|prod|staging|dev|"
    r"pass|goes|xxx+|abc(?:def\w*)?|123(?:4(?:5(?:6(?:7(?:8(?:90?)?)?)?)?)?)?|0+|(.)\1{4,}",
    re.IGNORECASE,
)
_TELLING: Final = re.compile(
    r"exampl|dummy|change[-_ ]?me|placeholder|redacted|x{4,}|\*{3,}|\.{3,}|…|your[-_ ]|"
    r"[-_. ]here\b|lorem|insert[-_ ]|not[-_ ]a[-_ ]|notreal|(?:^|[-_ ])(?:fake|mock|foo|todo)(?:$|[-_ ])|"
    r"abcdefgh|0123456789|12345678|(.)\1{5,}|(?:(..)\2{3,})",
    re.IGNORECASE,
)
"""What proves a stand-in even inside a long token of a vendor's shape."""

_REFERENCE: Final = re.compile(
    r"\$\{|\$\(|\{\{|\}\}|%\(|#\{|<%|%[A-Za-z_]\w*%|^\$\w|^%[a-z]$|%[sd]\b|^<[^<>]*>$|^\[[^\]]*\]$|^\{[^}]*\}$|\{\w*\}|^__\w+__$|^@\w+@$|"
    r"^(?:process\.env|import\.meta|os\.environ|os\.getenv|env[.:(\[]|getenv|ENV\[|System\.|secrets?[.:/]|vault[.:/]|"
    r"ssm[.:/]|arn:|op://|ref\+|gcp-?sm:|aws-?sm:|keyring:|doppler:|projects/|file:|base64:$|!\w|@|\.\.?/|~/|"
    r"config[.(\[]|settings[.(\[]|self\.|this\.|props\.|var\.|local\.|data\.|module\.|each\.|params[.\[]|"
    r"options\.|args\.|ctx\.|context\.|request\.|req\.|res\.|response\.|ENC\[|AQICAH|"
    r"SecretString|resolve:|\{resolve)|^-----BEGIN",
    re.IGNORECASE,
)
_DIGEST: Final = re.compile(
    r"^(?:sha(?:1|224|256|384|512)|md5|blake[23]\w*|h1|crc32)[-:=$]|^\$(?:2[abxy]?|argon2\w*|5|6|1|y|scrypt|pbkdf2[\w-]*|apr1)\$|"
    r"^\{(?:S?SHA\d*|MD5|CRYPT|BCRYPT)\}|^pbkdf2[_:]|^bcrypt[_$]|^(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2)|^MI[IGH]\w*.{200,}",
    re.IGNORECASE,
)
_UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_HEX: Final = re.compile(r"(?:0x)?[0-9a-f]+", re.IGNORECASE)
_PATH: Final = re.compile(
    r"(?:[A-Za-z]:)?[\\/]{1,2}[A-Za-z._-]{2,}[\\/]|[\w.-]+(?:/[A-Za-z_.-]+){2,}$|[\w-]+\.(?:json|ya?ml|pem|key|txt|py|js|ts|env|conf|cfg|ini|crt|html?|php|properties)$"
)
_CODE: Final = re.compile(
    r"[\w$.]+\(.*|[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+|[A-Za-z_$][\w$]*\[.*|\w+::\w+.*|[&*]\w+|new \w+.*"
)


def is_stand_in(value: str) -> bool:
    """Whether ``value`` is a placeholder: telling words, or nothing but common words and counting digits."""
    if is_placeholder(value) or _TELLING.search(value) or len(set(value)) <= max(2, min(4, len(value) // 8)):
        return True
    rest = _STAND_IN_WORDS.sub("", value)
    return sum(map(str.isalnum, rest)) < 3


def is_telling(value: str) -> bool:
    """Whether ``value``, which has a vendor's shape, says that it is an example."""
    return bool(_TELLING.search(value)) or "test_key" in value.lower() or entropy(value) < 2.6


def is_reference(value: str) -> bool:
    """Whether ``value`` names where the secret is kept: a variable, a template, a path, a secret store."""
    return bool(_REFERENCE.search(value))


def is_digest(value: str) -> bool:
    """Whether ``value`` is a labelled checksum, a password hash or a public key."""
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
