"""What a server may say to a client that declared certain capabilities (LSP 3.17), held against every frame it sent."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Message = dict[str, Any]

ALWAYS = ("window/logMessage", "window/showMessage", "textDocument/publishDiagnostics", "$/cancelRequest")
"""Notifications that need no capability."""

NEEDS = {
    "window/workDoneProgress/create": "window.workDoneProgress",
    "$/progress": "window.workDoneProgress",
    "window/showDocument": "window.showDocument.support",
    "window/showMessageRequest": "window.showMessage.messageActionItem",
    "workspace/applyEdit": "workspace.applyEdit",
    "workspace/configuration": "workspace.configuration",
    "workspace/workspaceFolders": "workspace.workspaceFolders",
    "workspace/diagnostic/refresh": "workspace.diagnostics.refreshSupport",
    "workspace/codeLens/refresh": "workspace.codeLens.refreshSupport",
    "workspace/inlayHint/refresh": "workspace.inlayHint.refreshSupport",
    "workspace/semanticTokens/refresh": "workspace.semanticTokens.refreshSupport",
    "diffvet/status": "experimental.diffvet.status",
    "diffvet/findingsChanged": "experimental.diffvet.findingsChanged",
}
"""What has to be declared before a method may be used; one that is in neither list was offered by nobody."""


def frames(raw: bytes) -> list[Message]:
    """The messages in what a server wrote."""
    found: list[Message] = []
    while raw:
        head, _, rest = raw.partition(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length")
        )
        found.append(json.loads(rest[:length]))
        raw = rest[length:]
    return found


class Offer:
    """The capabilities of a client; ``options`` are its ``initializationOptions``."""

    def __init__(self, capabilities: Message, options: Any = None) -> None:
        own = options.get("diffvet") if isinstance(options, dict) else None
        experimental = capabilities.get("experimental") or {}
        merged = {**experimental, "diffvet": {**(experimental.get("diffvet") or {}), **(own or {})}}
        self._said = {**capabilities, "experimental": merged}

    def has(self, path: str) -> Any:
        """What was declared at a dotted path; None where nothing was."""
        said: Any = self._said
        for name in path.split("."):
            said = said.get(name) if isinstance(said, dict) else None
        return said

    def breaches(self, sent: list[Message], asked: Mapping[Any, str]) -> list[str]:
        """What was said that had not been offered; ``asked`` names the method of each request the client made."""
        found: list[str] = []
        for message in sent:
            method = message.get("method")
            said = self._said_by_server(message) if method else self._answered(message, asked)
            found += [f"{method or asked.get(message.get('id'))}: {breach}" for breach in said]
        return found

    def _said_by_server(self, message: Message) -> Iterator[str]:
        method, params = message["method"], message.get("params") or {}
        if method not in ALWAYS and method != "client/registerCapability":
            need = NEEDS.get(method)
            if need is None or not self.has(need):
                yield "not offered"
        if method == "client/registerCapability":
            for one in params["registrations"]:
                yield from self._registered(one)
        if method == "textDocument/publishDiagnostics":
            if "version" in params and not self.has("textDocument.publishDiagnostics.versionSupport"):
                yield "version"
            for diagnostic in params["diagnostics"]:
                yield from self._diagnostic(diagnostic)
        if method == "workspace/applyEdit":
            yield from self._edit(params["edit"])

    def _registered(self, registration: Message) -> Iterator[str]:
        method = registration["method"]
        room = method.replace("/", ".", 1)
        if not self.has(f"{room}.dynamicRegistration"):
            yield f"registration of {method}"
        watchers = (registration.get("registerOptions") or {}).get("watchers", ())
        if any(isinstance(one["globPattern"], dict) for one in watchers) and not self.has(
            f"{room}.relativePatternSupport"
        ):
            yield "a relative pattern"

    def _answered(self, message: Message, asked: Mapping[Any, str]) -> Iterator[str]:
        method, result = asked.get(message.get("id")), message.get("result")
        if not result:
            return
        if method == "initialize":
            yield from self._greeted(result["capabilities"])
        elif method == "textDocument/hover":
            allowed = self.has("textDocument.hover.contentFormat") or ["plaintext"]
            if result["contents"]["kind"] not in allowed:
                yield f"{result['contents']['kind']} in a hover"
        elif method == "textDocument/codeAction":
            for action in result:
                yield from self._action(action)
        elif method == "codeAction/resolve":
            yield from self._action(result)
        elif isinstance(result, dict) and ("changes" in result or "documentChanges" in result):
            yield from self._edit(result)

    def _greeted(self, server: Message) -> Iterator[str]:
        units = server.get("positionEncoding", "utf-16")
        if units not in (self.has("general.positionEncodings") or ["utf-16"]):
            yield f"columns in {units}"
        literals = self.has("textDocument.codeAction.codeActionLiteralSupport")
        if isinstance(server.get("codeActionProvider"), dict) and not literals:
            yield "options of code actions"

    def _diagnostic(self, diagnostic: Message) -> Iterator[str]:
        needs = {
            "relatedInformation": "relatedInformation",
            "codeDescription": "codeDescriptionSupport",
            "data": "dataSupport",
        }
        for name, need in needs.items():
            if name in diagnostic and not self.has(f"textDocument.publishDiagnostics.{need}"):
                yield f"{name} in a diagnostic"
        known = self.has("textDocument.publishDiagnostics.tagSupport.valueSet") or []
        if not set(diagnostic.get("tags", ())) <= set(known):
            yield "tags in a diagnostic"
        if not isinstance(diagnostic["message"], str):
            yield "markup in a diagnostic"

    def _action(self, action: Message) -> Iterator[str]:
        room = "textDocument.codeAction"
        if isinstance(action.get("command"), str):
            return  # a command, which every client takes
        if not self.has(f"{room}.codeActionLiteralSupport"):
            yield "an action that is more than a command"
        for name, need in {
            "isPreferred": "isPreferredSupport",
            "disabled": "disabledSupport",
            "data": "dataSupport",
        }.items():
            if name in action and not self.has(f"{room}.{need}"):
                yield f"{name} in an action"
        if not set(action.get("tags", ())) <= set(self.has(f"{room}.tagSupport.valueSet") or []):
            yield "tags in an action"
        if "edit" in action:
            yield from self._edit(action["edit"])
        elif "command" not in action and "edit" not in (self.has(f"{room}.resolveSupport.properties") or []):
            yield "an edit that comes later"
        for diagnostic in action.get("diagnostics", ()):
            yield from self._diagnostic(diagnostic)

    def _edit(self, edit: Message) -> Iterator[str]:
        room = "workspace.workspaceEdit"
        changes = edit.get("documentChanges", ())
        if changes and not self.has(f"{room}.documentChanges"):
            yield "documentChanges in an edit"
        kinds = {change["kind"] for change in changes if "kind" in change}
        if not kinds <= set(self.has(f"{room}.resourceOperations") or []):
            yield "a file operation in an edit"
        if "changeAnnotations" in edit and not self.has(f"{room}.changeAnnotationSupport"):
            yield "an annotation in an edit"
