"""Why a changed file is not sent to a model: its text was not written by a person.

``reason_to_skip`` looks at the path first, then at the text it is given, and names the rule that decided. It
errs on the side of reading: a directory or name counts only where convention leaves no doubt, a marker only
in the comment at the head of the file. All of this, attributes included, is said by the repository under
review, so a skipped file is a row of the ledger, and secrets are looked for in it all the same.
"""

import re
from collections.abc import Callable

from diffvet.diff.attributes import Attributes
from diffvet.diff.kinds import is_lock_file
from diffvet.diff.model import FileChange, Hunk
from diffvet.diff.section import BINARY, is_loss
from diffvet.expression import expression
from diffvet.review.header import generated_by

_LONG = 500
"""Mean code points of a line from which a hunk of a script or style sheet may be minified."""

_DENSE = 0.08
"""Minified code has fewer spaces than this share; code written by hand has twice as many and more."""

_VENDORED = expression(
    r"(?:^|/)(node_modules|bower_components|_vendor|vendored|third[_-]?party|thirdparty|site-packages|godeps"
    r"|pods|carthage|\.yarn/(?:releases|plugins|sdks|unplugged|cache|versions))/"
    # "vendor" alone is also a word for a seller: at the root, below assets, or above a package's own path
    r"|^(vendor)/"
    r"|(?:^|/)(?:assets|static|public|lib|libs|js|javascripts?|css|stylesheets|www|wwwroot|resources)/(vendor)/"
    r"|(?:^|/)(vendor)/(?:[\w-]+\.(?:com|org|net|io|in|dev)|composer|bundle|[^/]+/[^/]+/(?:src|lib|tests?))/",
    re.IGNORECASE,
)

_GENERATED = expression(
    r"_pb2(?:_grpc)?\.pyi?$|\.pb(?:\.gw|\.validate|enum|json|server|grpc)?\.(?:go|cc|h|swift|dart)$|_grpc\.pb\.go$"
    r"|_pb(?:_service)?\.(?:d\.ts|js)$|\.(?:g|gr|freezed|mocks)\.dart$|\.(?:designer|g|g\.i)\.(?:cs|vb)$"
    r"|[._]generated\.[a-z]{1,5}$|(?:^|/)zz_generated\.[^/]*\.go$|(?:^|/)bindata\.go$"
    r"|\.(?:[cm]?js|css)\.map$|(?:^|/)(?:__generated__|\.generated)/",
    re.IGNORECASE,
)

_MINIFIED = expression(r"[.-]min\.(?:[cm]?js|css|html)$", re.IGNORECASE)
_SNAPSHOT = expression(r"(?:^|/)__snapshots__/|\.snap$|\.ambr$", re.IGNORECASE)
_DENSE_KINDS = expression(r"\.(?:[cm]?[jt]sx?|css|scss|json|html?|svg)$", re.IGNORECASE)


def reason_to_skip(change: FileChange, attributes: Attributes) -> str | None:
    """The rule that keeps ``change`` from a model, as the ledger says it; None to review it.

    ``change`` may come without hunks (the path alone decides) or with its first ones only. ``attributes`` win
    over names and markers. A change hidden by a loss (``diff.section.is_loss``) is None unless a path rule
    skips it: it has to fail, not to be skipped.
    """
    reason = _by_path(change.path, attributes)
    if reason is not None:
        return reason
    if change.hidden is not None:
        return None if is_loss(change.hidden) else _hidden(change.hidden, attributes)
    return None if attributes.generated is False else _by_text(change)


def minified(change: FileChange) -> bool:
    """Whether all hunks of a script, style sheet or data file are dense lines no person writes."""
    return (
        bool(change.hunks)
        and _DENSE_KINDS.search(change.path) is not None
        and all(map(_is_dense, change.hunks))
    )


def _by_path(path: str, attributes: Attributes) -> str | None:
    if attributes.generated:
        return "generated: linguist-generated"
    if attributes.vendored:
        return "vendored: linguist-vendored"
    if attributes.vendored is None and (found := _VENDORED.search(path)):
        return f"vendored: {next(filter(None, found.groups()))}/"
    if attributes.generated is None:
        return next((reason for reason in (rule(path) for rule in _NAME_RULES) if reason), None)
    return None


def _by_text(change: FileChange) -> str | None:
    marker = generated_by(change)
    if marker is not None:
        return f"generated: {marker}"
    return "minified: very long, dense lines" if minified(change) else None


def _hidden(hidden: str, attributes: Attributes) -> str:
    """``hidden``, with the attribute that made a text look binary, so that nobody hides code that way unseen."""
    if hidden == BINARY and attributes.binary:
        return f"{hidden}: attribute binary"
    if hidden == BINARY and attributes.diff is False:
        return f"{hidden}: attribute -diff"
    return hidden


def _lock(path: str) -> str | None:
    return f"lock file: {path.rpartition('/')[2]}" if is_lock_file(path) else None


def _named(word: str, pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    def rule(path: str) -> str | None:
        found = pattern.search(path)
        return f"{word}: {found[0].lstrip('/')}" if found else None

    return rule


_NAME_RULES: tuple[Callable[[str], str | None], ...] = (
    _lock,
    _named("minified", _MINIFIED),
    _named("snapshot", _SNAPSHOT),
    _named("generated", _GENERATED),
)


def _is_dense(hunk: Hunk) -> bool:
    texts = [line.text for line in hunk.lines if line.old is None or line.new is None]
    size = sum(map(len, texts))
    if size < _LONG * len(texts) or not texts:
        return False
    return sum(text.count(" ") for text in texts) < _DENSE * size
