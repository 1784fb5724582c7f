"""Every format validates against its schema and tells the same findings and the same incompleteness."""

import json
import re
from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side
from diffvet.report.formats import FORMATS
from diffvet.report.github_summary import LARGEST
from diffvet.report.report import RuleNote
from diffvet.review.finding import Placement, State
from diffvet.review.ledger import Outcome
from format_readers import READERS, expected
from format_samples import COMPLETE, EMPTY, EVERYTHING, finding, report, row

FORM = pytest.mark.parametrize("form", READERS)


def rendered(form, sample):
    return FORMATS[form].render(sample)


@FORM
@pytest.mark.parametrize("sample", [EVERYTHING, COMPLETE, EMPTY], ids=["everything", "complete", "empty"])
def test_a_format_tells_every_finding_and_every_hunk_that_nobody_reviewed(form, sample):
    assert READERS[form](rendered(form, sample)) == expected(sample, form)


def test_every_format_that_is_registered_is_read_here():
    assert set(READERS) == set(FORMATS)


@FORM
def test_an_incomplete_review_never_looks_complete_though_nothing_was_found(form):
    sample = report((), [row(), row(Outcome.FAILED, old=(9, 2), new=(9, 2), reason="the answer was cut")])
    read = READERS[form](rendered(form, sample))
    assert not read.complete
    assert read.failed == {("src/app.py", 9)}


@FORM
def test_the_line_of_a_secret_is_quoted_nowhere(form):
    value = "AKIA" + "Q3EGWH5KZTX7RM2P"
    leak = finding(
        "A key",
        sensitive=True,
        quote=f'KEY = "{value}"',
        code=(f'KEY = "{value}"',),
        suggestion=(f"{value}",),
    )
    assert value not in rendered(form, report([leak], [row()]))


HOSTILE = [
    "\x1b[31mred\x1b[0m \x07\x00",
    "]]>&lt;<script>alert(1)</script>",
    "::error file=x::spoofed",
    "##[add-path]/tmp ##vso[task.setvariable]x",
    "100%0A::warning::x %25 %3A",
    "line\n::error::spoofed\r\nnext",
    "![i](https://evil.example/x.png) [l](javascript:alert(1)) <img src=x onerror=y>",
    "`code` ``two`` ```\n# heading\n",
    "**bold** __u__ ~~s~~ | a | b | @everyone #12 GH-7 www.evil.example https://evil.example $x$",
    "\udcff\udc80 undecodable",
    "\u202egnp.exe \u200b\u2066",
    "\ufffe\uffff \U0001fffe",
    "quote \" and ' and \\ and {0}",
    "](1) \\](2)",
    " ",
]


@FORM
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(form, text):
    sample = report(
        [
            finding(
                text,
                path=f"dir/{text}",
                why=text,
                fix=text,
                reviewer=text,
                rule=None,
                code=(text,),
                quote=text,
            )
        ],
        [row(Outcome.FAILED, path=f"dir/{text}", reason=text)],
    )
    out = rendered(form, sample)
    assert READERS[form](out) == expected(sample, form)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", out)


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_has_no_link_image_html_or_mention_of_others(text):
    out = rendered("markdown", report([finding(text, why=text, fix=text, code=())], [row()]))
    words = re.sub(r"`[^`]*`", "", out)
    assert not re.search(r"://(?<!\\://)|(?i:www)\.|@\w|#\d|(?<!\\)[\[\]]|<(?!br>|/?sub>)(?<!\\<)", words)


AWKWARD = st.sampled_from("`*_[]()<>&|:,%#@\\\"'\n\r\t\x1b\x00\udcff\u202e\ufffe")
TEXT = st.text(st.characters(codec=None) | AWKWARD, max_size=24)
READ = st.text(
    st.characters(codec="utf-8") | AWKWARD, max_size=24
)  # what came from git: bytes, decoded with surrogates
PATHS = READ.map(lambda text: f"d/{text}").filter(
    lambda path: "\0" not in path and not re.search(r":\s|@@", path)
)
LINES = st.lists(READ.map(lambda text: text.replace("\n", "")), max_size=3).map(tuple)


