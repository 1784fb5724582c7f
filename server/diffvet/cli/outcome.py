"""The outcome of a check that was made before, found by everything it depends on.

A check of the index (``check --staged``, or the pre-commit hook) is a function of what is asked (``Question``: the words, the variables that are read, this
program, and git's answers about index, HEAD and configuration) and of files (``Witness``: settings, attributes,
baseline, dismissals). Its outcome, exit code and output, is kept under the question together with its witnesses; it is
given again only while all of them are what they were. ``remember`` writes what is read here.

This is the path that must cost no more than twice a bare look-up, hence nothing but ``os`` and ``sys``.
"""

import os
import sys

from diffvet import __version__
from diffvet.diff.neutral import DIFF_FLAGS, environment, is_hook
from diffvet.diff.spawn import AVAILABLE, answers
from diffvet.store.entries import Entries, digest
from diffvet.store.place import default_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FOLDER = "outcomes"
REVIEWS = "reviews"
"""The folders of the store; a kept review must still be there, so that 'diffvet show' speaks of this run."""

MOST = 500
SIZE_LIMIT = 32 * 1024 * 1024

HOOK = ["hook", "run", "pre-commit"]
"""The words that review the index too, unless a merge or a rebase is under way."""

PLAIN_FLAGS = frozenset(("--staged", "--fallback-chat", "--no-fallback-chat"))
VALUED_FLAGS = frozenset(
    (
        *(
            "--format",
            "--color",
            "--fail-on",
            "--min-severity",
            "--filter-mode",
            "--fail-open",
            "--time-limit",
        ),
        *("--include", "--exclude", "--instructions", "--rules", "--baseline"),
        *("--max-findings", "--max-findings-per-file"),
        *("--endpoint", "--secondary-endpoint", "--model", "--models", "--api-key-env"),
        *("--unit-tokens", "--max-tokens", "--concurrency", "--rate-per-minute", "--retries"),
        *("--connect-timeout", "--read-timeout", "--deadline"),
        *(
            "--run-tokens",
            "--day-tokens",
            "--month-tokens",
            "--run-credits",
            "--day-credits",
            "--month-credits",
        ),
    )
)
"""Flags whose effect is wholly in their words. Any other word, and nothing is remembered."""

NOT_KEYED = frozenset(("DIFFVET_API_KEY", "DIFFVET_TRACEBACK", "DIFFVET_CACHE_DIR"))
"""Variables of ours without a part in the outcome; a key has none in any digest either."""

