"""A language client that measures: one thread, blocking reads, nothing between a frame and the clock."""

import json
import os
import select
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

PATIENCE = 120.0
"""Seconds until a server that stays silent ends the benchmark."""

TICKS = os.sysconf("SC_CLK_TCK")

Message = dict[str, Any]


class Client:
    """Starts a server and speaks to it; ``born`` is when (``time.perf_counter()``), ``latest`` the last diagnostics."""

    def __init__(self, command: Sequence[str], root: Path, env: Mapping[str, str]) -> None:
        self.root = root
        self.born = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=root,
            env=env,
        )
        self._out = self.process.stdin.fileno()
        self._in = self.process.stdout.fileno()
        self._buffer = b""
        self._last = 0
        self.latest: list[Any] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def send(self, method: str, params: Any, number: int | None = None) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        self._write(message if number is None else {**message, "id": number})

    def _write(self, message: Message) -> None:
        body = json.dumps(message).encode()
        data = memoryview(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        while data:  # a server that is not read from may stop reading
            readable, writable, _ = select.select([self._in], [self._out], [])
            if readable:
                self._receive()
            if writable:
                data = data[os.write(self._out, data[: select.PIPE_BUF]) :]

    def read(self, seconds: float = PATIENCE) -> Message | None:
        """The next message; None where none comes in time. Requests of the server are answered with null."""
        end = time.perf_counter() + seconds
        while (message := self._framed()) is None:
            left = end - time.perf_counter()
            if left <= 0 or not select.select([self._in], [], [], left)[0]:
                return None
            self._receive()
        if "method" in message and "id" in message:
            asked = message["params"].get("items") if message["method"] == "workspace/configuration" else None
            result = [None] * len(asked) if asked is not None else None
            self._write({"jsonrpc": "2.0", "id": message["id"], "result": result})
        return message

    def _receive(self) -> None:
        data = os.read(self._in, 1 << 20)
        if not data:
            raise RuntimeError(f"{self.process.args} ended with {self.process.wait()}")
        self._buffer += data

    def _framed(self) -> Message | None:
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        lengths = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
        size = int(lengths[0].partition(b":")[2])
        if len(rest) < size:
            return None
        self._buffer = rest[size:]
        return json.loads(rest[:size])

    def wait(self, wanted: Callable[[Message], bool]) -> Message:
        while True:
            message = self.read()
            if message is None:
                raise RuntimeError(f"{self.process.args} is silent")
            if wanted(message):
                return message

    def call(self, method: str, params: Any) -> Any:
        self._last += 1
        number = self._last
        self.send(method, params, number)
        return self.wait(lambda one: one.get("id") == number and "method" not in one).get("result")

    def timed(self, method: str, params: Any) -> float:
        """Seconds until the answer."""
        start = time.perf_counter()
        self.call(method, params)
        return time.perf_counter() - start

    def initialize(self) -> float:
        """The handshake; seconds from the start of the process to the answer."""
        document = {
            "hover": {"contentFormat": ["markdown"]},
            "publishDiagnostics": {"relatedInformation": True},
        }
        root = self.root.as_uri()
        self.call(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": root,
                "workspaceFolders": [{"uri": root, "name": "bench"}],
                "capabilities": {"textDocument": document, "window": {"workDoneProgress": True}},
            },
        )
        took = time.perf_counter() - self.born
        self.send("initialized", {})
        return took

    def open(self, path: Path, text: str) -> None:
        document = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": text}
        self.send("textDocument/didOpen", {"textDocument": document})

    def insert(self, path: Path, version: int, line: int, text: str) -> None:
        place = {"line": line, "character": 0}
        changes = [{"range": {"start": place, "end": place}, "text": text}]
        document = {"uri": path.as_uri(), "version": version}
        self.send("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def hover(self, path: Path, line: int, character: int = 8) -> float:
        place = {"line": line, "character": character}
        return self.timed("textDocument/hover", {"textDocument": {"uri": path.as_uri()}, "position": place})

    def diagnosed(self, path: Path) -> list[Any]:
        """The next diagnostics of ``path`` that are not empty."""
        uri = path.as_uri()

        def fits(one: Message) -> bool:
            params = one.get("params") or {}
            said = one.get("method") == "textDocument/publishDiagnostics" and params["uri"] == uri
            return bool(said and params["diagnostics"])

        self.latest = self.wait(fits)["params"]["diagnostics"]
        return self.latest

    def listen(self, seconds: float) -> None:
        """Read what comes for so long."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.read(left)

    def processor(self) -> float:
        """Seconds of processor time so far, ended children included."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICKS

    def memory(self, what: str = "VmRSS") -> float:
        """MiB resident now, or at most ever (``VmHWM``)."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024

    def end(self) -> None:
        self.call("shutdown", None)
        self.send("exit", None)
        self.process.wait(20)
