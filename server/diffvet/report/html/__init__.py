"""``--format html``: the review as one page to look at, with every finding under its line of the diff."""

from diffvet.report.html.page import render

__all__ = ["render"]
