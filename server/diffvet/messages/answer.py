"""A reply becomes a ``Completion``, or the error that says why it is none."""

import codecs
import math
from typing import Any, TypeVar

import msgspec

from diffvet.messages.errors import AnswerError, EmptyAnswerError, MessagesError
from diffvet.messages.fault import WORDS, fault_of, is_fault, plain, words_of
from diffvet.messages.wire import Billed, Block, ChatReply, Completion, HttpReply, MessageReply

# Spec §12.3 and §5.2. Proxies put the words of the service behind them where ours belong, so one set serves both endpoints.
_CUT = frozenset(
    {"max_tokens", "max_output_tokens", "model_context_window_exceeded", "pause_turn", "length", "incomplete"}
)
_REFUSED = frozenset(
    {"refusal", "content_filter", "content_filtered", "guardrail_intervened", "safety", "recitation"}
    | {"blocklist", "prohibited_content", "spii"}
)
_CALLS = frozenset({"tool_use", "tool_calls", "function_call", "malformed_function_call"})
_BROKEN = frozenset(
    {
        "error",
        "failed",
        "aborted",
        "abort",
        "cancelled",
        "canceled",
        "timeout",
        "insufficient_system_resource",
    }
)
_TEXT_PARTS = ("text", "output_text")  # a part that thinks aloud may have a text as well
_STREAM = (b"event:", b"data:", b"id:", b":")
_Body = TypeVar("_Body", MessageReply, ChatReply)


def read_completion(reply: HttpReply, *, model: str, max_tokens: int) -> Completion:
    """The text and counts of a reply of ``/v1/messages`` to a request for ``max_tokens`` tokens of ``model``.

    Raises ``ApiError`` (the peer answered with an error, also with status 200), ``AnswerError`` (no message of
    the model's, a refusal, a call of a tool) or ``EmptyAnswerError`` (tokens without text, spec §4.3). Their ``usage_tokens``
    holds what this reply was billed, without the request.
    """
    message = _decoded(reply, MessageReply)
    if message.type == "error":
        raise fault_of(reply)
    billed = _billed(message.usage, "input_tokens", "output_tokens", message.credits_charged)
    if message.content is None and message.type != "message":
        raise _failed(_misfit(reply, "'content'; check that the endpoint is a Messages API"), billed)
    text, reason = _text(message.content), _reason(message.stop_reason)
    if reason in _REFUSED:
        raise _failed(AnswerError(_refusal(text or _explanation(message.stop_details))), billed)
    _check_speaker(message.role, reason, text, billed)
    if not text.strip():
        raise _failed(_no_text(billed.output_tokens, max_tokens), billed)
    cut = reason in _CUT or billed.output_tokens >= max_tokens
    return _completion(text, _name(message.model) or model, billed, reason, truncated=cut)


def read_chat_completion(reply: HttpReply, *, model: str, max_tokens: int) -> Completion:
    """The same for a reply of ``/v1/chat/completions`` (spec §5.2). ``reasoning_content`` is never taken for text."""
    chat = _decoded(reply, ChatReply)
    if not chat.choices:
        raise _misfit(reply, "'choices'; the endpoint may have no chat completions")
    billed = _billed(chat.usage, "prompt_tokens", "completion_tokens", chat.credits_charged)
    message = chat.choices[0].message if isinstance(chat.choices[0].message, dict) else {}
    text, reason = _parts(message.get("content")), _reason(chat.choices[0].finish_reason)
    if reason in _REFUSED or message.get("refusal"):
        raise _failed(AnswerError(_refusal(text or _explanation(message.get("refusal")))), billed)
    _check_speaker(message.get("role"), reason, text, billed)
    if not text.strip():
        raise _failed(_no_text(billed.output_tokens, max_tokens), billed)
    cut = reason in _CUT or billed.output_tokens >= max_tokens
    return _completion(text, _name(chat.model) or model, billed, reason, truncated=cut)


def _decoded(reply: HttpReply, shape: type[_Body]) -> _Body:
    if is_fault(reply):
        raise fault_of(reply)
    if not reply.body.strip():
        raise AnswerError("the answer is empty; the endpoint may not be a Messages API")
    try:
        return msgspec.json.decode(reply.body.removeprefix(codecs.BOM_UTF8), type=shape)
    except (ValueError, RecursionError):  # covers malformed JSON, other shapes and invalid UTF-8
        raise AnswerError(_no_message(reply)) from None


