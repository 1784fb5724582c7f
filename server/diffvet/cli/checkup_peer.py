"""The checks of ``diffvet doctor`` that are about the peer: its address, the proxy, one tiny question."""

import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from diffvet.cli.doctor import OK, PROBLEM, WARNING, Check, Consent
from diffvet.errors import DiffvetError, SettingsError
from diffvet.settings.merge import bare
from diffvet.settings.model import EMBEDDED

if TYPE_CHECKING:
    from diffvet.cli.probe import Probed
    from diffvet.messages.endpoint import Endpoint
    from diffvet.messages.key import ApiKey
    from diffvet.settings.loaded import Loaded
    from diffvet.settings.model import Settings


def endpoint(loaded: "Loaded", key: "ApiKey | None", consent: Consent, *, usable: bool) -> Iterator[Check]:
    """Where requests would go and, with ``consent``, what came of one; not asked unless the settings are ``usable``."""
    settings = loaded.settings
    if settings.embedded:
        yield Check("endpoint", OK, "embedded: nothing leaves this machine")
        return
    from diffvet.messages.peer import endpoints_of  # noqa: PLC0415 - only with an endpoint

    try:
        endpoints = endpoints_of(
            settings.endpoint, settings.secondary_endpoint, allow_plain_http=settings.allow_plain_http
        )
    except SettingsError as error:
        said = str(error)
        for url in (settings.endpoint, settings.secondary_endpoint):
            said = said.replace(url, bare(url)) if url else said  # a key may stand in its query
        yield Check("endpoint", PROBLEM, said, "endpoint (DIFFVET_ENDPOINT) or secondary_endpoint")
        return
    first, *others = endpoints
    url = first.url("/v1/messages")
    for other in others:
        yield Check(
            "endpoint", OK, "second host, asked when the first is down", url=other.url("/v1/messages")
        )
    if through := _proxies(first):
        yield Check("proxy", OK, f"{through} is set: requests go through it, unless NO_PROXY names the host")
    models = [model for model in settings.asked if model != EMBEDDED]
    if not usable or not models:
        yield Check("endpoint", WARNING, "not asked: the problems above come first", url=url)
    elif not consent(f"Ask {models[0]} at {url} one tiny question? It may cost a few tokens."):
        yield Check("endpoint", OK, "not asked (--yes asks it one tiny question)", url=url)
    else:
        yield _ask(first, key, loaded, models[0])


def _proxies(endpoint: "Endpoint") -> str:
    if endpoint.loopback:
        return ""
    scheme = endpoint.base.partition(":")[0].upper()
    names = (f"{scheme}_PROXY", f"{scheme.lower()}_proxy", "ALL_PROXY", "all_proxy")
    return next((name for name in names if os.environ.get(name)), "")


def _ask(endpoint: "Endpoint", key: "ApiKey | None", loaded: "Loaded", model: str) -> Check:
    from diffvet.cli import interrupt  # noqa: PLC0415 - only when asked
    from diffvet.cli.probe import ask  # noqa: PLC0415 - httpx

    url = endpoint.url("/v1/messages")
    try:
        with _booked(loaded.settings, model) as settle:
            probed = interrupt.run(ask(endpoint, key, loaded.settings, model))
            settle(probed)
    except DiffvetError as error:  # a cap is reached, or the proxy settings cannot be used
        return Check("endpoint", PROBLEM, f"not asked: {error}", url=url)
    state, change = OK if probed.fine else PROBLEM, _with_origin(probed.change, loaded)
    return Check("endpoint", state, probed.what, change, url, probed.status, probed.words)


def _with_origin(change: str | None, loaded: "Loaded") -> str | None:
    """``change`` with the file, variable or flag that set the option it begins with."""
    origin = loaded.origins.get(re.split(r"\W", change or "", maxsplit=1)[0])
    return f"{change} (it is set by the {origin})" if origin and origin.place else change


@contextmanager
def _booked(settings: "Settings", model: str) -> Iterator[Callable[["Probed"], None]]:
    """The question stands in the spending record, and caps hold for it too; raises ``BudgetError``."""
    from diffvet.cli.probe import MAX_TOKENS, QUESTION  # noqa: PLC0415 - httpx
    from diffvet.review.finding import Usage  # noqa: PLC0415
    from diffvet.store.caps import Caps  # noqa: PLC0415
    from diffvet.store.spending import Purpose  # noqa: PLC0415
    from diffvet.store.store import Store  # noqa: PLC0415

    names = ("run_tokens", "day_tokens", "month_tokens", "run_credits", "day_credits", "month_credits")
    caps = Caps(**{name: getattr(settings, name) or None for name in names})
    with Store.open() as store:
        purpose = Purpose(secrets.token_hex(8), "", model, "cli", "doctor")
        reservation = store.spending.reserve(Usage(1, len(QUESTION), MAX_TOKENS), caps, purpose)

        def settle(probed: "Probed") -> None:
            paid = probed.billed
            usage = Usage(paid.requests, paid.input_tokens, paid.output_tokens, paid.credits or 0.0)
            store.spending.settle(reservation, usage)

        yield settle
