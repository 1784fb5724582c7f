"""The HTML report as a structure: everything at its place, nothing that could act, nothing left unsaid."""

import re
import string
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side
from diffvet.report.html import render
from diffvet.review.finding import FilterMode, Placement, State, Usage
from diffvet.review.ledger import Outcome
from diffvet.review.select import Selection
from report_page import DIFF, finding, page, read, report

ELEMENTS = {
    "a",
    "article",
    "b",
    "body",
    "br",
    "button",
    "code",
    "col",
    "colgroup",
    "caption",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "head",
    "header",
    "html",
    "i",
    "input",
    "kbd",
    "label",
    "legend",
    "li",
    "link",
    "main",
    "meta",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "rect",
    "script",
    "section",
    "select",
    "span",
    "strong",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
}
ATTRIBUTES = {
    "aria-keyshortcuts",
    "aria-label",
    "aria-labelledby",
    "aria-pressed",
    "autocomplete",
    "charset",
    "checked",
    "class",
    "colspan",
    "content",
    "data-category",
    "data-file",
    "data-path",
    "data-severity",
    "data-state",
    "height",
    "hidden",
    "href",
    "http-equiv",
    "id",
    "lang",
    "method",
    "name",
    "open",
    "placeholder",
    "preserveaspectratio",
    "rel",
    "role",
    "scope",
    "spellcheck",
    "tabindex",
    "title",
    "type",
    "value",
    "viewbox",
    "width",
    "x",
    "y",
}


def rows(document):
    """Each row of the diffs: its class, old number, new number, and code; of a note its title."""
    for row in document.all("tr"):
        if "says" in row.classes:
            yield "note", *(what.text for what in row.all(of="what"))
        elif row.classes & {"a", "r", "x"}:
            old, new, _sign, code = row.all("td")
            yield (row.attributes["class"].split()[0], old.text, new.text, code.text)


def test_a_finding_stands_under_its_very_line_on_either_side():
    gone = finding(
        2, fingerprint="f" * 32, side=Side.OLD, title="Check removed", code=("assert user.is_admin",)
    )
    assert list(rows(page(findings=[finding(2), gone]))) == [
        ("x", "1", "1", "import os"),
        ("r", "2", "", "assert user.is_admin"),
        ("note", "Check removed"),
        ("a", "", "2", 'run(os.environ["CMD"])'),
        ("note", "Shell injection"),
        ("a", "", "3", "done = True"),
        ("x", "3", "4", "done()"),
    ]


def test_a_finding_of_several_lines_stands_under_the_last_and_marks_all():
    document = page(findings=[finding(2, end_line=3)])
    marked = [row.all("td")[1].text for row in document.all("tr", of="hit")]
    assert marked == ["2", "3"]
    assert [row[0] for row in rows(document)] == ["x", "r", "a", "a", "note", "x"]


def test_an_unplaced_finding_stands_on_the_header_of_its_hunk_and_says_so():
    document = page(findings=[finding(2, placement=Placement.UNPLACED, quote="run(cmd)")])
    hunk = document.the(of="hunk")
    assert [part.attributes["class"].split()[0] for part in hunk.inside] == ["hunk-head", "note", "slice"]
    assert "Not placed" in hunk.the("article").text
    assert not document.all(of="hit")


def test_a_finding_outside_the_lines_shown_keeps_its_code_and_its_number():
    document = page(findings=[finding(40, code=("far_away()",))])
    away = document.the(of="elsewhere")
    assert "far_away()" in away.text
    assert "40" in away.the(of="number").text


def test_one_file_twice_in_a_diff_shows_a_finding_where_its_code_is():
    second = DIFF.replace('run(os.environ["CMD"])', "other()")
    document = page(second + DIFF, [finding(2)])
    assert [row[3] for row in rows(document) if row[0] != "note"][2] == "other()"
    shown = list(rows(document))
    assert shown[shown.index(("note", "Shell injection")) - 1][3] == 'run(os.environ["CMD"])'


@pytest.mark.parametrize("state", [State.DISMISSED, State.BASELINE, State.IGNORED])
def test_what_asks_for_no_attention_is_folded_and_counted(state):
    document = page(findings=[finding(2), finding(3, state=state)])
    (quiet,) = document.all("article", of="quiet")
    assert "open" not in quiet.the("details").attributes
    assert quiet.attributes["data-state"] == state.value
    (choice,) = [select for select in document.all("select") if select.attributes["id"] == "state"]
    assert [option.text for option in choice.all("option")] == [
        "Any state",
        "open (1)",
        f"{state.value} (1)",
    ]
    assert document.the(of="headline").text == "1 finding"


def test_what_the_settings_hold_back_is_on_the_page_and_called_so():
    selection = Selection(FilterMode.ADDED, Severity.ERROR)
    document = page(findings=[finding(2), finding(3, severity=Severity.INFO)], selection=selection)
    (quiet,) = document.all("article", of="quiet")
    assert quiet.attributes["data-state"] == "held back"
    assert "Not counted: 1 below the minimum severity." in document.the(of="verdict").text


