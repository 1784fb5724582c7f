"""Markup that cannot be broken out of: only :class:`Html` is taken as it is, every other text is escaped.

Names of elements and attributes come from this package's own code, never from what is reported.
"""

from collections.abc import Iterable, Mapping
from html import escape

from diffvet.report.secrecy import visible

VOID = frozenset({"br", "input", "link", "meta", "rect"})
"""Elements without an end tag (``rect`` only where it is written as ``<rect .../>``)."""


class Html(str):
    """Finished markup."""

    __slots__ = ()


Content = str | None | Iterable["Content"]


def el(name: str, attributes: Mapping[str, str | int | None] | None = None, *content: Content) -> Html:
    """The element ``name``; an attribute of None is left out, one of "" is written without a value."""
    opening = f"{name}{_attributes(attributes)}" if attributes else name
    if name in VOID:
        return Html(f"<{opening}/>" if name == "rect" else f"<{opening}>")
    return Html(f"<{opening}>{joined(*content)}</{name}>")


def joined(*content: Content) -> Html:
    """``content`` one after the other: markup as it is, text escaped, None left out."""
    return Html("".join(map(_one, content)))


def _one(content: Content) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content if isinstance(content, Html) else text(content)
    return joined(*content)


def text(words: str) -> Html:
    r"""``words`` as visible text: escaped, and every control or format character spelt out (``\u202e``).

    Nothing in it can turn, hide or end what stands around it; lone surrogates become ``\udcXX``.
    """
    return Html(escape(visible(words), quote=False))


def short(words: str, most: int = 300) -> str:
    """``words``, cut to ``most`` characters where they are longer, and how many more there were."""
    return (
        words
        if len(words) <= most
        else f"{words[:most]}\u2026 ({count(len(words) - most, 'more character')})"
    )


def _attributes(attributes: Mapping[str, str | int | None]) -> str:
    return "".join(
        f' {name}="{escape(visible(str(value)))}"' if value != "" else f" {name}"
        for name, value in attributes.items()
        if value is not None
    )


def count(number: int, noun: str) -> str:
    """``1 file``, ``2 files``, ``1,234 lines``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
