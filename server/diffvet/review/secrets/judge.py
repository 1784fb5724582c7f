"""Whether a value in a key-like place is a secret, given what its name promises and how its place reads."""

import re
from typing import Final

from diffvet.review.secrets.chosen import is_chosen
from diffvet.review.secrets.login import is_login
from diffvet.review.secrets.lookalikes import (
    is_code,
    is_digest,
    is_hex,
    is_path,
    is_reference,
    is_stand_in,
    is_uuid,
)
from diffvet.review.secrets.names import Promise
from diffvet.review.secrets.phrase import is_passphrase
from diffvet.review.secrets.surprise import CLIP, entropy, is_drawn, surprises
from diffvet.review.secrets.value import Doubt, Value

_SEVERAL: Final = re.compile(r",|=(?!=*$)")
"""What an unquoted value in code goes no further than."""
_PROGRAM: Final = re.compile(r"\w\.\w+[.(\[]|\w\(.*\)|\[\]|\bthis\.|&&|\|\||\?\.")
"""What minified code has and an unquoted value has not."""
_PATTERN: Final = re.compile(r"\\[wdsWDS](?![a-z])|\(\?[:=!P]|\w-\w[^\]]*\]\{|a-z|A-Z|0-9\]|\.[*+][)$?]")
"""A regular expression, which no secret is."""
_PATTERNED: Final = re.compile(r"\[\^|\]\[|[\])][+*?]")
"""What patterns have, and drawn values by chance."""
_OPTION: Final = re.compile(r"--?(?:[a-z]+\d*(?:-[a-z0-9]+)*|[A-Z])(?:=.*)?")
_KEY_ID: Final = re.compile(r"(?:0x)?[0-9A-F]{16}")
"""An OpenPGP key id, as it is written."""
_ADDRESS: Final = re.compile(r"[A-Za-z][\w+.-]*://")


def is_secret(value: Value, level: Promise, doubt: Doubt, *, phrase: bool = False) -> bool:
    """Whether ``value`` is a secret under a name that promises ``level``; ``phrase``: a name for several words."""
    text = value.text.strip().removeprefix("{noop}")
    if len(text.split(maxsplit=1)) > 1:
        fits = doubt is Doubt.NONE and level is not Promise.KEY
        return fits and is_passphrase(text, named=phrase) and not is_stand_in(text)
    if level is Promise.PASSWORD and text.isdigit() and value.quoted and not doubt:
        return len(text) >= 4 and len(set(text)) >= 3 and not is_stand_in(text)
    if _is_other(value, text, doubt):
        return False
    return _is_random(text, level, doubt) and not is_harmless(text)


def is_harmless(text: str) -> bool:
    """Whether ``text`` cannot be a secret under any name."""
    if len(text) < 4 or _ADDRESS.search(text):
        return True
    return (
        is_stand_in(text)
        or is_reference(text)
        or is_digest(text)
        or is_path(text)
        or bool(_PATTERN.search(text))
        or (bool(_PATTERNED.search(text)) and not is_drawn(text))
    )


def _is_random(text: str, level: Promise, doubt: Doubt) -> bool:
    """Whether ``text`` is as random as a value has to be under a name that promises ``level``."""
    if _KEY_ID.fullmatch(text) and level is not Promise.PASSWORD:
        return False
    if is_hex(text) or is_uuid(text):
        return level >= Promise.SECRET and len(text) >= 16 and not text.isdigit() and entropy(text) >= 2.5
    odd = surprises(text)
    share = odd / max(min(len(text), CLIP) - 1, 1)
    digits = not doubt or any(map(str.isdigit, text)) or (len(text) >= 20 and share >= 0.3)
    if level is Promise.KEY:
        random = len(text) >= 20 and odd >= 7 and share >= 0.3 and entropy(text) >= 3.4
        return random or (len(text) >= 12 and is_login(text))
    if level is Promise.SECRET or doubt is Doubt.BARE:
        if doubt is Doubt.NONE and is_chosen(text):
            return True
        least, part = (4 if doubt else 3), (0.3 if doubt is Doubt.BARE else 0.2)
        return len(text) >= 8 and odd >= least and share >= part and digits
    return _is_password(text, odd) and (not doubt or odd >= 2 or is_chosen(text)) and digits


def _is_other(value: Value, text: str, doubt: Doubt) -> bool:
    """Whether ``text`` is code, an option, or more than the one value."""
    sure = value.quoted or (not doubt and (is_drawn(text) or surprises(text) * 5 >= len(text)))
    if not sure and (is_code(text) or _PROGRAM.search(text)):
        return True
    if doubt is Doubt.BARE:
        return _SEVERAL.search(text) is not None
    return doubt is Doubt.CALLED and _OPTION.fullmatch(text) is not None


def _is_password(text: str, odd: int) -> bool:
    """Whether ``text`` may be a password: letters mixed with digits or marks, or letters no word has."""
    letters = any(char.isalpha() for char in text)
    mixed = letters and any(char.isdigit() or char in "!@#$%^&*?+~=" for char in text)
    if "_" in text and text.replace("_", "a").isalnum() and odd < 3 and not is_chosen(text):
        return False
    if mixed:
        return len(text) >= 5 and (odd >= 1 or len(text) >= 8)
    return odd >= 3 and odd * 5 >= len(text)
