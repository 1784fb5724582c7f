"""``workspace/didChangeConfiguration``: the editor's settings changed, and what that concerns is reviewed again."""

from pathlib import Path

from lsprotocol import types

from diffvet.lsp.refresh import again
from diffvet.lsp.reviewers import Asks
from diffvet.lsp.session import Session
from diffvet.settings.editor import SECTION

LATER = frozenset({"fail_on", "lsp_model", "lsp_pause"})
"""Options that matter from the next review on."""

SHOWN = frozenset(
    {"baseline", "filter_mode", "max_findings", "max_findings_per_file", "min_severity", "rules"}
)
"""Options that say what of the findings is shown, not who looks at what: nothing is spent because of them."""


def register(session: Session) -> None:
    """Ask to be told of changes, where the client offers to be asked."""
    if session.capabilities.configuration_changes:
        session.client.register(
            types.Registration(
                "diffvet-configuration", types.WORKSPACE_DID_CHANGE_CONFIGURATION, {"section": SECTION}
            )
        )


def did_change_configuration(session: Session, params: types.DidChangeConfigurationParams) -> None:
    """Ask for the settings again; a client that cannot be asked tells them here."""
    session.settings_changed(params.settings)


def apply(session: Session, place: Path, names: frozenset[str]) -> None:
    """The options ``names`` say something else about the root at ``place`` now."""
    root = session.roots.of(place)
    if root is None:
        return
    if session.reviewers.forget(place) and not names <= LATER:
        again(session, root, None if names <= SHOWN | LATER else Asks.OPEN)
