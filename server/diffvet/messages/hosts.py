"""A second host of the same service, for when the first is down (spec §1)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diffvet.messages.errors import ApiError, MessagesError, Stage, TransportError
from diffvet.messages.exchange import close
from diffvet.messages.wire import Exchange, HttpReply, HttpRequest

SECONDARY: Mapping[str, str] = {"https://api.routing.run": "https://ai.routing.sh"}
"""The vendor's own second host per base URL: same paths, models and keys (spec §1). No other vendor names one."""

STICKY = 300.0
"""Seconds for which a switch holds before the first host is tried again."""


@dataclass(frozen=True, slots=True)
class Host:
    """One way to the service; ``name`` stands in errors."""

    name: str
    exchange: Exchange


class HostsExchange:
    """Asks the first host, and the next one when it cannot be reached, is silent, or fails with a 5xx.

    Put retries inside, per host. No switch on 4xx and 429, which are about the user and not the host, and
    none once an answer had begun. A switch holds for ``STICKY`` seconds for all requests, so that a dead host
    is not asked by each. One request asks each host at most once. Raises the last host's error.
    """

    def __init__(self, hosts: Sequence[Host]) -> None:
        self._hosts = tuple(hosts)
        self._chosen = 0
        self._until = 0.0  # when the choice lapses

    async def __call__(self, request: HttpRequest) -> HttpReply:
        """Carry ``request``; raises ``MessagesError``."""
        failed: list[str] = []
        for index in self._order():
            try:
                return await self._hosts[index].exchange(request)
            except MessagesError as error:
                if _is_of_the_host(error):
                    failed.append(self._hosts[index].name)
                    self._leave(index)
                if not _is_of_the_host(error) or len(failed) == len(self._hosts):
                    raise self._with_names(error, failed, index) from None
        raise AssertionError("unreachable: the last host raises")

    async def aclose(self) -> None:
        """Close the exchanges to all hosts."""
        for host in self._hosts:
            await close(host.exchange)

    def _order(self) -> Sequence[int]:
        """The chosen host, then the others as they were listed."""
        if _now() >= self._until:
            self._chosen = 0
        return sorted(range(len(self._hosts)), key=lambda index: (index != self._chosen, index))

    def _leave(self, index: int) -> None:
        """Choose another host, unless one of the other requests already has; the last leads back to the first."""
        if index == self._chosen:
            self._chosen = (index + 1) % len(self._hosts)
            self._until = _now() + STICKY

    def _with_names(self, error: MessagesError, failed: Sequence[str], last: int) -> MessagesError:
        before = [name for name in failed if name != self._hosts[last].name]
        if before:
            error.say_more(f"that was {self._hosts[last].name}, asked after {', '.join(before)} had failed")
        return error


def _is_of_the_host(error: MessagesError) -> bool:
    if isinstance(error, TransportError):
        return error.retryable and error.stage is not Stage.BEGUN
    return isinstance(error, ApiError) and error.status >= 500


def _now() -> float:
    return asyncio.get_running_loop().time()
