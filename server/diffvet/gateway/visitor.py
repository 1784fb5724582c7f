"""Who may talk to the gateway: programs of this machine and its clients, but no web page in a browser.

A page can make a browser post to ``localhost`` (it then sends its ``Origin``), or point a name of its own at
this machine's address (DNS rebinding: the browser sends that name as ``Host``). Clients that are no browsers
send no ``Origin``, and as ``Host`` the address they were given.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from diffvet.gateway.errors import ErrorCode, GatewayError

_PORTS: Mapping[str, int] = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Visitors:
    """The check. ``hosts``: the names and addresses the gateway was told to listen on, lower case, without port."""

    hosts: frozenset[str] = frozenset()

    def check(self, headers: Mapping[str, str], address: str) -> None:
        """Raises ``GatewayError`` (403) for a request of a browser's page; ``address``: that it arrived at.

        ``headers`` have lower-case names. Without ``Host`` (HTTP/1.0) there is no browser.
        """
        host = headers.get("host", "")
        name = _netloc(f"http://{host}")
        if host and (name is None or not self._is_own(name[0], address)):
            raise GatewayError(
                ErrorCode.FORBIDDEN,
                f"the Host header names {host[:60]!r}, which is not this gateway; ask it by its own address",
            )
        origin = headers.get("origin")
        if origin is not None and (name is None or _netloc(origin) != name):
            raise GatewayError(
                ErrorCode.FORBIDDEN,
                f"a page of {origin[:60]!r} may not use this gateway; it answers programs, not web pages",
            )

    def _is_own(self, name: str, address: str) -> bool:
        if name in {*self.hosts, address, "localhost"} or name.endswith(".localhost"):
            return True
        try:
            return ip_address(name).is_loopback
        except ValueError:
            return False


def _netloc(url: str) -> tuple[str, int] | None:
    """Host (lower case, without brackets) and port of a URL without a path; None for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path or parts.query or "@" in parts.netloc:
        return None
    return parts.hostname.removesuffix("."), port or _PORTS[parts.scheme]
