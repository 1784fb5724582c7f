"""Reads each format back as a stranger would: by its official schema first, then finding by finding.

A ``Read`` holds what a format said of findings and of hunks that nobody reviewed. Paths are compared as a terminal
shows them, because not every format can spell every byte.
"""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

import jsonschema
import xmlschema
from junitparser import Error, Failure, JUnitXml
from markdown_it import MarkdownIt

from diffvet.report import position, wording, xml
from diffvet.report.html.markup import short
from diffvet.report.markdown import UNTITLED
from diffvet.report.report import Report
from diffvet.report.secrecy import visible
from diffvet.report.text import heading
from diffvet.review.finding import Finding
from report_page import read as page_of

SAMPLES = Path(__file__).parent / "samples" / "schemas"
OWN = Path(__file__).parents[1] / "schemas"
ID = 12
"""How much of a fingerprint every format names."""


def _json_schema(path: Path) -> jsonschema.protocols.Validator:
    schema = json.loads(path.read_text())
    return jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())


REVIEW = _json_schema(OWN / "review.schema.json")
SARIF = _json_schema(SAMPLES / "sarif-2.1.0.schema.json")
RDJSON = _json_schema(SAMPLES / "rdjson.schema.json")
GITLAB = _json_schema(SAMPLES / "gitlab-codeclimate.schema.json")
JUNIT = [xmlschema.XMLSchema(str(SAMPLES / name)) for name in ("junit-10.xsd", "junit-10-with-file.xsd")]


BOTH_SIDES = {"text", "json", "markdown", "github-summary", "html"}


@dataclass(frozen=True)
class Told:
    """One finding, as a format tells it; ``line`` is the one a reader is led to."""

    path: str
    line: int
    severity: str
    headline: str
    id: str


@dataclass(frozen=True)
class Read:
    """What a report says: its findings, and (path, first line) of each hunk that nobody reviewed."""

    findings: frozenset[Told]
    failed: frozenset[tuple[str, int]]
    complete: bool


def expected(report: Report, form: str) -> Read:
    """What ``report`` must read as in the format ``form``."""
    failed = wording.failed(report.review)
    return Read(
        frozenset(_told(finding, form) for finding in report.selected.shown),
        frozenset((same(row.path), position.lines_of(row).first) for row in failed),
        not failed,
    )


def _told(finding: Finding, form: str) -> Told:
    """Formats that know both sides name the line of its own; the others lead to the new file, and say so."""
    line = finding.line if form in BOTH_SIDES else position.lines(finding).first
    headline = {
        "text": finding.title + wording.doubt(finding),
        "json": finding.title,
        "html": short(finding.title),
        "markdown": visible(finding.title).strip() or UNTITLED,
        "github-summary": visible(finding.title).strip() or UNTITLED,
    }.get(form, wording.headline(finding))
    path = heading(finding.path) if form == "text" else finding.path
    return Told(same(path), line, finding.severity.value, same(headline), finding.fingerprint[:ID])


def same(text: str) -> str:
    """``text`` as it may be compared between formats: without what one of them has to spell out."""
    return " ".join(xml.name(text).split())


def _id_in(message: str) -> str:
    return re.search(r"\] ([0-9a-f]{12})$", message)[1]


def _first(message: str) -> str:
    return message.partition("\n")[0]


def read_json(text: str) -> Read:
    document = json.loads(text)
    REVIEW.validate(document)
    shown = [one for one in document["findings"] if one["shown"]]
    rows = [row for row in document["ledger"] if row["outcome"] == "failed"]
    return Read(
        frozenset(
            Told(same(one["path"]), one["line"], one["severity"], same(one["title"]), one["fingerprint"][:ID])
            for one in shown
        ),
        frozenset((same(row["path"]), row["new_start"] or row["old_start"] or 1) for row in rows),
        document["status"] == "complete",
    )


def read_sarif(text: str) -> Read:
    log = json.loads(text)
    SARIF.validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    found = set()
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        if result["suppressions"]:
            continue
        path, line = _sarif_place(result)
        severity = {"note": "info"}.get(result["level"], result["level"])
        message = re.sub(r"\\(\](?=\())", r"\1", result["message"]["text"])
        assert result["partialFingerprints"]["diffvet/v1"][:ID] == _id_in(message)
        found.add(Told(path, line, severity, same(_first(message)), _id_in(message)))
    (invocation,) = run["invocations"]
    errors = [each for each in invocation["toolExecutionNotifications"] if each["level"] == "error"]
    return Read(frozenset(found), frozenset(map(_sarif_place, errors)), invocation["executionSuccessful"])