def test_an_incomplete_review_cannot_be_taken_for_a_pass():
    document = page(outcomes=[(Outcome.FAILED, "the answer was cut")])
    assert document.the("title").text.startswith("INCOMPLETE: No findings so far")
    verdict = document.the(of="verdict")
    assert "incomplete" in verdict.classes
    assert "1 hunk of 1 could not be reviewed" in verdict.text
    assert "1 hunk: the answer was cut" in verdict.text
    assert "failed" in document.the(of="file").classes
    assert "failed: the answer was cut" in document.the(of="hunk-head").text
    assert "open" in document.the("section", of="coverage").the("details").attributes


def test_a_clean_review_says_that_it_is_one():
    document = page()
    assert "clean" in document.the(of="verdict").classes
    assert document.the(of="headline").text == "No findings"


def test_where_nothing_was_read_nothing_is_called_clean():
    document = page(outcomes=[(Outcome.SKIPPED, "excluded by the settings")])
    assert document.the(of="headline").text == "Nothing was reviewed"
    assert "clean" not in document.the(of="verdict").classes
    assert "1 hunk skipped" in document.the(of="verdict").text


def test_hunks_that_are_not_kept_are_counted_and_their_findings_still_told():
    document = page(findings=[finding(2)], kept=False)
    assert "1 hunk of about 4 lines not shown here. They were reviewed (1)." in document.text
    assert "Not shown for their size: 1 hunk of about 4 lines" in document.the(of="verdict").text
    assert 'run(os.environ["CMD"])' in document.the(of="elsewhere").text


def test_the_cost_the_outcomes_and_what_was_compared_are_told():
    usage = Usage(requests=3, input_tokens=12_345, output_tokens=678, credits=0.25)
    document = page(usage=usage)
    assert [part.text for part in document.the(of="cards").all("dd")] == ["3", "12,345", "678", "0.25"]
    assert document.the("h1").text == f"{'a' * 12} to {'b' * 12}"
    assert document.the("table", of="ledger").all("td")[1].text == "reviewed"


def test_the_picture_of_risk_is_drawn_from_the_findings():
    document = page(
        findings=[finding(2), finding(3, severity=Severity.WARNING), finding(4, severity=Severity.WARNING)]
    )
    bar = document.the(of="cards").all("svg")[0]
    assert [(part.attributes["class"], part.attributes["width"]) for part in bar.all("rect")] == [
        ("error", "33.33"),
        ("warning", "66.67"),
    ]
    assert bar.attributes["aria-label"] == "1 error, 2 warnings"


def test_a_verified_replacement_is_shown_as_a_small_diff():
    document = page(findings=[finding(2, suggestion=("run(['ls'])", ""))])
    lines = [row.text for row in document.the(of="suggestion").all(of="row")]
    assert lines == ['- run(os.environ["CMD"])', "+ run(['ls'])", "+ "]


def test_a_secret_in_the_change_is_starred_wherever_it_stands():
    key = "AKIA" + "Q3EGWH5KZTX7RM2P"
    diff = f'--- /dev/null\n+++ b/s.py\n@@ -0,0 +1,2 @@\n+KEY = "{key}"\n+use("{key}")\n'
    markup = render(
        report(diff, [finding(1, path="s.py", sensitive=True, code=(f'KEY = "{key}"',), quote=key)])
    )
    assert key not in markup
    assert "MASKED" not in markup
    assert "*" * len(key) in markup


def test_the_line_of_a_secret_that_only_a_reviewer_knows_is_masked_as_well():
    diff = DIFF.replace("done = True", 'door = "sesame-opens-it"')
    markup = render(report(diff, [finding(3, category=Category.SECRET, sensitive=True, code=("",))]))
    assert "sesame-opens" not in markup


def test_undecodable_bytes_control_and_bidi_characters_are_spelt_out():
    diff = DIFF.encode().replace(b"done = True", b"a\xff\x1b[31m\xe2\x80\xae\x00b\tc")
    (line,) = [row for row in page(diff).all("tr", of="a") if row.all("i")]
    assert [box.text for box in line.all("i")] == [r"\udcff", r"\x1b", r"\u202e", r"\x00"]
    assert line.all("td")[3].text.endswith("b\tc")


def test_a_very_long_line_is_clipped_and_the_rest_counted():
    document = page(DIFF.replace("done = True", "x" * 3_000))
    assert "x" * 1_000 in document.text
    assert "x" * 1_001 not in document.text
    assert "2,000 more characters" in document.text


