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
    ``versions``: published diagnostics may name the version they belong to. ``related``: they may point at other
    places. ``watching``: the client watches files it is told of, ``relative`` also outside of its folders.
    ``findings_changed``, ``status``: it asked for these notifications of ours, as ``{"diffvet": {"status": true}}``
    in its ``experimental`` capabilities or its ``initializationOptions``.
    """

    encoding: Encoding = "utf-16"
    progress: bool = False
    markdown: bool = False
    versions: bool = False
    related: bool = False
    watching: bool = False
    relative: bool = False
    findings_changed: bool = False
    status: bool = False


def resolve(offered: types.ClientCapabilities, options: object = None) -> Capabilities:
    """Read ``offered`` and the ``initializationOptions``; whatever is absent counts as not offered (LSP 3.17)."""
    window, document, workspace = offered.window, offered.text_document, offered.workspace
    watched = workspace.did_change_watched_files if workspace else None
    wanted = _own(offered.experimental) | _own(options)
    hover = document.hover if document else None
    diagnostics = document.publish_diagnostics if document else None
    formats = (hover.content_format if hover else None) or ()
    encoding = ServerCapabilitiesBuilder.choose_position_encoding(offered)
    return Capabilities(
        encoding=cast("Encoding", str(getattr(encoding, "value", encoding))),
        progress=bool(window and window.work_done_progress),
        markdown=bool(formats) and formats[0] == types.MarkupKind.Markdown,
        versions=bool(diagnostics and diagnostics.version_support),
        related=bool(diagnostics and diagnostics.related_information),
        watching=bool(watched and watched.dynamic_registration),
        relative=bool(watched and watched.relative_pattern_support),
        findings_changed=wanted.get("findingsChanged") is True,
        status=wanted.get("status") is True,
    )


def _own(said: object) -> dict[str, object]:
    """What a client says to us in a place where anything may stand."""
    own = said.get("diffvet") if isinstance(said, dict) else None
    return own if isinstance(own, dict) else {}
