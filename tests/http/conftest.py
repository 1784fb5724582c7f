"""A peer on the loopback interface that answers with exactly the bytes a test gives it."""

import asyncio
import selectors
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import pytest

Play = Callable[[asyncio.StreamWriter], Awaitable[None]]


class ScriptedPeer:
    """Reads one request per connection, keeps its bytes, then writes what ``play`` writes and hangs up."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.asked = asyncio.Event()
        self.play: Play = self.raw(b"HTTP/1.1 500 Not Scripted\r\ncontent-length: 0\r\n\r\n")
        self.url = ""

    @staticmethod
    def raw(data: bytes) -> Play:
        async def play(writer: asyncio.StreamWriter) -> None:
            writer.write(data)

        return play

    def answers(self, status: int, body: bytes, **headers: str) -> None:
        """Answer with ``status`` and ``body``; ``x_error_code="…"`` becomes the header ``x-error-code``."""
        lines = [f"HTTP/1.1 {status} Status", f"content-length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.play = self.raw("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (
                    int(line.split(b":")[1])
                    for line in head.lower().split(b"\r\n")
                    if b"content-length:" in line
                ),
                0,
            )
            self.requests.append(head + await reader.readexactly(length))
            self.asked.set()
            await self.play(writer)
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has gone
        finally:
            writer.transport.abort()


@pytest.fixture
async def peer() -> AsyncIterator[ScriptedPeer]:
    scripted = ScriptedPeer()
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(scripted.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    scripted.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield scripted
    for task in list(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    server.close()
    await server.wait_closed()


class _Jumping(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0 if timeout else timeout)
        if not ready and timeout:
            self.now += timeout
        return ready


class WarpedLoop(asyncio.SelectorEventLoop):
    """A loop whose clock starts at 0 and jumps to the next timer instead of waiting for it."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Modules that say ``WARPED_TIME = True`` wait for nothing; they may do no I/O."""
    if getattr(item.module, "WARPED_TIME", False):
        return {"warped": WarpedLoop}
    return {"real": asyncio.new_event_loop}


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
