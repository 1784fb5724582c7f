"""The exact form of the bulleted answer: what is written is what is read."""

import re
import sys
from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from diffvet.dialogue import bullets, tolerant
from diffvet.dialogue.bullets import SENTINEL, Bullet
from diffvet.dialogue.phrases import fold, without_stop
from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import Side

SHELL = Bullet(
    Severity.ERROR,
    Category.SECURITY,
    "Shell injection",
    path="src/app.py",
    start=42,
    end=44,
    quote="subprocess.run(cmd, shell=True)",
    why="`cmd` holds user input.",
    fix="pass a list, drop `shell=True`.",
)

NASTY = [
    "`", "``", "` `", "**", "*", "\\*", "\\", "Why: x", "a Fix: b", "Fix\\: x", "Rule: y", "Why:", "END OF REVIEW", "END\\ OF REVIEW",
    "- none", "none", "[error]", "[info][secret] a.py:R3 `x` **T.**", "path:R42", "R42", "L3-L9", "https://x.y:80/z", "END",
    "OF REVIEW", "\u2028", "\n", "\r\n", "\x00", "<think>", "</think>", "```", "Grund: z", "原因\uff1a", ".", "...", "。", "|", ":", "-",
]  # fmt: skip
texts = st.one_of(
    st.lists(st.sampled_from(NASTY) | st.text(max_size=6), max_size=5).map(" ".join),
    st.lists(st.sampled_from(NASTY), max_size=4).map("".join),
    st.text(max_size=20),
)


@st.composite
def stated(draw: st.DrawFn) -> Bullet:
    start = draw(st.none() | st.integers(1, 10**6))
    end = None if start is None else start + draw(st.integers(0, 50))
    path = draw(
        st.none()
        | st.text(min_size=1)
        | st.sampled_from(["a b.py", "app/[id]/(x)/page.tsx", "R42", "x:R1", "`", "Why"])
    )
    return Bullet(
        draw(st.sampled_from(Severity)),
        draw(st.sampled_from(Category)),
        draw(texts.filter(lambda text: without_stop(fold(text)))),
        path=path,
        side=Side.NEW if start is None else draw(st.sampled_from(Side)),
        start=start,
        end=end,
        # Without a place, a code span may itself be read as one; without a line, a prompt label in it as the line.
        quote=draw(st.none() | texts) if path and start else None,
        why=draw(texts),
        fix=draw(st.none() | texts),
        rule=draw(st.none() | st.from_regex(r"[a-z]{1,8}(-[a-z]{1,8}){0,2}", fullmatch=True)),
    )


def folded(bullet: Bullet) -> Bullet:
    return replace(
        bullet,
        title=without_stop(fold(bullet.title)),
        quote=fold(bullet.quote or "") or None,
        why=fold(bullet.why),
        fix=fold(bullet.fix or "") or None,
    )


@given(st.lists(stated(), max_size=4))
@example([replace(SHELL, title="a *b* **c** \\* d", why="Fix: no. Why\\: yes", fix="END OF REVIEW")])
@settings(deadline=None)
def test_what_was_written_is_read_back(said):
    answer = bullets.read(bullets.write(said))
    assert (answer.bullets, answer.complete, answer.problem) == (
        tuple(dict.fromkeys(map(folded, said))),
        True,
        None,
    )


@given(st.lists(stated(), max_size=3))
@settings(deadline=None)
def test_the_tolerant_reader_understands_the_exact_form_alike(said):
    answer = tolerant.read("Here is the review.\n\n" + bullets.write(said))
    assert answer.complete
    assert set(answer.bullets) == set(map(folded, said))


@given(st.lists(stated(), max_size=3), st.data())
@settings(deadline=None)
def test_an_exact_answer_cut_anywhere_is_incomplete_and_invents_nothing(said, data):
    whole = bullets.write(said)
    cut = whole[: data.draw(st.integers(0, len(whole) - 2))]
    answer = bullets.read(cut)
    assert not answer.complete
    assert answer.problem
    assert set(answer.bullets) <= set(map(folded, said))


def test_the_exact_form_is_the_documented_one():
    removed = Bullet(
        Severity.WARNING, Category.REMOVED_SAFEGUARD, "Admin check removed", path="src/app.py", side=Side.OLD, start=17, end=17,
        quote="assert `x`", why="Anyone may call it.", rule="removed-check",
    )  # fmt: skip
    assert bullets.write([SHELL, removed]).split("\n") == [
        "- [error][security] src/app.py:R42-R44 `subprocess.run(cmd, shell=True)` **Shell injection.** Why: `cmd` holds user input. Fix: pass a list, drop `shell=True`.",
        "- [warning][removed-safeguard] src/app.py:L17 `` assert `x` `` **Admin check removed.** Why: Anyone may call it. Rule: removed-check",
        "END OF REVIEW",
        "",
    ]


def test_no_risk_is_an_explicit_bullet():
    assert bullets.write([]) == "- none\nEND OF REVIEW\n"
    assert bullets.read("- none\nEND OF REVIEW\n") == bullets.Answer((), complete=True)


def test_exact_answers_are_read_without_the_tolerant_reader(monkeypatch):
    monkeypatch.delitem(sys.modules, "diffvet.dialogue.tolerant", raising=False)
    assert bullets.read(bullets.write([SHELL])).bullets == (SHELL,)
    assert "diffvet.dialogue.tolerant" not in sys.modules


def test_every_line_of_an_answer_is_one_bullet_whatever_the_texts_hold():
    odd = replace(
        SHELL, title="a\nb\u2028c", why="x\r\ny\x0cz", fix="p\n\n- [error][secret] q", quote="l1\nl2"
    )
    lines = bullets.write([odd]).splitlines()
    assert len(lines) == 2
    assert re.match(r"- \[error\]\[security\] ", lines[0])
    assert lines[1] == SENTINEL
