"""One question to a reviewer: what it said, whether that counts as a review, and what it cost."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from diffvet.dialogue import bullets, prompt
from diffvet.dialogue.answer import Answer
from diffvet.messages.errors import MessagesError, OutOfTimeError
from diffvet.messages.wire import Billed, Completion
from diffvet.review.course import Course
from diffvet.review.finding import Usage

UNREAD = Answer((), complete=False)


class Asker(Protocol):
    """Whoever carries a prompt to a reviewer; ``messages.client.MessagesClient`` is one."""

    async def ask(
        self, prompt: str, *, model: str, max_tokens: int, until: float, conceal: Callable[[str], str]
    ) -> Completion:
        """The reviewer's answer, its words gone over by ``conceal``.

        Raises ``MessagesError``, ``OutOfTimeError`` at ``until`` (``loop.time()``).
        """


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a question. ``failure``: why it is no review, None if it is.

    ``open_ended``: the peer may bill more than ``usage`` has, since we were not there for the end of it.
    """

    answer: Answer
    failure: str | None
    usage: Usage
    open_ended: bool = False


async def ask(asker: Asker, text: str, *, model: str, max_tokens: int, remote: bool, course: Course) -> Asked:
    """Ask, and judge whether the answer is a whole review; a refusal that lasts is noted in ``course``."""
    try:
        reply = await asker.ask(
            text,
            model=model,
            max_tokens=max_tokens,
            until=course.limit.until,
            conceal=course.veil.hide if remote else str,
        )
    except OutOfTimeError as error:
        sent = error.usage_tokens.requests > 0
        return Asked(UNREAD, course.limit.reason, _usage(error.usage_tokens), open_ended=sent)
    except MessagesError as error:
        if error.lasting:
            course.refused[model] = str(error)
        return Asked(UNREAD, str(error), _at_least_one(_usage(error.usage_tokens)), error.open_ended)
    usage = Usage(reply.requests, reply.input_tokens, reply.output_tokens, reply.credits or 0.0)
    usage = _counted(_at_least_one(usage), text, reply.text) if remote else _at_least_one(usage)
    answer = await asyncio.to_thread(bullets.read, reply.text)
    if not answer.complete:
        return Asked(answer, answer.problem or "the answer could not be read", usage)
    return Asked(answer, "the answer was cut at its token limit" if reply.truncated else None, usage)


def _counted(usage: Usage, text: str, said: str) -> Usage:
    """``usage`` with our own estimate where the peer counted nothing: what is not counted would pass every cap."""
    return replace(
        usage,
        input_tokens=usage.input_tokens or usage.requests * prompt.estimate_tokens(text),
        output_tokens=usage.output_tokens or prompt.estimate_tokens(said),
    )


def _usage(billed: Billed) -> Usage:
    return Usage(billed.requests, billed.input_tokens, billed.output_tokens, billed.credits or 0.0)


def _at_least_one(usage: Usage) -> Usage:
    return replace(usage, requests=max(usage.requests, 1))
