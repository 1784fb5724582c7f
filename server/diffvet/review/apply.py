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
    if finding.suggestion is None:
        raise UsageError(f"no verified fix is known for {finding.fingerprint[:12]}")
    lines = content.split(b"\n")
    wanted = [_bytes(line).removesuffix(b"\r") for line in finding.code]
    start = _start(lines, wanted, finding)
    old = lines[start : start + len(wanted)]
    end = b"\r" if old and all(line.endswith(b"\r") for line in old) else b""
    new = [_bytes(line).removesuffix(b"\r") + end for line in finding.suggestion]
    return b"\n".join([*lines[:start], *new, *lines[start + len(wanted) :]])


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
