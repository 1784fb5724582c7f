"""Whether a word that stands where a login has its password is one."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator

from diffvet.review.secrets.chosen import is_chosen
from diffvet.review.secrets.kinds import PASSWORD
from diffvet.review.secrets.lookalikes import is_code, is_reference, is_stand_in
from diffvet.review.secrets.span import Span
from diffvet.review.secrets.surprise import is_drawn, surprises


def is_password(value: str) -> bool:
    """Whether ``value``, which stands in the place of a password, is neither a stand-in nor code."""
    if is_stand_in(value) or is_reference(value):
        return False
    if is_code(value) and not (is_drawn(value) or is_chosen(value)):
        return False
    return surprises(value) > 1 or any(char.isdigit() for char in value)


def passwords(hits: Iterable[re.Match[str]]) -> Iterator[Span]:
    """The passwords among the groups ``value`` of ``hits``."""
    return (Span(*hit.span("value"), PASSWORD) for hit in hits if is_password(hit["value"]))


def is_login(value: str) -> bool:
    """Whether ``value`` is the base64 of ``user:password`` with a password that is no stand-in."""
    try:
        login = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return False
    user, colon, password = login.partition(":")
    return bool(
        colon and user.isprintable() and len(password) >= 4 and password.isprintable()
    ) and is_password(password)