@st.composite
def findings(draw):
    line = draw(st.integers(1, 9))
    side = draw(st.sampled_from(Side))
    return finding(
        draw(TEXT.filter(lambda text: " (" not in text and "] " not in text)),
        draw(st.sampled_from(Severity)),
        path=draw(PATHS),
        line=line,
        end_line=line + draw(st.integers(0, 2)),
        fingerprint=draw(st.text("0123456789abcdef", min_size=32, max_size=32)),
        category=draw(st.sampled_from(Category)),
        side=side,
        near=draw(st.none() | st.integers(1, 9)) if side is Side.OLD else None,
        why=draw(TEXT),
        fix=draw(st.none() | TEXT),
        quote=draw(st.none() | TEXT),
        code=draw(LINES),
        placement=draw(st.sampled_from(Placement)),
        reviewer=draw(TEXT),
        rule=draw(st.none() | st.from_regex(r"[a-z]{1,5}\.[a-z]{1,5}", fullmatch=True)),
        state=draw(st.sampled_from(State)),
        sensitive=draw(st.booleans()),
        suggestion=draw(st.none() | LINES),
    )


ROWS = st.builds(
    row,
    st.sampled_from(Outcome),
    path=PATHS,
    old=st.tuples(st.integers(1, 99), st.integers(1, 9)),
    new=st.tuples(st.integers(1, 99), st.integers(1, 9)),
    reason=st.none() | TEXT,
)


@FORM
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    found=st.lists(findings(), max_size=3, unique_by=lambda each: each.fingerprint[:12]),
    rows=st.lists(ROWS, max_size=3),
)
def test_whatever_is_said_in_it_a_report_is_read_back_whole(form, found, rows):
    sample = report(found, rows)
    assert READERS[form](rendered(form, sample)) == expected(sample, form)


def sarif_of(sample):
    (run,) = json.loads(rendered("sarif", sample))["runs"]
    return run


def test_sarif_keeps_what_is_dismissed_accepted_or_ignored_as_suppressed_results():
    results = sarif_of(EVERYTHING)["results"]
    suppressed = {
        result["message"]["text"].partition("\n")[0]: result["suppressions"][0]
        for result in results
        if result["suppressions"]
    }
    assert {title.partition(" [")[0]: each["kind"] for title, each in suppressed.items()} == {
        "Known": "external",
        "Dismissed": "external",
        "Ignored": "inSource",
    }
    assert all(each["justification"] for each in suppressed.values())


def test_sarif_leaves_out_what_the_user_asked_not_to_see_and_counts_it():
    from diffvet.review.select import Selection  # noqa: PLC0415 - here only

    run = sarif_of(report(EVERYTHING.review.findings, [], Selection(min_severity=Severity.ERROR)))
    levels = {result["level"] for result in run["results"] if not result["suppressions"]}
    assert levels == {"error"}
    assert run["properties"]["hidden"]["below the minimum severity"] == 6


def test_sarif_columns_count_utf16_units_and_rdjson_bytes():
    astral = next(each for each in EVERYTHING.selected.shown if each.title == "Line corrected")
    sample = report([astral], [row()])
    region = sarif_of(sample)["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"], region["snippet"]["text"]) == (5, 10, "🙂ser")
    (diagnostic,) = json.loads(rendered("rdjson", sample))["diagnostics"]
    assert diagnostic["location"]["range"] == {
        "start": {"line": 9, "column": 5},
        "end": {"line": 9, "column": 12},
    }


def test_sarif_says_who_speaks_by_rules_of_the_catalogue_and_by_categories_for_models():
    note = RuleNote(
        "py.shell-true", Category.SECURITY, Severity.WARNING, "T", "W", "F", ("CWE-78", "https://x.example/")
    )
    sample = replace(EVERYTHING, rules={note.id: note})
    rules = {rule["id"]: rule for rule in sarif_of(sample)["tool"]["driver"]["rules"]}
    known = rules["py.shell-true"]
    assert known["helpUri"] == "https://x.example/"
    assert known["defaultConfiguration"]["level"] == "error"  # as its worst result
    assert known["properties"]["tags"] == ["security", "external/cwe/cwe-78"]
    assert known["properties"]["security-severity"] == "8.0"
    assert rules["diffvet.test-gap"]["properties"]["tags"] == ["test-gap"]


