"""What a finding says without the secrets it speaks of: titles, reasons, quotes and code lose their values.

Reviewers quote code in their titles, and a line may hold a secret that nobody reported as one.
"""

from dataclasses import replace

from diffvet.review.finding import Finding


def hide(text: str, path: str = "") -> str:
    """``text`` of the file ``path`` with every secret in it replaced by stars, at the same length."""
    from diffvet.review.secrets.scan import scan  # noqa: PLC0415 - 30 ms that a review without findings spares

    for span in reversed(scan(text, path)):
        text = text[: span.start] + "*" * (span.end - span.start) + text[span.end :]
    return text


def discreet(finding: Finding) -> Finding:
    """``finding`` with nothing in it that is recognised as a secret; ``sensitive`` if its lines held one."""
    code = tuple(hide("\n".join(finding.code), finding.path).split("\n")) if finding.code else ()
    sensitive = finding.sensitive or code != finding.code
    put = "\n".join(finding.suggestion or ())
    return replace(
        finding,
        title=hide(finding.title, finding.path),
        why=hide(finding.why, finding.path),
        fix=finding.fix and hide(finding.fix, finding.path),
        quote=finding.quote and hide(finding.quote, finding.path),
        code=code,
        sensitive=sensitive,
        suggestion=None if sensitive or hide(put, finding.path) != put else finding.suggestion,
    )
