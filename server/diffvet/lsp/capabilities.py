"""What the client can do, asked once and kept in our own words."""

from dataclasses import dataclass
from typing import cast

from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder

from diffvet.diff.lines import Encoding


@dataclass(frozen=True, slots=True)
class Capabilities:
    """``encoding``: the unit of columns, as pygls answers it in ``initialize``.

    ``progress``: server-started progress may be shown. ``markdown``: the client prefers markdown in hovers.
    ``versions``: published diagnostics may name the version they belong to.
    """

    encoding: Encoding = "utf-16"
    progress: bool = False
    markdown: bool = False
    versions: bool = False


def resolve(offered: types.ClientCapabilities) -> Capabilities:
    """Read ``offered``; whatever is absent counts as not offered (LSP 3.17)."""
    window, document = offered.window, offered.text_document
    hover = document.hover if document else None
    diagnostics = document.publish_diagnostics if document else None
    formats = (hover.content_format if hover else None) or ()
    encoding = ServerCapabilitiesBuilder.choose_position_encoding(offered)
    return Capabilities(
        encoding=cast("Encoding", str(getattr(encoding, "value", encoding))),
        progress=bool(window and window.work_done_progress),
        markdown=bool(formats) and formats[0] == types.MarkupKind.Markdown,
        versions=bool(diagnostics and diagnostics.version_support),
    )
