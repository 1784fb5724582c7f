r"""Private keys: armoured blocks over many lines, or one string with written line ends (``\n``)."""

import re
from collections.abc import Iterator
from typing import Final

from diffvet.expression import expression
from diffvet.review.secrets.kinds import PRIVATE_KEY
from diffvet.review.secrets.places import places
from diffvet.review.secrets.span import Span
from diffvet.review.secrets.surprise import surprises

_BEGIN: Final = expression(
    r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d: |---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----"
)
_END: Final = expression(
    r"-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|Private-MAC: \w+|---- END SSH2 ENCRYPTED PRIVATE KEY ----"
)
_BODY: Final = expression(r"(?<![A-Za-z0-9+/=_])(?:(?<=\\)[nrt])?(?P<armour>[A-Za-z0-9+/=]{16,})")
_LINE: Final = expression(r"[A-Za-z0-9+/]{24,100}={0,2}")
_ARMOUR: Final = expression(r"[A-Za-z0-9+/=]*")
_DER: Final = ("IBAAK", "IBADAN", "IBAzCC", "CAQEE", "AgEAM", "CAQAwBQYDK2V", "b3BlbnNzaC1rZXktdjE")
"""Base64 of what private keys begin with (RFC 5208, 5915, 8017, OpenSSH): a sequence of a small number and more."""
_HEAD: Final = expression(
    r"(?<![A-Za-z0-9+/_-])(?:M[A-P][A-Za-z0-9+/]{1,10}(?:IBAAK|IBADAN|IBAzCC|CAQEE|AgEAM|CAQAwBQYDK2V)|b3BlbnNzaC1rZXktdjE)\Z"
)
_MEMBER: Final = expression(r'"(?:d|p|q|dp|dq|qi|k)"[ \t]*:[ \t\n]*"(?P<value>[A-Za-z0-9_-]{16,2000})"')
_WEB_KEY: Final = 8_000
"""A JSON Web Key is not longer."""
_LONGEST: Final = 20_000
"""A key written in one string is not longer."""
_LEAST: Final = 16
"""A block begins with a line of at least so many letters; only its last may be shorter."""
_HEADER: Final = expression(
    r"(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|Encryption|Public-Lines|Private-Lines|Private-MAC|Key-Derivation|Argon2-\w+): "
)
_QUOTING: Final = " \t\r\"'`+,;()\\|#*/<>."
_INLINE: Final = expression(
    r"(?:\s|\\{1,2}[nrt]|[\"'`+,]|[A-Za-z0-9+/=]|(?:Proc-Type|DEK-Info|Version|Comment): [^\\\n]{0,80})*"
)
_KEY_FILE: Final = expression(
    r"(?:^|/)(?:id_(?:rsa|dsa|ecdsa|ed25519)[^/.]*|[^/]*private[^/]*\.(?:pem|asc|gpg|txt)|[^/]*\.(?:key|p8|ppk)|(?![^/]*(?:cert|chain|bundle|pub|\bca\b|ca[-_.]|root|trust|dh))[^/]*\.pem)$",
    re.IGNORECASE,
)


def find(text: str, path: str) -> Iterator[Span]:
    """The lines of private keys in ``text``, one span a line (or one for a key written in one string).

    The armour's first and last line stay readable. A key whose beginning or end the text does not show is
    found by what it shows: its END line, or the name of the file.
    """
    if "PRIVATE KEY" in text or "PuTTY-User-Key" in text or "Private-MAC" in text:
        for begin in _BEGIN.finditer(text):
            yield from _from(text, begin.end())
        done = 0
        for end in _END.finditer(text):
            yield from _up_to(text, end.start(), done)
            done = end.end()
    yield from _members(text)
    yield from _structures(text)
    if _KEY_FILE.search(path):
        yield from _loose_lines(text)


def _structures(text: str) -> Iterator[Span]:
    """Keys without armour, known by how the structure inside of them begins; the lines after it are part of it."""
    done = 0
    for at, word in sorted((at, start) for start in _DER for at in places(text, start)):
        head = _HEAD.search(text, max(done, at - 16), at + len(word))
        if head is None:
            continue
        end = _line_end(text, at)
        run = _ARMOUR.match(text, head.start(), end)
        if run is None or run.end() - run.start() < _LEAST * 2:
            continue
        yield Span(*run.span(), PRIVATE_KEY)
        done = run.end()
        if not text[run.end() : end].strip(_QUOTING).removesuffix("\\n"):
            for span in _from(text, end):
                yield span
                done = span.end


