"""A cheap guess at how much can go wrong in a hunk; it decides the order of review and nothing else.

The score is a sum, the same on every machine, of

* the path: 30 where it names authentication, cryptography, money, data migrations, build and delivery, or
  infrastructure; 10 for a change of mode or an executable or link; minus 15 for tests, minus 25 for
  documentation, minus 30 for generated or vendored files;
* 8 for each kind of dangerous word among the added lines (running programs, evaluating text, queries, secrets,
  trust, memory, network, files), at most 40;
* 12 if guarding words (conditions, checks, escapes, locks) are among the removed lines, 24 if there are more
  than are added;
* the size: 3 for each doubling of the number of changed lines, at most 24.
"""

import re
from functools import lru_cache
from typing import Final

from diffvet.diff.kinds import Place, place_of
from diffvet.diff.model import FileChange, Hunk, LineKind

_SENSITIVE = re.compile(
    r"auth|login|logon|sessions?[/._-]|passw|credential|secret|token|crypt|signature|signing|security|permission"
    r"|polic(?:y|ies)|acl[/._-]|rbac|sudo|admin|payment|billing|checkout|invoice|ledger|wallet|migrat|schema"
    r"|(?:^|/)(?:\.github/|\.gitlab-ci|\.circleci/|\.buildkite/|jenkinsfile|azure-pipelines|dockerfile|containerfile"
    r"|docker-compose|compose\.ya?ml|makefile|setup\.py|package\.json|pyproject\.toml|\.pre-commit|\.husky/)"
    r"|(?:^|/)(?:deploy|k8s|kubernetes|helm|charts|terraform|ansible|infra)[^/]*/|\.(?:tf|tfvars|bicep|sql|service)$",
    re.IGNORECASE,
)

_PLACES: Final = {
    Place.CODE: 0,
    Place.TESTS: -15,
    Place.DOCS: -25,
    Place.GENERATED: -30,
    Place.VENDORED: -30,
}

_KINDS: Final = (
    ("exec", "spawn", "subprocess", "popen", "shell", "system("),
    ("eval", "pickle", "unserialize", "deserial", "yaml.load", "innerhtml", "dangerously"),
    ("select ", "insert ", "update ", "delete ", "drop ", "sql", "query"),
    ("passw", "secret", "token", "api_key", "apikey", "private"),
    ("verify", "insecure", "unsafe", "trust", "cors", "chmod", "sudo", "0.0.0.0", "md5", "sha1"),  # noqa: S104 - a word to look for
    ("malloc", "free(", "memcpy", "strcpy", "unwrap(", "goroutine", "thread", "mutex", "async"),
    ("http:", "request", "socket", "redirect", "cookie", "header"),
    ("rmtree", "unlink", "remove(", "rm -", "truncate", "tempfile", "path.join", "open("),
)
_GUARDS: Final = (
    *("if ", "if(", "assert", "raise ", "throw ", "require", "check", "valid", "verify", "auth", "permi"),
    *("allow", "deny", "csrf", "escape", "saniti", "lock", "limit", "timeout", "close(", "defer "),
)

_PATH, _MODE = 30, 10
_WORD, _WORDS = 8, 40
_LOST, _LOST_MORE = 12, 24
_SIZE, _SIZES = 3, 24


def score(change: FileChange, hunk: Hunk) -> int:
    """The risk of ``hunk`` of ``change``: 0 (none seen) to about 130; only compare it with others."""
    added: list[str] = []
    removed: list[str] = []
    for line in hunk.lines:
        if line.kind is LineKind.ADDED:
            added.append(line.text)
        elif line.kind is LineKind.REMOVED:
            removed.append(line.text)
    total = _of_path(change.path, change.old_mode, change.new_mode)
    new = "\n".join(added).lower()
    total += min(_WORD * sum(any(word in new for word in words) for words in _KINDS), _WORDS)
    if removed:
        old = "\n".join(removed).lower()
        lost = sum(map(old.count, _GUARDS))
        if lost:
            total += _LOST_MORE if lost > sum(map(new.count, _GUARDS)) else _LOST
    total += min(_SIZE * (len(added) + len(removed)).bit_length(), _SIZES)
    return max(total, 0)


@lru_cache(maxsize=1024)
def _of_path(path: str, old_mode: str | None, new_mode: str | None) -> int:
    place = place_of(path)
    total = _PLACES[place]
    if place not in {Place.GENERATED, Place.VENDORED} and _SENSITIVE.search(path):
        total += _PATH
    plain = {None, "100644"}
    if new_mode is not None and (new_mode not in plain or old_mode not in plain):
        total += _MODE
    return total
