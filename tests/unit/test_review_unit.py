"""Units: nothing is left out, nothing exceeds the budget that a single line allows, the riskiest goes first."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from diffvet.dialogue import prompt
from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Side, Status
from diffvet.review.part import OVERLAP
from diffvet.review.unit import Packer, Part, parts_of

KINDS = st.sampled_from(LineKind)
FILES = st.lists(st.lists(st.lists(KINDS, min_size=1, max_size=40), min_size=1, max_size=4), max_size=5)


def hunk(kinds, *, old=1, new=1, text="x"):
    lines = []
    olds, news = old, new
    for number, kind in enumerate(kinds):
        lines.append(
            DiffLine(
                kind,
                None if kind is LineKind.ADDED else olds,
                None if kind is LineKind.REMOVED else news,
                text * (number * 7 % 90) if text == "x" else text,
            )
        )
        olds += kind is not LineKind.ADDED
        news += kind is not LineKind.REMOVED
    return Hunk(old - (olds == old), olds - old, new - (news == new), news - new, "def f", tuple(lines))


def changes_of(files):
    return [
        FileChange(
            f"f{n}",
            Status.MODIFIED,
            tuple(hunk(kinds, old=100 * i + 1, new=100 * i + 1) for i, kinds in enumerate(hunks)),
        )
        for n, hunks in enumerate(files)
    ]


def change(path, text="value = 1", *, lines=1):
    return FileChange(path, Status.MODIFIED, (hunk([LineKind.ADDED] * lines, text=text),))


def units(changes, budget, **window):
    packer = Packer(budget, **window)
    found = []
    for number, one in enumerate(changes):
        for index, item in enumerate(one.hunks):
            for part in parts_of(one, number, index, item, budget):
                found += packer.add(part)
    return found + list(packer.flush())


def paths(unit):
    return [part.change.path for part in unit.parts]


@given(FILES, st.integers(1, 400), st.integers(0, 2000))
def test_every_line_is_owned_by_exactly_one_part_for_any_budget_and_window(files, budget, window):
    changes = changes_of(files)
    parts = [part for unit in units(changes, budget, window=window) for part in unit.parts]
    parts.sort(key=lambda part: (part.file, part.hunk, part.piece))
    seen = [(part.file, part.hunk, line) for part in parts for line in part.owned]
    assert seen == [
        (n, h, line)
        for n, one in enumerate(changes)
        for h, item in enumerate(one.hunks)
        for line in item.lines
    ]


@given(st.lists(KINDS, min_size=1, max_size=60), st.integers(1, 400))
def test_a_position_of_a_hunk_has_exactly_one_owner_on_each_side(kinds, budget):
    item = hunk(kinds, old=10, new=20)
    parts = list(parts_of(FileChange("f", Status.MODIFIED), 0, 0, item, budget))
    for line in item.lines:
        for side in Side:
            number = line.number(side)
            if number is not None:
                assert sum(part.owns(side, number) for part in parts) == 1


@given(st.lists(KINDS, min_size=1, max_size=60), st.integers(1, 400))
def test_the_pieces_of_a_large_hunk_are_hunks_with_true_headers_that_a_prompt_can_carry(kinds, budget):
    item = hunk(kinds, old=10, new=20)
    for part in parts_of(FileChange("f", Status.MODIFIED), 0, 0, item, budget):
        piece = part.change.hunks[0]
        olds = [line.old for line in piece.lines if line.old is not None]
        news = [line.new for line in piece.lines if line.new is not None]
        assert (piece.old_lines, piece.new_lines) == (len(olds), len(news))
        assert not olds or piece.old_start == olds[0]
        assert not news or piece.new_start == news[0]
        assert piece.heading == item.heading
        assert prompt.read(prompt.write([part.change])) == (part.change,)


@given(st.lists(KINDS, min_size=1, max_size=60), st.integers(1, 400))
def test_a_piece_exceeds_the_budget_only_by_a_single_line(kinds, budget):
    for part in parts_of(FileChange("f", Status.MODIFIED), 0, 0, hunk(kinds), budget):
        assert part.tokens <= budget or len(part.owned) == 1


def test_a_piece_shows_the_lines_around_its_own():
    item = hunk([LineKind.ADDED] * 90, text="one line of code")
    pieces = list(parts_of(FileChange("f", Status.MODIFIED), 0, 0, item, 400))
    assert len(pieces) > 2
    assert [len(piece.lines) - len(piece.owned) for piece in pieces] == [
        OVERLAP,
        *[2 * OVERLAP] * (len(pieces) - 2),
        OVERLAP,
    ]


@given(FILES, st.integers(20, 400), st.integers(0, 2000))
def test_a_unit_keeps_its_budget_unless_one_part_alone_exceeds_it(files, budget, window):
    for unit in units(changes_of(files), budget, window=window):
        assert unit.tokens <= budget or len(unit.parts) == 1


@given(FILES, st.integers(20, 400), st.integers(0, 2000))
def test_a_unit_never_shows_a_line_twice_and_is_in_diff_order(files, budget, window):
    for unit in units(changes_of(files), budget, window=window):
        order = [(part.file, part.hunk) for part in unit.parts]
        assert order == sorted(set(order))
        assert max(Counter((part.file, line) for part in unit.parts for line in part.lines).values()) == 1


@given(FILES, st.integers(20, 400), st.integers(0, 2000))
def test_what_waits_is_bounded_by_the_window(files, budget, window):
    packer = Packer(budget, window=window)
    for number, one in enumerate(changes_of(files)):
        for index, item in enumerate(one.hunks):
            for part in parts_of(one, number, index, item, budget):
                list(packer.add(part))
                waiting = sum(each.tokens for each in packer._waiting)
                assert waiting == packer._tokens <= max(window, 2 * budget)


def test_a_unit_shows_the_hunks_of_one_file_together():
    item = FileChange(
        "f", Status.MODIFIED, tuple(hunk([LineKind.ADDED], old=9 * i + 1, new=9 * i + 1) for i in range(3))
    )
    (unit,) = units([item], 10_000)
    assert unit.changes == (item,)


def test_the_riskiest_file_goes_first_whatever_its_name():
    risky = change("z/auth/login.py", "if password == token: eval(query)", lines=9)
    found = units([change(f"a{n}.py", lines=30) for n in range(20)] + [risky], 400)
    assert paths(found[0])[-1] == "z/auth/login.py"


def test_the_riskiest_hunk_of_a_file_too_large_for_one_unit_goes_first():
    calm = [hunk([LineKind.ADDED] * 20, old=100 * n + 1, new=100 * n + 1, text="value = 1") for n in range(9)]
    loud = hunk([LineKind.ADDED] * 20, old=901, new=901, text="eval(subprocess + password + sql)")
    found = units([FileChange("a.py", Status.MODIFIED, (*calm, loud))], 500)
    assert any(part.hunk == 9 for part in found[0].parts)


def test_a_test_travels_with_the_source_it_tests():
    pairs = [
        ("src/shop/cart.py", "tests/unit/test_cart.py"),
        ("src/shop/order.py", "tests/unit/test_shop_order.py"),
        ("web/Form.tsx", "web/__tests__/Form.test.tsx"),
        ("src/main/java/a/Till.java", "src/test/java/a/TillTest.java"),
        ("pkg/stock.go", "pkg/stock_test.go"),
        ("lib/rack.rb", "spec/lib/rack_spec.rb"),
        ("src/box.h", "src/box.c"),
    ]
    found = units([change(path, lines=20) for path in sorted(sum(pairs, ()))], 600)
    together = [set(paths(unit)) for unit in found]
    for pair in pairs:
        assert any(set(pair) <= unit for unit in together), pair


def test_small_files_of_one_directory_share_a_unit():
    files = [f"{place}/{name}.py" for name in "abc" for place in ("one", "two", "three")]
    found = units([change(path, lines=10) for path in files], 240)
    homes = [{path.split("/")[0] for path in paths(unit)} for unit in found]
    assert sorted(map(sorted, homes)) == [["one"], ["three"], ["two"]]


def test_the_same_changes_make_the_same_units():
    files = [change(f"d{n % 3}/f{n}.py", "check(token)" * (n % 4), lines=n + 1) for n in range(30)]
    assert units(files, 300) == units(files, 300)


def test_a_whole_hunk_owns_its_header_line_too():
    part = Part(0, 0, change("a.py"), 10)
    assert part.owns(Side.OLD, 1)
    assert part.owned == part.lines
