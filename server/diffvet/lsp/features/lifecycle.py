"""``initialize``, ``initialized``, ``shutdown``: what the session needs at its ends."""

import asyncio
import gc
from typing import Any

from lsprotocol import types

from diffvet.lsp.capabilities import resolve
from diffvet.lsp.features import configuration
from diffvet.lsp.session import Session


def initialize(session: Session, params: types.InitializeParams) -> None:
    """Keep what the client can do and whose process it is."""
    session.client.live_with(params.process_id)
    session.capabilities = resolve(params.capabilities, params.initialization_options)
    if not session.capabilities.actions:  # options are for clients that take more than commands (LSP 3.17)
        session.client.say_plainly(types.TEXT_DOCUMENT_CODE_ACTION)
    session.warming = asyncio.create_task(_warm(session))  # begins when this request was answered


def initialized(session: Session, params: Any) -> None:
    """The client can be asked for things from now on."""
    del params
    configuration.register(session)


async def _warm(session: Session) -> None:
    """All that is loaded by then stays: spare the collector from looking at it again and again."""
    try:
        await asyncio.to_thread(session.warm)
    finally:
        gc.freeze()
        gc.enable()


async def shutdown(session: Session, params: None) -> None:
    """End all jobs before the answer is sent."""
    del params
    await session.stop()
