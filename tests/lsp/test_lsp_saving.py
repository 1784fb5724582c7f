"""What an editor shows is compared with HEAD as it would be saved."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.lsp.saving import as_saved, as_shown


@pytest.mark.parametrize(
    ("disk", "shown"),
    [
        (b"\xef\xbb\xbfa\n", "a\n"),
        (b"\xef\xbb\xbfa\n", "\ufeffa\n"),
        (b"a\r\nb\r\n", "a\nb\n"),
        (b"caf\xe9\n", "caf\u00e9\n"),
        (b"caf\xe9\n", "caf\ufffd\n"),
        ("a\u00e9\r\n".encode("utf-16"), "a\u00e9\n"),
        (b"", ""),
    ],
)
def test_a_text_that_shows_the_file_is_the_file(tmp_path: Path, disk: bytes, shown: str) -> None:
    (tmp_path / "f").write_bytes(disk)
    assert as_saved(shown, tmp_path / "f") == disk


@pytest.mark.parametrize(
    ("disk", "edited", "saved"),
    [
        (b"\xef\xbb\xbfa\n", "b\n", b"\xef\xbb\xbfb\n"),
        (b"a\r\n", "a\nb\n", b"a\r\nb\r\n"),
        (b"a\r\n", "a\r\nb\n", b"a\r\nb\n"),
        (b"a\n", "\ud800\n", b"?\n"),
    ],
)
def test_an_edited_text_keeps_the_files_form(tmp_path: Path, disk: bytes, edited: str, saved: bytes) -> None:
    (tmp_path / "f").write_bytes(disk)
    assert as_saved(edited, tmp_path / "f") == saved


@given(st.text())
def test_without_a_file_it_is_the_text_in_utf_8(text: str) -> None:
    assert as_saved(text, Path("/nowhere/at/all")) == text.encode("utf-8", "replace")


@pytest.mark.parametrize(
    ("disk", "like", "shown"),
    [
        (b"\xef\xbb\xbfa\n", "b\n", "a\n"),
        (b"a\r\nb\r\n", "a\n", "a\nb\n"),
        (b"a\r\nb\r\n", "a\r\n", "a\r\nb\r\n"),
        (b"caf\xe9\n", "", "caf\ufffd\n"),
    ],
)
def test_a_file_is_shown_as_its_editor_shows_another_text(disk: bytes, like: str, shown: str) -> None:
    assert as_shown(disk, like) == shown
