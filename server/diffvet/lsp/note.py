"""The note of a finding, as a hover shows it: markdown or plain text.

Its words come from a reviewer, so from text that nobody trusts: they are one paragraph each, and nothing
in them becomes a link, an image, HTML, emphasis or the end of a fence.
"""

import re
from collections.abc import Iterator

from diffvet.diff.model import Side
from diffvet.report.report import RuleNote
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
    title = title_of(finding).rstrip(".:")
    reason = re.split(r"(?<=[.!?])\s", flat(finding.why), maxsplit=1)[0]
    place = " (where exactly is not known)" if finding.placement is Placement.UNPLACED else ""
    return f"{title}: {reason}{place}" if reason else title + place


def markdown(finding: Finding, page: str | None = None) -> str:
    """The note as CommonMark; ``page`` is an address of ours, the one link in it."""
    parts = [f"**{escaped(title_of(finding))}**", escaped(_facts(finding))]
    parts += [f"**{name}:** {escaped(text)}" for name, text in _paragraphs(finding)]
    removed = removed_lines(finding)
    if removed:
        parts.append("**Removed:**\n" + fenced(removed))
    if finding.placement in PLACEMENTS:
        parts.append(f"*{PLACEMENTS[finding.placement]}*")
    if page:
        parts.append(f"[More about this]({page})")
    return "\n\n".join(parts)


def plain(finding: Finding, page: str | None = None) -> str:
    """The note as plain text."""
    parts = [title_of(finding), _facts(finding)]
    parts += [f"{name}: {text}" for name, text in _paragraphs(finding)]
    removed = removed_lines(finding)
    if removed:
        parts.append("Removed:\n" + "\n".join(f"    {line}" for line in removed))
    if finding.placement in PLACEMENTS:
        parts.append(PLACEMENTS[finding.placement])
    if page:
        parts.append(f"More about this: {page}")
    return "\n\n".join(parts)


def explained(finding: Finding, rule: RuleNote | None, *, rich: bool) -> str:
    """The note with what is known of its rule, and the ways to say "I know"; Markdown if ``rich``."""
    page = rule.address if rule else None
    parts = [markdown(finding, page) if rich else plain(finding, page)]
    shown = escaped if rich else str
    if rule:
        references = f" ({', '.join(map(flat, rule.references))})" if rule.references else ""
        parts += [shown(f"Rule {rule.id}: {flat(rule.title)}{references}")]
        parts += [
            shown(flat(text)) for text in (rule.why, rule.fix) if text not in (finding.why, finding.fix)
        ]
    name, short = finding.rule or finding.category.value, finding.fingerprint[:12]
    ways = [
        f"in the code: a comment `diffvet: ignore[{flat(name)}] REASON` on the line or alone above it",
        f"for yourself: `diffvet dismiss {short} --reason TEXT`, or the code action",
        "for everybody: `diffvet baseline update --reason TEXT`, or the code action",
    ]
    if finding.rule:
        ways.append(f'the whole rule: `rules = {{ "{flat(finding.rule)}" = "off" }}` in diffvet.toml')
    parts.append("To say that you know:\n\n" + "\n".join(f"- {shown(way)}" for way in ways))
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


def title_of(finding: Finding) -> str:
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
