"""What crosses the wire: an HTTP exchange in bytes, and the JSON bodies of ``/v1/messages``."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

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


class Block(Struct, frozen=True):
    """One typed block of an answer (spec §12.2). Only ``text`` blocks matter here; any type may appear."""

    type: str = ""
    text: Any = None


class MessageReply(Struct, frozen=True):
    """The body of a 200 as peers send it: routing.run's string content or Anthropic's blocks (spec §4.1, §12).

    What a text can do without (model, usage, stop reason, credits) is ``Any``: a peer that gets it wrong has
    still answered. ``error`` is not null where the 200 is none.
    """

    content: str | tuple[Block, ...] | None = None
    model: Any = None
    stop_reason: Any = None
    usage: Any = None
    credits_charged: Any = None
    error: Any = None


class UsageCount(Struct, frozen=True):
    """``usage`` as the gateway writes it, in tokens."""

    input_tokens: int
    output_tokens: int


class SimpleMessage(Struct, frozen=True, kw_only=True):
    """The simplified message object that the gateway writes (spec §4.1)."""

    id: str
    type: str = "message"
    role: str = "assistant"
    content: str
    model: str
    stop_reason: str
    stop_sequence: str | None = None
    usage: UsageCount
    credits_charged: float = 0.0


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
    stop_reason: str | None = None
