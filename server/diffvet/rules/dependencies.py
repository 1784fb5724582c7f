"""Dependency manifests, read line by line on both sides of a diff."""

from collections.abc import Iterator, Sequence

from diffvet.rules.match import Match
from diffvet.rules.rule import Rule
from diffvet.rules.view import FileView

CHECKS = ("added", "unpinned", "source", "downgrade", "look-alike")


def matches(rules: Sequence[Rule], view: FileView) -> Iterator[Match]:
    """What the checks of ``rules`` say about the entries of one manifest."""
    del rules, view
    yield from ()
