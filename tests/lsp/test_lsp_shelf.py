"""Texts that wait: any number of them come back as they were, few of them in memory."""

import errno
import gc
import tempfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.lsp.shelf import Shelf

TEXTS = st.lists(st.text(st.characters(codec=None, exclude_categories=())), max_size=12)


@given(TEXTS, st.integers(0, 200))
def test_any_text_comes_back_however_little_may_be_in_memory(texts: list[str], most: int) -> None:
    shelf = Shelf(most)
    parcels = [shelf.put(text) for text in texts]
    assert shelf.held <= most
    assert [parcel.open() for parcel in parcels] == texts
    assert [parcel.open() for parcel in reversed(parcels)] == texts[::-1]


def test_room_is_free_again_once_a_text_is_not_needed() -> None:
    shelf = Shelf(60)
    parcels = [shelf.put(f"text {number}") for number in range(20)]
    assert 0 < shelf.held <= 60
    parcels.clear()
    gc.collect()
    assert shelf.held == 0
    parcels = [shelf.put(f"other {number}") for number in range(20)]
    assert [parcel.open() for parcel in parcels] == [f"other {number}" for number in range(20)]


def test_where_no_file_can_be_written_texts_stay_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: Any) -> Any:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    shelf = Shelf(0)
    parcel = shelf.put("text")
    assert parcel.open() == "text"
    assert shelf.held > 0
