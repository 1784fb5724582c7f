"""The classes of paths that rules speak of: the table shared with ``review`` (``diff.kinds``), seen more finely.

What a hit weighs in each class is decided in ``weight_at``: a folder's name may lower what is said, but
an error does not vanish because of it.
"""

import re
from enum import StrEnum
from functools import lru_cache

from diffvet.dialogue.vocabulary import Severity
from diffvet.diff import kinds
from diffvet.expression import expression


class Place(StrEnum):
    """The class of a path; ``samples`` are the parts of ``tests`` that people read and copy."""

    CODE = "code"
    TESTS = "tests"
    SAMPLES = "samples"
    DOCS = "docs"
    GENERATED = "generated"
    VENDORED = "vendored"


_EXTERNAL = expression(r"(?:(?<=/)|^)external/", re.IGNORECASE)
_SAMPLES = expression(r"(?:(?<=/)|^)(?:examples?|samples?|demos?)/", re.IGNORECASE)
_NOTEBOOK = expression(r"\.ipynb$", re.IGNORECASE)
_TEST_WORD = expression(
    r"(?<=[a-z0-9])(?!(?-i:Tests?)\.)tests?(?=\.(?:java|kt|cs|php|swift|scala)$)", re.IGNORECASE
)
_SECOND_PARTY = {Severity.ERROR: Severity.INFO}
_SAMPLE = {Severity.ERROR: Severity.INFO, Severity.WARNING: Severity.INFO}


@lru_cache(maxsize=4096)
def place_of(path: str) -> Place:
    """The class of ``path``.

    Unlike the shared table: ``external/`` says nothing (often it is the product's own adapter to others), a
    notebook is text somebody wrote, and ``Contest.java`` is no test (``FooTest.java`` is).
    """
    plain = _TEST_WORD.sub("", _NOTEBOOK.sub("", _EXTERNAL.sub("", path)))
    place = Place(kinds.place_of(plain))
    if place is Place.TESTS and kinds.place_of(_SAMPLES.sub("", plain)) is not kinds.Place.TESTS:
        return Place.SAMPLES
    return place


def weight_at(place: Place, severity: Severity) -> Severity | None:
    """What a risk of ``severity`` in the code weighs in a file of class ``place``, None for nothing.

    In vendored and generated files an error is worth a note; in samples whatever is more than a note is one,
    because samples are copied. Tests may do what product code may not.
    """
    match place:
        case Place.CODE:
            return severity
        case Place.SAMPLES:
            return _SAMPLE.get(severity)
        case Place.VENDORED | Place.GENERATED:
            return _SECOND_PARTY.get(severity)
        case _:
            return None
