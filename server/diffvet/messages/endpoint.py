"""Where requests go and how the key is shown there. Reads settings; opens no connection."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from diffvet.errors import SettingsError
from diffvet.messages.key import ApiKey

ANTHROPIC_VERSION = "2023-06-01"  # spec §12.1; required there, ignored elsewhere
_SUFFIXES = ("/v1/messages", "/v1/chat/completions", "/v1")  # what people paste; paths here begin with /v1


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A checked base URL: scheme, host, port and path prefix, without ``/v1`` and without a final slash."""

    base: str
    host: str
    loopback: bool

    @classmethod
    def parse(cls, url: str, *, allow_plain_http: bool = False) -> "Endpoint":
        """Read a base URL as it was written in the settings, with or without ``/v1`` (spec §1).

        Plain ``http`` is accepted for this machine only, unless ``allow_plain_http``: the request holds code
        and key. Credentials, a query or a fragment in the URL are refused. Raises ``SettingsError``.
        """
        parts = _split(url.strip())
        if parts.username or parts.password:
            raise SettingsError(
                "the endpoint holds a user name or password; put the key in DIFFVET_API_KEY instead"
            )
        if parts.query or parts.fragment:
            raise SettingsError(
                f"the endpoint {url.strip()} has a query or fragment; give only the base address"
            )
        host = parts.hostname or ""
        loopback = _is_loopback(host)
        if parts.scheme == "http" and not (loopback or allow_plain_http):
            raise SettingsError(
                f"the endpoint {url.strip()} is plain http to another machine and would show your code to the "
                "network; use https, or allow it in your own settings with allow_plain_http"
            )
        path = parts.path.rstrip("/")
        for suffix in _SUFFIXES:
            path = path.removesuffix(suffix).rstrip("/")
        return cls(f"{parts.scheme}://{parts.netloc}{path}", host, loopback)

    def url(self, path: str) -> str:
        """The full URL of a path that begins with ``/v1/``."""
        return self.base + path

    def headers(self, key: ApiKey | None) -> Mapping[str, str]:
        """The headers that identify us (spec §2.2).

        ``X-API-Key`` is read by routing.run, by Anthropic and by this project's gateway. A key that starts
        with ``sk-`` but not with ``sk-ant-`` is of the OpenAI family, whose servers read ``Authorization``.
        ``anthropic-version`` is always sent; who does not need it ignores it.
        """
        version = {"anthropic-version": ANTHROPIC_VERSION}
        if key is None:
            return version
        secret = key.reveal()
        if secret.startswith("sk-") and not secret.startswith("sk-ant-"):
            return {**version, "authorization": f"Bearer {secret}"}
        return {**version, "x-api-key": secret}


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and all(c.isalnum() or c in "-_.:" for c in parts.hostname or "")
        usable = parts.scheme in {"http", "https"} and named and parts.port != 0
    except ValueError:  # a port that is no number, or broken brackets
        usable = False
    if not usable or not url.isprintable() or " " in url:
        raise SettingsError(f"the endpoint {url!r} is not an address such as https://api.example.com")
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
