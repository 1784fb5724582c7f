"""Values in key-like places: ``password = "…"``, ``api_key: …``, ``<Token>…</Token>``, in any usual syntax."""

import re
from collections.abc import Iterator
from typing import Final

from diffvet.review.secrets import names
from diffvet.review.secrets.file_kind import FileKind, file_kind
from diffvet.review.secrets.judge import is_secret
from diffvet.review.secrets.names import Promise
from diffvet.review.secrets.placeholder import is_placeholder
from diffvet.review.secrets.span import Span
from diffvet.review.secrets.syntax import read, whole
from diffvet.review.secrets.value import Doubt

_NAME: Final = re.compile(r"[A-Za-z0-9_$.-]{0,60}")
_NAME_LEFT: Final = re.compile(r"[A-Za-z0-9_$.-]{0,60}\Z")
_SPACED: Final = re.compile(r"(?:[A-Za-z]{2,12} )\Z")
_PHRASE: Final = re.compile(r"passphrase|mnemonic|seed", re.IGNORECASE)
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
        end = _NAME.match(text, at).end()  # type: ignore[union-attr]  # likewise
        done = end
        level, vague = names.promise(text[start:end].rstrip("."))
        if level is Promise.KEY and (spaced := _SPACED.search(text, max(0, start - 13), start)):
            level, vague = max((level, vague), names.promise(spaced[0] + text[start:end]))
        if level is Promise.NONE or text.startswith("::", start - 2) or is_placeholder(text[start:end]):
            continue
        if text[start - 1 : start] == ":" == text[end : end + 1]:  # a word inside of a:colon:list
            continue
        in_query = file is FileKind.CODE and text[start - 1 : start] in {"?", "&", ";"}
        value = read(text, end, FileKind.SHELL if in_query else file)
        if value is None:
            continue
        doubt = max(value.doubt, Doubt.CALLED if vague else Doubt.NONE)
        if is_secret(value, level, doubt, phrase=_PHRASE.search(text, start, end) is not None):
            for piece in whole(text, value):
                done = max(done, piece[1])
                yield Span(*piece, level.kind)


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
