"""``textDocument/codeAction`` and ``codeAction/resolve``: what can be done about the findings on the lines of a range."""

from collections.abc import Iterator, Sequence
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from diffvet.lsp.anchors import Anchor
from diffvet.lsp.edits import REASON, fix, ignoring
from diffvet.lsp.features import decide, edit, explain, review
from diffvet.lsp.features.named import named
from diffvet.lsp.note import title_of
from diffvet.lsp.placing import EMBEDDED
from diffvet.lsp.reviewed import ReviewedFile
from diffvet.lsp.session import Session
from diffvet.review.finding import Finding

FIX = "quickfix.diffvet"
AGAIN = "source.diffvet.review"
OPTIONS = types.CodeActionOptions(code_action_kinds=[FIX, AGAIN], resolve_provider=True)

DISMISSALS = ("false positive", "accepted risk")
"""The reasons to choose from where the client has no way of asking for one."""

LONGEST = 60
"""Code points of a finding's title in that of an action."""


def code_action(
    session: Session, params: types.CodeActionParams
) -> list[types.CodeAction | types.Command] | None:
    """The actions on the findings whose lines meet the range; kinds as ``only`` asks, by prefix. None where there are none."""
    file, only = session.file(params.text_document.uri), params.context.only
    if file is None:
        return None
    first, last = params.range.start.line, params.range.end.line
    if last > first and params.range.end.character == 0:
        last -= 1
    here = [(span, anchor) for span, anchor in file.standing if span[0] <= last and first <= span[1]]
    offers = _Offers(session, file)
    found: list[types.CodeAction] = []
    if _admits(only, FIX):
        found += [action for span, anchor in here if (action := offers.fix(span, anchor))]
        found += [action for span, anchor in here for action in offers.decisions(span, anchor)]
    if _admits(only, AGAIN) and (here or only):
        found.append(offers.again())
    if session.capabilities.actions:
        return [*found] or None
    return [action.command for action in found if action.command] or None


def resolve(session: Session, action: types.CodeAction) -> types.CodeAction:
    """``action`` with its edit, for the text as it is now; ``ContentModified`` where the finding has changed."""
    data: Any = action.data
    if not isinstance(data, dict) or data.get("act") not in (edit.FIX, edit.IGNORE):
        return action
    file, anchor, _ = named(session, "codeAction/resolve", (data.get("uri"), data.get("fingerprint")))
    lines = _lines(file, anchor, data["act"])
    if lines is None:
        raise ContentModified("the code has changed since this was offered")
    action.edit = edit.workspace_edit(session, file, lines)
    return action


class ContentModified(JsonRpcException):
    """The text is not the one the action was for."""

    CODE = types.LSPErrorCodes.ContentModified
    MESSAGE = "Content modified"


class _Offers:
    """Makes the actions for one file."""

    def __init__(self, session: Session, file: ReviewedFile) -> None:
        self._session = session
        self._file = file
        self._can = session.capabilities

    def fix(self, span: tuple[int, int], anchor: Anchor) -> types.CodeAction | None:
        """The verified fix."""
        action = self._edit("fix", edit.FIX, span, anchor)
        finding = anchor.finding
        if action is None:
            return None
        if self._can.prefers and finding.reviewer == EMBEDDED:
            action.is_preferred = True
        if self._can.llm_tag and finding.reviewer != EMBEDDED:
            action.tags = [types.CodeActionTag.LlmGenerated]
        return action

    def decisions(self, span: tuple[int, int], anchor: Anchor) -> Iterator[types.CodeAction]:
        """Whatever else one may say to a finding."""
        yield self._command("explain", explain.COMMAND, span, anchor)
        if ignored := self._edit("ignore with a comment", edit.IGNORE, span, anchor):
            yield ignored
        for reason in DISMISSALS:
            yield self._command(f"dismiss for me ({reason})", decide.DISMISS, span, anchor, reason)
        yield self._command("add to the baseline", decide.ACCEPT, span, anchor, REASON)

    def again(self) -> types.CodeAction:
        """The file reviewed anew."""
        title = "Diffvet: review this file again"
        command = types.Command(title, review.COMMAND, arguments=[self._file.document.uri])
        return types.CodeAction(title, kind=AGAIN, command=command)

    def _edit(self, verb: str, act: str, span: tuple[int, int], anchor: Anchor) -> types.CodeAction | None:
        """An action that changes the text: its edit, or what it is made of when it is resolved; else a command."""
        lines = _lines(self._file, anchor, act)
        if lines is None:
            return None
        if not self._can.actions:
            return self._command(verb, act, span, anchor) if self._can.edits else None
        action = self._action(verb, span, anchor)
        if self._can.resolves:
            uri, name = self._file.document.uri, anchor.finding.fingerprint
            action.data = {"act": act, "uri": uri, "fingerprint": name}
        else:
            action.edit = edit.workspace_edit(self._session, self._file, lines)
        return action

    def _command(
        self, verb: str, name: str, span: tuple[int, int], anchor: Anchor, *more: str
    ) -> types.CodeAction:
        action = self._action(verb, span, anchor)
        arguments = [self._file.document.uri, anchor.finding.fingerprint, *more]
        action.command = types.Command(action.title, name, arguments=arguments)
        return action

    def _action(self, verb: str, span: tuple[int, int], anchor: Anchor) -> types.CodeAction:
        shown = [self._session.diagnostic(self._file, anchor, span)]
        return types.CodeAction(f"Diffvet: {verb}: {_short(anchor.finding)}", kind=FIX, diagnostics=shown)


def _lines(file: ReviewedFile, anchor: Anchor, act: str) -> list[str] | None:
    return fix(file.document, anchor) if act == edit.FIX else ignoring(file.document, anchor)


def _short(finding: Finding) -> str:
    title = title_of(finding)
    return title if len(title) <= LONGEST else title[: LONGEST - 1].rstrip() + "\u2026"


def _admits(only: Sequence[types.CodeActionKind | str] | None, kind: str) -> bool:
    """Whether a client that asks for the kinds ``only`` wants ``kind``; a kind includes those that begin with it."""
    asked = [str(getattr(one, "value", one)) for one in only or [""]]
    return any(one in ("", kind) or kind.startswith(f"{one}.") for one in asked)
