"""Notes are readable, and whatever a reviewer wrote stays text."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side
from diffvet.lsp.note import fenced, headline, markdown, plain
from diffvet.review.finding import Finding, Placement

FINDING = Finding(
    fingerprint="0f",
    path="app.py",
    side=Side.NEW,
    line=3,
    end_line=3,
    severity=Severity.ERROR,
    category=Category.SECURITY,
    title="Shell injection.",
    why="`cmd` holds user input. It reaches a shell.",
    fix="Pass a list.",
    quote="run(cmd)",
    placement=Placement.EXACT,
    reviewer="route/test",
)

ACTIVE = {
    "link_open",
    "image",
    "html_inline",
    "html_block",
    "em_open",
    "s_open",
    "heading_open",
    "fence",
    "hr",
}


def kinds(text: str) -> set[str]:
    """The kinds of all tokens of ``text`` in the most permissive reading: GitHub's, with links from bare words."""
    reader = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    tokens = reader.parse(text)
    return {token.type for token in tokens} | {
        inner.type for token in tokens for inner in token.children or ()
    }


def test_the_headline_is_the_title_and_the_first_sentence_of_the_reason() -> None:
    assert headline(FINDING) == "Shell injection: `cmd` holds user input."
    assert headline(replace(FINDING, why="")) == "Shell injection"
    assert headline(replace(FINDING, title="", why="Because.")) == "security: Because."
    unplaced = replace(FINDING, placement=Placement.UNPLACED)
    assert headline(unplaced) == headline(FINDING) + " (where exactly is not known)"
    assert "\n" not in headline(replace(FINDING, title="a\nb", why="c\nd"))


def test_the_note_in_plain_text() -> None:
    assert plain(FINDING) == (
        "Shell injection.\n\n"
        "error, security (reviewer: route/test)\n\n"
        "Why: `cmd` holds user input. It reaches a shell.\n\n"
        "Fix: Pass a list."
    )


def test_the_note_in_markdown_keeps_code_spans() -> None:
    assert "**Why:** `cmd` holds user input. It reaches a shell." in markdown(FINDING)
    assert "code_inline" in kinds(markdown(FINDING))


def test_a_finding_without_a_title_is_called_by_its_category() -> None:
    assert markdown(replace(FINDING, title=" ")).startswith("**security**\n")


@pytest.mark.parametrize("placement", [Placement.MOVED, Placement.UNPLACED])
def test_a_place_that_is_not_the_reviewers_own_is_said(placement: Placement) -> None:
    exact, other = markdown(FINDING), markdown(replace(FINDING, placement=placement))
    assert other.startswith(exact)
    assert len(other) > len(exact)


def test_removed_lines_are_shown_and_a_removed_secret_is_not() -> None:
    removed = replace(FINDING, side=Side.OLD, code=("assert ok", "```", "````"))
    assert markdown(removed).endswith("`````\nassert ok\n```\n````\n`````")
    assert "    assert ok" in plain(removed)
    secret = replace(removed, category=Category.SECRET, sensitive=True, code=("token = hunter2hunter2",))
    assert "hunter2" not in markdown(secret) + plain(secret)


HOSTILE = [
    "[click](http://evil.example)",
    "![x](http://evil.example/x.png)",
    "<img src=x onerror=alert(1)>",
    "<http://evil.example>",
    "[a]: http://evil.example",
    "# heading",
    "```\ncode\n```",
    "~~~\ncode\n~~~",
    "*em* _em_ **strong** ~~gone~~",
    "a\n---\nb",
    "| a | b |\n|---|---|\n| c | d |",
    "`` ` `` [x](http://evil.example) `",
    "\\[x](http://evil.example)",
    "&lt;script&gt; &#60;b&#62;",
    "command:workbench.action.terminal.new",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_reviewers_words_becomes_active(text: str) -> None:
    note = markdown(replace(FINDING, title=text, why=text, fix=text, rule=text, reviewer=text))
    assert not kinds(note) & ACTIVE
    assert not kinds(note) & {"table_open", "blockquote_open", "bullet_list_open", "ordered_list_open"}


def test_bare_addresses_do_not_become_links() -> None:
    note = markdown(replace(FINDING, why="see http://evil.example, www.evil.example or me@evil.example"))
    for active in ("http://", "www.evil", "me@evil"):
        assert active not in note


@given(st.text(alphabet="[]()!<>`*_~#&\\:/@.|-+=ax1 \n", max_size=40))
def test_no_mixture_of_signs_becomes_active(text: str) -> None:
    note = markdown(replace(FINDING, title="t", why=text, fix=text))
    assert not kinds(note) & ACTIVE


@given(st.lists(st.text(alphabet="`~a\\ ", max_size=8), min_size=1, max_size=4))
def test_no_line_closes_its_fence(lines: list[str]) -> None:
    tokens = MarkdownIt().parse(fenced(tuple(lines)))
    assert [token.type for token in tokens] == ["fence"]
    assert tokens[0].content == "\n".join(lines) + "\n"


def test_control_and_bidi_characters_are_spelt_out() -> None:
    note = plain(replace(FINDING, why="a\x1b[31mb\u202ec\ud800"))
    assert "\x1b" not in note
    assert "\u202e" not in note
    assert "\ud800" not in note
