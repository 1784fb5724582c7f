"""Pages for the tests: a diff, what a reviewer would have found in it, and the HTML report of both, read back."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side
from diffvet.diff.unified import UnifiedReader
from diffvet.report.html import render
from diffvet.report.report import Report
from diffvet.review.events import Review
from diffvet.review.finding import Finding, Placement, Usage
from diffvet.review.ledger import LedgerRow, Outcome
from diffvet.review.picture import Picture
from diffvet.review.select import Selection, select

VOID = {"br", "col", "input", "link", "meta"}

DIFF = """\
--- a/app.py
+++ b/app.py
@@ -1,3 +1,4 @@ def main():
 import os
-assert user.is_admin
+run(os.environ["CMD"])
+done = True
 done()
"""


def finding(line: int = 2, **words) -> Finding:
    usual = {
        "fingerprint": f"{line:032x}",
        "path": "app.py",
        "side": Side.NEW,
        "line": line,
        "end_line": line,
        "severity": Severity.ERROR,
        "category": Category.SECURITY,
        "title": "Shell injection",
        "why": "The command is what a user says.",
        "fix": "Pass a list.",
        "quote": None,
        "placement": Placement.EXACT,
        "reviewer": "embedded",
        "code": ('run(os.environ["CMD"])',),
    }
    return Finding(**usual | words)


def report(
    diff: str | bytes = DIFF,
    findings: Iterable[Finding] = (),
    *,
    outcomes: Iterable[tuple[Outcome, str | None]] = (),
    usage: Usage | None = None,
    selection: Selection | None = None,
    kept: bool = True,
) -> Report:
    """What ``check`` hands to the page. Hunks get ``outcomes`` one after the other, the rest are reviewed."""
    raw = diff if isinstance(diff, bytes) else diff.encode("utf-8", "surrogateescape")
    picture = Picture()
    sections = list(picture.over(UnifiedReader(io.BytesIO(raw)).sections()))
    findings = tuple(findings)
    changes = picture.changes(findings)
    given = iter(outcomes)
    rows = []
    for change in changes:
        for hunk in change.hunks:
            outcome, reason = next(given, (Outcome.REVIEWED, None))
            numbers = (hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines)
            rows.append(LedgerRow(change.path, *numbers, outcome, reason, "embedded"))
    assert sections or not raw
    review = Review("range", "a" * 40, "b" * 40, findings, tuple(rows), usage or Usage())
    chosen = select(findings, selection or Selection())
    return Report(review, chosen, changes=changes if kept else ())


@dataclass
class Element:
    """An element of a page, with everything in it."""

    name: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    inside: list["Element | str"] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set((self.attributes.get("class") or "").split())

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.inside)

    def all(self, name: str | None = None, of: str | None = None) -> list["Element"]:
        """The elements below, in document order: those of a name, those of a class."""
        found = []
        for part in self.inside:
            if isinstance(part, Element):
                if (name is None or part.name == name) and (of is None or of in part.classes):
                    found.append(part)
                found += part.all(name, of)
        return found

    def the(self, name: str | None = None, of: str | None = None) -> "Element":
        (found,) = self.all(name, of)
        return found


class _Reader(HTMLParser):
    """A strict reader: what is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("document")]

    def handle_starttag(self, tag, attrs):
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice in <{tag}>"
        element = Element(tag, dict(attrs))
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].inside.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop().name == tag

    def handle_data(self, data):
        self.open[-1].inside.append(data)

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data!r}")

    def unknown_decl(self, data):
        raise AssertionError(f"a declaration: {data!r}")

    def handle_pi(self, data):
        raise AssertionError(f"a processing instruction: {data!r}")


def read(markup: str) -> Element:
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    assert [element.name for element in reader.open] == ["document"]
    return reader.open[0]


def page(*args, **words) -> Element:
    return read(render(report(*args, **words)))
