"""A verified fix applied to the file as it is now, which may not be as it was reviewed.

The replaced lines must read exactly as they did, at their place or, where lines were added or removed above, at the
only other place that reads so. Anything else is not the code the fix was verified for.
"""

from collections.abc import Sequence

from diffvet.errors import UsageError
from diffvet.review.finding import Finding


class StaleFixError(UsageError):
    """The code a fix was written for is not there any more, or stands in several places."""


def applied(content: bytes, finding: Finding) -> bytes:
    """``content`` of the finding's file with its suggestion carried out; line ends stay those of the file.

    Raises ``StaleFixError`` where the lines are not found, and ``UsageError`` for a finding without a suggestion.
    """
    lines = content.split(b"\n")
    return _put(lines, finding, _start(lines, _wanted(finding), finding))


def applied_at(content: bytes, finding: Finding, line: int) -> bytes:
    """The same where the lines must begin at ``line`` (1-based) and nowhere else; ``StaleFixError`` if they do not."""
    lines = content.split(b"\n")
    if not _stands(lines, _wanted(finding), line - 1):
        raise StaleFixError(f"{finding.path}, line {line}: the code reads differently than it was reviewed")
    return _put(lines, finding, line - 1)


def _put(lines: Sequence[bytes], finding: Finding, start: int) -> bytes:
    end = start + len(finding.code)
    ended = (
        lines[start : min(end, len(lines) - 1)] or lines[max(start - 1, 0) : start]
    )  # the last line has no end
    mark = b"\r" if ended and all(line.endswith(b"\r") for line in ended) else b""
    new = [_bytes(line).removesuffix(b"\r") + mark for line in finding.suggestion or ()]
    if new and end == len(lines):
        new[-1] = new[-1].removesuffix(b"\r")
    return b"\n".join([*lines[:start], *new, *lines[end:]])


def _wanted(finding: Finding) -> list[bytes]:
    if finding.suggestion is None:
        raise UsageError(f"no verified fix is known for {finding.fingerprint[:12]}")
    return [_bytes(line).removesuffix(b"\r") for line in finding.code]


def _start(lines: Sequence[bytes], wanted: Sequence[bytes], finding: Finding) -> int:
    """The index of the line where ``wanted`` begins."""
    if _stands(lines, wanted, finding.line - 1):
        return finding.line - 1
    found = [start for start in range(len(lines) - len(wanted) + 1) if _stands(lines, wanted, start)]
    if len(found) == 1:
        return found[0]
    place = f"{finding.path}, line {finding.line}"
    if found:
        raise StaleFixError(
            f"{place}: the lines have moved and stand in {len(found)} places now; review the change again"
        )
    raise StaleFixError(f"{place}: the code has changed since it was reviewed; review the change again")


def _stands(lines: Sequence[bytes], wanted: Sequence[bytes], start: int) -> bool:
    here = lines[start : start + len(wanted)]
    return len(here) == len(wanted) > 0 and all(
        line.removesuffix(b"\r") == want for line, want in zip(here, wanted, strict=True)
    )


def _bytes(line: str) -> bytes:
    return line.encode("utf-8", "surrogateescape")
