"""``--format rdjsonl``: the Reviewdog Diagnostic Format, a line for each diagnostic (see ``rdjson``)."""

import json

from diffvet.report.rdjson import diagnostics
from diffvet.report.report import Report


def render(report: Report) -> str:
    """A line of JSON for each diagnostic; nothing where there is none."""
    return "".join(f"{json.dumps(each)}\n" for each in diagnostics(report))
