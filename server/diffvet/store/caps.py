"""Hard limits on spending, and the sentence when one is reached."""

from collections.abc import Callable
from dataclasses import dataclass, fields

from diffvet.errors import DiffvetError
from diffvet.review.finding import Usage


class BudgetError(DiffvetError):
    """A cap is reached, or cannot be kept; what is left of the review is incomplete."""

    exit_code = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most that one review, one UTC day and one UTC month may spend; None is no cap.

    Tokens are input and output together.
    """

    run_tokens: int | None = None
    day_tokens: int | None = None
    month_tokens: int | None = None
    run_credits: float | None = None
    day_credits: float | None = None
    month_credits: float | None = None

    @property
    def first(self) -> str:
        """The name of the first cap that is set, "" without one."""
        return next((cap.name for cap in fields(self) if getattr(self, cap.name) is not None), "")

    @property
    def any(self) -> bool:
        """Whether any cap is set."""
        return bool(self.first)


@dataclass(frozen=True, slots=True)
class Spent:
    """What counts against a cap; the ``open_`` part of it is the estimate of requests without a known end."""

    tokens: int = 0
    credits: float = 0.0
    open_tokens: int = 0
    open_credits: float = 0.0


@dataclass(frozen=True, slots=True)
class Cap:
    """One cap that is set, and what counts against it: ``name`` is the option's, in its unit."""

    name: str
    limit: float
    spent: float

    @property
    def left(self) -> float:
        """What may still be spent; 0 once the cap is reached."""
        return max(self.limit - self.spent, 0)


def standing(caps: Caps, spent: Callable[[str], Spent]) -> tuple[Cap, ...]:
    """How things stand with each cap that is set; ``spent`` as for ``first_reached``."""
    return tuple(
        Cap(cap.name, limit, getattr(spent(window), unit))
        for cap in fields(caps)
        if (limit := getattr(caps, cap.name)) is not None
        for window, _, unit in (cap.name.partition("_"),)
    )


_WAIT = {
    "run": "raise it or review less at once",
    "day": "raise it or wait until tomorrow (UTC)",
    "month": "raise it or wait until next month (UTC)",
}
_SPAN = {"run": "for one review", "day": "a day", "month": "a month"}


def first_reached(caps: Caps, estimate: Usage, spent: Callable[[str], Spent]) -> str | None:
    """The sentence about the first cap that ``estimate`` would pass; None where it fits under all.

    ``spent`` tells what counts in a window: ``run``, ``day`` or ``month``. With a spent cap even a request whose
    cost is unknown is refused.
    """
    for cap in fields(caps):
        limit = getattr(caps, cap.name)
        if limit is None:
            continue
        window, _, unit = cap.name.partition("_")
        so_far = spent(window)
        used: float
        need: float
        waiting: float
        if unit == "tokens":
            used, waiting, need = (
                so_far.tokens,
                so_far.open_tokens,
                estimate.input_tokens + estimate.output_tokens,
            )
        else:
            used, waiting, need = so_far.credits, so_far.open_credits, estimate.credits
        if used >= limit or used + need > limit:
            open_part = (
                f", {_number(waiting)} of them estimated for requests without a known end" if waiting else ""
            )
            return (
                f"the cap '{cap.name}' of {_number(limit)} {unit} {_SPAN[window]} is reached: {_number(used)} are "
                f"spent{open_part}, and the next request needs about {_number(need)}; {_WAIT[window]}"
            )
    return None


def _number(amount: float) -> str:
    return f"{amount:,}" if isinstance(amount, int) else f"{amount:,.4f}".rstrip("0").rstrip(".")
