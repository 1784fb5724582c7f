"""Who answers behind the gateway. For now: the embedded reviewer in this process."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from diffvet.dialogue.prompt import PromptError
from diffvet.gateway.errors import invalid
from diffvet.gateway.request import prompt_of
from diffvet.gateway.thread import in_thread
from diffvet.messages.wire import MessagesRequest


@dataclass(frozen=True, slots=True)
class Written:
    """What an upstream answered: its text, and what the call cost in credits."""

    text: str
    credits: float = 0.0


class Upstream(Protocol):
    """One place that answers requests for the model ids it names."""

    @property
    def name(self) -> str:
        """What ``providers`` and logs call it."""
        ...

    @property
    def models(self) -> tuple[str, ...]:
        """The model ids it answers for."""
        ...

    async def complete(self, request: MessagesRequest) -> Written:
        """Answer ``request``. Raises ``GatewayError`` for what the client shall see."""
        ...


class EmbeddedUpstream:
    """The embedded reviewer as a model: it reads the very prompt a model would and costs nothing.

    Works in a thread of its own, one prompt at a time, so that the event loop stays free and a cancelled
    request returns at once. ``answer`` is ``rules.engine.answer`` unless another is given; the rules are
    imported with the first prompt.
    """

    name = "embedded"
    models = ("embedded", "diffvet/embedded")

    def __init__(self, answer: Callable[[str], str] | None = None) -> None:
        self._answer = answer or _embedded_answer
        self._turn = asyncio.Semaphore(1)

    async def complete(self, request: MessagesRequest) -> Written:
        """Review the prompt in ``request``; 400 if it is none of ours."""
        prompt = prompt_of(request)
        async with self._turn:
            try:
                return Written(await in_thread(lambda: self._answer(prompt)))
            except PromptError as error:
                raise invalid(f"messages: {error}") from None


def _embedded_answer(prompt: str) -> str:
    from diffvet.rules.engine import answer  # noqa: PLC0415 - ast-grep and the catalogue load with the first prompt

    return answer(prompt)
