"""Masking: every secret of a change is replaced by a placeholder before anything is sent, logged or stored.

``mask`` keeps the number of lines and the length of every line. ``findings`` says which secrets the change
commits. The values themselves stay in objects that do not print.
"""

from collections.abc import Sequence

from diffvet.diff.model import FileChange
from diffvet.review.secrets.committed import Committed, findings
from diffvet.review.secrets.echo import echoes
from diffvet.review.secrets.kinds import Kind
from diffvet.review.secrets.masked import Masked
from diffvet.review.secrets.placeholder import Placeholders
from diffvet.review.secrets.scan import scan
from diffvet.review.secrets.secret import Secret, Value
from diffvet.review.secrets.sheet import replaced, sheets_of

__all__ = ["Committed", "Masked", "Secret", "Value", "findings", "mask"]


def mask(changes: Sequence[FileChange]) -> Masked:
    """``changes`` with every secret in line texts, hunk headings and file names masked.

    Whole files should be given, not pieces of hunks: a private key is known by its first line. Never raises,
    and takes time linear in the text.
    """
    sheets = [sheet for number, change in enumerate(changes) for sheet in sheets_of(number, change)]
    found = [scan(sheet.text, sheet.path) for sheet in sheets]
    originals = tuple(changes)
    if not any(found):
        return Masked(originals, originals=originals)
    values: dict[str, Kind] = {}
    for sheet, spans in zip(sheets, found, strict=True):
        for span in spans:
            values.setdefault(sheet.text[span.start : span.end], span.kind)
    placeholders = Placeholders("\n".join(sheet.text for sheet in sheets))
    masked: list[FileChange] = list(changes)
    secrets: list[Secret] = []
    paths: dict[str, str] = {}
    for sheet, spans in zip(sheets, found, strict=True):
        spots = [
            (span, placeholders.of(sheet.text[span.start : span.end], span.kind.label))
            for span in echoes(sheet.text, values, spans)
        ]
        if not spots:
            continue
        text = replaced(sheet.text, spots)
        masked[sheet.change] = sheet.rewritten(masked[sheet.change], text)
        certain = {(span.start, span.end) for span in spans}
        secrets.extend(
            sheet.secret(span, shown, echo=(span.start, span.end) not in certain) for span, shown in spots
        )
        if sheet.is_name:
            paths[text] = sheet.text
    return Masked(tuple(masked), tuple(secrets), originals, paths)
