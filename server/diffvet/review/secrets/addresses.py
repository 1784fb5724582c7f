"""Secrets in addresses and headers: ``scheme://user:password@host``, ``Authorization:``, ``curl -u``, logins."""

import re
from collections.abc import Iterator
from typing import Final

from diffvet.expression import expression
from diffvet.review.secrets.chosen import is_chosen
from diffvet.review.secrets.kinds import AUTH_HEADER, PASSWORD, URL_PASSWORD
from diffvet.review.secrets.login import is_login, is_password
from diffvet.review.secrets.lookalikes import is_code, is_reference, is_stand_in
from diffvet.review.secrets.places import hits, places
from diffvet.review.secrets.span import Span
from diffvet.review.secrets.surprise import is_drawn, ratio, surprises

_USER: Final = expression(
    r"(?P<user>(?:\{[\w.]{1,40}\}|[^\s:/@\"'<>{}$]){0,128}):(?P<value>[^\s\"'<>]{1,256}?)@(?=[\w\[.${%-])"
)
_TOKEN_USER: Final = expression(r"(?P<value>[A-Za-z0-9_-]{20,256})(?::x-oauth-basic|:)?@(?=[\w\[])")
_SCHEME: Final = expression(r"[A-Za-z][A-Za-z0-9+.-]{0,30}\Z")
_CREDENTIAL: Final = expression(r"[\w.~+/=-]{12,}")
_BEARER: Final = expression(
    r"\b(?:bearer|token|basic|apikey|negotiate|digest|splunk|genie\s?key|bot)[ \t]+(?P<value>[A-Za-z0-9._~+/=-]{12,4096}|(?<=[ \t])[^\s\"'`<>{}$,;()\\\\]{8,4096})",
    re.IGNORECASE,
)
_COOKIES: Final = expression(r"cookies?[\"']?[:,][ \t]*[\"'\[{]*", re.IGNORECASE)
_COOKIE_FLAG: Final = expression(r"(?<!\S)-b[ =][\"']?(?=[\w.-]+=)")
_COOKIE: Final = expression(
    r"(?<![\w.-])[\w.-]{0,60}?(?:sess|sid|auth|token|jwt)[\w.-]{0,60}(?:=|[\"'],[ \t]*[\"']value[\"']:[ \t]*[\"'])(?P<value>[^\s;\"',]{8,4096})",
    re.IGNORECASE,
)
"""A pair of a cookie, or its name and value in a record of the traffic."""
_COOKIE_JAR: Final = 4096
"""The cookies of one header are not longer."""
_HEADER: Final = expression(r"authorization[\"']?\]?[:=, ]{1,3}[\"'`]?\Z", re.IGNORECASE)
_ORACLE: Final = expression(r"jdbc:oracle:thin:[\w$-]{1,64}/(?P<value>[^\s@\"']{3,128})@")
_DRIVER: Final = expression(r"(?<![\w.-])[\w.-]{1,64}:(?P<value>[^\s\"'@/]{3,128})@(?:tcp|unix|udp)\(")
_IDENTIFIED: Final = expression(
    r"(?:identified\s+(?:with\s+\w+\s+)?by|(?:with|encrypted)\s+password|set\s+password\s*=?(?:\s*for\s+\S+\s*=)?)\s+(?:values\s+)?(?:N?['\"](?P<value>[^'\"\s]{4,128})['\"]|(?P<bare>[\w!#%*+.^-]{4,128})(?=[\s;]|\Z))",
    re.IGNORECASE,
)
_LOCAL: Final = expression(
    r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|(?:[\w.-]+\.)?example(?:\.\w+)?|(?:[\w.-]+\.)?(?:test|invalid|local))(?![\w.-])",
    re.IGNORECASE,
)
_PLACED: Final = (
    (("jdbc:oracle",), _ORACLE, URL_PASSWORD),
    (("identified ", "with password", "encrypted password", "set password"), _IDENTIFIED, PASSWORD),
)
"""Words in lower case, and the pattern that is tried where one of them stands."""
_SCHEMES: Final = ("bearer", "basic", "token ", "apikey ", "splunk ", "geniekey", "bot ")


def find(text: str, lowered: str) -> Iterator[Span]:
    """The passwords in addresses, headers and logins of ``text``; spans may overlap.

    ``lowered`` is the text in lower case, with the same offsets.
    """
    yield from _urls(text)
    yield from _drivers(text)
    for words, pattern, kind in _PLACED:
        for hit in hits(text, lowered, ((words, pattern),)):
            group = hit.lastgroup or "value"
            if is_password(hit[group]) and (group == "value" or is_chosen(hit[group])):
                yield Span(*hit.span(group), kind)
    for hit in hits(text, lowered, ((_SCHEMES, _BEARER),)):
        if _is_credential(hit):
            yield Span(*hit.span("value"), AUTH_HEADER)
    yield from _cookies(text, lowered)


def _drivers(text: str) -> Iterator[Span]:
    for driver in ("@tcp(", "@unix(", "@udp("):
        for at in places(text, driver):
            start = max(text.rfind("\n", 0, at) + 1, at - 200)
            login = _DRIVER.search(text, start, at + len(driver))
            if login and is_password(login["value"]):
                yield Span(*login.span("value"), URL_PASSWORD)


def _cookies(text: str, lowered: str) -> Iterator[Span]:
    heads = sorted(
        head.span() for head in hits(text, lowered, ((("cookie",), _COOKIES), (("-b ", "-b="), _COOKIE_FLAG)))
    )
    done = 0
    for head, start in heads:
        if head < done:
            continue
        most = min(len(text), start + _COOKIE_JAR)
        end = text.find("\n", start, most)
        done = most if end < 0 else end
        for pair in _COOKIE.finditer(text, start, done):
            if _is_session(pair["value"]):
                yield Span(*pair.span("value"), AUTH_HEADER)


def _urls(text: str) -> Iterator[Span]:
    for at in places(text, "://"):
        hit = _USER.match(text, at + 3)
        if hit and _SCHEME.search(text, max(0, at - 31), at):
            value, user = hit["value"], hit["user"]
            if "/" in value and surprises(value) < 6:
                continue
            if value.lower() == user.lower() or is_reference(value):
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


def _is_session(value: str) -> bool:
    """Whether the value of a cookie that holds a session is one."""
    if is_reference(value) or is_stand_in(value) or (is_code(value) and not is_drawn(value)):
        return False
    return is_chosen(value) or surprises(value) >= 4


def _is_credential(hit: re.Match[str]) -> bool:
    """Whether what follows the name of an authorization scheme is a credential, not a word of prose."""
    value = hit["value"]
    if is_reference(value):
        return False
    if hit[0][:5].lower() == "basic":
        return is_login(value)
    if not _CREDENTIAL.fullmatch(value) and not _HEADER.search(
        hit.string, max(0, hit.start() - 24), hit.start()
    ):
        return False
    if is_chosen(value) and _HEADER.search(hit.string, max(0, hit.start() - 24), hit.start()):
        return not is_stand_in(value)
    return len(value) >= 16 and surprises(value) >= 4 and ratio(value) >= 0.25 and not is_stand_in(value)
