"""The body of an answer as it streams in: decompressed within a size limit."""

import zlib

from diffvet.messages.errors import Stage, TransportError


class BoundedBody:
    """Collects at most ``limit`` bytes, counted after decompression.

    ``encoding`` is the ``Content-Encoding`` header; gzip and deflate are read, others were not asked for.
    Never holds more than ``limit`` bytes, however small the compressed form was. Raises ``TransportError``
    of the stage ``BEGUN``.
    """

    def __init__(self, limit: int, encoding: str, peer: str) -> None:
        self._limit = limit
        self._peer = peer
        self._data = bytearray()
        self._inflater = self._inflater_for(encoding.strip().lower())

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes from the network."""
        if self._inflater is None:
            self._append(chunk)
            return
        room = self._limit - len(self._data) + 1  # one byte more is proof enough that it does not fit
        try:
            self._append(self._inflater.decompress(chunk, room))
        except zlib.error:
            raise TransportError(
                f"{self._peer} sent a compressed answer that cannot be unpacked", stage=Stage.BEGUN
            ) from None

    def finish(self) -> bytes:
        """The whole body, once the stream has ended."""
        if self._inflater and self._data and not self._inflater.eof:
            raise TransportError(
                f"{self._peer} sent a compressed answer that ends too early", stage=Stage.BEGUN
            )
        return bytes(self._data)

    def _append(self, data: bytes) -> None:
        if len(self._data) + len(data) > self._limit:
            raise TransportError(
                f"the answer of {self._peer} is larger than {self._limit:,} bytes and was not read",
                retryable=False,
                stage=Stage.BEGUN,
            )
        self._data += data

    def _inflater_for(self, encoding: str) -> "zlib._Decompress | None":
        if encoding in {"", "identity"}:
            return None
        if encoding in {"gzip", "x-gzip", "deflate"}:
            return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # recognises both headers
        raise TransportError(
            f"{self._peer} sent an answer packed with {encoding[:20]!r}, which was not asked for",
            stage=Stage.BEGUN,
        )
