"""What an error answer means, in the order of spec §10.4: vendor header, JSON forms, anything else."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from diffvet.messages.errors import ApiError, AuthenticationError, RateLimitError
from diffvet.messages.wire import HttpReply

WORDS = 200
"""How many characters of the peer's own words an error repeats."""

_STATUS_OF_TYPE: Mapping[str, int] = {  # spec §12.4; used where an error hides behind a 200
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_TELLING = ("errors", "detail", "message", "msg", "reason")
_CAPS = frozenset({"enforced_spend_limit_reached", "insufficient_quota", "INSUFFICIENT_CREDITS"})
_ADVICE: Mapping[int, str] = {
    401: "check the API key",
    402: "check the credit of this account",
    403: "check what this API key is allowed to use",
    404: "check the endpoint and the model",
    405: "check that the endpoint is the base address of a Messages API",
    407: "check the proxy settings of your environment",
    413: "review a smaller change",
}


def is_fault(reply: HttpReply) -> bool:
    """Whether a reply is an error: by status, by ``X-Error-Code``, or a success with an ``error`` member."""
    if not 200 <= reply.status < 300 or "x-error-code" in reply.headers:
        return True
    if b'"error"' not in reply.body:
        return False
    document = _json(reply.body)
    return isinstance(document, dict) and bool(document.get("error"))


def fault_of(reply: HttpReply) -> ApiError:
    """The typed error for a reply that ``is_fault``."""
    if 300 <= reply.status < 400:
        return _redirect(reply)
    header = reply.headers.get("x-error-code", "").strip()
    document = _json(reply.body)
    words, kind = (_text(reply.body), None) if header else _said(document, reply.body)
    code = plain(header, 60) or kind
    status = _effective_status(reply.status, document, kind)
    if status == 429 and _means_no_session(words):
        refused = AuthenticationError(_sentence(reply.status, code, words, 401), status=status, code=code)
        refused.lasting = True
        return refused
    sentence = _sentence(reply.status, code, words, status)
    if status in {401, 403}:
        return AuthenticationError(sentence, status=status, code=code)
    wait = retry_after(reply)
    if status == 429:
        limited = RateLimitError(sentence, code=code, retry_after=wait)
        if _is_cap(code, reply.body):
            limited.tell_cap()
        return limited
    return ApiError(sentence, status=status, code=code, retry_after=wait)


def _is_cap(code: str | None, body: bytes) -> bool:
    """Whether a 429 means that the money is gone: no waiting within this review lifts that."""
    return code in _CAPS or any(cap.encode() in body for cap in _CAPS)


def _sentence(seen: int, code: str | None, words: str, status: int) -> str:
    what = f"the endpoint answered {seen}" + (" with an error" if seen < 300 else "")
    if code:
        what += f" ({code})"
    said = plain(words, WORDS)
    if said:
        what += f": {said}"
    advice = _ADVICE.get(status)
    return f"{what}; {advice}" if advice else what


def _redirect(reply: HttpReply) -> ApiError:
    """Redirects are not followed: they could carry code and key to another host."""
    try:
        host = urlsplit(reply.headers.get("location", "")).hostname
    except ValueError:
        host = None
    target = f"to {plain(host, 100)}" if host else "elsewhere"
    return ApiError(
        f"the endpoint answered {reply.status} and points {target}, which is not followed; "
        "if that is right, set the endpoint to the final address",
        status=reply.status,
    )


def words_of(reply: HttpReply) -> str:
    """What JSON that is no answer says for itself; "" where it has none of the members of an error."""
    document = _json(reply.body)
    if not isinstance(document, dict):
        return ""
    return next((_string(document[name]) for name in _TELLING if document.get(name)), "")


def _said(document: Any, body: bytes) -> tuple[str, str | None]:
    """The peer's words and its error type, from the JSON forms of spec §10.4 or from the text itself."""
    if not isinstance(document, dict):
        return _text(body), None
    error = document.get("error")
    if isinstance(error, dict):
        kind = error.get("type") or error.get("code")
        return _string(error.get("message")), plain(kind, 60) if isinstance(kind, str) else None
    for member in (error, document.get("detail"), document.get("message")):
        if member:
            return _string(member), None
    return _text(body), None


def _effective_status(status: int, document: Any, kind: str | None) -> int:
    """The status that an error behind a 200 would have had; 200 where it does not say."""
    if status != 200:
        return status
    error = document.get("error") if isinstance(document, dict) else None
    stated = error.get("code") if isinstance(error, dict) else None
    if isinstance(stated, int) and 400 <= stated < 600:
        return stated
    return _STATUS_OF_TYPE.get(kind or "", status)


def _means_no_session(words: str) -> bool:
    """Spec §2.4: a 429 with these words is a missing session, whatever its code; waiting does not help."""
    return words.strip(" \t\r\n.!").casefold() == "authentication required"


def retry_after(reply: HttpReply) -> float | None:
    """The seconds that ``Retry-After`` asks to wait, as a number or an HTTP date; None for anything else."""
    text = reply.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text, re.ASCII):
        return float(text)
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - 4 ms, for peers that say when as a date

    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return None


def _string(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode() if value else ""


def _text(body: bytes) -> str:
    """The words in a body that is not JSON; of a web page only its title."""
    text = body[: 64 * WORDS].decode("utf-8", "replace")
    if not text.lstrip().startswith("<"):
        return text
    title = re.search(r"<title[^>]*>([^<]*)", text, re.IGNORECASE)
    return f"a web page titled “{title[1].strip()}”" if title and title[1].strip() else "a web page"


def plain(text: str, limit: int) -> str:
    """``text`` on one line: controls and invisible format characters gone, white space folded, cut at ``limit``."""
    visible = "".join(
        " " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c
        for c in text[: 20 * limit]
        if unicodedata.category(c) not in {"Cf", "Cs", "Co", "Cn"}
    )
    folded = " ".join(visible.split())
    return folded if len(folded) <= limit else folded[: limit - 1].rstrip() + "…"
