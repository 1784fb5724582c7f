"""A found secret as a range of a text."""

from typing import NamedTuple

from diffvet.review.secrets.kinds import Kind


class Span(NamedTuple):
    """Offsets ``start`` (inclusive) and ``end`` (exclusive), in code points of the scanned text."""

    start: int
    end: int
    kind: Kind
