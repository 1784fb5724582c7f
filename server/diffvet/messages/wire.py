"""What crosses the wire: an HTTP exchange in bytes, and the JSON bodies of ``/v1/messages``."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from msgspec import Struct


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request, before it meets a transport. ``path`` begins with ``/v1/``; header names lower case."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class HttpReply:
    """One answer. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Exchange = Callable[[HttpRequest], Awaitable[HttpReply]]
"""Carries a request to a peer and brings its answer: over HTTP, or to the gateway in this process."""


class Turn(Struct, frozen=True):
    """One message of the conversation: ``role`` is ``user`` or ``assistant``."""

    role: str
    content: str


class MessagesRequest(Struct, frozen=True, kw_only=True):
    """The body of ``POST /v1/messages`` as this client sends it (spec §3)."""

    model: str
    max_tokens: int
    messages: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer that arrived, whichever shape it had.

    Tokens are the peer's own counts (0 where it gave none), ``credits`` None where it charged none.
    ``truncated`` is the spec's test (§4.3): stop reason ``max_tokens``, or as many tokens as were allowed.
    """

    text: str
    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    credits: float | None = None
    truncated: bool = False
