"""How long one review may ask its readers; what they have not answered by then counts as failed."""

import asyncio
import math
from dataclasses import dataclass

_BEGINNING = "the time limit of "


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """``seconds`` for the whole review (0: as long as it takes), over at ``until`` of ``loop.time()``.

    Asking is cut, and verifying what could be put in a finding's place: the change is still read to its end,
    secrets in it are still found, and answers that are remembered are still used.
    """

    seconds: float = 0.0
    until: float = math.inf

    @classmethod
    def starting(cls, seconds: float) -> "TimeLimit":
        """The limit of a review that starts now, in a running event loop."""
        return cls(seconds, asyncio.get_running_loop().time() + seconds) if seconds else cls()

    @property
    def over(self) -> bool:
        """Whether nobody may be asked any more."""
        return self.until < math.inf and asyncio.get_running_loop().time() >= self.until

    @property
    def reason(self) -> str:
        """Why a hunk failed, in the ledger."""
        return f"{_BEGINNING}{self.seconds:g} s was over before it was reviewed"


def is_late(reason: str | None) -> bool:
    """Whether ``reason`` of a ledger row is that of a time limit."""
    return reason is not None and reason.startswith(_BEGINNING)
