"""Values in key-like places: ``password = "…"``, ``api_key: …``, ``<Token>…</Token>``, in any usual syntax."""

import re
from collections.abc import Iterator
from typing import Final

from diffvet.review.secrets import names
from diffvet.review.secrets.extent import others, whole
from diffvet.review.secrets.file_kind import FileKind, file_kind
from diffvet.review.secrets.judge import is_secret
from diffvet.review.secrets.names import Promise
from diffvet.review.secrets.placeholder import is_placeholder
from diffvet.review.secrets.span import Span
from diffvet.review.secrets.syntax import mirrored, read
from diffvet.review.secrets.value import Doubt
from diffvet.review.secrets.written import written

_NAME: Final = re.compile(r"[\w$.-]{0,60}")
_NAME_LEFT: Final = re.compile(r"[\w$.-]{0,60}\Z")
_SPACED: Final = re.compile(r"(?:[A-Za-z]{2,12} )\Z")
_PHRASE: Final = re.compile(r"passphrase|mnemonic|seed|psk", re.IGNORECASE)
_NO_KEYS: Final = re.compile(
    r"(?:^|/)(?:package-lock\.json|npm-shrinkwrap\.json|[^/]*yarn\.lock|pnpm-lock\.ya?ml|[^/]*\.lock|go\.sum|pipfile\.lock|packages\.lock\.json|bun\.lockb?|[^/]*\.(?:sum|lockfile|svg|css|scss|less|map|po|pot|xliff?|strings|resx|snap))$",
    re.IGNORECASE,
)


def find(text: str, lowered: str, path: str) -> Iterator[Span]:
    """The secret values in key-like places of ``text``, in order, none overlapping.

    ``lowered`` is the text in lower case, with the same offsets.
    """
    if _NO_KEYS.search(path):
        return
    file = file_kind(path)
    done = 0
    for at in _places(lowered):
        if at < done:
            continue
        start = at - len(_NAME_LEFT.search(text, max(done, at - 60), at)[0])  # type: ignore[index]  # the pattern fits nothing too
        done = end = _NAME.match(text, at).end()  # type: ignore[union-attr]  # likewise
        level, vague = _promise(text, start, end)
        if level is Promise.NONE:
            continue
        for span in _values(text, start, end, file, level, vague=vague):
            done = max(done, span.end)
            yield span


def _promise(text: str, start: int, end: int) -> tuple[Promise, bool]:
    """What the name at these offsets promises; nothing where a name is no name."""
    name = text[start:end]
    level, vague = names.promise(name.rstrip("."))
    if level is Promise.KEY and (spaced := _SPACED.search(text, max(0, start - 13), start)):
        level, vague = max((level, vague), names.promise(spaced[0] + name))
    in_list = text[start - 1 : start] == ":" == text[end : end + 1] and not text[end + 1 : end + 2].isspace()
    in_path = text.startswith("::", start - 2) and not text.startswith("(", end)
    if level is Promise.NONE or in_list or in_path or is_placeholder(name):
        return Promise.NONE, False
    return level, vague


def _values(
    text: str, start: int, end: int, file: FileKind, level: Promise, *, vague: bool
) -> Iterator[Span]:
    """The secrets that belong to the name from ``start`` to ``end``."""
    in_query = file is FileKind.CODE and text[start - 1 : start] in {"?", "&", ";"}
    phrase = _PHRASE.search(text, start, end) is not None
    value = read(text, start, end, FileKind.SHELL if in_query else file, phrase=phrase)
    if value is None and level >= Promise.SECRET:
        value = mirrored(text, start)
    doubt = Doubt.CALLED if vague else Doubt.NONE
    if value is not None and is_secret(value, level, max(value.doubt, doubt), phrase=phrase):
        more = (item for item in others(text, value, file) if is_secret(item, level, doubt))
        for each in (value, *more):
            yield from (Span(*piece, level.kind) for piece in whole(text, each))
    elif level >= Promise.SECRET and (value is None or value.text[:1] in "{[" or not value.quoted):
        yield from (Span(*line, level.kind) for line in written(text, end))


def _places(lowered: str) -> list[int]:
    """The offsets of all telling words, in order."""
    places = []
    for word in names.WORDS:
        at = lowered.find(word)
        while at >= 0:
            places.append(at)
            at = lowered.find(word, at + len(word))
    places.sort()
    return places
