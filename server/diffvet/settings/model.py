"""The settings that are used: complete, typed, each with its help and with who may say it."""

from dataclasses import dataclass, field
from typing import Any

from diffvet.dialogue.vocabulary import Severity

EMBEDDED = "embedded"
"""The endpoint, and the model id, of the reviewer that runs in this process."""


def _option(default: Any, text: str, *, metavar: str, repository: bool = False) -> Any:
    """One option. ``repository``: the repository under review may set it too (it chooses *what* is reviewed)."""
    return field(default=default, metadata={"help": text, "metavar": metavar, "repository": repository})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a review uses. Field names are the options' names in files, flags and ``DIFFVET_*`` variables."""

    endpoint: str = _option(
        EMBEDDED, "base URL of a /v1/messages peer, or 'embedded' (no network)", metavar="URL"
    )
    model: str = _option("", "model id to ask at the endpoint", metavar="ID")
    api_key_env: str = _option(
        "DIFFVET_API_KEY", "name of the environment variable that holds the key", metavar="NAME"
    )
    allow_plain_http: bool = _option(
        False, "send to another machine over plain http (it shows your code to the network)", metavar="BOOL"
    )
    fail_on: Severity | None = _option(
        Severity.WARNING,
        "exit 1 when a finding is at least this severe: none, info, warning, error",
        metavar="SEVERITY",
        repository=True,
    )
    min_severity: Severity = _option(
        Severity.INFO,
        "show findings from this severity on: info, warning, error",
        metavar="SEVERITY",
        repository=True,
    )
    unit_tokens: int = _option(0, "tokens of diff in one prompt (0: 8000, embedded 40000)", metavar="N")
    max_tokens: int = _option(0, "tokens an answer may have (0: 4096, embedded unlimited)", metavar="N")
    concurrency: int = _option(4, "how many prompts may be out at once", metavar="N")
    connect_timeout: float = _option(10.0, "seconds to reach the endpoint", metavar="SECONDS")
    read_timeout: float = _option(120.0, "seconds of silence the endpoint may keep", metavar="SECONDS")
    deadline: float = _option(300.0, "seconds one prompt may take in all", metavar="SECONDS")

    @property
    def embedded(self) -> bool:
        """Whether the embedded reviewer answers, without any network."""
        return self.endpoint == EMBEDDED
