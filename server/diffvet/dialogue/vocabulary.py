"""The closed words of a finding: severities and categories."""

from enum import StrEnum


class Severity(StrEnum):
    """How bad it is; reviewdog's words, which map to LSP severities one to one."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """0 for info, 1 for warning, 2 for error: the order used by thresholds."""
        return ("info", "warning", "error").index(self.value)


class Category(StrEnum):
    """What kind of risk it is. The list is closed: readers map anything else onto it."""

    SECRET = "secret"  # noqa: S105 - a category, not a password
    SECURITY = "security"
    CORRECTNESS = "correctness"
    DATA_LOSS = "data-loss"
    CONCURRENCY = "concurrency"
    PERFORMANCE = "performance"
    DEPENDENCY = "dependency"
    CONFIGURATION = "configuration"
    API_BREAK = "api-break"
    REMOVED_SAFEGUARD = "removed-safeguard"
    TEST_GAP = "test-gap"
    MAINTAINABILITY = "maintainability"
