"""How long and how many: what a client may cost the gateway's server."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """``silence``: seconds without a byte of a request; ``whole``: seconds for all of it.

    ``connections`` are open at once at most. ``grace``: seconds that running requests get when the server stops.
    """

    silence: float = 30.0
    whole: float = 120.0
    connections: int = 100
    grace: float = 1.0


LIMITS = Limits()
