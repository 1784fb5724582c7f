"""What a model costs, learned from what its answers cost."""

from collections.abc import Sequence
from dataclasses import dataclass

from diffvet.review.finding import Usage


@dataclass(frozen=True, slots=True)
class Price:
    """Credits for 1,000 tokens sent and for 1,000 tokens received."""

    input: float
    output: float

    def of(self, usage: Usage) -> float:
        """Credits for the tokens of ``usage``."""
        return (usage.input_tokens * self.input + usage.output_tokens * self.output) / 1000


def learn(paid: Sequence[tuple[int, int, float]]) -> Price | None:
    """The price that fits ``paid`` (input tokens, output tokens, credits) best; None without tokens.

    Two rates by least squares. Where the answers cannot tell input from output (always the same mixture, or a
    fit with a negative rate) both have the one rate that explains the sum.
    """
    tokens = sum(read + written for read, written, _ in paid)
    if not tokens:
        return None
    flat = sum(credit for _, _, credit in paid) * 1000 / tokens
    xx = sum(read * read for read, _, _ in paid)
    yy = sum(written * written for _, written, _ in paid)
    xy = sum(read * written for read, written, _ in paid)
    determinant = xx * yy - xy * xy
    if determinant <= 0.001 * xx * yy:
        return Price(flat, flat)
    xc = sum(read * credit for read, _, credit in paid)
    yc = sum(written * credit for _, written, credit in paid)
    price = Price((xc * yy - yc * xy) * 1000 / determinant, (yc * xx - xc * xy) * 1000 / determinant)
    return price if price.input >= 0 and price.output >= 0 else Price(flat, flat)
