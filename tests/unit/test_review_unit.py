"""Units: nothing is left out, nothing exceeds the budget that a single line allows."""

from hypothesis import given
from hypothesis import strategies as st

from diffvet.diff.model import DiffLine, FileChange, Hunk, LineKind, Status
from diffvet.review.unit import Packer, parts_of

KINDS = st.sampled_from(LineKind)


def hunk(kinds, *, old, new):
    lines = []
    olds, news = old, new
    for number, kind in enumerate(kinds):
        text = "x" * (number * 7 % 90)
        lines.append(
            DiffLine(
                kind,
                None if kind is LineKind.ADDED else olds,
                None if kind is LineKind.REMOVED else news,
                text,
            )
        )
        olds += kind is not LineKind.ADDED
        news += kind is not LineKind.REMOVED
    return Hunk(old - (olds == old), olds - old, new - (news == new), news - new, "def f", tuple(lines))


def units(changes, budget):
    packer = Packer(budget)
    found = []
    for number, change in enumerate(changes):
        for index, item in enumerate(change.hunks):
            for part in parts_of(change, number, index, item, budget):
                found += packer.add(part)
    return found + list(packer.flush())


@given(
    st.lists(st.lists(st.lists(KINDS, min_size=1, max_size=40), min_size=1, max_size=4), max_size=5),
    st.integers(1, 400),
)
def test_every_line_is_in_exactly_one_part_for_any_budget(files, budget):
    changes = [
        FileChange(
            f"f{n}",
            Status.MODIFIED,
            tuple(hunk(kinds, old=100 * i + 1, new=100 * i + 1) for i, kinds in enumerate(hunks)),
        )
        for n, hunks in enumerate(files)
    ]
    seen = [
        (part.file, part.hunk, line)
        for unit in units(changes, budget)
        for part in unit.parts
        for line in part.lines
    ]
    wanted = [
        (n, h, line)
        for n, change in enumerate(changes)
        for h, item in enumerate(change.hunks)
        for line in item.lines
    ]
    assert seen == wanted


@given(st.lists(KINDS, min_size=1, max_size=60), st.integers(1, 120))
def test_the_pieces_of_a_large_hunk_are_hunks_with_true_headers(kinds, budget):
    item = hunk(kinds, old=10, new=20)
    for part in parts_of(FileChange("f", Status.MODIFIED), 0, 0, item, budget):
        piece = part.change.hunks[0]
        olds = [line.old for line in piece.lines if line.old is not None]
        news = [line.new for line in piece.lines if line.new is not None]
        assert (piece.old_lines, piece.new_lines) == (len(olds), len(news))
        assert not olds or piece.old_start == olds[0]
        assert not news or piece.new_start == news[0]
        assert piece.heading == item.heading


@given(st.lists(st.lists(KINDS, min_size=1, max_size=9), max_size=20), st.integers(50, 300))
def test_a_unit_keeps_its_budget_unless_one_part_alone_exceeds_it(hunks, budget):
    change = FileChange(
        "f",
        Status.MODIFIED,
        tuple(hunk(kinds, old=50 * i + 1, new=50 * i + 1) for i, kinds in enumerate(hunks)),
    )
    for unit in units([change], budget):
        assert unit.tokens <= budget or len(unit.parts) == 1


def test_a_unit_shows_the_hunks_of_one_file_together():
    item = FileChange(
        "f", Status.MODIFIED, tuple(hunk([LineKind.ADDED], old=9 * i + 1, new=9 * i + 1) for i in range(3))
    )
    (unit,) = units([item], 10_000)
    assert unit.changes == (item,)