KEYED = frozenset(("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "PATH", "NO_COLOR", "FORCE_COLOR", "TERM"))
"""Others' variables that are read, beside those that reach git."""

INDEX = ["diff", "--cached", "--raw", "-z", *(flag for flag in DIFF_FLAGS if flag != "-U3"), "--"]
"""The records alone: names of blobs say what their text is, and ``-U3`` would print it."""

PLACES = [
    "rev-parse",
    "--is-inside-git-dir",
    "--is-bare-repository",
    "--is-inside-work-tree",
    "--is-shallow-repository",
    "--show-toplevel",
    *("--git-path", "info/attributes"),
    *("--git-path", "MERGE_HEAD"),
    *("--git-path", "rebase-merge"),
    *("--git-path", "rebase-apply"),
    "HEAD^{commit}",
]
CONFIGURATION = ["config", "--list", "--show-scope", "-z"]

LARGEST = 1 << 20
"""Bytes of a witness that are read; a larger file is known by its times, size and inode."""


class Question:
    """What was asked, as ``name``; ``index``, ``places`` and ``configuration`` are git's answers."""

    __slots__ = ("configuration", "index", "name", "places")

    def __init__(self, words: "Sequence[str]", said: "Sequence[bytes]") -> None:
        self.index, self.places, self.configuration = said
        surroundings = (*_program(), os.fsencode(os.getcwd()), b"%d" % os.isatty(1))  # noqa: PTH109 - see above
        variables = (os.fsencode(f"{name}={value}") for name, value in sorted(_variables(os.environ)))
        self.name = digest(
            digest(*said).encode(),
            digest(*surroundings).encode(),
            digest(*map(os.fsencode, words)).encode(),
            digest(*variables).encode(),
        )

    @property
    def root(self) -> str:
        """The top of the working tree, as git names it."""
        return self._line(4)

    @property
    def attributes(self) -> str:
        """The repository's own file of attributes, there or not."""
        return self._line(5)

    @property
    def under_way(self) -> "Sequence[str]":
        """What exists while a merge or a rebase is under way."""
        return [self._line(number) for number in (6, 7, 8)]

    def _line(self, number: int) -> str:
        return os.fsdecode(self.places.split(b"\n")[number])


class Outcome:
    """What a check ended with: exit code, standard output, standard error."""

    __slots__ = ("code", "errors", "output")

    def __init__(self, code: int, output: bytes, errors: bytes) -> None:
        self.code = code
        self.output = output
        self.errors = errors


def question(words: "Sequence[str]") -> Question | None:
    """The question that the command line ``words`` ask here; None where its outcome cannot be remembered."""
    if not (AVAILABLE and _eligible(words)):
        return None
    said = answers((INDEX, PLACES, CONFIGURATION), os.environ)
    asked = Question(words, said) if said else None
    if asked and b"\0attr.tree\n" in asked.configuration:  # attributes of a commit, another one tomorrow
        return None
    busy = words[:3] == HOOK and asked and any(map(os.path.lexists, asked.under_way))
    return None if busy else asked  # a hook does something else while a merge or a rebase is under way


def entries() -> Entries:
    """Where outcomes are kept."""
    return Entries(os.path.join(default_place(), FOLDER), most=MOST, size_limit=SIZE_LIMIT)  # noqa: PTH118 - see above


def recall(asked: Question) -> Outcome | None:
    """The outcome of the same question while its witnesses are the same; the review it was is the last one again."""
    kept = entries()
    content = kept.read(asked.name)
    fields = unpack(content) if content else None
    if not fields:
        return None
    code, review, output, errors, *witnesses = fields
    for place, seen in zip(witnesses[::2], witnesses[1::2], strict=True):
        if look(os.fsdecode(place)) != seen:
            return None
    reviews = Entries(os.path.join(default_place(), REVIEWS), most=0, size_limit=0)  # noqa: PTH118 - see above
    if not reviews.touch(review.decode()):
        return None
    kept.touch(asked.name)
    return Outcome(int(code), output, errors)


def look(place: str) -> bytes:
    """What stands at ``place``, such that any change is seen: what kind of thing it is, and its content."""
    try:
        facts = os.lstat(place)
        link = b""
        if (facts.st_mode & 0o170000) == 0o120000:
            link = os.fsencode(os.readlink(place))  # noqa: PTH115 - see above
            facts = os.stat(place)  # noqa: PTH116
        kind = b"%o" % (facts.st_mode & 0o170000)
        if kind != b"100000":
            return digest(link, kind).encode()
        if facts.st_size > LARGEST:
            identity = (facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size, facts.st_ino)
            return digest(link, repr(identity).encode()).encode()
        with open(place, "rb") as file:  # noqa: PTH123
            return digest(link, kind, file.read()).encode()
    except (OSError, ValueError) as error:
        return b"nothing %d" % (getattr(error, "errno", None) or 0)


def pack(fields: "Sequence[bytes]") -> bytes:
    """``fields`` as one text: their lengths on a line, then they."""
    return b" ".join(b"%d" % len(field) for field in fields) + b"\n" + b"".join(fields)


def unpack(content: bytes) -> list[bytes] | None:
    """The fields that were packed; None where it is something else."""
    lengths, end, rest = content.partition(b"\n")
    if not end:
        return None
    fields, at = [], 0
    for length in map(int, lengths.split()):
        fields.append(rest[at : at + length])
        at += length
    return fields if len(fields) >= 4 and len(fields) % 2 == 0 and at == len(rest) else None


def _eligible(words: "Sequence[str]") -> bool:
    if words[:3] == HOOK:
        rest = iter(words[3:])
    elif words[:1] == ["check"] and "--staged" in words:
        rest = iter(words[1:])
    else:
        return False
    for word in rest:
        flag, sign, _ = word.partition("=")
        if word in PLAIN_FLAGS or (sign and flag in VALUED_FLAGS):
            continue
        if word not in VALUED_FLAGS or next(rest, None) is None:
            return False
    return True


def _variables(environ: "Mapping[str, str]") -> "Iterator[tuple[str, str]]":
    """The variables that are read by us, and those that git gets from us."""
    reaching = environment(environ, hook=is_hook(".", environ))
    for name, value in environ.items():
        if name in KEYED or (name.startswith("DIFFVET_") and name not in NOT_KEYED):
            yield name, value
    yield from ((f"git {name}", value) for name, value in reaching.items() if name.startswith("GIT_"))


def _program() -> "Iterator[bytes]":
    """This program and what it stands on: any installation or edit changes it."""
    yield f"{__version__} {sys.version} {sys.executable}".encode("utf-8", "surrogateescape")
    here = os.getcwd()  # noqa: PTH109 - see above
    for place in sys.path:
        if place in {"", here}:  # ``python -m``: work in progress is no installation
            continue
        try:
            facts = os.stat(place)  # noqa: PTH116
        except OSError:
            continue
        yield os.fsencode(f"{place} {facts.st_mtime_ns} {facts.st_ino}")
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    folders = [package]
    while folders:
        with os.scandir(folders.pop()) as files:
            for file in sorted(files, key=lambda one: one.name):
                if file.is_dir():
                    if file.name != "__pycache__":
                        folders.append(file.path)
                else:
                    facts = file.stat()
                    yield os.fsencode(f"{file.path} {facts.st_mtime_ns} {facts.st_size}")
