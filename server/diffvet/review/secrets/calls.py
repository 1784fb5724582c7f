"""Secrets given to calls whose name says what they take: logins, keys of ciphers and tokens, clients of services."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from diffvet.expression import expression
from diffvet.review.secrets.chosen import is_chosen
from diffvet.review.secrets.judge import is_harmless, is_secret
from diffvet.review.secrets.kinds import PASSWORD, SECRET
from diffvet.review.secrets.login import is_password, passwords
from diffvet.review.secrets.lookalikes import is_hex
from diffvet.review.secrets.names import Promise
from diffvet.review.secrets.places import hits, places
from diffvet.review.secrets.span import Span
from diffvet.review.secrets.surprise import entropy, is_drawn, surprises
from diffvet.review.secrets.value import Doubt, Value

_LOGINS: Final = (
    "networkcredential", "basicauth", "basic_auth", "sequelize(", "credentials(", "getconnection(", "auth=", "auth =", "login(", "authenticat", "connect(", "pdo(", "signin(",
)  # fmt: skip
"""In calls that take a user and then a password."""
_KEYS: Final = (
    "hmac", "cipheriv(", "aes.new(", "secretkeyspec(", "securitykey(", "cookieparser(", "keygrip(", "otp(", "fernet(", "jwt.", "securecookie", "hashpw(", "password_hash(", "signedstring(",
)  # fmt: skip
"""In calls that take a key."""
_CLIENTS: Final = ("client", "session(", "api(", "algoliasearch(", "sdk(", "oauth")
"""In calls that take what a service gave out."""
_OPEN: Final = expression(r"[\w.]{0,40}[ =]{0,3}\((?=[^)])")
"""The rest of a call's name, up to what it is given."""
_LITERAL: Final = expression(
    r"""[bBuUN@]?(?P<q>["'`])(?P<value>(?:\\.|(?!(?P=q))[^\\\n])*)(?P=q)|[()\[\]{},\n]"""
)
_REACH: Final = 400
"""A call is read so many code points far."""
_DEEPEST: Final = 6
"""Calls within calls are read so deep."""
_ALGORITHM: Final = expression(
    r"(?:(?:hmac|aes|des|rsa|sha|md|hs|rs|es|ps|pkcs|cbc|gcm|ecb|ctr|oaep|with|and|padding|utf|base|mgf|no|ascii|latin|hex)[-_/]?\d*[-_/]?)+(?:padding)?",
    re.IGNORECASE,
)
_PLACED: Final = (
    (  # the base64 of a login that stands in the code
        ("btoa(", "64encode(", "64_encode(", "64.encode(", "encode64("),
        expression(r"""\w[\w.]*\([ \t]*[bB]?["'`][\w.@-]{1,64}:(?P<value>[^"'`\s{}$]{4,128})["'`]"""),
    ),
    (  # expect "assword:" { send "x\\r"
        ("assword:",),
        expression(r"""assword:[ *]?["'][^"'\n]{0,40}\n?[^"'\n]{0,40}send\w*[ (]+["'](?P<value>[^"'\n\\]{4,128})"""),
    ),
    (  # cells of a test that is a table of words
        ("input password ",),
        expression(r"(?i:input password)[ \t]{2,}\S+(?: \S+)*[ \t]{2,}(?P<value>[^\s$%{]\S{3,127})"),
    ),
    (
        ("convertto-securestring",),
        expression(r"""(?i:convertto-securestring)[ \t]+(?:(?i:-string)[ \t]+)?["'](?P<value>[^"'\n$]{4,256})["']"""),
    ),
)  # fmt: skip


class _Argument(NamedTuple):
    """A literal among the arguments of a call: which argument it is, from 0, and where its text stands."""

    number: int
    start: int
    end: int


def find(text: str, lowered: str) -> Iterator[Span]:
    """The secrets in the calls of ``text``; spans may overlap.

    ``lowered`` is the text in lower case, with the same offsets.
    """
    for words, kind, judge in _CALLS:
        for word in filter(lowered.__contains__, words):
            for at in places(lowered, word):
                call = _OPEN.match(text, at + len(word) - word.endswith("("))
                for argument in _arguments(text, call.end()) if call else ():
                    if judge(text[argument.start : argument.end], argument.number):
                        yield Span(argument.start, argument.end, kind)
    yield from passwords(hits(text, lowered, _PLACED))


def _arguments(text: str, at: int) -> Iterator[_Argument]:
    """The literals between the parenthesis before ``at`` and the one that closes it, wrapped in a call at most."""
    depth = number = opened = 0
    for part in _LITERAL.finditer(text, at, min(len(text), at + _REACH)):
        match part[0]:
            case "(" | "[" | "{":
                depth += 1
                opened = part.end()
                if depth > _DEEPEST:
                    return
            case ")" | "]" | "}":
                if not depth:
                    return
                depth -= 1
            case ",":
                number += not depth
            case "\n":
                if text[part.start() - 1] not in "(,":
                    return
            case _ if not depth or (
                depth == 1 and opened == part.start() and text.startswith((")", "."), part.end())
            ):
                yield _Argument(number, *part.span("value"))


def _is_given_password(value: str, number: int) -> bool:
    """Whether ``value`` is the password of a login that has it as argument ``number``."""
    if not number or not 6 <= len(value) <= 256 or any(map(str.isspace, value)) or "://" in value:
        return False
    if is_chosen(value) or is_drawn(value):
        return is_password(value)
    odd = any(map(str.isdigit, value)) or surprises(value) * 4 >= len(value)
    return number <= 2 and odd and is_password(value)


def _is_key(value: str, _number: int) -> bool:
    """Whether ``value`` may be a key, not the name of an algorithm or a token to check."""
    if len(value) < 8 or _ALGORITHM.fullmatch(value):
        return False
    return is_secret(Value((), value, quoted=True), Promise.SECRET, Doubt.NONE)


def _is_issued(value: str, _number: int) -> bool:
    """Whether ``value`` is as random as what services give out."""
    if is_hex(value):
        return len(value) in {32, 40, 64} and entropy(value) >= 3
    fits = len(value) >= 20 and not any(map(str.isspace, value)) and not is_harmless(value)
    return fits and is_secret(Value((), value, quoted=True), Promise.KEY, Doubt.NONE)


_CALLS: Final = (
    (_LOGINS, PASSWORD, _is_given_password),
    (_KEYS, SECRET, _is_key),
    (_CLIENTS, SECRET, _is_issued),
)