def _sarif_place(located: dict) -> tuple[str, int]:
    place = located["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].isascii()
    path = unquote_to_bytes(place["artifactLocation"]["uri"]).decode("utf-8", "surrogateescape")
    return same(path), place["region"]["startLine"]


def read_rdjson(text: str) -> Read:
    document = json.loads(text)
    RDJSON.validate(document)
    return _rdjson(document["diagnostics"])


def read_rdjsonl(text: str) -> Read:
    diagnostics = [json.loads(line) for line in text.splitlines()]
    RDJSON.validate({"diagnostics": diagnostics})
    return _rdjson(diagnostics)


def _rdjson(diagnostics: list) -> Read:
    found, failed = set(), set()
    for each in diagnostics:
        each["message"].encode("utf-8")
        path, line = same(each["location"]["path"]), each["location"]["range"]["start"]["line"]
        if each["code"]["value"] == wording.INCOMPLETE:
            failed.add((path, line))
        else:
            severity, message = each["severity"].lower(), each["message"]
            found.add(Told(path, line, severity, same(_first(message)), _id_in(message)))
    return Read(frozenset(found), frozenset(failed), not failed)


def read_gitlab(text: str) -> Read:
    words = {"info": "info", "major": "warning", "critical": "error"}
    found, failed, prints = set(), set(), []
    for entry in json.loads(text):
        GITLAB.validate(entry)
        prints.append(entry["fingerprint"])
        path, line = same(entry["location"]["path"]), entry["location"]["lines"]["begin"]
        if entry["check_name"] == wording.INCOMPLETE:
            assert entry["severity"] == "blocker"
            failed.add((path, line))
        else:
            severity, name = words[entry["severity"]], entry["fingerprint"][:ID]
            found.add(Told(path, line, severity, same(entry["description"]), name))
    assert len(set(prints)) == len(prints), "GitLab drops an entry whose fingerprint it has seen"
    return Read(frozenset(found), frozenset(failed), not failed)


def read_checkstyle(text: str) -> Read:
    root = ET.fromstring(text)  # noqa: S314 - our own text
    assert (root.tag, set(root.attrib)) == ("checkstyle", {"version"})
    found, failed = set(), set()
    for file in root:
        assert (file.tag, set(file.attrib)) == ("file", {"name"})
        for error in file:
            assert error.tag == "error"
            assert set(error.attrib) - {"column"} == {"line", "severity", "message", "source"}
            path, line, message = same(file.get("name")), int(error.get("line")), error.get("message")
            if error.get("source") == wording.INCOMPLETE:
                failed.add((path, line))
            else:
                found.add(Told(path, line, error.get("severity"), same(_first(message)), _id_in(message)))
    return Read(frozenset(found), frozenset(failed), not failed)


def read_junit(text: str) -> Read:
    for schema in JUNIT:
        schema.validate(text)
    found, failed = set(), set()
    root = JUnitXml.fromstring(text.encode())
    counted = {"failures": 0, "errors": 0}
    for suite in root:
        for case in suite:
            for result in case.result:
                if isinstance(result, Failure):
                    counted["failures"] += 1
                    first, *rest = result.text.split("\n")
                    severity, _category, place = first.split(", ", 2)
                    path, _, line = place.rpartition(":")
                    assert same(path) == same(case.classname)
                    found.add(Told(same(path), int(line), severity, same(rest[0]), _id_in(result.text)))
                elif isinstance(result, Error):
                    counted["errors"] += 1
                    numbers = re.search(r"@@ -(\d+),\d+ \+(\d+),\d+ @@$", case.name)
                    line = int(numbers[2]) or int(numbers[1]) if numbers else 1
                    failed.add((same(case.classname), line))
    assert (root.failures, root.errors) == (counted["failures"], counted["errors"])
    return Read(frozenset(found), frozenset(failed), not failed)


def read_github(text: str) -> Read:
    """By the rules of the runner (actions/runner, ``ActionCommand.TryParseV2``), then the plain lines of the log."""
    levels = {"error": "error", "warning": "warning", "notice": "info"}
    found, failed, complete, annotated = set(), set(), True, []
    for line in text.splitlines():
        assert visible(line) == line
        assert line.startswith("::") or "##[" not in line
        line = line.replace("##\\[", "##[")  # noqa: PLW2901 - what it stands for
        if line.startswith("::"):
            name, properties, message = _command(line)
            annotated.append(name)
            if properties["title"] == "Diffvet: the review is incomplete":
                complete = False
            else:
                title = properties["title"].rpartition(" [")[0]
                told = (int(properties["line"]), levels[name], same(title), _id_in(message))
                found.add(Told(same(properties["file"]), *told))
        elif plain := re.match(r"  (error|warning|info) (.*):(\d+): (.*) \[.*\] ([0-9a-f]{12})$", line):
            found.add(Told(same(plain[2]), int(plain[3]), plain[1], same(plain[4]), plain[5]))
        elif plain := re.match(r"  Not reviewed: (.*?)(?: @@ -(\d+),\d+ \+(\d+),\d+ @@)?: ", line):
            failed.add((same(plain[1]), int(plain[3] or 0) or int(plain[2] or 0) or 1))
    assert all(annotated.count(name) <= 10 for name in levels)
    return Read(frozenset(found), frozenset(failed), complete)


def _command(line: str) -> tuple[str, dict[str, str], str]:
    head, message = line[2:].split("::", 1)
    name, _, rest = head.partition(" ")
    properties = dict(pair.split("=", 1) for pair in rest.split(","))
    return (
        name,
        {key: _unescaped(value, ":,\r\n%") for key, value in properties.items()},
        _unescaped(message, "\r\n%"),
    )


def _unescaped(value: str, chars: str) -> str:
    for char in chars:
        value = value.replace(f"%{ord(char):02X}", char)
    return value


def read_markdown(text: str) -> Read:
    found, failed, path, section = set(), set(), "", ""
    complete = "The review is incomplete" not in text
    for kind, content in _markdown(text):
        if kind == "heading":
            section = content
            path = content
        elif section == "Not reviewed":
            numbers = re.match(r"\0(.*?)(?: @@ -(\d+),\d+ \+(\d+),\d+ @@)?\0", content)
            failed.add((same(numbers[1]), int(numbers[3] or 0) or int(numbers[2] or 0) or 1))
        elif item := re.match(r". \x01(error|warning|info): (.*)\x01 \([a-z-]+, lines? (\d+)", content):
            name = re.search(r", \0([0-9a-f]{32})\0", content)[1]
            found.add(Told(same(path), int(item[3]), item[1], same(item[2]), name[:ID]))
    return Read(frozenset(found), frozenset(failed), complete)


def _markdown(text: str) -> Iterator[tuple[str, str]]:
    r"""Headings and list items: a code span ends in ``\0``, strong words stand between ``\1``."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    for index, token in enumerate(tokens):
        if token.type != "inline":
            continue
        for child in token.children:
            allowed = {
                "text",
                "text_special",
                "strong_open",
                "strong_close",
                "code_inline",
                "html_inline",
                "softbreak",
            }
            assert child.type in allowed, child
            assert child.type != "html_inline" or child.content in {"<br>", "<sub>", "</sub>"}
        if tokens[index - 1].type == "heading_open":
            yield "heading", "".join(child.content for child in token.children)
        else:
            yield "item", "".join(map(_spelt, token.children))


def _spelt(child) -> str:
    if child.type in {"strong_open", "strong_close"}:
        return "\1"
    content = child.content.replace("\u200b", "")
    return f"\0{content}\0" if child.type == "code_inline" else content


def read_text(text: str) -> Read:
    found, failed, path, pending = set(), set(), "", None
    for line in text.splitlines():
        assert visible(line) == line
        if line and not line.startswith(" "):
            path = line
        elif plain := re.match(
            r"  (error|warning|info) [a-z-]+  lines? (\d+)[-\d]*(?: \(removed\))?: (.*)$", line
        ):
            pending = (same(path), int(plain[2]), plain[1], same(plain[3]))
        elif plain := re.match(r"      \[.*\] ([0-9a-f]{12})$", line):
            found.add(Told(*pending, plain[1]))
        elif plain := re.match(r"  failed: (.*?) @@ -(\d+),\d+ \+(\d+),\d+ @@: ", line):
            failed.add((same(plain[1]), int(plain[3]) or int(plain[2])))
        elif plain := re.match(r"  failed: (.*?): ", line):
            failed.add((same(plain[1]), 1))
    return Read(frozenset(found), frozenset(failed), "INCOMPLETE" not in text)


def read_html(text: str) -> Read:
    document = page_of(text)
    found, failed = set(), set()
    for file in document.all("article", of="file"):
        for note in file.all("article", of="note"):
            if note.attributes["data-state"] == "open":
                origin = note.the(of="origin")
                line = re.match(r"lines? (\d+)", origin.the("a").text)[1]
                title, severity = same(note.the(of="what").text), note.attributes["data-severity"]
                path = same(file.attributes["data-path"])
                found.add(Told(path, int(line), severity, title, origin.the("code").text))
    for row in document.the(of="coverage").all("tr")[1:]:
        if row.all(of="failed"):
            numbers = re.match(r"@@ -(\d+),\d+ \+(\d+),\d+ @@", row.all("td")[0].text)
            failed.add((same(row.the("th").text), int(numbers[2]) or int(numbers[1]) if numbers else 1))
    complete = "INCOMPLETE" not in document.the(of="headline").text
    assert complete == ("INCOMPLETE" not in document.the("title").text)
    return Read(frozenset(found), frozenset(failed), complete)


READERS: dict[str, Callable[[str], Read]] = {
    "text": read_text,
    "json": read_json,
    "sarif": read_sarif,
    "github": read_github,
    "github-summary": read_markdown,
    "gitlab": read_gitlab,
    "rdjson": read_rdjson,
    "rdjsonl": read_rdjsonl,
    "junit": read_junit,
    "checkstyle": read_checkstyle,
    "markdown": read_markdown,
    "html": read_html,
}