def applied(lines, start, end, text):
    """``lines`` (with their ends) after the text from ``start`` to ``end`` (0-based line, column) became ``text``."""
    head = "".join(lines[: start[0]]) + (lines[start[0]][: start[1]] if start[1] else "")
    tail = (lines[end[0]][end[1] :] + "".join(lines[end[0] + 1 :])) if end[0] < len(lines) else ""
    return head + text + tail


FILE = ["one\n", "run(cmd, shell=True)\n", "three\n", "  log(cmd)\n", "é = a\r\n", "b\r\n", "seven\n"]
FIXED = [
    ("Shell injection.", ["one\n", "run([cmd])\n", *FILE[2:]]),
    ("Deleted on request", [*FILE[:3], *FILE[4:]]),
    ("Two lines become one", [*FILE[:4], "c\r\n", "seven\n"]),
]


@pytest.mark.parametrize(("title", "wanted"), FIXED)
def test_a_suggestion_applies_in_sarif_and_in_rdjson(title, wanted):
    sample = report([each for each in EVERYTHING.selected.shown if each.title == title], [row()])
    (fix,) = sarif_of(sample)["results"][0]["fixes"]
    (put,) = fix["artifactChanges"][0]["replacements"]
    region = put["deletedRegion"]
    start, end = ((region[f"{at}Line"] - 1, region[f"{at}Column"] - 1) for at in ("start", "end"))
    assert applied(FILE, start, end, put["insertedContent"]["text"]) == "".join(wanted)

    (diagnostic,) = json.loads(rendered("rdjson", sample))["diagnostics"]
    (suggestion,) = diagnostic["suggestions"]
    first, last = suggestion["range"]["start"], suggestion["range"]["end"]
    if "column" in first:
        start, end = ((place["line"] - 1, place["column"] - 1) for place in (first, last))
    else:  # whole lines, without the last line end
        line = FILE[last["line"] - 1]
        start, end = (first["line"] - 1, 0), (last["line"] - 1, len(line.rstrip("\r\n")))
    assert applied(FILE, start, end, suggestion["text"]) == "".join(wanted)


def test_a_suggestion_that_utf8_cannot_spell_is_offered_to_nobody():
    sample = report([finding(suggestion=("\udcff",))], [row()])
    assert "fixes" not in sarif_of(sample)["results"][0]
    assert "suggestions" not in rendered("rdjson", sample)


def test_a_path_becomes_an_address_byte_by_byte():
    sample = report([finding(path="a:b/ö %20\udcff#?.py")], [row()])
    place = sarif_of(sample)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "a%3Ab/%C3%B6%20%2520%FF%23%3F.py", "uriBaseId": "%SRCROOT%"}
    assert unquote(place["uri"], errors="surrogateescape") == "a:b/ö %20\udcff#?.py"


def test_github_annotates_the_worst_ten_of_a_level_after_the_incompleteness_and_lists_the_rest():
    many = [finding(f"E{n}", line=n) for n in range(1, 14)] + [
        finding(f"I{n}", Severity.INFO, line=n) for n in range(1, 12)
    ]
    sample = report(many, [row(), row(Outcome.FAILED, reason="cut")])
    out = rendered("github", sample)
    commands = [line for line in out.splitlines() if line.startswith("::")]
    assert commands[0].startswith(
        "::error file=src/app.py,line=1,endLine=5,title=Diffvet%3A the review is incomplete::"
    )
    assert [line.split(" ")[0] for line in commands] == ["::error"] * 10 + ["::notice"] * 10
    assert "Not annotated, because GitHub shows 10 of a level and step: 5 findings" in out
    assert READERS["github"](out) == expected(sample, "github")


def test_a_step_summary_that_is_too_large_for_github_keeps_the_worst():
    big = [finding(f"I{n}", Severity.INFO, line=n, why="y" * 900) for n in range(1, 1500)]
    sample = report([*big, finding("The worst", line=2000)], [row()])
    out = rendered("github-summary", sample)
    assert LARGEST * 0.9 < len(out.encode()) < LARGEST
    assert "The worst" in out
    assert re.search(r"Listed here: the worst \d+ of 1500 findings", out)
