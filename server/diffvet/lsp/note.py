"""The note of a finding, as a hover shows it: markdown or plain text.

Its words come from a reviewer, so from text that nobody trusts: they are one paragraph each, and nothing
in them becomes a link, an image, HTML, emphasis or the end of a fence.
"""

import re
from collections.abc import Iterator

from diffvet.diff.model import Side
from diffvet.report.secrecy import visible
from diffvet.review.finding import Finding, Placement

PLACEMENTS = {
    Placement.MOVED: "The reviewer named another line; this one holds the code it quoted.",
    Placement.UNPLACED: "The reviewer's place was not found; this is the beginning of the change it looked at.",
}

_CODE_SPAN = re.compile(r"(`[^`]+`)")
_ACTIVE = re.compile(r"[\\`*_\[\]<>&#!|~$@]|:(?=//)|(?<=www)\.")


def headline(finding: Finding) -> str:
    """The finding in one line of plain text: its title and the first sentence of the reason."""
    title = _title(finding).rstrip(".:")
    reason = re.split(r"(?<=[.!?])\s", flat(finding.why), maxsplit=1)[0]
    place = " (where exactly is not known)" if finding.placement is Placement.UNPLACED else ""
    return f"{title}: {reason}{place}" if reason else title + place


def markdown(finding: Finding) -> str:
    """The note as CommonMark."""
    parts = [f"**{escaped(_title(finding))}**", escaped(_facts(finding))]
    parts += [f"**{name}:** {escaped(text)}" for name, text in _paragraphs(finding)]
    removed = removed_lines(finding)
    if removed:
        parts.append("**Removed:**\n" + fenced(removed))
    if finding.placement in PLACEMENTS:
        parts.append(f"*{PLACEMENTS[finding.placement]}*")
    return "\n\n".join(parts)


def plain(finding: Finding) -> str:
    """The note as plain text."""
    parts = [_title(finding), _facts(finding)]
    parts += [f"{name}: {text}" for name, text in _paragraphs(finding)]
    removed = removed_lines(finding)
    if removed:
        parts.append("Removed:\n" + "\n".join(f"    {line}" for line in removed))
    if finding.placement in PLACEMENTS:
        parts.append(PLACEMENTS[finding.placement])
    return "\n\n".join(parts)


def flat(text: str) -> str:
    """``text`` on one line, control and format characters spelt out."""
    return visible(" ".join(text.split()))


def escaped(text: str) -> str:
    """``text`` as inert CommonMark; plain code spans stay code."""
    pieces = _CODE_SPAN.split(text)
    return "".join(piece if at % 2 else _ACTIVE.sub(r"\\\g<0>", piece) for at, piece in enumerate(pieces))


def fenced(lines: tuple[str, ...]) -> str:
    """``lines`` in a fence that none of them can close."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join((fence, *lines, fence))


def _title(finding: Finding) -> str:
    """The title; the category where a reviewer gave none."""
    return flat(finding.title) or finding.category.value


def _facts(finding: Finding) -> str:
    rule = f", {flat(finding.rule)}" if finding.rule else ""
    return f"{finding.severity.value}, {finding.category.value}{rule} (reviewer: {flat(finding.reviewer)})"


def _paragraphs(finding: Finding) -> Iterator[tuple[str, str]]:
    if finding.why.strip():
        yield "Why", flat(finding.why)
    if finding.fix and finding.fix.strip():
        yield "Fix", flat(finding.fix)


def removed_lines(finding: Finding) -> tuple[str, ...]:
    """The lines that are gone; a removed secret is not shown again."""
    if finding.side is Side.NEW or finding.sensitive:
        return ()
    return tuple(visible(line.rstrip("\r\n")) for line in finding.code)
