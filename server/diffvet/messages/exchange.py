"""What the exchanges that wrap exchanges have in common: closing reaches the innermost one."""

from diffvet.messages.wire import Exchange


async def close(exchange: Exchange) -> None:
    """Close ``exchange``, where it holds connections."""
    aclose = getattr(exchange, "aclose", None)
    if aclose is not None:
        await aclose()
