"""Work-done progress of one job, shown where the client offered it and agreed to it.

Nothing here is awaited: a job must not wait for its editor, and an answer that comes after the job was
cancelled must find nobody waiting (``reference/lsp-anchors.md`` §5.4).
"""

from concurrent.futures import Future
from typing import Protocol

from lsprotocol import types

Value = types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd


class Window(Protocol):
    """The two messages that show progress."""

    def create_progress(self, token: str) -> Future[None]:
        """Ask the client for a progress display."""

    def show_progress(self, token: str, value: Value) -> None:
        """Tell the client how far the job is."""


class Progress:
    """``begin`` is sent when the client has agreed, later words only after it; a refusal means silence.

    A job that ends before the client answered is begun and ended then, so that no display is left over.
    """

    def __init__(self, token: str, title: str, window: Window | None) -> None:
        self.token = token
        self._title = title
        self._window = window
        self._begun = False
        self._latest: tuple[str, int | None] | None = None
        self._end: str | None = None
        if window is not None:
            window.create_progress(token).add_done_callback(self._answered)

    def report(self, message: str, percentage: int | None = None) -> None:
        """Say how far the job is; ``percentage`` never goes back as the job's plan grows."""
        if self._end is not None:
            return
        if percentage is not None and self._latest and self._latest[1] is not None:
            percentage = max(percentage, self._latest[1])
        if (message, percentage) == self._latest:
            return
        self._latest = (message, percentage)
        if self._begun:
            self._show(types.WorkDoneProgressReport(message=message, percentage=percentage, cancellable=True))

    def end(self, message: str) -> None:
        """Say how the job ended; only the first end counts."""
        if self._end is not None:
            return
        self._end = message
        if self._begun:
            self._show(types.WorkDoneProgressEnd(message=message))

    def _answered(self, answer: "Future[None]") -> None:
        if answer.cancelled() or answer.exception() is not None:
            return
        self._begun = True
        message, percentage = self._latest or (None, 0)
        self._show(
            types.WorkDoneProgressBegin(self._title, cancellable=True, message=message, percentage=percentage)
        )
        if self._end is not None:
            self._show(types.WorkDoneProgressEnd(message=self._end))

    def _show(self, value: Value) -> None:
        if self._window is not None:
            self._window.show_progress(self.token, value)
