"""Reads the body of ``POST /v1/messages`` and says exactly which field is wrong (spec §3; gateway cases E, M, P)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from diffvet.gateway.errors import invalid
from diffvet.messages.wire import MessagesRequest, Turn

_ROLES = ("user", "assistant", "system")
_NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {  # the members without which a block of the type means nothing (case M13)
        "text": ("text",),
        "image": ("source",),
        "document": ("source",),
        "tool_use": ("id", "name", "input"),
        "tool_result": ("tool_use_id",),
        "thinking": (),
        "redacted_thinking": (),
    }
)


def read_messages_request(body: bytes) -> MessagesRequest:
    """The request in its normal form: every content a string, unknown top-level fields ignored.

    The texts of a content list are joined by a line break. Raises ``GatewayError`` (400) that names the field.
    """
    document = _document(body)
    model = document.get("model")
    if not isinstance(model, str) or not model:
        raise invalid("model: a non-empty string is required")
    max_tokens = _whole(document.get("max_tokens"))
    if max_tokens is None or max_tokens < 1:
        raise invalid("max_tokens: an integer of at least 1 is required")
    _check_stream(document.get("stream"))
    if document.get("system") is not None:
        _content(document["system"], "system", "system")
    return MessagesRequest(model=model, max_tokens=max_tokens, messages=_messages(document.get("messages")))


def prompt_of(request: MessagesRequest) -> str:
    """The text a reviewer reads: that of the user's messages, separated by a blank line."""
    return "\n\n".join(turn.content for turn in request.messages if turn.role == "user")


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(body)
    except UnicodeDecodeError:
        raise invalid("the body is not valid UTF-8") from None
    except (ValueError, RecursionError):
        raise invalid("the body is not valid JSON") from None
    if not isinstance(document, dict):
        raise invalid("the body is not a JSON object")
    return document


def _whole(number: Any) -> int | None:
    """An integer however it is written: to JSON, ``64.0`` is the same number as ``64``."""
    if isinstance(number, float) and number.is_integer():
        return int(number)
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _check_stream(stream: Any) -> None:
    if stream is True:
        raise invalid("stream: streaming is not served yet; leave it out or send false")
    if stream is not None and stream is not False:
        raise invalid("stream: a boolean is required")


def _messages(messages: Any) -> tuple[Turn, ...]:
    if not isinstance(messages, list) or not messages:
        raise invalid("messages: a non-empty list is required")
    return tuple(_turn(message, f"messages[{i}]") for i, message in enumerate(messages))


def _turn(message: Any, where: str) -> Turn:
    if not isinstance(message, dict):
        raise invalid(f"{where}: an object is required")
    role = message.get("role")
    if role not in _ROLES:
        raise invalid(f"{where}.role: must be one of {', '.join(_ROLES)}")
    return Turn(role, _content(message.get("content"), f"{where}.content", role))


def _content(content: Any, where: str, role: str) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise invalid(f"{where}: a string or a list of blocks is required")
    texts = [_block(block, f"{where}[{i}]", role) for i, block in enumerate(content)]
    return "\n".join(text for text in texts if text is not None)


def _block(block: Any, where: str, role: str) -> str | None:
    """The text of a block, or None for a part of the history that says nothing to a reviewer."""
    if not isinstance(block, dict):
        raise invalid(f"{where}: an object is required")
    kind = block.get("type")
    needed = _NEEDED.get(kind) if isinstance(kind, str) else None
    if needed is None:
        raise invalid(f"{where}.type: {_shown(kind)} is not a known block type")
    for member in needed:
        if member not in block:
            raise invalid(f"{where}.{member}: required in a block of type {kind}")
    if kind == "text":
        if not isinstance(block["text"], str):
            raise invalid(f"{where}.text: a string is required")
        return block["text"]
    if role != "assistant":
        raise invalid(f"{where}.type: the reviewer reads text only, not {kind}")
    return None


def _shown(value: Any) -> str:
    """A value from the request, short enough to repeat."""
    return repr(value)[:60]