def test_what_a_model_says_at_endless_length_is_cut_and_the_rest_counted():
    document = page(findings=[finding(2, title="t" * 1_000, why="w" * 9_000)])
    note = document.the("article", of="note")
    assert "t" * 300 + "… (700 more characters)" in note.text
    assert "w" * 4_000 + "… (5,000 more characters)" in note.text
    assert len(note.text) < 5_000


def test_the_words_that_changed_are_emphasised():
    document = page(
        "--- a/f.py\n+++ b/f.py\n@@ -1 +1 @@\n-timeout = wait(30, retry=True)\n+timeout = wait(60, retry=True)\n"
    )
    assert [part.text for part in document.the(of="changes").all("b")] == ["30", "60"]


def test_a_file_without_lines_says_why():
    diff = "diff --git a/a.sh b/a.sh\nold mode 100644\nnew mode 100755\n"
    assert "mode 100644 → 100755" in page(diff).the(of="file").text


def test_an_empty_change_has_a_page():
    assert "The change is empty." in page("").text


def test_the_same_review_gives_the_same_bytes():
    assert render(report(findings=[finding(2)])) == render(report(findings=[finding(2)]))


def test_the_policy_allows_this_style_and_this_script_only():
    document = page(findings=[finding(2)])
    (policy,) = [
        each.attributes["content"] for each in document.all("meta") if "http-equiv" in each.attributes
    ]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules.pop("img-src") == "data:"
    for name in ("style", "script"):
        digest = b64encode(sha256(document.the(name).text.encode()).digest()).decode()
        assert rules.pop(f"{name}-src") == f"'sha256-{digest}'"
    assert rules == {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'"}
    assert "unsafe" not in policy


HOSTILE = st.one_of(
    st.text(st.characters(exclude_characters="\n"), max_size=60),
    st.text(st.sampled_from("<>&\"'/=!-`{}$()\\; \t\r\x00\x1b\u202e\u2028\udcff]:"), max_size=40),
    st.sampled_from(
        [
            "</script><script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            '" onmouseover="alert(1)" x="',
            "javascript:alert(1)",
            "<!-- --><![CDATA[<a>]]>",
            "</td></tr></table></details></article><h1>",
            "<svg/onload=alert(1)>",
            "&lt;b&gt;&#x3c;script&#x3e;",
            "</style><style>*{display:none}</style>",
            "</title><meta http-equiv=refresh content=0>",
        ]
    ),
)


@given(
    path=HOSTILE,
    code=HOSTILE,
    heading=HOSTILE,
    said=st.tuples(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
    placement=st.sampled_from(Placement),
    state=st.sampled_from(State),
    ending=st.sampled_from([".py", ".js", ".html", ".md", ".zzz", ""]),
)
def test_hostile_text_never_becomes_an_element_or_attribute(
    path, code, heading, said, placement, state, ending
):
    usual = report()
    (change,) = usual.changes
    (hunk,) = change.hunks
    title, why, fix, reason, reviewer, quote = said
    name = path + ending
    lines = (*hunk.lines[:2], replace(hunk.lines[2], text=code), *hunk.lines[3:])
    found = finding(2, path=name, title=title, why=why, fix=fix, quote=quote, reviewer=reviewer, rule=reason)
    found = replace(found, placement=placement, state=state, code=(code,), suggestion=(code, title))
    row = replace(usual.review.ledger[0], path=name, outcome=Outcome.FAILED, reason=reason, reviewer=reviewer)
    changed = replace(change, path=name, old_path=title, hunks=(replace(hunk, heading=heading, lines=lines),))
    review = replace(usual.review, findings=(found,), ledger=(row,), base=quote, head=title)
    hostile = replace(usual, review=review, changes=(changed,), notices=(why,))
    markup = render(hostile)
    markup.encode("utf-8")  # no lone surrogate is left
    document = read(markup)
    harmless = read(render(replace(hostile, review=replace(review, base="x", head="x"))))
    elements = document.all()
    assert {element.name for element in elements} <= ELEMENTS
    assert {name for element in elements for name in element.attributes} <= ATTRIBUTES
    assert Counter(e.name for e in elements) == Counter(e.name for e in harmless.all())
    assert len(document.all("script")) == len(document.all("style")) == 1
    for element in elements:
        link = element.attributes.get("href")
        assert link is None or re.fullmatch(r"#[\w-]+", link) or element.name == "link"
    names = [element.attributes["id"] for element in elements if "id" in element.attributes]
    assert len(names) == len(set(names))


@given(st.text(string.printable + "\u202e\udcff", max_size=50))
def test_visible_code_says_the_same_as_the_line(text):
    line = text.replace("\n", " ")
    document = page(DIFF.encode().replace(b"done = True", line.encode("utf-8", "surrogateescape")))
    shown = document.all("tr", of="a")[1].all("td")[3].text
    spelt = "".join(
        char if char == "\t" or char.isprintable() else char.encode("unicode_escape").decode()
        for char in line
    )
    assert shown == spelt
