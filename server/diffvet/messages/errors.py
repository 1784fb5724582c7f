"""Why a unit got no usable answer. All of these leave the unit ``failed`` in the ledger.

::

    MessagesError
    ├── TransportError        no connection, time-out, broken stream, answer too large
    │   └── OutOfTimeError        the run's own time was over first
    ├── ApiError              the peer answered with an error (status, code, its own words)
    │   ├── AuthenticationError   401, 403, and the 429 that really means "no session" (spec §2.4)
    │   └── RateLimitError        a real 429
    └── AnswerError           a 200 whose body is no message, or a refusal
        └── EmptyAnswerError      billed tokens, but no text (spec §4.3)
"""

from enum import StrEnum

from diffvet.errors import DiffvetError
from diffvet.messages.wire import Billed


class Stage(StrEnum):
    """How far a failed exchange had come; it decides whether sending again could be paid twice."""

    UNREACHED = "unreached"
    """No connection: the request never left."""
    UNANSWERED = "unanswered"
    """Sent, and the connection ended before an answer began."""
    SILENT = "silent"
    """Sent, and no answer began in time: the peer may still be at work on it."""
    BEGUN = "begun"
    """An answer had begun."""


class MessagesError(DiffvetError):
    """A unit got no usable answer. ``retryable`` says whether the same request may succeed later.

    ``usage_tokens`` is what the question had taken when it failed; complete when ``MessagesClient`` raises it.
    ``open_ended``: a request was sent whose end we did not see, so the peer may bill more than that.
    ``lasting``: every other question would meet the same, whatever it asks; there is no use in asking.
    """

    exit_code = 3
    retryable = False
    usage_tokens = Billed()
    open_ended = False
    lasting = False

    def say_more(self, words: str) -> None:
        """Append ``words`` to the sentence."""
        self.args = (f"{self}; {words}",)


class TransportError(MessagesError):
    """The exchange itself failed; not ``retryable`` where the same request would fail the same way."""

    def __init__(self, message: str, *, retryable: bool = True, stage: Stage = Stage.UNREACHED) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.stage = stage
        self.open_ended = stage in {Stage.SILENT, Stage.BEGUN}


class OutOfTimeError(TransportError):
    """The time of the whole run was over before the answer came; the request is given up, not late."""


_LASTING = frozenset({401, 402, 403, 404, 405, 407, 410})
"""About the key, the account, the model or the address, never about what was asked."""


class ApiError(MessagesError):
    """The peer answered with an error; ``code`` is ``X-Error-Code`` or the JSON error type.

    ``retry_after``: the seconds it asked to wait, None where it did not.
    """

    def __init__(
        self, message: str, *, status: int, code: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.retryable = status in {408, 409} or status >= 500
        self.lasting = status in _LASTING or 300 <= status < 400


class AuthenticationError(ApiError):
    """The key is missing, wrong or not allowed."""


class RateLimitError(ApiError):
    """Too many requests. Not ``retryable`` where a spend cap is behind it: waiting does not lift one."""

    def __init__(
        self, message: str, *, status: int = 429, code: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, status=status, code=code, retry_after=retry_after)
        self.retryable = True

    def tell_cap(self) -> None:
        """Note that a spend cap is behind it."""
        self.retryable, self.lasting = False, True


class AnswerError(MessagesError):
    """The body of a successful reply is no message, or says that there will be none."""


class EmptyAnswerError(AnswerError):
    """Output tokens were billed but there is no text."""

    def __init__(self, message: str, *, output_tokens: int) -> None:
        super().__init__(message)
        self.output_tokens = output_tokens
