"""What bounds one exchange: seconds and bytes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes that bound one exchange.

    ``connect`` is the time to reach the host, ``read`` the longest silence, ``total`` everything together;
    ``body`` is the size of an answer after decompression.
    """

    connect: float = 10.0
    read: float = 180.0
    total: float = 300.0
    body: int = 8 * 1024 * 1024
