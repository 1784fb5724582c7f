"""The least that a pygls server can be: a diagnostic for each line with a word, and a hover. The yardstick of ``bench_lsp.py``."""

from lsprotocol import types
from pygls.lsp.server import LanguageServer

server = LanguageServer("trivial", "1")


def publish(uri: str) -> None:
    document = server.workspace.get_text_document(uri)
    found = [
        types.Diagnostic(types.Range(types.Position(number, 0), types.Position(number, len(line))), "shell")
        for number, line in enumerate(document.source.split("\n"))
        if "shell=True" in line
    ]
    server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found))


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
def did_open(params: types.DidOpenTextDocumentParams) -> None:
    publish(params.text_document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def did_change(params: types.DidChangeTextDocumentParams) -> None:
    publish(params.text_document.uri)


@server.feature(types.TEXT_DOCUMENT_HOVER)
def hover(params: types.HoverParams) -> types.Hover:
    line = server.workspace.get_text_document(params.text_document.uri).lines[params.position.line]
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, line))


server.start_io()
