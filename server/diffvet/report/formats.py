r"""The table of formats: a name, the module that renders it, and what that module needs.

A format is one file in this folder with one function, ``render(report: Report) -> str``. The text ends in a newline;
it is written as UTF-8, what UTF-8 cannot say as ``\udcXX``. The module is imported when it is used.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Flag, auto
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from diffvet.report.report import Report


class Needs(Flag):
    """What a format wants in its ``Report`` beside the review."""

    NOTHING = 0
    RULES = auto()
    CHANGES = auto()
    REASONS = auto()


@dataclass(frozen=True, slots=True)
class Format:
    """One format. ``module`` is its file here, ``suffix`` what such a file is usually called, ``says`` one line of help.

    ``appends``: a file of it is added to, not replaced.
    """

    name: str
    module: str
    suffix: str
    says: str
    needs: Needs = Needs.NOTHING
    appends: bool = False

    def render(self, report: "Report") -> str:
        """``report`` in this format."""
        module = import_module(f"diffvet.report.{self.module}")
        return cast("Callable[[Report], str]", module.render)(report)


FORMATS = {
    each.name: each
    for each in (
        Format("text", "text", ".txt", "for people: findings with their code, then what was covered"),
        Format("json", "json", ".json", "everything, as schemas/review.schema.json describes it"),
        Format(
            "sarif",
            "sarif",
            ".sarif",
            "SARIF 2.1.0, for code scanning and SARIF viewers",
            Needs.RULES | Needs.REASONS,
        ),
        Format("github", "github", ".txt", "GitHub Actions annotations, the worst ten of each level"),
        Format(
            "github-summary",
            "github_summary",
            ".md",
            "GitHub's step summary; the file is added to",
            appends=True,
        ),
        Format("gitlab", "gitlab", ".json", "GitLab Code Quality, for merge requests"),
        Format("rdjson", "rdjson", ".json", "reviewdog's format, with suggestions to apply"),
        Format("rdjsonl", "rdjsonl", ".jsonl", "the same, a line for each finding"),
        Format("junit", "junit", ".xml", "JUnit: a suite a file, a case a hunk and a finding"),
        Format("checkstyle", "checkstyle", ".xml", "Checkstyle's XML, for CI servers and editors"),
        Format("markdown", "markdown", ".md", "Markdown, for comments and wikis"),
        Format(
            "html", "html", ".html", "one page to look at: findings in the diff, no network", Needs.CHANGES
        ),
    )
}
