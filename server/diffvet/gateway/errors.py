"""The errors of our gateway: plain text with ``X-Error-Code`` (spec §10.1).

The vendor documents few codes and fewer statuses; this one table is ours (spec §10.2, proposal).
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from diffvet.errors import DiffvetError


class ErrorCode(StrEnum):
    """What stands in ``X-Error-Code``."""

    VALIDATION = "VALIDATION_ERROR"
    AUTHENTICATION = "AUTHENTICATION_ERROR"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    TIMEOUT = "REQUEST_TIMEOUT"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    UPSTREAM = "UPSTREAM_ERROR"
    INTERNAL = "INTERNAL_ERROR"
    OVERLOADED = "OVERLOADED"


STATUS: Mapping[ErrorCode, int] = MappingProxyType(
    {
        ErrorCode.VALIDATION: 400,
        ErrorCode.AUTHENTICATION: 401,
        ErrorCode.FORBIDDEN: 403,
        ErrorCode.NOT_FOUND: 404,
        ErrorCode.METHOD_NOT_ALLOWED: 405,
        ErrorCode.TIMEOUT: 408,
        ErrorCode.PAYLOAD_TOO_LARGE: 413,
        ErrorCode.UPSTREAM: 502,
        ErrorCode.INTERNAL: 500,
        ErrorCode.OVERLOADED: 503,
    }
)


class GatewayError(DiffvetError):
    """A request that gets an error answer: ``code`` decides the status, the text is the body.

    ``headers`` go with it, e.g. ``allow`` with a 405.
    """

    def __init__(self, code: ErrorCode, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.headers = headers or {}

    @property
    def status(self) -> int:
        """The HTTP status."""
        return STATUS[self.code]


def invalid(message: str) -> GatewayError:
    """The error for a request that cannot be understood."""
    return GatewayError(ErrorCode.VALIDATION, message)