def _members(text: str) -> Iterator[Span]:
    """The private members of JSON Web Keys: objects that hold ``kty``."""
    done = 0
    for at in places(text, '"kty"'):
        if at < done:
            continue
        start = max(done, text.rfind("{", max(done, at - _WEB_KEY), at))
        end = text.find("}", at, at + _WEB_KEY)
        done = min(len(text), at + _WEB_KEY) if end < 0 else end
        for hit in _MEMBER.finditer(text, start, done):
            yield Span(*hit.span("value"), PRIVATE_KEY)


def _from(text: str, at: int) -> Iterator[Span]:
    """What follows a BEGIN: the rest of its line, then lines as long as they are armour."""
    inline = _INLINE.match(text, at, at + _LONGEST)
    end = text.find("\n", at, at + _LONGEST)
    if inline:
        yield from _inline(text, at, inline.end() if end < 0 else min(end, inline.end()))
    seen = False
    while 0 <= end < len(text):
        at, end = end + 1, _line_end(text, end + 1)
        if not _is_armour(text[at:end]):
            return
        for span in _runs(text, at, end):
            if seen or span.end - span.start >= _LEAST:
                seen = True
                yield span


def _inline(text: str, start: int, end: int) -> Iterator[Span]:
    """The armour on the very line of BEGIN, with its last, short word if END follows."""
    for span in _runs(text, start, end, least=20):
        if text.startswith("-----END", end):
            rest = (
                text[span.end : end].rstrip("\"'`+, \t").removesuffix("\\n").removesuffix("\\r").rstrip("\\")
            )
            yield span._replace(end=span.end + len(rest))
        else:
            yield span


def _up_to(text: str, at: int, done: int) -> Iterator[Span]:
    """What stands before an END, but after ``done``: its line's beginning, then lines backwards that are armour."""
    start = max(text.rfind("\n", done, at) + 1, done)
    yield from _runs(text, start, at, least=40)
    while start > done:
        end = start - 1
        start = text.rfind("\n", 0, end) + 1
        line = text[start:end]
        if not line.strip() or _BEGIN.search(line) or not _is_armour(line):
            return
        yield from _runs(text, start, end)


def _loose_lines(text: str) -> Iterator[Span]:
    """All armour-like lines of a file that is a key by its name, but not those of certificates and public keys."""
    public, at = False, 0
    while at <= len(text):
        end = _line_end(text, at)
        line = text[at:end]
        if "-----BEGIN " in line:
            public = "PRIVATE" not in line
        elif "-----END " in line:
            public = False
        elif (
            not public
            and _LINE.fullmatch(line.strip())
            and surprises(line.strip()) * 4 >= min(len(line), 100)
        ):
            yield Span(at, end, PRIVATE_KEY)
        at = end + 1


def _is_armour(line: str) -> bool:
    """Whether ``line`` can stand inside an armoured block: base64 in any quoting, a header, nothing."""
    bare = _bare(line)
    return _ARMOUR.fullmatch(bare) is not None or _HEADER.match(bare) is not None


def _runs(text: str, start: int, end: int, *, least: int = 1) -> Iterator[Span]:
    """The armour between two offsets as one span: from its first to its last word."""
    words = [hit.span("armour") for hit in _BODY.finditer(text, start, end)]
    words = [word for word in words if word[1] - word[0] >= least]
    if words:
        yield Span(words[0][0], words[-1][1], PRIVATE_KEY)
        return
    line = text[start:end]
    bare = _bare(line)
    if (
        least == 1 and bare and len(bare) < _LEAST and _ARMOUR.fullmatch(bare)
    ):  # the last, short line of a block
        at = start + line.index(bare)
        yield Span(at, at + len(bare), PRIVATE_KEY)


def _bare(line: str) -> str:
    """``line`` without indentation, quoting and written line ends."""
    return line.strip(_QUOTING).removesuffix("\\n").removesuffix("\\r").strip(_QUOTING)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
