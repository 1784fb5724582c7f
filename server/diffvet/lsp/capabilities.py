"""What the client can do, asked once and kept in our own words."""

from dataclasses import dataclass
from typing import cast

from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder

from diffvet.diff.lines import Encoding

PLAIN = types.MarkupKind.PlainText.value


@dataclass(frozen=True, slots=True)
class Capabilities:
    """``encoding``: the unit of columns, as pygls answers it in ``initialize``.

    ``progress``: server-started progress may be shown. ``markdown``: the client prefers markdown in hovers.
    ``versions``: published diagnostics may name the version they belong to. ``related``: they may point at other
    places. ``watching``: the client watches files it is told of, ``relative`` also outside of its folders.
    ``findings_changed``, ``status``: it asked for these notifications of ours, as ``{"diffvet": {"status": true}}``
    in its ``experimental`` capabilities or its ``initializationOptions``; ``explains``: it shows explanations itself
    (``{"explanations": true}`` for Markdown, ``"plaintext"`` for ``explains_plainly``).
    ``links``: diagnostics may lead to a page; ``data``: they may carry data of ours. ``actions``: code actions are
    more than commands; ``resolves``: their edits may come later; ``prefers``, ``llm_tag``: they may be marked as
    preferred, or as a model's. ``versioned``: edits may name the version they are for. ``edits``: the server may
    ask for an edit.
    ``configuration``: it answers what its settings are; ``configuration_changes``: it can be asked to tell when they
    change. ``show_document``: it opens a document when asked.
    """

    encoding: Encoding = "utf-16"
    progress: bool = False
    markdown: bool = False
    versions: bool = False
    related: bool = False
    watching: bool = False
    relative: bool = False
    configuration: bool = False
    configuration_changes: bool = False
    show_document: bool = False
    findings_changed: bool = False
    status: bool = False
    explains: bool = False
    explains_plainly: bool = False
    links: bool = False
    data: bool = False
    actions: bool = False
    resolves: bool = False
    prefers: bool = False
    llm_tag: bool = False
    versioned: bool = False
    edits: bool = False


def resolve(offered: types.ClientCapabilities, options: object = None) -> Capabilities:
    """Read ``offered`` and the ``initializationOptions``; whatever is absent counts as not offered (LSP 3.17)."""
    window, document, workspace = offered.window, offered.text_document, offered.workspace
    watched = workspace.did_change_watched_files if workspace else None
    told = workspace.did_change_configuration if workspace else None
    wanted = _own(offered.experimental) | _own(options)
    hover = document.hover if document else None
    diagnostics = document.publish_diagnostics if document else None
    formats = (hover.content_format if hover else None) or ()
    actions = document.code_action if document else None
    resolved = actions.resolve_support.properties if actions and actions.resolve_support else ()
    tags = actions.tag_support.value_set if actions and actions.tag_support else ()
    workspace_edit = workspace.workspace_edit if workspace else None
    encoding = ServerCapabilitiesBuilder.choose_position_encoding(offered)
    return Capabilities(
        encoding=cast("Encoding", str(getattr(encoding, "value", encoding))),
        progress=bool(window and window.work_done_progress),
        markdown=bool(formats) and formats[0] == types.MarkupKind.Markdown,
        versions=bool(diagnostics and diagnostics.version_support),
        related=bool(diagnostics and diagnostics.related_information),
        watching=bool(watched and watched.dynamic_registration),
        relative=bool(watched and watched.relative_pattern_support),
        configuration=bool(workspace and workspace.configuration),
        configuration_changes=bool(told and told.dynamic_registration),
        show_document=bool(window and window.show_document and window.show_document.support),
        findings_changed=wanted.get("findingsChanged") is True,
        status=wanted.get("status") is True,
        explains=wanted.get("explanations") in (True, PLAIN),
        explains_plainly=wanted.get("explanations") == PLAIN,
        links=bool(diagnostics and diagnostics.code_description_support),
        data=bool(diagnostics and diagnostics.data_support),
        actions=bool(actions and actions.code_action_literal_support),
        resolves=bool(actions and actions.data_support and "edit" in resolved),
        prefers=bool(actions and actions.is_preferred_support),
        llm_tag=types.CodeActionTag.LlmGenerated in tags,
        versioned=bool(workspace_edit and workspace_edit.document_changes),
        edits=bool(workspace and workspace.apply_edit),
    )


def _own(said: object) -> dict[str, object]:
    """What a client says to us in a place where anything may stand."""
    own = said.get("diffvet") if isinstance(said, dict) else None
    return own if isinstance(own, dict) else {}
