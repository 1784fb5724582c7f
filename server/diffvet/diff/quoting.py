r"""Names as git and GNU diff print them in patch headers: C-style quoting, both ways.

With ``core.quotePath=false`` git quotes a name that holds a control character, ``"`` or ``\``
(git's ``quote.c``); other bytes stand as they are.
"""

import re

_LETTERS = {
    0x07: b"\\a",
    0x08: b"\\b",
    0x09: b"\\t",
    0x0A: b"\\n",
    0x0B: b"\\v",
    0x0C: b"\\f",
    0x0D: b"\\r",
    0x22: b'\\"',
    0x5C: b"\\\\",
}
_SPECIAL = re.compile(rb'[\x00-\x1f\x7f"\\]')
_ESCAPE = re.compile(rb'\\([abtnvfr"\\]|[0-3][0-7]{2})')
_BYTES = {escape[1:]: bytes((code,)) for code, escape in _LETTERS.items()}
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')


def quote(name: bytes) -> bytes:
    """``name`` as git prints it in a header: quoted only where it must be."""
    if not _SPECIAL.search(name):
        return name
    return b'"' + _SPECIAL.sub(lambda found: _escape(found[0][0]), name) + b'"'


def _escape(code: int) -> bytes:
    return _LETTERS.get(code) or b"\\%03o" % code


def unquote(text: bytes) -> bytes | None:
    """The name that ``text`` stands for: unescaped when quoted, as it is when not, None when broken."""
    if not text.startswith(b'"'):
        return text
    taken = take_quoted(text)
    return taken[0] if taken is not None and not taken[1] else None


def take_quoted(text: bytes) -> tuple[bytes, bytes] | None:
    """The quoted name at the start of ``text``, unescaped, and what follows it; None if there is none."""
    found = _QUOTED.match(text)
    if found is None:
        return None
    return _ESCAPE.sub(_unescape, found[1]), text[found.end() :]


def _unescape(found: re.Match[bytes]) -> bytes:
    escape = found[1]
    return _BYTES.get(escape) or bytes((int(escape, 8),))


def to_text(name: bytes) -> str:
    """A path as the rest of Diffvet holds it: UTF-8, other bytes as surrogate escapes."""
    return name.decode("utf-8", "surrogateescape")


def to_bytes(name: str) -> bytes:
    """The inverse of :func:`to_text`."""
    return name.encode("utf-8", "surrogateescape")
