r"""The baseline as a file of the repository that merges like source code.

The file is one JSON object, one entry a line, keyed by fingerprint and without line numbers::

    {
    "0b1c…": {"path": "src/app.py", "category": "security", "title": "…", "reason": "…", "author": "…", "added": "2026-01-31"},
    "version": 1
    }

``version`` stands last, so that every entry ends in a comma and adding one changes no other line. Entries are
sorted by path, then fingerprint; reading takes them in any order and twice, as a union merge leaves them. The
file is data: it names fingerprints, never something to open or to run.
"""

import datetime as dt
import json
import re
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from diffvet.dialogue.vocabulary import Category
from diffvet.replacing import replace_file
from diffvet.review.baseline import EMPTY, Baseline, BaselineError, Entry, meaningful

VERSION = 1
LARGEST = 64 << 20
"""Bytes a baseline may have; more is no baseline."""

_FINGERPRINT = re.compile(r"[0-9a-f]{32}")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?: .*)?\r?$", re.MULTILINE)
_CATEGORIES = frozenset(Category)
_FIELDS = ("path", "category", "title", "reason", "author", "added")

_Pairs = tuple[tuple[str, object], ...]


def read(path: Path) -> Baseline:
    """The baseline in ``path``; empty if there is no such file. Raises ``BaselineError`` naming the line."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BaselineError(f"the baseline {path} is not a regular file; name another")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        return EMPTY
    except (OSError, ValueError) as error:
        raise BaselineError(f"the baseline {path} cannot be read: {_cause(error)}") from error
    if len(content) > LARGEST:
        raise BaselineError(f"the baseline {path} has more than {LARGEST >> 20} MiB; name another file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _broken(path, content.count(b"\n", 0, error.start) + 1, "is not UTF-8") from error
    return Baseline.of(_entries(text, path))


def parse(text: str, path: Path) -> Baseline:
    """The baseline that ``text`` spells; ``path`` is for the errors."""
    return Baseline.of(_entries(text, path))


def render(baseline: Baseline) -> str:
    """The file's text: the same entries give the same text."""
    lines = [f"{json.dumps(name)}: {_line(entry)},\n" for name, entry in baseline.entries.items()]
    return "".join(("{\n", *lines, f'"version": {VERSION}\n', "}\n"))


def write(path: Path, baseline: Baseline) -> bool:
    """Make ``path`` hold ``baseline``, whole or not at all; False if it did already. Raises ``BaselineError``.

    Nothing is written below a ``.git``, whoever named the file.
    """
    content = render(baseline).encode()
    try:
        if ".git" in (part.lower() for part in path.resolve().parts):
            raise BaselineError(f"the baseline {path} lies in git's own directory; name another file")
        if path.is_file() and path.read_bytes() == content:
            return False
        replace_file(path, content)
    except OSError as error:
        raise BaselineError(f"the baseline {path} cannot be written: {_cause(error)}") from error
    return True


def _entries(text: str, path: Path) -> Iterator[Entry]:
    conflict = _CONFLICT.search(text)
    if conflict:
        raise _broken(
            path,
            _line_at(text, conflict.start()),
            "is a merge conflict marker; keep the entries of both sides and delete the marker lines",
        )
    document = _document(text, path)
    versions = [value for key, value in document if key == "version"]
    if not versions or any(type(version) is not int or version != VERSION for version in versions):
        said = f"has a version that is not {VERSION}" if versions else "names no version"
        raise _broken(
            path, _line_of(text, "version"), f"{said}; was it written by another diffvet, or another tool?"
        )
    for key, value in document:
        if key != "version":
            yield _entry(key, value, text, path)


def _document(text: str, path: Path) -> _Pairs:
    try:
        document = json.loads(text, object_pairs_hook=tuple)
    except json.JSONDecodeError as error:
        said = error.msg[:1].lower() + error.msg[1:]
        raise _broken(path, error.lineno, f"is not valid JSON ({said}); restore it from git") from error
    except (RecursionError, ValueError) as error:
        raise _broken(path, 1, "is not valid JSON (nested too deeply, or a number too long)") from error
    if not isinstance(document, tuple):
        raise _broken(path, 1, "is no JSON object with an entry for each fingerprint")
    return document


def _entry(key: str, value: object, text: str, path: Path) -> Entry:
    problem = next(_problems(key, value), None)
    if problem is None and isinstance(value, tuple):
        return Entry(fingerprint=key, **dict(value))
    raise _broken(path, _line_of(text, key), problem or "is no entry")


def _problems(key: str, value: object) -> Iterator[str]:
    """What is wrong with an entry, to follow "line N"; the first problem counts."""
    if not _FINGERPRINT.fullmatch(key):
        yield f"has the unknown key '{_shown(key)}'; keys are fingerprints of 32 hexadecimal digits"
    if not isinstance(value, tuple):
        yield f"is no entry: an object with {', '.join(_FIELDS)}"
        return
    fields = dict(value)
    for name in _FIELDS:
        if not isinstance(fields.get(name), str):
            yield f"has a '{name}' that is no text" if name in fields else f"has no '{name}'"
    for name in fields.keys() - set(_FIELDS):
        yield f"has the unknown field '{_shown(name)}'"
    if fields["category"] not in _CATEGORIES:
        yield f"has the unknown category '{_shown(fields['category'])}'"
    if not meaningful(fields["reason"]):
        yield "has no reason; say why the finding is accepted"
    if not _is_day(fields["added"]):
        yield "has an 'added' that is no day like 2026-01-31"


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _line(entry: Entry) -> str:
    return _escaped(json.dumps({name: getattr(entry, name) for name in _FIELDS}, ensure_ascii=False))


def _escaped(text: str) -> str:
    """JSON ``text`` with what a reader or a terminal would not see spelt out: controls, bidi, surrogates."""
    if text.isascii():
        return text.replace("\x7f", "\\u007f")
    return "".join(
        json.dumps(char)[1:-1] if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else char
        for char in text
    )


def _shown(text: str) -> str:
    """Untrusted ``text`` as an error may show it: short, and nothing a terminal acts on."""
    return "".join(char if char.isprintable() else "?" for char in text[:40])


def _line_of(text: str, key: str) -> int:
    """The 1-based line on which ``key`` stands first; 1 if it was spelt in another way."""
    at = text.find(json.dumps(key, ensure_ascii=False))
    return _line_at(text, at) if at >= 0 else 1


def _line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _broken(path: Path, line: int, what: str) -> BaselineError:
    return BaselineError(f"the baseline {path}, line {line}, {what}")


def _cause(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
