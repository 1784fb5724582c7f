r"""What saving an editor's text would write, as far as the file on disk tells.

An editor shows text, not bytes: it hides a byte order mark, decodes other encodings, and some (eglot) send
``\n`` for the ``\r\n`` of the file. Compared with HEAD as it is, such a text would differ in every line.
"""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from pathlib import Path


def as_saved(text: str, path: Path) -> bytes:
    """The bytes ``path`` would hold with ``text`` in it: the ones it holds now, if they show as ``text``."""
    try:
        disk = path.read_bytes()
    except OSError:
        disk = b""
    if any(text in (shown, shown.replace("\r\n", "\n")) for shown in _shown(disk)):
        return disk
    if "\r" not in text and b"\r\n" in disk:
        text = text.replace("\n", "\r\n")
    mark = BOM_UTF8 if disk.startswith(BOM_UTF8) and not text.startswith("\ufeff") else b""
    return mark + text.encode("utf-8", "replace")


def as_shown(disk: bytes, like: str) -> str:
    """What the editor that shows ``like`` shows of ``disk``, if it is UTF-8 as almost all code is."""
    text = disk.removeprefix(BOM_UTF8).decode("utf-8", "replace")
    return text if "\r" in like else text.replace("\r\n", "\n")


def _shown(disk: bytes) -> Iterator[str]:
    """How an editor may show ``disk``, likeliest first."""
    yield disk.removeprefix(BOM_UTF8).decode("utf-8", "replace")
    if disk.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        yield disk.decode("utf-16", "replace")
    elif not disk.isascii():
        yield disk.decode("latin-1")
