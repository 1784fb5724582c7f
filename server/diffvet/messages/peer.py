"""The whole way to a peer, stacked: hosts, retries, limiter, recording, HTTP.

::

    MessagesClient            total deadline, both answer shapes, one re-ask on chat completions
    └── HostsExchange         the second host when the first is down
        └── RetryingExchange      per host: what can heal is sent again
            └── LimitedExchange       one limiter for all questions and hosts
                └── RecordingExchange     each request as it was sent, if wanted
                    └── HttpExchange          or ReplayingExchange instead of these three

One question makes at most ``most_requests`` requests, whatever the peer does.
"""

from collections.abc import Sequence

from diffvet.messages.client import FALLBACK, ChatFallback, MessagesClient
from diffvet.messages.endpoint import Endpoint
from diffvet.messages.hosts import SECONDARY, Host, HostsExchange
from diffvet.messages.key import ApiKey
from diffvet.messages.limiter import LimitedExchange, Limiter
from diffvet.messages.limits import Limits
from diffvet.messages.record import Record, RecordingExchange, Redact, Replay, ReplayingExchange
from diffvet.messages.retry import RetryingExchange, RetryPolicy
from diffvet.messages.wire import Exchange

NONE = "none"
"""The value of a second endpoint that says there is to be none, the vendor's own included."""


def endpoints_of(endpoint: str, second: str = "", *, allow_plain_http: bool = False) -> tuple[Endpoint, ...]:
    """The base URLs to ask, in this order; code and key go to these hosts and to no other.

    ``second`` empty: the vendor's own second host where it has one (``hosts.SECONDARY``); ``"none"``: none.
    Raises ``SettingsError``.
    """
    first = Endpoint.parse(endpoint, allow_plain_http=allow_plain_http)
    url = second or SECONDARY.get(first.base.lower(), NONE)
    if url == NONE:
        return (first,)
    other = Endpoint.parse(url, allow_plain_http=allow_plain_http)
    return (first,) if other.base == first.base else (first, other)


def most_requests(hosts: int, retry: RetryPolicy, fallback: ChatFallback | None) -> int:
    """The bound on the requests for one question: tries at each host, and with the fallback one more at each."""
    return hosts * (max(1, retry.tries) + (1 if fallback else 0))


def open_client(
    endpoints: Sequence[Endpoint],
    key: ApiKey | None = None,
    *,
    limits: Limits | None = None,
    retry: RetryPolicy | None = None,
    limiter: Limiter | None = None,
    fallback: ChatFallback | None = FALLBACK,
    tape: Record | Replay | None = None,
) -> MessagesClient:
    """A client of the peer behind ``endpoints`` (``endpoints_of``), to be closed by the caller.

    ``limits.total`` is the deadline of one question. Pass the same ``limiter`` to all clients of a process.
    ``tape``: record what crosses the wire, or be answered from a recording: without network, key or waiting.
    Raises ``SettingsError``.
    """
    limits, retry, limiter = limits or Limits(), retry or RetryPolicy(), limiter or Limiter()
    if isinstance(tape, Replay):
        recorded = ReplayingExchange(tape.directory, redact=_hiding(key, tape.redact))
        ways = [RetryingExchange(recorded, retry, sleep=_at_once) for _ in endpoints]
    else:
        wires = [_wire(endpoint, key, limits, tape) for endpoint in endpoints]
        ways = [RetryingExchange(LimitedExchange(wire, limiter), retry) for wire in wires]
    return MessagesClient(
        HostsExchange([Host(endpoint.host, way) for endpoint, way in zip(endpoints, ways, strict=True)]),
        deadline=limits.total,
        redact=_hiding(key),
        fallback=fallback,
    )


def _wire(endpoint: Endpoint, key: ApiKey | None, limits: Limits, tape: Record | None) -> Exchange:
    from diffvet.messages.http import HttpExchange  # noqa: PLC0415 - httpx costs 70 ms; a replay needs none

    http = HttpExchange(endpoint, key, limits=limits)
    return RecordingExchange(http, tape.directory, redact=_hiding(key, tape.redact)) if tape else http


def _hiding(key: ApiKey | None, redact: Redact = str) -> Redact:
    return (lambda text: redact(key.redact(text))) if key else redact


async def _at_once(_seconds: float) -> None:
    """How a replay waits."""