def is_stream(reply: HttpReply) -> bool:
    """Whether the body is a stream of server-sent events."""
    return reply.body.lstrip().startswith(_STREAM)


def _no_message(reply: HttpReply) -> str:
    if is_stream(reply):
        return "the answer is a stream of events, which was not asked for; use an endpoint that answers whole"
    kind = "a web page" if reply.body.lstrip().startswith(b"<") else "no message"
    return f"the answer is {kind}; check that the endpoint is the base address of a Messages API"


def _misfit(reply: HttpReply, missing: str) -> AnswerError:
    """JSON of another shape; what it says in the words of an error (``{"detail": …}``) is repeated."""
    said = plain(words_of(reply), WORDS)
    return AnswerError(f"the answer is JSON without {missing}" + (f"; it says: {said}" if said else ""))


def _completion(text: str, model: str, billed: Billed, reason: str | None, *, truncated: bool) -> Completion:
    return Completion(
        text=text,
        model=model,
        input_tokens=billed.input_tokens,
        output_tokens=billed.output_tokens,
        credits=billed.credits,
        truncated=truncated,
        stop_reason=reason,
    )


def _text(content: str | tuple[Block, ...] | None) -> str:
    """The text of either shape; blocks of other types (thinking, tools, the future's) say nothing here."""
    if content is None or isinstance(content, str):
        return content or ""
    return "\n".join(block.text for block in content if block.type == "text" and isinstance(block.text, str))


def _parts(content: Any) -> str:
    """The text of a chat message: a string, or a list of parts as some servers send it."""
    if isinstance(content, list):
        return "".join(
            part["text"]
            for part in content
            if isinstance(part, dict)
            and part.get("type", "text") in _TEXT_PARTS
            and isinstance(part.get("text"), str)
        )
    return content if isinstance(content, str) else ""


def _check_speaker(role: Any, reason: str | None, text: str, billed: Billed) -> None:
    """Raises ``AnswerError`` where the text is another's than the model's, or is known not to be its whole answer."""
    if isinstance(role, str) and role not in {"assistant", ""}:
        what = f"the answer is a message of the {plain(role, 40)!r}, not of the model"
    elif reason in _CALLS:
        what = "the model called a tool instead of answering, though none was offered"
    elif reason in _BROKEN:
        what = f"the endpoint gave up inside the answer ({reason})"
    else:
        return
    said = plain(text, WORDS)
    raise _failed(AnswerError(f"{what}: {said}" if said else what), billed)


def _no_text(written: int, max_tokens: int) -> AnswerError:
    if written:
        return EmptyAnswerError(
            f"the model was billed {written:,} of {max_tokens:,} output tokens but gave no text; "
            "raise max_tokens or choose a model that reasons less",
            output_tokens=written,
        )
    return AnswerError("the model gave no text")


def _refusal(words: str) -> str:
    said = plain(words, WORDS)
    return (
        f"the model refused to answer: {said}" if said else "the model refused to answer and did not say why"
    )


def _explanation(details: Any) -> str:
    """Why the model refused. The members of ``stop_details`` are not specified; its strings are what can be shown."""
    if isinstance(details, dict):
        return " ".join(part for part in details.values() if isinstance(part, str))
    return details if isinstance(details, str) else ""


def _failed(error: MessagesError, billed: Billed) -> MessagesError:
    error.usage_tokens = billed
    return error


def _billed(usage: Any, read: str, written: str, credits_charged: Any) -> Billed:
    """What a reply says it cost. Counts that make no sense are 0."""
    counts = usage if isinstance(usage, dict) else {}
    return Billed(0, _count(counts.get(read)), _count(counts.get(written)), _credits(credits_charged))


def _name(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _reason(value: Any) -> str | None:
    name = _name(value)
    return name.lower() if name else None


def _count(value: Any) -> int:
    """A token count; 0 for whatever is none."""
    number = _credits(value)
    return int(number) if number else 0


def _credits(value: Any) -> float | None:
    """A non-negative finite number, or None. ``bool`` is no number here."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 2**53 and math.isfinite(value) else None
