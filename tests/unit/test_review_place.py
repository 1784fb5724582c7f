"""A bullet stands where number and quote agree, else where its quote is unique, else nowhere: never a wrong line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.dialogue.bullets import Bullet
from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Side, Status
from diffvet.review.finding import Placement
from diffvet.review.place import Placer, near
from diffvet.review.unit import parts_of


def change(path, text, *, old=10, new=10, status=Status.MODIFIED):
    """A file of one hunk from lines written as ``+added``, ``-removed`` or `` context``."""
    lines = []
    olds, news = old, new
    for row in text:
        sign, code = row[0], row[1:]
        if sign == "+":
            lines.append(DiffLine(LineKind.ADDED, None, news, code))
            news += 1
        elif sign == "-":
            lines.append(DiffLine(LineKind.REMOVED, olds, None, code))
            olds += 1
        else:
            lines.append(DiffLine(LineKind.CONTEXT, olds, news, code))
            olds, news = olds + 1, news + 1
    return FileChange(path, status, (Hunk(old, olds - old, new, news - new, "", tuple(lines)),))


APP = change(
    "src/app.py",
    [
        " def run(cmd):",
        "-    check(cmd)",
        "+    log(cmd)",
        "+    subprocess.run(cmd, shell=True)",
        "     return 0",
        "+    log(cmd)",
    ],
)
OTHER = change("src/other.py", ["+    subprocess.call(cmd)", "+    return None"])


def place(start=None, quote=None, *, end=None, side=Side.NEW, path="src/app.py", changes=(APP, OTHER)):
    parts = [
        part
        for number, item in enumerate(changes)
        for index, hunk in enumerate(item.hunks)
        for part in parts_of(item, number, index, hunk, 10_000)
    ]
    bullet = Bullet(Severity.ERROR, Category.SECURITY, "t", path, side, start, end or start, quote)
    return Placer(parts).place(bullet)


def where(found):
    return found.part.change.path, found.side.value, found.line, found.end_line, found.placement.value


def test_number_and_quote_that_agree_are_exact():
    assert where(place(12, "subprocess.run(cmd, shell=True)")) == ("src/app.py", "new", 12, 12, "exact")


def test_a_part_of_the_line_is_enough_of_a_quote():
    assert place(12, "shell=True").placement is Placement.EXACT


def test_white_space_in_the_quote_does_not_matter():
    assert place(12, "  subprocess.run(cmd,\t shell=True)").placement is Placement.EXACT


def test_a_wrong_number_moves_to_the_only_place_of_the_quote():
    assert where(place(40, "subprocess.run(cmd, shell=True)")) == ("src/app.py", "new", 12, 12, "moved")


def test_a_missing_number_moves_to_the_only_place_of_the_quote():
    assert where(place(None, "subprocess.run(cmd, shell=True)")) == ("src/app.py", "new", 12, 12, "moved")


def test_a_quote_that_stands_twice_is_settled_by_its_number():
    assert where(place(14, "log(cmd)")) == ("src/app.py", "new", 14, 14, "exact")


def test_a_quote_that_stands_twice_with_a_wrong_number_is_unplaced():
    assert where(place(12, "log(cmd)")) == ("src/app.py", "new", 10, 10, "unplaced")


def test_a_quote_that_is_nowhere_is_unplaced_though_its_number_exists():
    assert place(12, "eval(payload)").placement is Placement.UNPLACED


def test_a_number_without_a_quote_is_unplaced():
    assert place(12).placement is Placement.UNPLACED


def test_a_removed_line_is_found_on_the_old_side():
    assert where(place(11, "check(cmd)", side=Side.OLD)) == ("src/app.py", "old", 11, 11, "exact")


def test_a_removed_line_claimed_on_the_new_side_moves_to_the_old_side():
    assert where(place(11, "check(cmd)")) == ("src/app.py", "old", 11, 11, "moved")


def test_a_range_is_kept_when_the_quote_stands_in_it():
    found = place(11, "subprocess.run(cmd, shell=True)", end=12)
    assert where(found) == ("src/app.py", "new", 11, 12, "exact")
    assert found.anchor == ("    log(cmd)", "    subprocess.run(cmd, shell=True)")


def test_a_quote_over_three_lines_is_joined_by_white_space():
    quote = "log(cmd) subprocess.run(cmd, shell=True) return 0"
    assert where(place(11, quote)) == ("src/app.py", "new", 11, 13, "exact")
    assert where(place(99, quote)) == ("src/app.py", "new", 11, 13, "moved")


def test_an_ellipsis_stands_for_any_code():
    assert place(12, "subprocess.run(…shell=True)").placement is Placement.EXACT
    assert place(12, "subprocess.run(cmd, ...)").placement is Placement.EXACT


def test_a_huge_claimed_range_is_narrowed_to_its_quote():
    long = change("big.py", [f"+line {n}" for n in range(100)], new=1)
    assert where(place(1, "line 70", end=100, path="big.py", changes=(long,)))[2:4] == (71, 71)


def test_a_brace_alone_proves_nothing():
    braces = change("x.c", ["+if (a) {", "+}", "+while (b) {", "+}"], new=1)
    assert place(1, "}", path="x.c", changes=(braces,)).placement is Placement.UNPLACED
    assert where(place(2, "}", path="x.c", changes=(braces,)))[2:] == (2, 2, "exact")


def test_a_path_is_recognised_by_its_unambiguous_end():
    assert where(place(12, "shell=True", path="app.py"))[0] == "src/app.py"
    assert where(place(12, "shell=True", path="b/src/app.py"))[0] == "src/app.py"


def test_an_invented_path_moves_to_the_only_place_of_the_quote_in_the_unit():
    assert where(place(1, "subprocess.call(cmd)", path="nope.py")) == ("src/other.py", "new", 10, 10, "moved")


def test_undecodable_bytes_are_compared_as_the_model_saw_them():
    latin = change("l.py", ["+name = '\udce9t\udce9'"], new=1)
    assert place(1, "name = '\ufffdt\ufffd'", path="l.py", changes=(latin,)).placement is Placement.EXACT


@given(
    st.lists(
        st.tuples(st.sampled_from("+- "), st.sampled_from(["a = 1", "b(2)", "}", "", "return x"])), min_size=1
    )
)
def test_an_exact_quote_at_its_own_number_is_always_exact_or_weak(rows):
    item = change("p.py", [sign + code for sign, code in rows])
    for line in item.hunks[0].lines:
        side = Side.NEW if line.new is not None else Side.OLD
        found = place(line.number(side), line.text, side=side, path="p.py", changes=(item,))
        if line.text:
            assert where(found)[1:] == (side.value, line.number(side), line.number(side), "exact")


@given(
    st.text(max_size=30),
    st.one_of(st.none(), st.integers(-5, 10**9)),
    st.one_of(st.none(), st.text(max_size=10)),
    st.sampled_from(Side),
)
def test_whatever_a_bullet_says_it_ends_on_a_line_of_the_unit(quote, start, path, side):
    found = place(start, quote, path=path, side=side)
    numbers = {line.number(found.side) for line in found.part.lines}
    assert found.line in numbers
    assert found.end_line in numbers


@pytest.mark.parametrize("text", [["-gone"], ["+came"]])
def test_an_unplaced_finding_stands_on_the_header_of_its_hunk(text):
    item = change("f.py", text, old=3, new=3)
    found = place(None, "nowhere to be seen", path="f.py", changes=(item,))
    assert found.line == 3
    assert found.side is (Side.NEW if text[0][0] == "+" else Side.OLD)


@pytest.mark.parametrize(
    ("rows", "line", "wanted"),
    [
        ([" a", "-b", " c"], 11, 11),
        ([" a", "-b", "-c", "+d", " e"], 11, 11),
        ([" a", "-b", "-c"], 12, 10),
        (["-a", "-b", "+c"], 10, 10),
    ],
)
def test_removed_code_is_nearest_to_the_next_line_that_is_kept_else_to_the_one_before(rows, line, wanted):
    found = place(line, rows[line - 10][1:], side=Side.OLD, changes=(change("src/app.py", rows),))
    assert (found.side, found.line) == (Side.OLD, line)
    assert near(found) == wanted


def test_code_on_the_new_side_needs_no_nearest_line_and_a_deleted_file_has_none():
    assert near(place(11, "log(cmd)")) is None
    gone = change("src/app.py", ["-a = check()", "-b = 2"], old=1, new=0, status=Status.DELETED)
    assert near(place(1, "a = check()", side=Side.OLD, changes=(gone,))) is None


def test_a_hunk_without_context_is_nearest_to_the_line_before_it():
    bare = change("src/app.py", ["-a = check()"], old=8, new=7)
    assert near(place(8, "a = check()", side=Side.OLD, changes=(bare,))) == 7
