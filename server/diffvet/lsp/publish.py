"""Diagnostics to the client: one message per change, an empty list exactly once."""

from collections.abc import Callable, Sequence

from lsprotocol import types

Send = Callable[[types.PublishDiagnosticsParams], None]


class Publisher:
    """Knows what the client shows for each URI."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._shown: dict[str, tuple[types.Diagnostic, ...]] = {}
        self._unsure: set[str] = set()

    def publish(self, uri: str, diagnostics: Sequence[types.Diagnostic], version: int | None) -> None:
        """Send ``diagnostics`` unless the client shows them already; ``version`` only if they are exact for it."""
        wanted = tuple(diagnostics)
        if wanted == self._shown.get(uri, ()) and not (wanted and uri in self._unsure):
            return
        self._unsure.discard(uri)
        if wanted:
            self._shown[uri] = wanted
        else:
            del self._shown[uri]
        self._send(types.PublishDiagnosticsParams(uri, list(wanted), version))

    def reopened(self, uri: str) -> None:
        """The client may have dropped what it showed for ``uri``: the next list is sent in any case."""
        if uri in self._shown:
            self._unsure.add(uri)
