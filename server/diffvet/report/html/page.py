"""The page: one file that fetches nothing, runs nothing but its own script, and holds everything."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files as resources

from diffvet.report.html.coverage import coverage_of
from diffvet.report.html.files import changes_of, list_of, shown
from diffvet.report.html.highlight import Highlighter
from diffvet.report.html.markup import Html, el, joined
from diffvet.report.html.summary import summary_of
from diffvet.report.html.toolbar import help_of, toolbar_of
from diffvet.report.html.verdict import compared, headline
from diffvet.report.html.view import files_of
from diffvet.report.report import Report

STYLES = ("base", "summary", "toolbar", "files", "diff", "notes", "print")
SCRIPTS = ("theme", "views", "filters", "keys")
"""The parts of the style sheet and of the script, in order; each is a file of this package."""

ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' "
    "rx='3' fill='%23345'/%3E%3Cpath d='M4 5h8M4 8h5M4 11h7' stroke='%23fff' stroke-width='1.6'/%3E%3C/svg%3E"
)


def render(report: Report) -> str:
    """The report as one HTML document, ending in a newline. The same review gives the same bytes."""
    review, selected = report.review, report.selected
    files = files_of(review, selected, report.changes)
    pictured = shown(files)
    body = joined(
        el("a", {"class": "skip", "href": "#changes"}, "Skip to the changes"),
        el(
            "header",
            {"class": "top"},
            el("p", {"class": "brand"}, "Diffvet"),
            el("h1", None, compared(review)),
        ),
        toolbar_of(files),
        el(
            "div",
            {"class": "columns"},
            list_of(pictured),
            el(
                "main",
                {"id": "main"},
                summary_of(report, files),
                changes_of(pictured, len(files) - len(pictured), Highlighter()),
                coverage_of(review.ledger),
            ),
        ),
        [el("p", {"class": "notice"}, f"{notice}.") for notice in report.notices],
        el("footer", None, f"Diffvet {report.version}"),
        help_of(),
        el("script", {"type": "module"}, Html(_script())),
    )
    title = f"{headline(review, selected)} · {compared(review)} · Diffvet"
    page = el("html", {"lang": "en"}, _head(title), el("body", None, body))
    return f"<!DOCTYPE html>\n{page}\n"


def _head(title: str) -> Html:
    return el(
        "head",
        None,
        el("meta", {"charset": "utf-8"}),
        el("meta", {"http-equiv": "Content-Security-Policy", "content": _policy()}),
        el("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        el("meta", {"name": "color-scheme", "content": "light dark"}),
        el("meta", {"name": "referrer", "content": "no-referrer"}),
        el("title", None, title),
        el("link", {"rel": "icon", "href": ICON}),
        el("style", None, Html(_style())),
    )


def _policy() -> str:
    """Nothing is allowed but this very style sheet, this very script, and the icon."""
    return (
        f"default-src 'none'; style-src '{_hash(_style())}'; script-src '{_hash(_script())}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(source: str) -> str:
    return "sha256-" + b64encode(sha256(source.encode()).digest()).decode()


@cache
def _style() -> str:
    return "\n".join(_file("style", f"{name}.css") for name in STYLES)


@cache
def _script() -> str:
    return "\n".join(_file("script", f"{name}.js") for name in SCRIPTS)


def _file(folder: str, name: str) -> str:
    return resources("diffvet.report.html").joinpath(folder, name).read_text(encoding="utf-8")
