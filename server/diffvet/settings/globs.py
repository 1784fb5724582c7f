"""Patterns for paths, as in ``.gitignore``; a pattern that cannot mean what it says is an error.

* A name without a slash matches at any depth; with one in it, it is anchored at the folder of its file.
* ``*``, ``?`` and ``[a-z]`` match within one name; ``**`` stands for any number of folders.
* What matches a folder matches everything in it; with a final slash it matches folders only.
* In a list the last match decides, and ``!`` in front makes it a "no". Unlike git, ``!`` also brings a file back
  whose folder was matched before.

Matching takes time proportional to the pattern times the path: patterns come from the repository under review.
"""

import fnmatch
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

LONGEST = 500
"""Characters a pattern may have."""

_ESCAPABLE = frozenset("*?[]!#\\ ")
_BRACES = re.compile(r"\{[^{}]*,[^{}]*\}")
_CLASS = re.compile(r"\[[!^]?\]?[^\]]*\]")

Segment = re.Pattern[str] | None
"""What one name of a path must look like; None is ``**``."""


@dataclass(frozen=True, slots=True)
class Glob:
    """One pattern; ``text`` is how it was written."""

    text: str
    negated: bool = field(compare=False)
    segments: tuple[Segment, ...] = field(compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> "Glob":
        """Read one pattern; raises ``ValueError`` whose text says what is wrong with it."""
        _refuse(text)
        body = text.removeprefix("!")
        anchored = "/" in body.rstrip("/")
        names = body.strip("/").split("/")
        segments: list[Segment] = [] if anchored else [None]
        segments += [None if name == "**" else _segment(name) for name in names]
        if body.endswith(("/", "/**")):  # folders only: something must follow
            segments = [*(segments[:-1] if names[-1] == "**" else segments), _ANY]
        return cls(text, text.startswith("!"), (*segments, None))

    def matches(self, path: str) -> bool:
        """Whether ``path`` (relative to the pattern's folder, forward slashes) or a folder above it matches."""
        names = path.split("/")
        at = here = 0
        resume: tuple[int, int] | None = None
        while here < len(names):
            if at < len(self.segments) and self.segments[at] is None:
                resume = (at + 1, here)
                at += 1
            elif at < len(self.segments) and (wanted := self.segments[at]) and wanted.match(names[here]):
                at, here = at + 1, here + 1
            elif resume is not None:
                at, here = resume[0], resume[1] + 1  # let the last '**' take one name more
                resume = (at, here)
            else:
                return False
        return all(segment is None for segment in self.segments[at:])


def decide(patterns: Sequence[Glob], path: str) -> Glob | None:
    """The pattern that decides about ``path``: the last that matches; None where none does."""
    return next((glob for glob in reversed(patterns) if glob.matches(path)), None)


_ANY = re.compile(".*", re.DOTALL)


def _refuse(text: str) -> None:
    """Raise for what git would read as something that never matches, or as something else."""
    body = text.removeprefix("!")
    names = body.strip("/").split("/")
    if not body.strip("/"):
        raise ValueError("is empty")
    if len(text) > LONGEST:
        raise ValueError(f"is longer than {LONGEST} characters")
    if not text.isprintable():
        raise ValueError("holds a character that cannot be seen")
    if ".." in names:
        raise ValueError("leads out of its folder with '..'")
    if "." in names or "" in names:
        raise ValueError("never matches: leave out './' and double slashes")
    if any("**" in name and name != "**" for name in names):
        raise ValueError("has '**' beside other characters; it stands for whole folders, as in 'src/**/*.py'")
    if _BRACES.search(text) or text.count("{") != text.count("}"):
        raise ValueError("has braces, which are not expanded; write one pattern for each")


def _segment(name: str) -> re.Pattern[str]:
    """``name`` as an expression; ``fnmatch`` makes one that does not backtrack over several stars."""
    return re.compile(fnmatch.translate(_without_escapes(name)))


def _without_escapes(name: str) -> str:
    r"""``name`` in the language of ``fnmatch``, which has no backslash: ``\*`` becomes ``[*]``."""
    made, at = [], 0
    while at < len(name):
        if name[at] == "\\":
            escaped = name[at + 1 : at + 2]
            if escaped not in _ESCAPABLE or not escaped:
                raise ValueError("has a backslash; folders are separated by '/'")
            made.append(f"[{escaped}]" if escaped in "*?[" else escaped)
            at += 2
        elif name[at] == "[":
            made.append(_class(name, at))
            at += len(made[-1])
        else:
            made.append(name[at])
            at += 1
    return "".join(made)


def _class(name: str, at: int) -> str:
    """The class of characters that begins at ``at``, with git's ``^`` as ``!``."""
    found = _CLASS.match(name, at)
    if found is None:
        raise ValueError("has a '[' without its ']'")
    if "[:" in found[0] or "\\" in found[0]:
        raise ValueError(f"has {found[0]!r}; only plain characters and ranges can stand in brackets")
    for low, high in re.findall(r"(.)-(.)(?!$)", found[0].strip("[]!^") + " "):
        if low > high:
            raise ValueError(f"has the range '{low}-{high}' backwards")
    return found[0].replace("[^", "[!", 1)
