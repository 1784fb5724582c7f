"""A dismissal is on the disk when it was made, in two copies, and damage to one costs nothing."""

import errno
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.store.dismissals import COPY, FILE
from diffvet.store.store import Store

WHO = {"repository": "/code", "reason": "a test fixture", "author": "me"}


def dismiss(directory, *fingerprints):
    with Store(directory) as store:
        for fingerprint in fingerprints:
            assert store.dismissals.dismiss(fingerprint, **WHO)


def names(directory):
    with Store(directory) as store:
        return [dismissal.fingerprint for dismissal in store.dismissals.all()]


def test_a_dismissal_keeps_who_why_and_where(tmp_path):
    dismiss(tmp_path, "f1", "f2")
    with Store(tmp_path) as store:
        found = store.dismissals.dismissed(["f1", "other"])
        assert list(found) == ["f1"]
        assert (found["f1"].repository, found["f1"].reason, found["f1"].author) == (
            "/code",
            "a test fixture",
            "me",
        )
        assert found["f1"].at.endswith("Z")


def test_the_last_word_on_a_finding_holds(tmp_path):
    with Store(tmp_path) as store:
        store.dismissals.dismiss("f", **WHO)
        assert store.dismissals.restore("f")
        assert store.dismissals.all() == []
        store.dismissals.dismiss("f", **WHO | {"reason": "again"})
    with Store(tmp_path) as store:
        assert store.dismissals.all()[0].reason == "again"
        assert store.dismissals.restore("never dismissed")


def test_an_open_store_sees_what_another_dismisses(tmp_path):
    with Store(tmp_path) as store:
        assert store.dismissals.all() == []
        dismiss(tmp_path, "f")
        assert "f" in store.dismissals.dismissed(["f"])


def test_clearing_restores_all_and_says_how_many(tmp_path):
    dismiss(tmp_path, "a", "b", "c")
    with Store(tmp_path) as store:
        assert store.dismissals.clear() == 3
        assert store.dismissals.all() == []


@given(st.text(alphabet=st.characters()), st.text(alphabet=st.characters()))
def test_any_text_is_kept_as_it_is(tmp_path_factory, reason, author):
    with Store(tmp_path_factory.mktemp("store")) as store:
        store.dismissals.dismiss("f", repository="/c\udc80", reason=reason, author=author)
        (found,) = store.dismissals.all()
        assert (found.repository, found.reason, found.author) == ("/c\udc80", reason, author)


@pytest.mark.parametrize("victim", [FILE, COPY])
@pytest.mark.parametrize(
    "harm",
    [
        lambda _data: b"",
        lambda data: b"\0" * len(data),
        lambda data: os.urandom(len(data)),
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"f2", b"f9"),
        lambda data: data.replace(b"\n", b""),
        lambda data: data + b"garbage without an end",
        lambda data: b"{}\n[]\n00000000 \n" + data,
        lambda data: data[:40] + bytes([data[40] ^ 4]) + data[41:],
    ],
    ids=["empty", "zeroes", "noise", "half", "edited", "one line", "tail", "foreign lines", "a bit"],
)
def test_damage_to_one_copy_loses_no_dismissal_and_the_next_write_mends_it(tmp_path, victim, harm):
    dismiss(tmp_path, "f1", "f2", "f3")
    (tmp_path / victim).write_bytes(harm((tmp_path / victim).read_bytes()))
    assert names(tmp_path) == ["f1", "f2", "f3"]
    dismiss(tmp_path, "f4")
    other = COPY if victim == FILE else FILE
    (tmp_path / other).unlink()
    assert names(tmp_path) == ["f1", "f2", "f3", "f4"]


def test_a_removed_copy_loses_nothing(tmp_path):
    dismiss(tmp_path, "f1")
    (tmp_path / FILE).unlink()
    assert names(tmp_path) == ["f1"]


def test_damage_is_said_once_and_the_damaged_file_is_kept(tmp_path):
    dismiss(tmp_path, "f1", "f2")
    path = tmp_path / FILE
    path.write_bytes(b"noise\n" + path.read_bytes())
    with Store(tmp_path) as store:
        assert len(store.dismissals.all()) == 2
        assert len(store.notices) == 1
        assert "mended" in store.notices[0]
    assert len(list(tmp_path.glob(f"{FILE}.damaged-*"))) == 1
    with Store(tmp_path) as store:
        assert len(store.dismissals.all()) == 2
        assert store.notices == []


def test_different_damage_to_both_copies_loses_only_what_neither_holds(tmp_path):
    dismiss(tmp_path, "f1", "f2", "f3")
    for name, gone in ((FILE, 0), (COPY, 2)):
        lines = (tmp_path / name).read_bytes().splitlines(keepends=True)
        lines[gone] = b"#" * 20 + b"\n"
        (tmp_path / name).write_bytes(b"".join(lines))
    assert names(tmp_path) == ["f1", "f2", "f3"]


def test_where_it_cannot_be_written_a_dismissal_holds_for_this_process_and_that_is_said(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with Store(blocked / "store") as store:
        assert not store.dismissals.dismiss("f", **WHO)
        assert "f" in store.dismissals.dismissed(["f"])
        assert not store.dismissals.restore("f")
        assert store.dismissals.all() == []
        assert len(store.notices) == 1
        assert "until this process ends" in store.notices[0]


def test_one_unwritable_copy_is_a_notice_and_the_dismissal_is_kept(tmp_path):
    (tmp_path / COPY).mkdir()
    with Store(tmp_path) as store:
        assert store.dismissals.dismiss("f", **WHO)
        assert store.notices
    assert names(tmp_path) == ["f"]


def test_a_full_disk_leaves_no_half_line_behind(tmp_path, monkeypatch):
    dismiss(tmp_path, "f1")
    before = (tmp_path / FILE).read_bytes()
    real = os.write

    def full(descriptor, data):
        real(descriptor, data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with Store(tmp_path) as store:
        assert not store.dismissals.dismiss("f2", **WHO)
        assert "no space left" in store.notices[0]
    monkeypatch.undo()
    assert (tmp_path / FILE).read_bytes() == before
    assert names(tmp_path) == ["f1"]
