"""Why a unit got no usable answer. All of these leave the unit ``failed`` in the ledger.

::

    MessagesError
    ├── TransportError        no connection, time-out, broken stream, answer too large
    ├── ApiError              the peer answered with an error (status, code, its own words)
    │   ├── AuthenticationError   401, 403, and the 429 that really means "no session" (spec §2.4)
    │   └── RateLimitError        a real 429; ``retry_after`` in seconds where it was given
    └── AnswerError           a 200 whose body is no message
        └── EmptyAnswerError      billed tokens, but no text (spec §4.3)
"""

from diffvet.errors import DiffvetError


class MessagesError(DiffvetError):
    """A unit got no usable answer. ``retryable`` says whether the same request may succeed later."""

    exit_code = 3
    retryable = False


class TransportError(MessagesError):
    """The exchange itself failed; not ``retryable`` where the same request would fail the same way."""

    def __init__(self, message: str, *, retryable: bool = True) -> None:
        super().__init__(message)
        self.retryable = retryable


class ApiError(MessagesError):
    """The peer answered with an error; ``code`` is ``X-Error-Code`` or the JSON error type."""

    def __init__(self, message: str, *, status: int, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retryable = status in {408, 409} or status >= 500


class AuthenticationError(ApiError):
    """The key is missing, wrong or not allowed."""


class RateLimitError(ApiError):
    """Too many requests; ``retry_after`` seconds if the peer said so."""

    def __init__(
        self, message: str, *, status: int = 429, code: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, status=status, code=code)
        self.retryable = True
        self.retry_after = retry_after


class AnswerError(MessagesError):
    """The body of a successful reply is no message."""


class EmptyAnswerError(AnswerError):
    """Output tokens were billed but there is no text."""

    def __init__(self, message: str, *, output_tokens: int) -> None:
        super().__init__(message)
        self.output_tokens = output_tokens
