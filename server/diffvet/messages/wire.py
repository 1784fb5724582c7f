"""What crosses the wire: an HTTP exchange in bytes, and the JSON bodies of ``/v1/messages``."""

import math
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct


@dataclass(frozen=True, slots=True)
class Billed:
    """What was asked and paid: requests sent, tokens by the peer's count, ``credits`` None where none were charged."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    credits: float | None = None

    def __add__(self, more: "Billed") -> "Billed":
        paid = [part for part in (self.credits, more.credits) if part is not None]
        return Billed(
            self.requests + more.requests,
            self.input_tokens + more.input_tokens,
            self.output_tokens + more.output_tokens,
            math.fsum(paid) if paid else None,
        )


ONE_REQUEST = Billed(requests=1)


@dataclass(slots=True)
class Trip:
    """What all requests for one question share: when they must be over, and what they have cost so far.

    ``until`` is a moment of the event loop's clock (``loop.time()``). A transport adds ``ONE_REQUEST`` for
    each request it sends, the client what the answers were billed, so that neither is lost in an error.
    ``trouble`` is the sentence of the last failure that was tried to heal. ``conceal`` takes out of an answer what
    the peer was not told and must not be written down. ``repeated``: how often each exchange has sent something again.
    """

    until: float = math.inf
    conceal: Callable[[str], str] = str
    billed: Billed = Billed()
    trouble: str = ""
    repeated: Counter[object] = field(default_factory=Counter)

    def add(self, more: Billed) -> None:
        """Count ``more`` in."""
        self.billed += more


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request, before it meets a transport. ``path`` begins with ``/v1/``; header names lower case."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    trip: Trip = field(default_factory=Trip, compare=False, repr=False)


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
    type: Any = None
    role: Any = None
    model: Any = None
    stop_reason: Any = None
    stop_details: Any = None
    usage: Any = None
    credits_charged: Any = None
    error: Any = None


class Choice(Struct, frozen=True):
    """One choice of a chat completion. ``message`` may hold ``reasoning_content``, which is no answer (spec §5.2)."""

    message: Any = None
    finish_reason: Any = None


class ChatReply(Struct, frozen=True):
    """The body of a 200 of ``/v1/chat/completions`` (spec §5.2), as forgiving as ``MessageReply``."""

    choices: tuple[Choice, ...] = ()
    model: Any = None
    usage: Any = None
    credits_charged: Any = None


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

    Tokens are the peer's own counts (0 where it gave none), ``credits`` None where it charged none; both,
    and ``requests``, count everything this question took, also answers that were of no use.
    ``truncated`` is the spec's test (§4.3): stop reason ``max_tokens``, or as many tokens as were allowed.
    """

    text: str
    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    credits: float | None = None
    truncated: bool = False
    stop_reason: str | None = None
    requests: int = 1
