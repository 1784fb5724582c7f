"""XML that holds hostile text: what XML 1.0 cannot carry is spelt out, what it would act on is escaped."""

import re
from xml.etree.ElementTree import Element, indent, tostring

from diffvet.report.secrecy import visible

_UNTOLD = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no character of XML 1.0 (§2.2)."""


def text(raw: str) -> str:
    """``raw`` as it may stand in a document; line ends stay."""
    lines = (visible(line) for line in raw.split("\n"))
    return _UNTOLD.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), "\n".join(lines))


def name(raw: str) -> str:
    """``raw`` as a name in one line: a path, a rule."""
    return text(visible(raw))


def document(root: Element) -> str:
    """The document of ``root``, indented."""
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'
