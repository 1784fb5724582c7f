r"""Patterns for paths, written and meant as in ``.gitignore`` (the manual's section "PATTERN FORMAT").

A pattern without a slash (but for one at its end) names files and directories at any depth; with one, it
counts from the root. A directory stands for all that is in it; ``*`` and ``?`` stop at a slash; ``**/``,
``/**/`` and ``/**`` span directories; a slash at the end asks for a directory; ``!`` takes back, but nothing
inside a directory that is itself matched; of several patterns the last one decides; a backslash makes the
next character plain. Two differences: ``#`` begins no comment, and POSIX classes (``[[:alpha:]]``) are refused.

Matching takes time linear in the path for each pattern (no pattern can make it backtrack): patterns may
come from the repository under review. ``pathspec`` does this too, at 28 ms for its import alone.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache

from diffvet.errors import SettingsError

_PLAIN = re.compile(r"[^*?\[\\]+")


@dataclass(frozen=True, slots=True)
class _Glob:
    """One pattern. ``segments``: what each part of a path must be; None stands for any number of them."""

    text: str
    negated: bool
    directory: bool
    segments: tuple[re.Pattern[str] | None, ...]

    def fits(self, parts: Sequence[str], *, directory: bool) -> bool:
        if self.directory and not directory:
            return False
        return _fits(self.segments, parts)


class Globs:
    """A list of patterns; raises ``SettingsError`` for one that cannot be meant."""

    __slots__ = ("_globs",)

    def __init__(self, patterns: Iterable[str]) -> None:
        self._globs = tuple(_read(pattern) for pattern in patterns)

    def match(self, path: str) -> str | None:
        """The pattern that covers the file ``path`` (forward slashes, from the root), or None."""
        if not self._globs:
            return None
        parts = path.split("/")
        for end in range(1, len(parts) + 1):
            directory = end < len(parts)
            for glob in reversed(self._globs):
                if glob.fits(parts[:end], directory=directory):
                    if glob.negated:
                        break
                    return glob.text
        return None


@lru_cache(maxsize=64)
def globs_of(patterns: tuple[str, ...]) -> Globs:
    """``Globs(patterns)``, read once."""
    return Globs(patterns)


def _read(text: str) -> _Glob:
    body = text if text.endswith("\\ ") else text.rstrip(" ")
    negated = body.startswith("!")
    body = body.removeprefix("!")
    directory = body.endswith("/")
    body = body.removesuffix("/")
    if not body:
        raise SettingsError(
            f"the path pattern '{text}' is empty; write one as in .gitignore, such as 'dist/**'"
        )
    rooted = "/" in body
    names = body.removeprefix("/").split("/")
    if "" in names or "." in names or ".." in names:
        hint = "write paths from the repository root with single slashes"
        raise SettingsError(f"the path pattern '{text}' can match nothing: {hint}")
    segments = [None if name == "**" else _segment(name, text) for name in names]
    if segments[-1] is None and len(segments) > 1:
        segments.append(re.compile(""))  # what follows "/**" must be there
    return _Glob(text, negated, directory, tuple(segments if rooted else [None, *segments]))


def _segment(name: str, text: str) -> re.Pattern[str]:
    """``name``, a pattern for one part of a path, in the words of ``fnmatch``, whose regex never backtracks."""
    said: list[str] = []
    at = 0
    while at < len(name):
        if plain := _PLAIN.match(name, at):
            said.append(plain[0])
            at = plain.end()
        elif name[at] == "\\":
            if at + 1 == len(name):
                raise SettingsError(
                    f"the path pattern '{text}' ends in a lone backslash; use forward slashes"
                )
            said.append(f"[{name[at + 1]}]" if name[at + 1] in "*?[" else name[at + 1])
            at += 2
        elif name[at] == "[":
            end = name.find("]", at + (3 if name[at + 1 : at + 2] in ("!", "^") else 2))
            inside = name[at + 1 : end]
            if end < 0 or "\\" in inside or "[:" in inside:
                hint = "close it, and put neither a backslash nor a named class inside"
                raise SettingsError(f"the path pattern '{text}' has a '[' that cannot be read: {hint}")
            said.append(f"[!{inside[1:]}]" if inside[0] == "^" else f"[{inside}]")
            at = end + 1
        else:
            said.append(name[at])
            at += 1
    return re.compile(translate("".join(said)))


def _fits(segments: Sequence[re.Pattern[str] | None], parts: Sequence[str]) -> bool:
    """Whether all of ``parts`` are what ``segments`` say; only the latest None ever needs another try."""
    at = here = 0
    retry: tuple[int, int] | None = None
    while here < len(parts):
        segment = segments[at] if at < len(segments) else _NOTHING
        if segment is None:
            retry = at, here
            at += 1
        elif segment.match(parts[here]):
            at += 1
            here += 1
        elif retry is not None:
            at, here = retry[0] + 1, retry[1] + 1
            retry = retry[0], here
        else:
            return False
    return all(segment is None for segment in segments[at:])


_NOTHING = re.compile(r"(?!)")
