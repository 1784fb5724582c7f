"""Passwords in files of logins: ``.pgpass``, ``.netrc``, ``htpasswd``, ``shadow``, ``chap-secrets``, routers, LDIF."""

import re
from collections.abc import Iterator
from typing import Final

from diffvet.expression import expression
from diffvet.review.secrets.chosen import is_chosen
from diffvet.review.secrets.kinds import PASSWORD, PASSWORD_HASH
from diffvet.review.secrets.login import is_password, passwords
from diffvet.review.secrets.places import hits, places
from diffvet.review.secrets.span import Span
from diffvet.review.secrets.surprise import surprises

_HASHED: Final = expression(
    r"(?P<user>[\w.@-]{1,64}):(?P<value>\$(?:apr1|2[abxy]?|[1567y]|gy|argon2\w{0,2}|scrypt|sha1|md5)\$[^\s:]{20,256})(?=[:\s]|\Z)"
)
_DIRECTORY: Final = expression(r"userpassword::?[ \t]*(?P<value>\{\w{3,12}\}[^\s]{16,256})", re.IGNORECASE)
_PGPASS: Final = expression(
    r"(?m)^[\w.*-]{1,128}:(?:\d{1,5}|\*):[\w*-]{1,64}:[\w*.-]{1,64}:(?P<value>[^\s:]{4,128})$"
)
_CHAP: Final = expression(
    r"(?m)^[ \t]*[\"']?[\w.*@-]{1,64}[\"']?[ \t]+\S{1,64}[ \t]+[\"']?(?P<value>[^\s\"'#][^\s\"']{3,127})"
)
_RELAY: Final = expression(r"(?m)^\S{1,128}[ \t]+[^\s:]{1,128}:(?P<value>\S{4,128})$")
_LISTED: Final = expression(r"(?m)^[ \t]+(?:-[ \t]+)?[\w.-]{1,64}:(?P<value>[^\s:]{4,128})$")
_ALONE: Final = expression(
    r"(?:^|/)\.?[\w-]*(?:vault[-_]?pass(?:word)?|passwd|password|passphrase|secret|api[-_]?key|token)s?(?:\.txt)?$",
    re.IGNORECASE,
)
"""A file whose one line is the secret."""
_LINES: Final = (
    (("login ", "user "), expression(r"(?i:login|user)[ \t]+\S{1,128}[ \t\n]+password[ \t]+(?P<value>\S{4,256})")),
    (("username ", "enable "), expression(r"(?i:username[ \t]+\S{1,64}(?:[ \t]+privilege[ \t]+\d+)?|enable)[ \t]+(?:secret|password)[ \t]+(?:\d[ \t]+)?(?P<value>\S{4,128})")),
    (("creds", "credentials", "login"), expression(r"\w+(?:[ \t]+[\w.-]{1,30}){0,4}[ \t]*:[ \t]*[\w.@-]{1,64}[ \t]*(?:[ \t][/|,][ \t]|:)(?P<value>[^\s\"'`,;]{6,128})")),
    (("snmp-server community ",), expression(r"(?i:snmp-server community )(?P<value>\S{4,64})")),
)  # fmt: skip


def find(text: str, lowered: str, path: str) -> Iterator[Span]:
    """The passwords and their hashes in lists of logins in ``text``; spans may overlap.

    ``lowered`` is the text in lower case, with the same offsets.
    """
    yield from _hashes(text, lowered)
    yield from passwords(hits(text, lowered, _LINES))
    for at in places(text, "chpasswd:\n"):
        yield from _listed(text, at)
    if path.endswith((".pgpass", "pgpass.conf")):
        yield from (Span(*hit.span("value"), PASSWORD) for hit in _PGPASS.finditer(text))
    elif path.endswith("sasl_passwd"):
        yield from passwords(_RELAY.finditer(text))
    elif path.endswith(("chap-secrets", "pap-secrets")):
        yield from passwords(_CHAP.finditer(text))
    elif _ALONE.search(path) and text.count("\n", 0, 2000) <= 1:
        yield from _alone(text)


def _hashes(text: str, lowered: str) -> Iterator[Span]:
    for at in places(text, ":$"):
        start = max(text.rfind("\n", 0, at) + 1, at - 80)
        hit = _HASHED.search(text, start, min(len(text), at + 400))
        if hit and hit.start("value") == at + 1 and not text[start : hit.start()].strip(" \t\"'-"):
            yield Span(*hit.span("value"), PASSWORD_HASH)
    for hit in hits(text, lowered, ((("userpassword:",), _DIRECTORY),)):
        yield Span(*hit.span("value"), PASSWORD_HASH)


def _listed(text: str, at: int) -> Iterator[Span]:
    """The passwords of the indented ``user:password`` lines after ``at``, twenty lines at most."""
    end = at
    for _ in range(20):
        end = text.find("\n", end + 1)
        if end < 0 or not text.startswith((" ", "\t", "\n"), end + 1):
            break
    stop = len(text) if end < 0 else end
    yield from passwords(_LISTED.finditer(text, at, stop))


def _alone(text: str) -> Iterator[Span]:
    value = text.strip()
    random = is_chosen(value) or surprises(value) * 4 >= len(value) >= 8
    if random and not any(map(str.isspace, value)) and is_password(value):
        start = text.index(value)
        yield Span(start, start + len(value), PASSWORD)
