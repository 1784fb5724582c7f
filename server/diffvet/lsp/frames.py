"""Frames on a pair of byte streams: the base protocol of LSP 3.17, without a word about their content.

A frame is header lines ended by CRLF, an empty line, and as many bytes as ``Content-Length`` says.
Header names are compared without case, as in HTTP.
"""

import logging
from collections.abc import Iterator
from typing import BinaryIO

logger = logging.getLogger(__name__)

MAX_FRAME = 64 * 1024 * 1024
"""Bytes. A longer body is dropped unread: no document an editor opens comes near it."""

MAX_HEADER = 64 * 1024
"""Bytes. After a longer header nobody knows where the next message begins: the stream counts as ended."""

_CHUNK = 1024 * 1024
_DIGITS = 24


def read_frames(stream: BinaryIO) -> Iterator[bytes]:
    """The body of every frame until the stream ends; a frame cut by the end is dropped."""
    while (length := _content_length(stream)) is not None:
        if length > MAX_FRAME:
            logger.error("dropped a message of %d bytes; the limit is %d", length, MAX_FRAME)
            _skip(stream, length)
            continue
        body = stream.read(length)
        if len(body) < length:
            return
        yield body


def _content_length(stream: BinaryIO) -> int | None:
    """Read one header block; 0 for a block that names no length, None at the end of the stream."""
    length, room = 0, MAX_HEADER
    while line := stream.readline(room):
        if not line.strip():
            return length
        room -= len(line)
        if room <= 0:
            logger.error("gave up on a header of more than %d bytes", MAX_HEADER)
            return None
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit() and len(value) < _DIGITS:
            length = int(value)
    return None


def _skip(stream: BinaryIO, length: int) -> None:
    while length > 0 and (chunk := stream.read(min(length, _CHUNK))):
        length -= len(chunk)
