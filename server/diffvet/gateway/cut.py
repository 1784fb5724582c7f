"""Holds a text to a number of tokens, as ``max_tokens`` does to a model's answer."""

from bisect import bisect_right
from collections.abc import Callable


def cut_to(text: str, limit: int, count: Callable[[str], int]) -> str:
    """The longest prefix of ``text`` that ``count`` puts at no more than ``limit`` tokens.

    ``count`` must not fall as the text grows.
    """
    if count(text) <= limit:
        return text
    return text[: bisect_right(range(len(text)), limit, key=lambda end: count(text[:end])) - 1]
