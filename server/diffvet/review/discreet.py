"""What a finding says without the secrets it speaks of: titles, reasons, quotes and code lose their values.

Reviewers quote code in their titles, and a line may hold a secret that nobody reported as one.
"""

from collections.abc import Callable
from dataclasses import replace

from diffvet.review.finding import Finding


def hide(text: str, path: str = "") -> str:
    """``text`` of the file ``path`` with every secret in it replaced by stars wherever it stands, at the same length."""
    from diffvet.review.secrets.echo import echoes  # noqa: PLC0415 - 30 ms that a review without findings spares
    from diffvet.review.secrets.scan import scan  # noqa: PLC0415

    found = scan(text, path)
    values = {text[span.start : span.end]: span.kind for span in found}
    for span in reversed(echoes(text, values, found)):
        text = text[: span.start] + "*" * (span.end - span.start) + text[span.end :]
    return text


def discreet(finding: Finding, known: Callable[[str], str] = str) -> Finding:
    """``finding`` with nothing in it that is recognised as a secret; ``sensitive`` if its lines held one.

    ``known`` takes out what other places of the change reveal as one.
    """

    def hidden(text: str) -> str:
        return known(hide(text, finding.path))

    code = tuple(hidden("\n".join(finding.code)).split("\n")) if finding.code else ()
    sensitive = finding.sensitive or code != finding.code
    put = "\n".join(finding.suggestion or ())
    return replace(
        finding,
        title=hidden(finding.title),
        why=hidden(finding.why),
        fix=finding.fix and hidden(finding.fix),
        quote=finding.quote and hidden(finding.quote),
        code=code,
        sensitive=sensitive,
        suggestion=None if sensitive or hidden(put) != put else finding.suggestion,
    )
