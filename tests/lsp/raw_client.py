"""A client of a few lines that speaks in raw frames, so that it can also say what no library would."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

PATIENCE = 20.0
"""Seconds until a missing message fails a test; only broken servers ever wait that long."""

Message = dict[str, Any]


def frame(message: Message | bytes) -> bytes:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


class RawClient:
    """Starts ``diffvet lsp`` and records every frame it sends; answers the requests it is told to answer."""

    def __init__(
        self,
        home: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        command: Sequence[str] = (sys.executable, "-m", "diffvet", "lsp"),
    ) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=isolated(home) | dict(env or {}),
            cwd=cwd or home,
        )
        self.home = home
        self.seen: list[Message] = []
        self.raw = b""
        self.stderr = b""
        self.answers: dict[str, Callable[[Message], Message]] = {}
        self.asked: dict[Any, str] = {}
        self.open: set[str] = set()
        self._inbox: queue.Queue[Message | None] = queue.Queue()
        self._last = 0
        self._threads = [threading.Thread(target=task, daemon=True) for task in (self._read, self._drain)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        for thread in self._threads:
            thread.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(OSError):
                stream.close()

    def send(self, *messages: Message | bytes) -> None:
        self.write(b"".join(frame(message) for message in messages))

    def write(self, data: bytes) -> None:
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def notify(self, method: str, params: Any = None) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method: str, params: Any = None) -> int:
        """Send a request; its id."""
        self._last += 1
        self.asked[self._last] = method
        self.send({"jsonrpc": "2.0", "id": self._last, "method": method, "params": params})
        return self._last

    def call(self, method: str, params: Any = None) -> Message:
        """Send a request and wait for its answer, the whole message."""
        return self.answer(self.request(method, params))

    def answer(self, request: Any) -> Message:
        return self.wait(lambda message: "method" not in message and message.get("id") == request)

    def wait(self, wanted: Callable[[Message], bool], after: int = 0) -> Message:
        """The first message from number ``after`` on that is ``wanted``, received already or not yet."""
        deadline = time.monotonic() + PATIENCE
        for message in self.seen[after:]:
            if wanted(message):
                return message
        while time.monotonic() < deadline:
            message = self._next(deadline - time.monotonic())
            if wanted(message):
                return message
        raise AssertionError(f"no such message; seen: {self.seen[after:]}")

    def notification(self, method: str, after: int = 0) -> Message:
        return self.wait(lambda message: message.get("method") == method, after)["params"]

    def initialize(self, capabilities: Message | None = None, **more: Any) -> Message:
        """The handshake; the result of ``initialize``."""
        params = {"processId": None, "rootUri": None, "capabilities": capabilities or {}} | more
        result = self.call("initialize", params)["result"]
        self.notify("initialized", {})
        return result

    def forget(self) -> None:
        """Let the server finish what it was told, and forget what it said."""
        self.sync()
        self.seen.clear()

    def leave(self) -> None:
        """Close what is open, so that nothing of it is looked at any more, and forget what the server said."""
        for uri in self.open:
            self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        self.open.clear()
        self.forget()

    def sync(self) -> None:
        """Return when the server has handled all that was sent before."""
        self.call("diffvet/no-such-method")

    def end(self) -> int:
        """``shutdown`` and ``exit``; the exit code."""
        assert self.call("shutdown")["result"] is None
        self.notify("exit")
        return self.wait_exit()

    def wait_exit(self) -> int:
        code = self.process.wait(PATIENCE)
        for thread in self._threads:
            thread.join(PATIENCE)
        return code

    def _next(self, seconds: float) -> Message:
        try:
            message = self._inbox.get(timeout=max(seconds, 0.01))
        except queue.Empty:
            raise AssertionError(f"the server is silent; seen: {self.seen}") from None
        assert message is not None, f"the server ended; seen: {self.seen}; stderr: {self.stderr.decode()}"
        self.seen.append(message)
        if "method" in message and "id" in message and (answer := self.answers.get(message["method"])):
            self.send({"jsonrpc": "2.0", "id": message["id"]} | answer(message))
        return message

    def _read(self) -> None:
        stream = self.process.stdout
        while header := stream.readline():
            self.raw += header
            length = 0
            while header.strip():
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                header = stream.readline()
                self.raw += header
            body = stream.read(length)
            self.raw += body
            self._inbox.put(json.loads(body))
        self._inbox.put(None)

    def _drain(self) -> None:
        for line in self.process.stderr:
            self.stderr += line


def isolated(home: Path) -> dict[str, str]:
    """An environment in which neither this machine's settings nor its git configuration count."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    return kept | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "PYTHONWARNINGS": "error",
    }
