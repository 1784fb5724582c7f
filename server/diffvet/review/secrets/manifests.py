"""Kubernetes Secrets: every entry under ``data`` and ``stringData`` is one, whatever its name."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from diffvet.review.secrets.chosen import is_chosen
from diffvet.review.secrets.judge import is_harmless
from diffvet.review.secrets.kinds import SECRET
from diffvet.review.secrets.span import Span
from diffvet.review.secrets.surprise import ratio

_KIND: Final = re.compile(r"(?m)^[ \t]*kind:[ \t]*[\"']?(?:Sealed)?Secret[\"']?[ \t]*$")
_BLOCK: Final = re.compile(r"(?m)^(?P<indent>[ \t]*)(?P<name>data|stringData):[ \t]*\n")
_ENTRY: Final = re.compile(
    r"(?P<indent>[ \t]*)[\"']?(?P<name>[\w./-]{1,128})[\"']?:[ \t]*[\"']?(?P<value>[^\s\"'|>][^\s\"']*)"
)
_PUBLIC: Final = re.compile(
    r"user(?:name)?$|host$|port$|^db$|database$|name$|namespace$|region$|\.crt$|cert", re.IGNORECASE
)
_SPAN: Final = 8_000
"""A block of a manifest begins no further from its ``kind`` than so many code points."""
_RANDOM: Final = 0.3


def find(text: str, path: str) -> Iterator[Span]:
    """The values of Kubernetes Secrets in ``text``, where it shows their kind and the file is YAML by its name."""
    if "Secret" not in text or not path.lower().endswith((".yaml", ".yml", ".tpl", ".j2")):
        return
    done = 0
    for kind in _KIND.finditer(text):
        least, most = max(done, kind.start() - _SPAN), kind.end() + _SPAN
        start = max(least, text.rfind("\n---", least, kind.start()) + 1)
        stop = text.find("\n---", kind.end(), most)
        end = min(len(text), most) if stop < 0 else stop
        for block in _BLOCK.finditer(text, start, end):
            yield from _entries(text, block, end)
        done = max(done, end)


def _entries(text: str, block: re.Match[str], end: int) -> Iterator[Span]:
    at = block.end()
    while at < end and (entry := _ENTRY.match(text, at, end)):
        if len(entry["indent"]) <= len(block["indent"]):
            return
        shown = _plain(entry["value"]) if block["name"] == "data" else entry["value"]
        if shown is not None and not _PUBLIC.search(entry["name"]) and _is_value(shown):
            yield Span(*entry.span("value"), SECRET)
        at = text.find("\n", at) + 1 or end


def _plain(value: str) -> str | None:
    """What the base64 ``value`` stands for, or itself where that is no text; None for what is no base64."""
    try:
        return base64.b64decode(value, validate=True).decode()
    except UnicodeDecodeError:
        return value
    except (binascii.Error, ValueError):
        return None


def _is_value(text: str) -> bool:
    if "://" in text:
        return "@" in text
    if is_harmless(text.strip()):
        return False
    mixed = any(map(str.isalpha, text)) and any(map(str.isdigit, text))
    return is_chosen(text) or (len(text) >= (5 if mixed else 8) and ratio(text) >= _RANDOM)
