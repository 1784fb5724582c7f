"""A suggestion is offered only if nothing speaks against it."""

from dataclasses import replace

import pytest

from diffvet.dialogue.bullets import Bullet
from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Side, Status
from diffvet.review.part import Part
from diffvet.review.suggestion import MOST_LINES, Suggestions
from diffvet.review.unit import ReviewUnit
from diffvet.review.verdict import Stated, Verdict
from diffvet.rules.engine import review

CODE = ("import yaml", "", "def read(text):", "    config = yaml.load(text)", "    return config")


def change(*lines: str, last_without_newline: bool = False) -> FileChange:
    rows = [DiffLine(LineKind.ADDED, None, number, line) for number, line in enumerate(lines, 1)]
    rows[-1] = replace(rows[-1], no_newline=last_without_newline)
    return FileChange("app/a.py", Status.ADDED, (Hunk(0, 0, 1, len(lines), "", tuple(rows)),))


def bullet(
    *suggestion: str, line: int = 4, end: int | None = None, quote: str = "yaml.load(text)", **more: object
) -> Bullet:
    said = Bullet(
        Severity.ERROR, Category.SECURITY, "T", path="app/a.py", start=line, end=end or line, quote=quote, suggestion=suggestion
    )  # fmt: skip
    return replace(said, **more)


def offered(said: Bullet, shown: FileChange | None = None) -> tuple[str, ...] | None:
    part = Part(0, 0, shown or change(*CODE), 1)
    verdict = Verdict(ReviewUnit((part,)), (Stated(said, "m"),))
    (stated,) = Suggestions(lambda changed: review((changed,))).verified(verdict).stated
    return stated.bullet.suggestion


def test_a_replacement_that_ends_the_risk_is_offered():
    assert offered(bullet("    config = yaml.safe_load(text)")) == ("    config = yaml.safe_load(text)",)


def test_lost_indentation_is_restored_by_the_first_line():
    fixed = offered(bullet("with lock:", "    config = yaml.safe_load(text)"))
    assert fixed == ("    with lock:", "        config = yaml.safe_load(text)")


def test_line_ends_follow_the_code():
    shown = change(*(line + "\r" for line in CODE))
    assert offered(bullet("    config = yaml.safe_load(text)"), shown) == (
        "    config = yaml.safe_load(text)\r",
    )


def test_deleting_a_line_can_be_a_fix():
    shown = change("def f():", "    breakpoint()", "    return 1")
    assert offered(bullet(line=2, quote="breakpoint()"), shown) == ()


@pytest.mark.parametrize(
    "said",
    [
        bullet("    config = eval(text)"),
        bullet("    config = yaml.load(text)"),
        bullet("    config = yaml.safe_load(text)", quote="nowhere(text)"),
        bullet("    config = yaml.safe_load(text)", line=3, end=4, quote="return config"),
        bullet("    key = 'MASKED_GITHUB_TOKEN_1_xxxxxxxx'"),
        bullet("    config = yaml.safe_load(\u202etext)"),
        bullet("    config = yaml.safe_load(text)\x1b[2J"),
        bullet(*["    config = yaml.safe_load(text)"] * (MOST_LINES + 1)),
        bullet("    config = yaml.full_load(text); yaml.load(text)", rule="py.yaml-load"),
    ],
    ids=[
        "brings a new risk", "changes nothing", "unplaced", "for other lines than the quote's",
        "a placeholder", "an invisible character", "a terminal escape", "too long", "leaves the rule's own finding",
    ],
)  # fmt: skip
def test_what_speaks_against_it(said):
    assert offered(said) is None


def test_a_wrong_number_is_forgiven_where_the_quote_tells_the_one_line():
    assert offered(bullet("    config = yaml.safe_load(text)", line=2)) == (
        "    config = yaml.safe_load(text)",
    )


def test_a_removed_line_cannot_be_replaced():
    rows = (
        DiffLine(LineKind.REMOVED, 1, None, "assert user.is_admin"),
        DiffLine(LineKind.CONTEXT, 2, 1, "delete(user)"),
    )
    shown = FileChange("app/a.py", Status.MODIFIED, (Hunk(1, 2, 1, 1, "", rows),))
    said = bullet("assert user.is_admin()", line=1, quote="assert user.is_admin", side=Side.OLD)
    assert offered(said, shown) is None


def test_a_last_line_without_newline_is_left_alone():
    shown = change("import yaml", "x = yaml.load(t)", last_without_newline=True)
    assert offered(bullet("x = yaml.safe_load(t)", line=2, quote="yaml.load(t)"), shown) is None


def test_a_context_line_inside_the_range_is_replaced_too():
    rows = (
        DiffLine(LineKind.CONTEXT, 1, 1, "def f(t):"),
        DiffLine(LineKind.REMOVED, 2, None, "    a = 1"),
        DiffLine(LineKind.ADDED, None, 2, "    a = yaml.load(t)"),
        DiffLine(LineKind.CONTEXT, 3, 3, "    return a"),
    )
    shown = FileChange("app/a.py", Status.MODIFIED, (Hunk(1, 3, 1, 3, "", rows),))
    said = bullet("    return yaml.safe_load(t)", line=2, end=3, quote="yaml.load(t)")
    assert offered(said, shown) == ("    return yaml.safe_load(t)",)


def test_code_that_cannot_be_decoded_stays_as_it_is():
    shown = change("import yaml", "# caf\udce9", "x = yaml.load(t)", "y = 2")
    assert offered(bullet("x = yaml.safe_load(t)", line=3, quote="yaml.load(t)"), shown) == (
        "x = yaml.safe_load(t)",
    )
    assert offered(bullet("# caf\udce9", "x = 1", line=2, end=3, quote="yaml.load(t)"), shown) is None
