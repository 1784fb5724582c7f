"""Positions: the three ways of counting agree with each other and with their definitions."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.diff.lines import Encoding, TextLines, from_units, to_units

PIECES = [
    "\n",
    "\r\n",
    "\r",
    "a",
    "é",
    "漢",
    "😀",
    "\x0c",
    "\x0b",
    "\x1d",
    "\x85",
    "\u2028",
    "\u2029",
    "\udcff",
    "\ufeff",
    " ",
]
texts = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
encodings = st.sampled_from(["utf-8", "utf-16", "utf-32"])


def git_lines(text: str) -> list[str]:
    """By definition: git ends a line at a line feed."""
    parts = text.split("\n")
    return parts if parts[-1] else parts[:-1]


def lsp_lines(text: str) -> list[str]:
    """By definition: LSP ends a line at LF, CRLF or CR."""
    return re.split(r"\r\n|\n|\r", text)


@given(texts)
def test_lines_are_those_of_the_definitions(text) -> None:
    lines = TextLines(text)
    assert [lines.git_line(number) for number in range(1, lines.git_count + 1)] == git_lines(text)
    assert [lines.lsp_line(number) for number in range(lines.lsp_count)] == lsp_lines(text)


@given(texts)
def test_a_git_line_and_the_lsp_lines_in_it_find_each_other(text) -> None:
    lines = TextLines(text)
    for number in range(1, lines.git_count + 1):
        first, last = lines.git_line_to_lsp(number), lines.git_line_end_to_lsp(number)
        assert first <= last
        assert lines.lsp_to_git(first) == number
        assert {lines.lsp_to_git(inside) for inside in range(first, last + 1)} == {number}
        body = (
            lines.git_line(number).removesuffix("\r")
            if number < len(text.split("\n"))
            else lines.git_line(number)
        )
        assert last - first == len(lsp_lines(body)) - 1


@given(texts)
def test_without_a_lone_cr_both_count_alike(text) -> None:
    text = text.replace("\r\n", "\n").replace("\r", "")
    lines = TextLines(text)
    for number in range(1, lines.git_count + 1):
        assert lines.git_line_to_lsp(number) == lines.git_line_end_to_lsp(number) == number - 1


@given(texts, st.data())
def test_a_column_of_a_git_line_is_the_same_character_in_lsp(text, data) -> None:
    lines = TextLines(text)
    if not lines.git_count:
        return
    number = data.draw(st.integers(1, lines.git_count))
    content = lines.git_line(number)
    column = data.draw(st.integers(0, len(content)))
    line, character = lines.position(number, column)
    shown = lines.lsp_line(line)
    assert 0 <= character <= len(shown)
    if column < len(content) and content[column] != "\r":
        assert shown[character] == content[column]


@given(texts)
def test_out_of_range_is_clamped_or_refused(text) -> None:
    lines = TextLines(text)
    assert lines.git_line_to_lsp(10_000) <= lines.lsp_count - 1
    assert lines.git_line_to_lsp(0) == 0
    assert lines.lsp_to_git(10_000) == max(1, lines.git_count)
    assert lines.position(10_000, 10_000)[0] <= lines.lsp_count - 1
    for number in (0, lines.git_count + 1):
        with pytest.raises(IndexError):
            lines.git_line(number)
    for number in (-1, lines.lsp_count):
        with pytest.raises(IndexError):
            lines.lsp_line(number)


@pytest.mark.parametrize(
    ("text", "git", "lsp"),
    [
        ("", 0, 1),
        ("\n", 1, 2),
        ("a", 1, 1),
        ("a\n", 1, 2),
        ("a\r", 1, 2),
        ("\r", 1, 2),
        ("a\rb\nc", 2, 3),
        ("a\u2028b", 1, 1),
    ],
)
def test_counts(text, git, lsp) -> None:
    assert (TextLines(text).git_count, TextLines(text).lsp_count) == (git, lsp)


@given(texts.map(lambda text: re.sub(r"[\r\n]", "", text)), encodings, st.integers(-1, 40))
def test_units_and_code_points_go_both_ways(line: str, encoding: Encoding, column: int) -> None:
    units = to_units(line, column, encoding)
    inside = min(max(column, 0), len(line))
    assert from_units(line, units, encoding) == inside
    whole = line[:inside].encode(encoding if encoding == "utf-8" else encoding + "-le", "surrogatepass")
    assert units == len(whole) // {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]


def test_a_unit_inside_a_character_is_its_start() -> None:
    assert from_units("a😀b", 2, "utf-16") == 1
    assert from_units("a😀b", 3, "utf-16") == 2
    assert [from_units("é", units, "utf-8") for units in range(4)] == [0, 0, 1, 1]
