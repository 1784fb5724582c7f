"""A document follows its editor's edits exactly, and says which lines each of them touched."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from diffvet.diff.lines import Encoding
from diffvet.lsp.anchors import LineEdit
from diffvet.lsp.document import Change, Document, split
from diffvet.lsp.shelf import Shelf

TEXT = st.text(alphabet="ab \t\r\n\f\u2028\x85é\U0001f600", max_size=30)
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-32"])


def document(text: str) -> Document:
    return Document("file:///f", Path("/f"), 1, split(text))


def apply(edited: Document, change: Change, encoding: Encoding) -> None:
    for edit in edited.edits(change, encoding):
        edited.replace(edit)


def width(text: str, encoding: str) -> int:
    return len(text.encode({"utf-32": "utf-32-le", "utf-16": "utf-16-le"}.get(encoding, encoding))) // {
        "utf-32": 4,
        "utf-16": 2,
        "utf-8": 1,
    }.get(encoding, 1)


def position(text: str, offset: int, encoding: str) -> types.Position:
    """The protocol's position of ``offset``, counted in the plainest way there is."""
    ends = [found.end() for found in re.finditer(r"\r\n|\r|\n", text) if found.end() <= offset]
    start = ends[-1] if ends else 0
    return types.Position(len(ends), width(text[start:offset], encoding))


def between_cr_and_lf(text: str, offset: int) -> bool:
    return text[offset - 1 : offset + 1] == "\r\n"


@given(TEXT)
def test_lines_keep_the_text_and_end_where_the_protocol_says(text: str) -> None:
    lines = split(text)
    assert "".join(lines) == text
    assert len(lines) == len(re.findall(r"\r\n|\r|\n", text)) + 1
    assert not lines[-1].endswith(("\r", "\n"))


@given(st.data(), TEXT, TEXT, ENCODINGS)
def test_an_edit_gives_the_text_that_cutting_and_pasting_gives(
    data: st.DataObject, before: str, insert: str, encoding: str
) -> None:
    offsets = st.integers(0, len(before)).filter(lambda at: not between_cr_and_lf(before, at))
    start, end = sorted((data.draw(offsets), data.draw(offsets)))
    edited = document(before)
    where = types.Range(position(before, start, encoding), position(before, end, encoding))
    apply(edited, types.TextDocumentContentChangePartial(where, insert), encoding)
    assert edited.text == before[:start] + insert + before[end:]
    assert edited.lines == split(edited.text)


@given(TEXT, TEXT)
def test_a_whole_new_text_touches_only_what_differs(before: str, after: str) -> None:
    edited = document(before)
    apply(edited, types.TextDocumentContentChangeWholeDocument(after), "utf-16")
    assert edited.lines == split(after)


def test_a_line_that_only_has_other_white_space_now_is_an_edit_of_its_own() -> None:
    edited = document("a\n  b\nc\n")
    where = types.Range(types.Position(0, 1), types.Position(1, 2))
    edits = edited.edits(types.TextDocumentContentChangePartial(where, "\nx\n"), "utf-16")
    assert edits == [LineEdit(1, 2, ("b\n",)), LineEdit(0, 1, ("a\n",)), LineEdit(1, 1, ("x\n",))]


def test_a_document_nobody_looks_at_is_kept_small_and_reads_the_same() -> None:
    edited = document("a\udc80\n" * 3)
    edited.pack(Shelf())
    edited.pack(Shelf())
    assert edited.text == "a\udc80\n" * 3


def test_positions_beyond_the_text_mean_its_end_and_swapped_ones_are_put_right() -> None:
    edited = document("ab\ncd\n")

    def put(start: tuple[int, int], end: tuple[int, int], text: str) -> str:
        where = types.Range(types.Position(*start), types.Position(*end))
        change: Change = types.TextDocumentContentChangePartial(where, text)
        apply(edited, change, "utf-16")
        return edited.text

    assert put((0, 99), (0, 99), "!") == "ab!\ncd\n"
    assert put((99, 0), (99, 7), "end") == "ab!\ncd\nend"
    assert put((1, 2), (1, 0), "") == "ab!\n\nend"
