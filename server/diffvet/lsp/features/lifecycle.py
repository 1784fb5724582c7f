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


async def initialized(session: Session, params: Any) -> None:
    """All that is loaded by then stays: spare the collector from looking at it again and again."""
    del params
    configuration.register(session)
    try:
        await asyncio.to_thread(session.warm)
    finally:
        gc.freeze()
        gc.enable()


async def shutdown(session: Session, params: None) -> None:
    """End all jobs before the answer is sent."""
    del params
    await session.stop()
