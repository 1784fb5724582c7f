"""Secrets in addresses and headers: ``scheme://user:password@host``, ``Authorization:``, ``curl -u``, logins."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from diffvet.expression import expression
from diffvet.review.secrets.chosen import is_chosen
from diffvet.review.secrets.kinds import AUTH_HEADER, PASSWORD, URL_PASSWORD
from diffvet.review.secrets.lookalikes import is_code, is_reference, is_stand_in
from diffvet.review.secrets.span import Span
from diffvet.review.secrets.surprise import ratio, surprises

_USER: Final = expression(r"(?P<user>[^\s:/@\"'<>{}$]{0,128}):(?P<value>[^\s\"'<>]{1,256}?)@(?=[\w\[.${%-])")
_TOKEN_USER: Final = expression(r"(?P<value>[A-Za-z0-9_-]{20,256})(?::x-oauth-basic|:)?@(?=[\w\[])")
_SCHEME: Final = expression(r"[A-Za-z][A-Za-z0-9+.-]{0,30}\Z")
_BEARER: Final = expression(
    r"\b(?:bearer|token|basic|apikey|negotiate|digest|splunk|genie\s?key|bot)[ \t]+(?P<value>[A-Za-z0-9._~+/=-]{12,4096})",
    re.IGNORECASE,
)
_COOKIE: Final = expression(
    r"cookie[\"']?[:,][ \t]*[\"']?(?:[^\n;\"']{1,80};[ \t]*){0,5}[\w.-]*(?:sess|sid|auth|token|jwt)[\w.-]*=(?P<value>[^\s;\"',]{8,4096})",
    re.IGNORECASE,
)
_HEADER: Final = expression(r"authorization[\"']?\]?[:=, ]{1,3}[\"'`]?\Z", re.IGNORECASE)
_USER_FLAG: Final = expression(
    r"(?<![\w-])(?:-u|--user|--proxy-user)[ =][\"']?[\w.@-]{1,64}:(?P<value>[^\s\"'@]{4,128})"
)
_LOGIN_FLAG: Final = expression(
    r"(?:[^\n\"'|;]{0,200}?\s)??-(?:p|a|-pass)[ =]?[\"']?(?P<value>[^\s\"']{5,128})"
)
_PIPED: Final = expression(
    r"echo[ \t]+(?:-n[ \t]+)?[\"']?(?P<value>[^\s\"'|$]{6,256})[\"']?[ \t]*\|[^\n|]{0,80}password-stdin"
)
_PAIR: Final = expression(
    r"(?:NetworkCredential|BasicAuth|Credentials|getConnection|login|authenticate|connect|auth\s*=\s*|jwt\.(?:sign|encode|verify|decode))"
    r"\((?:[^()\"'\n]{0,80},)?\s*(?:(?P<q>[\"'])[^\"'\n]{1,80}(?P=q)|[\w.]{1,40})\s*,\s*[\"'](?P<value>[^\"'\s]{6,256})[\"']",
    re.IGNORECASE,
)
_NETRC: Final = expression(r"\b(?:login|user)[ \t]+\S{1,128}[ \t\n]+password[ \t]+(?P<value>\S{4,256})")
_ORACLE: Final = expression(r"jdbc:oracle:thin:[\w$]{1,64}/(?P<value>[^\s@\"']{3,128})@")
_PGPASS: Final = expression(
    r"(?m)^[\w.*-]{1,128}:(?:\d{1,5}|\*):[\w*-]{1,64}:[\w*.-]{1,64}:(?P<value>[^\s:]{4,128})$"
)
_DRIVER: Final = expression(r"(?<![\w.-])[\w.-]{1,64}:(?P<value>[^\s\"'@/]{3,128})@(?:tcp|unix|udp)\(")
_COMMAND: Final = expression(
    r"(?:htpasswd[ \t]+(?:-\w+[ \t]+)*-\w*b\w*[ \t]+\S+[ \t]+\S+|net[ \t]+user[ \t]+[\w.-]+"
    r"|useradd[ \t][^\n|;]{0,120}?-p|usermod[ \t][^\n|;]{0,120}?-p)[ \t]+[\"']?(?P<value>[^\s\"'/$-][^\s\"']{3,127})",
    re.IGNORECASE,
)
_CHANGED: Final = expression(
    r"echo[ \t]+[\"']?[\w.-]{1,64}:(?P<value>[^\s\"'|$]{4,128})[\"']?[ \t]*\|[^\n|]{0,40}chpasswd"
)
_SECURE: Final = expression(
    r"convertto-securestring[ \t]+(?:-string[ \t]+)?[\"'](?P<value>[^\"'\n$]{4,256})[\"']", re.IGNORECASE
)
_IDENTIFIED: Final = expression(
    r"(?:identified\s+(?:with\s+\w+\s+)?by|(?:with|encrypted)\s+password|set\s+password\s*=?(?:\s*for\s+\S+\s*=)?)\s+(?:values\s+)?['\"](?P<value>[^'\"\s]{4,128})['\"]",
    re.IGNORECASE,
)
_LOCAL: Final = expression(
    r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|(?:[\w.-]+\.)?example(?:\.\w+)?|(?:[\w.-]+\.)?(?:test|invalid|local))(?![\w.-])",
    re.IGNORECASE,
)
_CALLS: Final = (
    "networkcredential", "basicauth", "credentials(", "getconnection", "auth=", "auth =", "login(", "authenticate(", "connect(", "jwt.",
)  # fmt: skip
_LOGINS: Final = (
    *((word, _USER_FLAG, PASSWORD) for word in ("-u ", "-u=", "--user", "--proxy-user")),
    *(
        (word, _LOGIN_FLAG, PASSWORD)
        for word in ("mysql", "mariadb", "sshpass", "docker login", "redis-cli", "mongo")
    ),
    *((word, _PAIR, PASSWORD) for word in _CALLS),
    *(
        (word, _BEARER, AUTH_HEADER)
        for word in ("bearer", "basic", "token ", "apikey ", "splunk ", "geniekey", "bot ")
    ),
    *((word, _COMMAND, PASSWORD) for word in ("htpasswd ", "net user ", "useradd ", "usermod ")),
    ("echo ", _PIPED, PASSWORD),
    ("echo ", _CHANGED, PASSWORD),
    ("convertto-securestring", _SECURE, PASSWORD),
    ("login ", _NETRC, PASSWORD),
    ("user ", _NETRC, PASSWORD),
    ("cookie", _COOKIE, AUTH_HEADER),
    ("jdbc:oracle", _ORACLE, URL_PASSWORD),
    ("identified ", _IDENTIFIED, PASSWORD),
    ("with password", _IDENTIFIED, PASSWORD),
    ("encrypted password", _IDENTIFIED, PASSWORD),
    ("set password", _IDENTIFIED, PASSWORD),
)
"""A word in lower case, and the pattern that is tried where it stands."""


def find(text: str, lowered: str, path: str) -> Iterator[Span]:
    """The passwords in addresses, headers and logins of ``text``; spans may overlap.

    ``lowered`` is the text in lower case, with the same offsets.
    """
    yield from _urls(text)
    for driver in ("@tcp(", "@unix(", "@udp("):
        for at in _places(text, driver):
            start = max(text.rfind("\n", 0, at) + 1, at - 200)
            login = _DRIVER.search(text, start, at + len(driver))
            if login and _is_password(login["value"]):
                yield Span(*login.span("value"), URL_PASSWORD)
    for word, pattern, kind in _LOGINS:
        for at in _places(lowered, word):
            hit = pattern.match(text, at)
            if hit and (_is_credential(hit) if kind is AUTH_HEADER else _is_password(hit["value"])):
                yield Span(*hit.span("value"), kind)
    if path.endswith((".pgpass", "pgpass.conf")):
        for hit in _PGPASS.finditer(text):
            yield Span(*hit.span("value"), PASSWORD)


def _urls(text: str) -> Iterator[Span]:
    for at in _places(text, "://"):
        hit = _USER.match(text, at + 3)
        if hit and _SCHEME.search(text, max(0, at - 31), at):
            value, user = hit["value"], hit["user"]
            if "/" in value and surprises(value) < 6:
                continue
            if (
                value.lower() == user.lower()
                or is_reference(value)
                or is_reference(text[hit.start() : hit.end()])
            ):
                continue
            weak = is_stand_in(value) or (
                value.isalpha() and surprises(value) < 2 and _LOCAL.match(text, hit.end())
            )
            if not weak:
                yield Span(*hit.span("value"), URL_PASSWORD)
        elif (
            (hit := _TOKEN_USER.match(text, at + 3))
            and ratio(hit["value"]) >= 0.3
            and not is_stand_in(hit["value"])
        ):
            yield Span(*hit.span("value"), URL_PASSWORD)


def _is_credential(hit: re.Match[str]) -> bool:
    """Whether what follows the name of an authorization scheme is a credential, not a word of prose."""
    value = hit["value"]
    if is_reference(value):
        return False
    if hit.re is _COOKIE:
        return (is_chosen(value) or surprises(value) >= 4) and not is_stand_in(value) and not is_code(value)
    if hit[0][:5].lower() == "basic":
        return is_login(value)
    if is_chosen(value) and _HEADER.search(hit.string, max(0, hit.start() - 24), hit.start()):
        return not is_stand_in(value)
    return len(value) >= 16 and surprises(value) >= 4 and ratio(value) >= 0.25 and not is_stand_in(value)


def is_login(value: str) -> bool:
    """Whether ``value`` is the base64 of ``user:password`` with a password that is no stand-in."""
    try:
        login = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return False
    user, colon, password = login.partition(":")
    return bool(
        colon and user.isprintable() and len(password) >= 4 and password.isprintable()
    ) and _is_password(password)


def _is_password(value: str) -> bool:
    if is_stand_in(value) or is_reference(value) or is_code(value):
        return False
    return surprises(value) > 1 or any(char.isdigit() for char in value)


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))
