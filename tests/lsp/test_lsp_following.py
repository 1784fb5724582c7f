"""Lines that are carried elsewhere take their finding along; twins, and copies of what was rewritten, do not get it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from diffvet.diff.model import Side
from diffvet.lsp.anchors import Anchor, LineEdit
from diffvet.lsp.document import Document
from diffvet.lsp.following import followed
from diffvet.lsp.reviewed import ReviewedFile
from diffvet.review.finding import Finding, Placement
from lsp.test_lsp_anchors import FINDING

LINES = ["first\n", "eval(cmd)\n", "second\n", "third\n", "last\n"]
CUT = LineEdit(1, 2)


def paste(at: int, *lines: str) -> LineEdit:
    return LineEdit(at, at, lines or ("eval(cmd)\n",))


def standing(
    *changes: Sequence[LineEdit], lines: Sequence[str] = LINES, findings: Sequence[tuple[Finding, int]]
) -> list[int | None]:
    """Where ``findings`` stand after ``changes``, each of one or more edits."""
    anchors, text = tuple(Anchor.on(finding, lines, at, at) for finding, at in findings), list(lines)
    for edits in changes:
        anchors = followed(anchors, text, edits)
        for edit in edits:
            text[edit.start : edit.end] = edit.new
    return [anchor.at for anchor in anchors]


def after(
    *changes: Sequence[LineEdit], lines: Sequence[str] = LINES, finding: Finding = FINDING
) -> int | None:
    """Where a finding on line 1 stands after ``changes``."""
    [at] = standing(*changes, lines=lines, findings=[(finding, 1)])
    return at


def test_a_line_that_is_cut_and_pasted_takes_its_finding_along() -> None:
    assert after([CUT]) is None
    assert after([CUT], [paste(3)]) == 3
    assert after([CUT], [paste(3, "    eval(cmd)\n")]) == 3
    assert after([CUT], [paste(0, "x\n", "eval(cmd)\n")]) == 1


def test_what_is_typed_between_cut_and_paste_changes_nothing() -> None:
    assert after([CUT], [paste(1, "x\n")], [paste(0, "y\n")], [paste(5)]) == 5


def test_an_editor_that_moves_a_line_in_one_change_does_so_in_either_order() -> None:
    assert after([CUT, paste(3)]) == 3
    assert after([paste(4), CUT]) == 3
    assert after([paste(0), LineEdit(2, 3)]) == 0


def test_a_twin_that_stood_there_before_is_not_taken_for_it() -> None:
    assert after([CUT], [paste(0, "x\n")], lines=[*LINES, "eval(cmd)\n"]) is None


def test_the_copy_of_a_line_that_is_then_rewritten_does_not_get_its_finding() -> None:
    rewritten = LineEdit(1, 2, ("literal(cmd)\n",))
    assert after([rewritten], [paste(4)]) is None
    assert after([paste(4)], [rewritten]) is None


def test_a_bracket_that_is_put_in_elsewhere_is_not_the_bracket_that_was_cut() -> None:
    lines = ["first\n", "    }\n", "second\n", "last\n"]
    assert after([CUT], [paste(2, "}\n")], lines=lines) is None


def test_removed_code_and_what_has_no_place_is_not_carried_along_with_a_kept_line() -> None:
    assert after([CUT], [paste(3)], finding=replace(FINDING, side=Side.OLD)) is None
    assert after([CUT], [paste(3)], finding=replace(FINDING, placement=Placement.UNPLACED)) is None


def test_twins_that_are_carried_together_take_a_place_each() -> None:
    lines = ["first\n", "eval(cmd)\n", "second\n", "eval(cmd)\n", "third\n", "last\n"]
    findings = [(FINDING, 1), (replace(FINDING, fingerprint="g"), 3)]
    block = paste(2, *lines[1:4])
    assert standing([LineEdit(1, 4)], [block], lines=lines, findings=findings) == [2, 4]
    assert standing([LineEdit(1, 4)], [paste(2)], lines=lines, findings=findings) == [2, None]


def test_two_findings_of_one_line_are_carried_together() -> None:
    findings = [(replace(FINDING, rule="a"), 1), (replace(FINDING, fingerprint="g", rule="b"), 1)]
    assert standing([CUT], [paste(3)], findings=findings) == [3, 3]


TWINS = ["eval(cmd)\n", "between\n", "eval(cmd)\n", "end"]
BREAK, MEND = LineEdit(0, 1, ("evil(cmd)\n",)), LineEdit(0, 1, ("eval(cmd)\n",))


def reviewed(*found: tuple[str, int]) -> ReviewedFile:
    """A file of twins in which a review found these, each a fingerprint and a line."""
    file = ReviewedFile(Document("file:///f", Path("/f"), 1, list(TWINS)))
    file.take(anchors(file.document.lines, *found), ())
    return file


def anchors(lines: Sequence[str], *found: tuple[str, int]) -> list[Anchor]:
    return [Anchor.on(replace(FINDING, fingerprint=name), lines, at, at) for name, at in found]


def places(file: ReviewedFile) -> dict[str, int | None]:
    return {anchor.finding.fingerprint: anchor.at for anchor in file.anchors}


def test_an_undo_behind_a_review_that_counted_twins_anew_leaves_each_finding_on_its_line() -> None:
    file = reviewed(("one", 0), ("two", 2))
    file.change([BREAK])
    assert places(file) == {"one": None, "two": 2}
    file.take(anchors(file.document.lines, ("one", 2)), ())  # it is the first of its kind now
    file.change([MEND])
    assert places(file) == {"one": 2}


def test_a_review_that_ends_after_more_was_typed_counts_twins_anew_as_well() -> None:
    file = reviewed(("one", 0), ("two", 2))
    file.change([BREAK])
    file.job, snapshot = "1", tuple(file.document.lines)
    file.change([paste(1, "more\n")])
    file.take_late(snapshot, anchors(snapshot, ("one", 2)), ())
    assert places(file) == {"one": 3}
    file.change([LineEdit(1, 2)])
    assert places(file) == {"one": 2}
    file.change([MEND])
    assert places(file) == {"one": 2}


def test_a_finding_is_where_it_was_when_what_was_typed_during_its_review_is_undone() -> None:
    file = reviewed(("old", 0))
    file.job, snapshot = "1", tuple(file.document.lines)
    file.change([LineEdit(0, 3, ("x\n",))])
    file.change([paste(0, "eval(cmd)\n")])
    file.take_late(snapshot, anchors(snapshot, ("one", 0), ("two", 2)), ())
    assert set(places(file).values()) <= {0, None}
    file.change([LineEdit(0, 1)])
    file.change([LineEdit(0, 1, tuple(TWINS[:3]))])
    assert places(file) == {"one": 0, "two": 2}


def test_a_stale_finding_that_is_kept_comes_back_though_a_review_found_its_twin_meanwhile() -> None:
    file = reviewed(("one", 0))
    file.change([BREAK])
    file.take(anchors(file.document.lines, ("two", 2)), file.anchors)
    assert places(file) == {"two": 2, "one": None}
    file.change([MEND])
    assert places(file) == {"two": 2, "one": 0}


def test_two_findings_do_not_meet_on_one_line_when_the_copy_of_a_line_is_undone() -> None:
    file = reviewed(("one", 0), ("two", 2))
    file.change([paste(1, *TWINS[1:3])])
    file.take(anchors(file.document.lines, ("one", 0), ("two", 2), ("three", 4)), ())
    for undo in (LineEdit(1, 3), LineEdit(3, 5)):  # an editor may take away either of two equal pieces
        file.change([undo])
        assert sorted(filter(None, places(file).values())) == [2]
        file.change([paste(1, *TWINS[1:3])])
        assert places(file) == {"one": 0, "two": 2, "three": 4}
