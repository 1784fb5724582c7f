"""Edits are right in every editor, also in one that counts columns in a unit of its own."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from diffvet.lsp.document import Document, split
from diffvet.lsp.edits import text_edits

LINES = st.lists(st.text("aé\U0001f600 ", max_size=6), max_size=5)


@given(LINES, LINES)
def test_columns_of_edits_are_the_same_in_all_units(old: list[str], new: list[str]) -> None:
    document = Document("file:///a.py", Path("/a.py"), 1, split("".join(f"{line}\n" for line in old)))
    wanted = split("".join(f"{line}\n" for line in new))
    one, *others = [text_edits(document, wanted, unit) for unit in ("utf-8", "utf-16", "utf-32")]
    assert others == [one, one]


def test_only_what_differs_of_a_plain_line_is_replaced_and_any_other_as_a_whole() -> None:
    for line, start in (("yaml.load(text)", 5), ("'é'; yaml.load(text)", 0)):
        document = Document("file:///a.py", Path("/a.py"), 1, [line + "\n", ""])
        [edit] = text_edits(document, [line.replace("load", "safe_load") + "\n", ""], "utf-16")
        assert edit.range.start.character == start
        assert edit.new_text == ("safe_" if start else line.replace("load", "safe_load") + "\n")
