"""Syntax colours: the lines of a hunk as coloured pieces. Colours only; the text stays what it is.

With Pygments (the extra ``html``) each side of a hunk is read as one text, so that a string over several lines ends
where it does. Without it, for other languages, and when its patience is over, ``report.syntax`` reads line by line.

Lexers are regular expressions, and the code is untrusted: in the worst case they take quadratic time. So only the
languages of this table are read, no very long lines, a bounded piece at a time, and for a bounded time in all.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from diffvet.diff.model import DiffLine
from diffvet.report import syntax

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

Piece = tuple[str, str]
"""A class of the style sheet ("" for none), and the text that bears it."""

LONGEST = 1_000
"""Characters up to which a line is coloured."""

CHUNK = 16_000
"""Characters, about, that a lexer reads at once."""

PATIENCE = 5.0
"""Seconds that Pygments may take for one page."""

_NAMES = {
    "bash": ("sh", "bash", "zsh", "ksh", "bats", "bashrc", "profile", "envrc"),
    "c": ("c", "h"),
    "cpp": ("cc", "cpp", "cxx", "hh", "hpp", "hxx", "ino"),
    "csharp": ("cs",),
    "css": ("css",),
    "scss": ("scss",),
    "dart": ("dart",),
    "docker": ("dockerfile", "containerfile"),
    "elixir": ("ex", "exs"),
    "go": ("go",),
    "groovy": ("groovy", "gradle", "jenkinsfile"),
    "haskell": ("hs",),
    "hcl": ("hcl", "tf", "tfvars"),
    "html": ("html", "htm", "xhtml", "vue", "svelte"),
    "ini": ("ini", "cfg", "conf", "properties", "editorconfig", "gitconfig"),
    "java": ("java",),
    "javascript": ("js", "mjs", "cjs", "jsx"),
    "json": ("json", "jsonc", "webmanifest"),
    "kotlin": ("kt", "kts"),
    "lua": ("lua",),
    "make": ("makefile", "mk"),
    "markdown": ("md", "markdown"),
    "nginx": ("nginx",),
    "php": ("php",),
    "powershell": ("ps1", "psm1"),
    "protobuf": ("proto",),
    "python": ("py", "pyi", "pyw"),
    "r": ("r",),
    "ruby": ("rb", "rake", "gemspec", "gemfile", "rakefile"),
    "rust": ("rs",),
    "scala": ("scala", "sc"),
    "sql": ("sql",),
    "swift": ("swift",),
    "toml": ("toml",),
    "typescript": ("ts", "mts", "cts", "tsx"),
    "xml": ("xml", "svg", "xsd", "xsl", "plist", "csproj", "pom"),
    "yaml": ("yaml", "yml"),
}
"""Pygments' name of a language, and the endings of file names (or whole names) that mean it."""

_CLASSES = {
    "Comment": "c",
    "Comment.Preproc": "k",
    "Comment.PreprocFile": "s",
    "Keyword": "k",
    "Keyword.Constant": "n",
    "Keyword.Type": "t",
    "Literal.Number": "n",
    "Literal.String": "s",
    "Literal.String.Interpol": "v",
    "Literal.String.Escape": "v",
    "Name.Attribute": "v",
    "Name.Builtin": "t",
    "Name.Class": "f",
    "Name.Decorator": "v",
    "Name.Exception": "t",
    "Name.Function": "f",
    "Name.Namespace": "t",
    "Name.Tag": "k",
    "Name.Variable": "v",
    "Operator.Word": "k",
    "Generic.Heading": "f",
    "Generic.Subheading": "f",
}
"""The class of a kind of token; a finer kind has that of the coarser one it belongs to."""


class Highlighter:
    """Colours the lines of one page. ``clock`` gives seconds."""

    def __init__(self, patience: float = PATIENCE, clock: Callable[[], float] = time.monotonic) -> None:
        self._left = patience
        self._clock = clock

    def coloured(self, path: str, lines: Sequence[DiffLine]) -> list[tuple[Piece, ...]]:
        """The pieces of each of ``lines``, in order; their texts joined are the line's text."""
        name = _language(path)
        if name is None or (lexer := _lexer(name)) is None:
            return [_plainly(path, line) for line in lines]
        new = self._read(lexer, path, [line for line in lines if line.new is not None])
        removed = any(line.new is None for line in lines)
        old = self._read(lexer, path, [line for line in lines if line.old is not None] if removed else [])
        found = []
        for line in lines:
            before = next(old, ()) if line.old is not None else ()
            found.append(next(new) if line.new is not None else before)
        return found

    def _read(self, lexer: "Lexer", path: str, lines: Sequence[DiffLine]) -> Iterator[tuple[Piece, ...]]:
        for chunk in _chunks(lines):
            rows = self._lexed(lexer, chunk)
            for index, line in enumerate(chunk):
                row = tuple(rows[index]) if index < len(rows) else ()
                whole = "".join([text for _, text in row]) == line.text
                yield row if whole else _plainly(path, line)

    def _lexed(self, lexer: "Lexer", lines: Sequence[DiffLine]) -> list[list[Piece]]:
        """The pieces of ``lines``, which are read as one text; fewer where patience ends."""
        text = "\n".join(line.text if len(line.text) <= LONGEST else "" for line in lines)
        rows: list[list[Piece]] = [[]]
        if self._left <= 0:
            return rows
        start = self._clock()
        with suppress(Exception):  # a lexer that fails on strange code costs colours, never the report
            for _, kind, value in lexer.get_tokens_unprocessed(text):
                if self._clock() - start > self._left:
                    break
                name = _class_of(kind)
                first, *others = value.split("\n")
                if first:
                    rows[-1].append((name, first))
                rows.extend([(name, part)] if part else [] for part in others)
        self._left -= self._clock() - start
        return rows


_STYLES = {"": "", "comment": "c", "string": "s", "number": "n", "keyword": "k"}
"""The classes of what ``report.syntax`` tells apart."""


def _plainly(path: str, line: DiffLine) -> tuple[Piece, ...]:
    if len(line.text) > LONGEST:
        return (("", line.text),)
    return tuple((_STYLES[style], text) for style, text in syntax.tokens(path, line.text))


def _chunks(lines: Sequence[DiffLine]) -> Iterator[Sequence[DiffLine]]:
    first, size = 0, 0
    for at, line in enumerate(lines):
        size += len(line.text)
        if size > CHUNK:
            yield lines[first : at + 1]
            first, size = at + 1, 0
    if first < len(lines):
        yield lines[first:]


def _language(path: str) -> str | None:
    name = path.rpartition("/")[2].lower()
    return _languages().get(name.rpartition(".")[2]) or _languages().get(name.partition(".")[0])


@cache
def _lexer(language: str) -> "Lexer | None":
    """The lexer of Pygments; None without Pygments."""
    try:
        from pygments.lexers import get_lexer_by_name  # noqa: PLC0415 - optional, and 10 to 40 ms
    except ImportError:
        return None
    return get_lexer_by_name(language)


@cache
def _languages() -> dict[str, str]:
    return {ending: language for language, endings in _NAMES.items() for ending in endings}


@cache
def _class_of(kind: "_TokenType") -> str:
    for length in range(len(kind), 0, -1):
        name = _CLASSES.get(".".join(kind[:length]))
        if name is not None:
            return name
    return ""
