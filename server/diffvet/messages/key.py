"""The API key: one object that holds it and does not print it."""

import re
from collections.abc import Iterator, Mapping
from heapq import merge
from typing import Any, Never

import msgspec

from diffvet.errors import SettingsError

MASK = "[api key]"
_WINDOW = 12
"""A peer that shortens what it echoes still shows a stretch of the key; twelve characters are enough to hide it."""

_ESCAPED = re.compile(rb"\\(?:u00|[/\"\\])")
"""The JSON escapes that can stand for a printable ASCII character."""

_LOWER: Mapping[int, int] = {
    upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)
}  # ``str.lower`` may change the length


class ApiKey:
    """A secret that leaves this object only through ``reveal``, for the header of a request.

    ``repr``, ``str`` and ``format`` show the mask; pickling is refused. A key that could not stand in a
    header (empty, white space, control or non-ASCII characters) raises ``SettingsError`` without being shown.
    """

    __slots__ = ("__secret",)

    def __init__(self, secret: str) -> None:
        secret = secret.strip()
        if not secret:
            raise SettingsError("the API key is empty; set it, or leave it out to use the embedded reviewer")
        if not (secret.isascii() and secret.isprintable() and " " not in secret):
            raise SettingsError(
                "the API key holds a character that no key has (a space, a line break or a letter "
                "outside ASCII); copy it again"
            )
        self.__secret = secret

    def reveal(self) -> str:
        """The key itself. Only the code that writes the request's headers may call this."""
        return self.__secret

    def redact(self, text: str) -> str:
        """``text`` with every stretch of the key (twelve characters or more, in any case) masked."""
        return _masked(text, self.__secret)

    def redact_bytes(self, data: bytes) -> bytes:
        """The same for bytes as a peer sent them."""
        return _masked(data.decode("latin-1"), self.__secret).encode("latin-1")

    def redact_body(self, body: bytes) -> bytes:
        """The same for a body that may be JSON, whose escapes can hide the key from a reader of bytes.

        Only a body that did hide it is written anew; of members with the same name the last one is kept.
        """
        if not _ESCAPED.search(body):
            return self.redact_bytes(body)
        try:
            document = msgspec.json.decode(body)
        except (ValueError, RecursionError):
            return self.redact_bytes(body)  # nobody will decode the escapes either
        try:
            cleaned = self._redact_values(document)
        except RecursionError:
            return b""  # nested too deep to be looked through, and no message either
        # before the bytes: there a mask could tear an escape apart
        return self.redact_bytes(body if cleaned == document else msgspec.json.encode(cleaned))

    def _redact_values(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, list):
            return [self._redact_values(item) for item in value]
        if isinstance(value, dict):
            return {self.redact(name): self._redact_values(item) for name, item in value.items()}
        return value

    def __repr__(self) -> str:
        return f"ApiKey({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __reduce_ex__(self, protocol: object) -> Never:
        raise TypeError("an API key is not pickled")

    def __getstate__(self) -> Never:
        raise TypeError("an API key is not pickled")

    def __copy__(self) -> "ApiKey":
        return self

    def __deepcopy__(self, memo: object) -> "ApiKey":
        return self


def _masked(text: str, secret: str) -> str:
    """``text`` with each run of characters replaced that shares a window with ``secret``."""
    kept: list[str] = []
    end = 0
    for start, stop in _runs(text.translate(_LOWER), secret.translate(_LOWER)):
        kept += (text[end:start], MASK)
        end = stop
    return "".join((*kept, text[end:])) if kept else text


def _runs(text: str, secret: str) -> Iterator[tuple[int, int]]:
    """Where windows of ``secret`` occur in ``text``, in order, overlapping ones joined.

    Merged lazily: a hostile answer may consist of nothing else.
    """
    width = min(_WINDOW, len(secret))
    windows = {secret[i : i + width] for i in range(len(secret) - width + 1)}
    run: tuple[int, int] | None = None
    for at in merge(*(_places(text, window) for window in windows)):
        if run and at <= run[1]:
            run = (run[0], at + width)
        else:
            if run:
                yield run
            run = (at, at + width)
    if run:
        yield run


def _places(text: str, window: str) -> Iterator[int]:
    at = text.find(window)
    while at >= 0:
        yield at
        at = text.find(window, at + 1)
