"""Where findings stand in a text that was reviewed, and where that is on the other side of the diff."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from diffvet.diff.lines import TextLines
from diffvet.diff.model import FileChange, Side
from diffvet.diff.patch import parse
from diffvet.diff.section import FileSection
from diffvet.lsp.anchors import Anchor, Origin
from diffvet.review.finding import Finding

EMBEDDED = "embedded"
"""What findings call the reviewer that costs nothing."""


def placed(
    findings: Sequence[Finding],
    lines: Sequence[str],
    sections: Mapping[str, FileSection],
    ends: tuple[str | None, str | None],
) -> tuple[Anchor, ...]:
    """The anchors of ``findings`` in a reviewed text of LSP ``lines``; removed code stands on the nearest kept line.

    ``sections`` are those that were reviewed, by path; ``ends`` the base and head that were compared.
    """
    if not findings:
        return ()
    text = TextLines("".join(lines))
    changes = {path: parse(sections[path]) for path in {finding.path for finding in findings}}
    anchors = []
    for finding in findings:
        origin = origin_of(finding, changes[finding.path], sections[finding.path], ends)
        first, last = text.git_line_to_lsp(origin.new[0]), text.git_line_end_to_lsp(origin.new[1])
        anchors.append(Anchor.on(finding, lines, first, last, origin))
    return tuple(anchors)


def in_words_of(earlier: Iterable[Anchor], found: Iterable[Anchor]) -> tuple[Anchor, ...]:
    """``found`` by the embedded rules, where a model found the same before in the model's words: these were paid for."""
    paid = {a.finding.fingerprint: a.finding for a in earlier if a.finding.reviewer != EMBEDDED}
    return tuple(_worded(anchor, paid.get(anchor.finding.fingerprint)) for anchor in found)


def _worded(anchor: Anchor, words: Finding | None) -> Anchor:
    finding = anchor.finding
    if words is None or finding.reviewer != EMBEDDED:
        return anchor
    here = replace(words, line=finding.line, end_line=finding.end_line, code=finding.code)
    return replace(anchor, finding=here)


def origin_of(
    finding: Finding, change: FileChange, section: FileSection, ends: tuple[str | None, str | None]
) -> Origin:
    """The lines of ``finding`` on both sides of ``change``."""
    span = finding.line, finding.end_line
    if finding.side is Side.OLD:
        kept = counterpart(change, finding.line, Side.OLD)
        new, old = (kept, kept), span
    else:
        new, old = span, (counterpart(change, span[0], Side.NEW), counterpart(change, span[1], Side.NEW))
        old = old[0], max(old)
    old_path = None if section.status == "added" else section.old_path or section.path
    return Origin(new, old, old_path, section.old_blob, *ends)


def counterpart(change: FileChange, line: int, side: Side) -> int:
    """The line of the other side that is nearest to ``line`` of ``side``: its own, the next one there, else the one before.

    1-based; 1 where the other side has no line. Outside of the hunks both sides are equal.
    """
    apart = 0
    for hunk in change.hunks:
        numbers = [(row.old, row.new) if side is Side.OLD else (row.new, row.old) for row in hunk.lines]
        index = next((at for at, (own, _) in enumerate(numbers) if own == line), None)
        if index is not None:
            start = hunk.new_start if side is Side.OLD else hunk.old_start
            after = (other for _, other in numbers[index:])
            before = (other for _, other in reversed(numbers[:index]))
            return next((other for other in (*after, *before) if other is not None), max(start, 1))
        if (hunk.old_start if side is Side.OLD else hunk.new_start) > line:
            break
        grown = sum(1 for row in hunk.lines if row.new is not None) - sum(
            1 for row in hunk.lines if row.old is not None
        )
        apart += grown if side is Side.OLD else -grown
    return max(line + apart, 1)
