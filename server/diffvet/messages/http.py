"""The exchange over HTTP: the only module that imports httpx. Import it when an endpoint is configured."""

import asyncio
import logging
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from errno import errorcode

import httpx

from diffvet import __version__
from diffvet.errors import SettingsError
from diffvet.messages.body import BoundedBody
from diffvet.messages.endpoint import Endpoint
from diffvet.messages.errors import Stage, TransportError
from diffvet.messages.key import ApiKey
from diffvet.messages.limits import Limits
from diffvet.messages.wire import ONE_REQUEST, HttpReply, HttpRequest

__all__ = ["HttpExchange", "Limits"]

KEEP_ALIVE = 60.0
"""Seconds for which an idle connection is kept; a peer that closes it earlier costs one repetition at most."""


class HttpExchange:
    """Carries requests to one endpoint over one shared connection pool.

    Redirects are not followed, so the key goes to the configured host only. Proxies and the certificate
    authority come from the usual variables (``HTTPS_PROXY``, ``NO_PROXY``, ``SSL_CERT_FILE``); requests to
    this machine never go through a proxy. Whatever the peer echoes of the key is masked before it is
    returned. Raises ``TransportError``; its text names the host and holds no header.
    """

    def __init__(
        self, endpoint: Endpoint, key: ApiKey | None = None, *, limits: Limits | None = None
    ) -> None:
        self._endpoint = endpoint
        self._key = key
        self._limits = limits or Limits()
        self._http = _client(endpoint, self._limits)

    def __repr__(self) -> str:
        return f"HttpExchange({self._endpoint.base})"

    async def __call__(self, request: HttpRequest) -> HttpReply:
        """Send ``request`` and read its answer within the limits."""
        request.trip.add(ONE_REQUEST)
        limit = asyncio.timeout(self._limits.total)
        call = _Call()
        try:
            async with limit:
                return await self._send(request, call)
        except TimeoutError:
            if not limit.expired():
                raise
        raise TransportError(
            f"{self._endpoint.host} took longer than {self._limits.total:g} seconds",
            stage=Stage.BEGUN if call.answered else Stage.SILENT,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def _send(self, request: HttpRequest, call: "_Call") -> HttpReply:
        try:
            return await self._stream(request, call)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            sentence, lasting = self._sentence(error), _is_lasting(error)
            stage = Stage.BEGUN if call.answered else _stage(error)
        # outside the handler: httpx's error holds the request and so the key
        failure = TransportError(sentence, retryable=not lasting, stage=stage)
        failure.lasting = lasting
        raise failure

    async def _stream(self, request: HttpRequest, call: "_Call") -> HttpReply:
        async with self._http.stream(
            request.method,
            self._endpoint.url(request.path),
            headers={**request.headers, **self._endpoint.headers(self._key)},
            content=request.body or None,
        ) as response:
            call.answered = True
            body = BoundedBody(
                self._limits.body, response.headers.get("content-encoding", ""), self._endpoint.host
            )
            async for chunk in response.aiter_raw():
                body.feed(chunk)
            return HttpReply(
                response.status_code, self._headers(response.headers), self._clean(body.finish())
            )

    def _headers(self, headers: httpx.Headers) -> Mapping[str, str]:
        """Lower-case names; repeated ones joined by a comma."""
        redact = self._key.redact if self._key else str
        return {name.lower(): redact(value) for name, value in headers.items()}

    def _clean(self, body: bytes) -> bytes:
        return self._key.redact_body(body) if self._key else body

    def _sentence(self, error: httpx.HTTPError | httpx.InvalidURL) -> str:
        host, words = self._endpoint.host, self._words(error)
        match error:
            case httpx.ConnectTimeout():
                what = f"could not be reached within {self._limits.connect:g} seconds"
            case httpx.TimeoutException():
                what = f"was silent for {self._limits.read:g} seconds"
            case httpx.ProxyError():
                what = f"is behind a proxy that refused: {words}; check HTTPS_PROXY and NO_PROXY"
            case httpx.ConnectError() if "CERTIFICATE_VERIFY_FAILED" in str(error):
                what = "has a certificate that is not trusted here; if it is right, name its authority in SSL_CERT_FILE"
            case httpx.ConnectError():
                what = f"could not be reached: {words}; check the endpoint and the network"
            case httpx.RemoteProtocolError() | httpx.ReadError() | httpx.WriteError():
                what = f"broke off before its answer was complete: {words}"
            case _:
                what = f"could not be asked: {words}"
        return f"{host} {what}"

    def _words(self, error: Exception) -> str:
        words = " ".join(_root(error).split())[:200] or type(error).__name__
        return self._key.redact(words) if self._key else words


@dataclass(slots=True)
class _Call:
    """How far one request has come; ``answered`` once the status and headers of its answer are in."""

    answered: bool = False


def _stage(error: httpx.HTTPError | httpx.InvalidURL) -> Stage:
    match error:
        case httpx.ReadTimeout():
            return Stage.SILENT
        case httpx.ReadError() | httpx.WriteError() | httpx.WriteTimeout() | httpx.RemoteProtocolError():
            return Stage.UNANSWERED
    return Stage.UNREACHED


def _is_lasting(error: httpx.HTTPError | httpx.InvalidURL) -> bool:
    """Whether the next attempt would end the same way: an impossible address, a certificate not trusted, a proxy's 4xx."""
    match error:
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return True
        case httpx.ProxyError():
            return str(error).startswith("4")
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _root(error: BaseException) -> str:
    """What the operating system said, where it is behind ``error``; else the words of ``error``."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, BaseExceptionGroup):
            cause = cause.exceptions[0]
        if isinstance(cause, ssl.SSLError):  # an OSError whose number is TLS's own
            return f"TLS failed ({cause.reason or cause.strerror})"
        if isinstance(cause, OSError) and cause.strerror:
            number = cause.errno or 0  # asyncio puts the address into ``strerror``
            return (os.strerror(number) if number in errorcode else cause.strerror).lower()
        cause = cause.__cause__ or cause.__context__
    return str(error)


def _client(endpoint: Endpoint, limits: Limits) -> httpx.AsyncClient:
    for name in ("connection", "http11", "http2", "proxy", "socks"):
        logging.getLogger(f"httpcore.{name}").addFilter(_drop)
    try:
        _ = httpx.URL(endpoint.base).host  # decodes it, as every request will
    except (httpx.InvalidURL, UnicodeError):
        raise SettingsError(f"the endpoint {endpoint.base} has a host name that cannot be") from None
    host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
    try:
        return httpx.AsyncClient(
            headers={"user-agent": f"diffvet/{__version__}", "accept-encoding": "gzip, deflate"},
            timeout=httpx.Timeout(limits.read, connect=limits.connect, pool=None),
            limits=httpx.Limits(keepalive_expiry=KEEP_ALIVE),
            follow_redirects=False,
            verify=_trust(endpoint),
            mounts={f"all://{host}": None} if endpoint.loopback else None,
        )
    except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
        reason = " ".join(_root(error).split())[:200]
    raise SettingsError(
        f"the proxy or certificate settings of the environment cannot be used: {reason}; "
        "check HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE"
    )


def _trust(endpoint: Endpoint) -> ssl.SSLContext | bool:
    """The usual authorities; none at all where no TLS is spoken, which saves reading them (tens of ms)."""
    unused = endpoint.loopback and endpoint.base.startswith("http:")
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if unused else True


def _drop(_record: logging.LogRecord) -> bool:
    """Silence httpcore's debug log: it shows the peer's headers, which may echo the key."""
    return False
