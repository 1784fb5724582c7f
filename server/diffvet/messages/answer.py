"""A reply becomes a ``Completion``, or the error that says why it is none."""

import math
from typing import Any

import msgspec

from diffvet.messages.errors import AnswerError, EmptyAnswerError
from diffvet.messages.fault import fault_of, is_fault
from diffvet.messages.wire import Block, Completion, HttpReply, MessageReply

_CUT = frozenset({"max_tokens", "model_context_window_exceeded"})  # spec §12.3


def read_completion(reply: HttpReply, *, model: str, max_tokens: int) -> Completion:
    """The text and counts of a reply to a request for ``max_tokens`` tokens of ``model``.

    Raises ``ApiError`` (the peer answered with an error, also with status 200), ``AnswerError`` (no message)
    or ``EmptyAnswerError`` (tokens without text, spec §4.3).
    """
    if is_fault(reply):
        raise fault_of(reply)
    message = _decoded(reply)
    usage = message.usage if isinstance(message.usage, dict) else {}
    written = _count(usage.get("output_tokens"))
    reason = message.stop_reason if isinstance(message.stop_reason, str) else None
    text = _text(message.content)
    if not text.strip():
        raise _no_text(written, max_tokens)
    return Completion(
        text=text,
        model=message.model if isinstance(message.model, str) and message.model else model,
        input_tokens=_count(usage.get("input_tokens")),
        output_tokens=written,
        credits=_credits(message.credits_charged),
        truncated=reason in _CUT or written >= max_tokens,
        stop_reason=reason,
    )


def _decoded(reply: HttpReply) -> MessageReply:
    if not reply.body.strip():
        raise AnswerError("the answer is empty; the endpoint may not be a Messages API")
    try:
        message = msgspec.json.decode(reply.body, type=MessageReply)
    except (ValueError, RecursionError):  # covers malformed JSON, other shapes and invalid UTF-8
        kind = "a web page" if reply.body.lstrip()[:1] == b"<" else "no message"
        raise AnswerError(
            f"the answer is {kind}; check that the endpoint is the base address of a Messages API"
        ) from None
    if message.content is None:
        raise AnswerError("the answer is JSON without 'content'; check that the endpoint is a Messages API")
    return message


def _text(content: str | tuple[Block, ...] | None) -> str:
    """The text of either shape; blocks of other types (thinking, tools, the future's) say nothing here."""
    if content is None or isinstance(content, str):
        return content or ""
    return "\n".join(block.text for block in content if block.type == "text" and isinstance(block.text, str))


def _no_text(written: int, max_tokens: int) -> AnswerError:
    if written:
        return EmptyAnswerError(
            f"the model was billed {written:,} of {max_tokens:,} output tokens but gave no text; "
            "raise max_tokens or choose a model that reasons less",
            output_tokens=written,
        )
    return AnswerError("the model gave no text")


def _count(value: Any) -> int:
    """A token count; 0 for whatever is none."""
    number = _credits(value)
    return int(number) if number else 0


def _credits(value: Any) -> float | None:
    """A non-negative finite number, or None. ``bool`` is no number here."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 2**53 and math.isfinite(value) else None
