"""``textDocument/hover``: the notes of the findings on a line."""

from lsprotocol import types

from diffvet.lsp.convert import text_range
from diffvet.lsp.note import markdown, plain
from diffvet.lsp.session import Session


def hover(session: Session, params: types.HoverParams) -> types.Hover | None:
    """The notes of all findings whose lines hold the position, worst first; None where there is none."""
    file = session.file(params.text_document.uri)
    if file is None:
        return None
    lines, at = file.document.lines, params.position.line
    here = [(span, anchor.finding) for span, anchor in file.standing if span[0] <= at <= span[1]]
    if not here:
        return None
    here.sort(key=lambda pair: (-pair[1].severity.rank, pair[0], pair[1].fingerprint))
    rich = session.capabilities.markdown
    render = markdown if rich else plain
    desk = session.reviewers.opened(file.root.path) if file.root else None
    return types.Hover(
        types.MarkupContent(
            types.MarkupKind.Markdown if rich else types.MarkupKind.PlainText,
            "\n\n---\n\n".join(
                render(finding, desk.address(finding) if desk else None) for _, finding in here
            ),
        ),
        text_range(lines, *here[0][0], session.capabilities.encoding),
    )
