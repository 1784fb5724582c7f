"""Frames are cut by their length and by nothing else."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.lsp import frames
from diffvet.lsp.frames import read_frames


@given(st.lists(st.binary(min_size=1, max_size=30), max_size=4), st.booleans())
def test_bodies_come_back_as_they_were_sent(bodies: list[bytes], lower: bool) -> None:
    name = b"content-length" if lower else b"Content-Length"
    sent = b"".join(b"%s: %d\r\nContent-Type: x\r\n\r\n%s" % (name, len(body), body) for body in bodies)
    assert list(read_frames(io.BytesIO(sent))) == bodies


@pytest.mark.parametrize(
    "cut", [b"", b"Content-Length: 5", b"Content-Length: 5\r\n\r\n", b"Content-Length: 5\r\n\r\nabc"]
)
def test_what_the_end_of_the_stream_cuts_is_dropped(cut: bytes) -> None:
    assert list(read_frames(io.BytesIO(cut))) == []


def test_a_header_without_a_length_is_an_empty_message() -> None:
    sent = b"Content-Length: x\r\n\r\nContent-Length: 2\r\n\r\nab"
    assert list(read_frames(io.BytesIO(sent))) == [b"", b"ab"]


def test_a_frame_beyond_the_limit_is_skipped(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(frames, "MAX_FRAME", 3)
    sent = b"Content-Length: 4\r\n\r\nlongContent-Length: 2\r\n\r\nab"
    assert list(read_frames(io.BytesIO(sent))) == [b"ab"]
    assert "4 bytes" in caplog.text


def test_a_flood_of_headers_ends_the_stream_and_takes_no_memory(caplog: pytest.LogCaptureFixture) -> None:
    class Flood(io.RawIOBase):
        taken = 0

        def readline(self, size: int = -1) -> bytes:
            self.taken += 1
            return b"X-Header: " + b"x" * min(size, 100) + b"\n"

    flood = Flood()
    assert list(read_frames(flood)) == []
    assert flood.taken < 1000
    assert "gave up on a header" in caplog.text


@pytest.mark.parametrize("length", [b"-5", b"1e9", b"9" * 5000, b"0x10", b"\xc2\xb2"])
def test_a_length_that_is_no_number_counts_as_none(length: bytes) -> None:
    sent = b"Content-Length: %s\r\n\r\nContent-Length: 2\r\n\r\nab" % length
    assert list(read_frames(io.BytesIO(sent))) == [b"", b"ab"]
