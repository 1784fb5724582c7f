"""Wires settings to a reviewer: which endpoint, which key, this process or the network.

The one place where faces meet ``gateway`` and ``messages``; everything heavy is imported when it is needed.
"""

import os
from collections.abc import AsyncIterator, Mapping, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path

from diffvet.messages.client import MessagesClient
from diffvet.messages.key import ApiKey
from diffvet.review.reviewer import Limits, Reviewer
from diffvet.settings.load import load
from diffvet.settings.model import EMBEDDED, Settings

EMBEDDED_LIMITS = (40_000, 1_000_000)
"""Tokens of diff and of answer with the embedded reviewer: it costs nothing, and sees more in one prompt."""

MODEL_LIMITS = (8_000, 4_096)
"""Tokens of diff and of answer with a model."""


def load_settings(directory: Path, overrides: Mapping[str, object] | None = None) -> Settings:
    """The settings for a review in ``directory``; raises ``SettingsError``."""
    return load(directory, environ=os.environ, overrides=overrides)


def limits(settings: Settings) -> Limits:
    """The settings' limits, with the defaults that depend on the reviewer filled in."""
    unit_tokens, max_tokens = EMBEDDED_LIMITS if settings.embedded else MODEL_LIMITS
    return Limits(
        settings.unit_tokens or unit_tokens, settings.max_tokens or max_tokens, settings.concurrency
    )


def model(settings: Settings) -> str:
    """The model id that is asked."""
    return EMBEDDED if settings.embedded else settings.model


def api_key(settings: Settings, environ: Mapping[str, str] = os.environ) -> ApiKey | None:
    """The key for the configured endpoint, None where there is none."""
    secret = environ.get(settings.api_key_env, "").strip()
    return ApiKey(secret) if secret and not settings.embedded else None


def hide_key(settings: Settings, environ: MutableMapping[str, str] = os.environ) -> ApiKey | None:
    """The key, taken out of ``environ`` so that no child process inherits it."""
    key = api_key(settings, environ)
    for name in {settings.api_key_env, "DIFFVET_API_KEY"}:
        environ.pop(name, None)
    return key


@asynccontextmanager
async def open_reviewer(settings: Settings, key: ApiKey | None = None) -> AsyncIterator[Reviewer]:
    """A reviewer for ``settings``; leaving the context closes its connections.

    Raises ``SettingsError`` for an endpoint that may not be used.
    """
    async with _client(settings, key) as client:
        yield Reviewer(client, model=model(settings), limits=limits(settings))


def _client(settings: Settings, key: ApiKey | None) -> MessagesClient:
    if settings.embedded:
        from diffvet.gateway.service import Gateway  # noqa: PLC0415 - the embedded path only
        from diffvet.gateway.upstream import EmbeddedUpstream  # noqa: PLC0415

        return MessagesClient(Gateway([EmbeddedUpstream()]), deadline=settings.deadline)
    from diffvet.messages.endpoint import Endpoint  # noqa: PLC0415 - httpx costs 70 ms, the embedded path needs none
    from diffvet.messages.http import HttpExchange  # noqa: PLC0415
    from diffvet.messages.http import Limits as HttpLimits  # noqa: PLC0415

    endpoint = Endpoint.parse(settings.endpoint, allow_plain_http=settings.allow_plain_http)
    seconds = HttpLimits(
        connect=settings.connect_timeout, read=settings.read_timeout, total=settings.deadline
    )
    exchange = HttpExchange(endpoint, key, limits=seconds)
    return MessagesClient(exchange, deadline=settings.deadline, redact=key.redact if key else str)
