"""The baseline's file: the same entries are the same bytes, two branches merge, and damage is named by its line."""

import datetime as dt
import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.dialogue.vocabulary import Category
from diffvet.review.baseline import EMPTY, Baseline, BaselineError, Entry
from diffvet.review.baseline_file import parse, read, render, write

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas/baseline.schema.json").read_text())
HERE = Path("baseline.json")


def entry(name, path="a.py", **more):
    fields = {"added": "2026-01-31", "category": "security", "title": "t", "reason": "known", "author": "Ada"}
    return Entry(path=path, fingerprint=name * (32 // len(name)), **fields | more)


def some(*names):
    return Baseline.of(entry(name, f"{name}.py") for name in names)


ENTRIES = st.lists(
    st.builds(
        Entry,
        path=st.text(max_size=12),
        fingerprint=st.text("0123456789abcdef", min_size=32, max_size=32),
        added=st.dates().map(dt.date.isoformat),
        category=st.sampled_from([category.value for category in Category]),
        title=st.text(max_size=20),
        reason=st.text(max_size=20).map(lambda text: f"r{text}"),
        author=st.text(max_size=8),
    ),
    max_size=8,
)
BASELINES = ENTRIES.map(Baseline.of)


@given(BASELINES)
def test_what_is_written_is_read_again(baseline):
    assert parse(render(baseline), HERE) == baseline


@given(BASELINES)
def test_the_file_is_what_its_schema_says(baseline):
    jsonschema.validate(json.loads(render(baseline)), SCHEMA, format_checker=jsonschema.FormatChecker())


@given(BASELINES)
def test_the_file_has_one_line_an_entry_and_nothing_a_terminal_acts_on(baseline):
    text = render(baseline)
    assert text.count("\n") == len(baseline) + 3
    assert len(text.splitlines()) == len(baseline) + 3
    assert "\x1b" not in text
    assert "\u202e" not in text
    text.encode()  # no lone surrogates


@given(ENTRIES, st.randoms())
def test_the_same_entries_in_any_order_are_the_same_bytes(entries, random):
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert render(Baseline.of(shuffled)) == render(Baseline.of(entries))


def test_an_empty_baseline_is_a_file_too():
    assert render(EMPTY) == '{\n"version": 1\n}\n'


def test_a_reader_of_the_file_can_read_names_that_are_not_english():
    assert "Größe" in render(Baseline.of([entry("a", "Größe.py")]))


def merged(ours, base, theirs, folder, *flags):
    for name, text in (("ours", ours), ("base", base), ("theirs", theirs)):
        (folder / name).write_text(text, encoding="utf-8", newline="")
    command = ["git", "merge-file", "-p", *flags, "ours", "base", "theirs"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return done.returncode, done.stdout.decode()


def test_two_branches_that_each_accept_a_finding_merge_without_conflict(tmp_path):
    base, ours, theirs = some("2", "5", "8"), some("2", "3", "5", "8"), some("2", "5", "8", "9")
    code, text = merged(render(ours), render(base), render(theirs), tmp_path)
    assert code == 0
    assert parse(text, HERE) == some("2", "3", "5", "8", "9")


def test_the_last_entry_is_added_without_touching_the_one_before(tmp_path):
    before, after = render(some("2", "5")).splitlines(), render(some("2", "5", "8")).splitlines()
    assert [line for line in before if line not in after] == []


def test_a_conflict_is_named_by_its_line_with_the_way_out(tmp_path):
    code, text = merged(render(some("2", "5")), render(some("2")), render(some("2", "6")), tmp_path)
    assert code == 1
    with pytest.raises(
        BaselineError, match="line 3, is a merge conflict marker; keep the entries of both sides"
    ):
        parse(text, HERE)
    kept = "".join(
        line for line in text.splitlines(keepends=True) if not line.startswith(("<<<", "===", ">>>"))
    )
    assert parse(kept, HERE) == some("2", "5", "6")


NAMES = st.sets(st.sampled_from("0123456789abcdef"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("merge")


@given(base=NAMES, added=NAMES, removed=NAMES, theirs=NAMES)
def test_a_union_merge_of_any_two_updates_is_read_as_both(folder, base, added, removed, theirs):
    ours = (base | added) - removed
    _, text = merged(
        render(some(*ours)), render(some(*base)), render(some(*(base | theirs))), folder, "--union"
    )
    found = {name[0] for name in parse(text, HERE)}
    assert ours & (base | theirs) <= found <= ours | base | theirs
    assert (added - removed) | (theirs - base) <= found
    assert parse(render(parse(text, HERE)), HERE) == parse(text, HERE)


def test_a_merge_that_kept_an_entry_twice_is_read_once_the_older_counts():
    old, new = entry("a", added="2026-01-01"), entry("a", added="2026-02-01", reason="later")
    for first, second in ((old, new), (new, old)):
        line = render(Baseline.of([second])).splitlines()[1]
        text = render(Baseline.of([first])).replace('"version"', f'{line}\n"version"')
        assert parse(text, HERE) == Baseline.of([old])


def test_a_file_that_a_formatter_rewrote_is_read():
    text = json.dumps(json.loads(render(some("a", "b"))), indent=4, sort_keys=True)
    assert parse("\n" + text, HERE) == some("a", "b")


FP = "a" * 32
GOOD = {
    "path": "a.py",
    "category": "security",
    "title": "t",
    "reason": "r",
    "author": "A",
    "added": "2026-01-31",
}


def written(changed, *, without=None):
    fields = {name: value for name, value in (GOOD | changed).items() if name != without}
    return f'{{\n"{"b" * 32}": {json.dumps(GOOD)},\n"{FP}": {json.dumps(fields)},\n"version": 1\n}}\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (written({}).replace("},", "}"), "line 3, is not valid JSON"),
        ("", "line 1, is not valid JSON"),
        ("[]", "line 1, is no JSON object"),
        ("[" * 100_000, "line 1, is not valid JSON"),
        ('{"version": ' + "9" * 5000 + "}", "line 1, is not valid JSON"),
        ("{}", "line 1, names no version"),
        ('{\n"version": 2\n}', "line 2, has a version that is not 1"),
        ('{\n"version": true\n}', "line 2, has a version that is not 1"),
        ('{\n"version": 1,\n"version": [[]]\n}', "has a version that is not 1"),
        ('{\n"x": {},\n"version": 1\n}', "line 2, has the unknown key 'x'"),
        ('{\n"\\u001b[2J": {},\n"version": 1\n}', "has the unknown key '\\?\\[2J'"),
        (f'{{\n"{FP}": 3,\n"version": 1\n}}', "line 2, is no entry"),
        (f'{{\n"{FP}": [["path", "x"]],\n"version": 1\n}}', "line 2, is no entry"),
        (written({}, without="path"), "line 3, has no 'path'"),
        (written({"path": 3}), "line 3, has a 'path' that is no text"),
        (written({"line": "3"}), "line 3, has the unknown field 'line'"),
        (written({"category": "bad"}), "line 3, has the unknown category 'bad'"),
        (written({"reason": " "}), "line 3, has no reason"),
        (written({"added": "20260131"}), "line 3, has an 'added' that is no day"),
        (written({"added": "2026-02-30"}), "line 3, has an 'added' that is no day"),
    ],
)
def test_damage_is_one_sentence_with_the_line(text, said):
    with pytest.raises(BaselineError, match=said) as raised:
        parse(text, HERE)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 250


@given(st.one_of(st.text(), st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps)))
def test_no_text_gives_anything_but_a_baseline_or_a_sentence(text):
    with suppress(BaselineError):
        parse(text, HERE)


def test_a_file_that_is_not_there_is_an_empty_baseline(tmp_path):
    assert read(tmp_path / "none.json") == EMPTY


def test_writing_twice_writes_once(tmp_path):
    path = tmp_path / "b.json"
    assert write(path, some("a"))
    path.chmod(0o640)
    assert not write(path, some("a"))
    assert write(path, some("a", "b"))
    assert read(path) == some("a", "b")
    assert path.stat().st_mode & 0o777 == 0o640
    assert [file.name for file in tmp_path.iterdir()] == ["b.json"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "b.json"
    write(path, some("a"))

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BaselineError, match="cannot be written: No space left on device"):
        write(path, some("b"))
    assert read(path) == some("a")
    assert [file.name for file in tmp_path.iterdir()] == ["b.json"]


def test_text_that_is_not_utf_8_is_named_by_its_line(tmp_path):
    path = tmp_path / "b.json"
    path.write_bytes(b'{\n"version": 1\n\xff}')
    with pytest.raises(BaselineError, match="line 3, is not UTF-8"):
        read(path)


def test_a_byte_order_mark_is_no_damage(tmp_path):
    path = tmp_path / "b.json"
    path.write_bytes(b"\xef\xbb\xbf" + render(some("a")).replace("\n", "\r\n").encode())
    assert read(path) == some("a")


def test_what_is_not_a_file_is_not_waited_for(tmp_path):
    with pytest.raises(BaselineError, match="not a regular file"):
        read(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(BaselineError, match="not a regular file"):
            read(tmp_path / "pipe")


@pytest.mark.parametrize("name", [".git/config", ".GIT/hooks/pre-commit", "sub/../.git/index.lock", "link/x"])
def test_nothing_is_written_among_the_files_of_git(tmp_path, name):
    for folder in ("sub", ".git", ".git/hooks"):
        (tmp_path / folder).mkdir()
    (tmp_path / "link").symlink_to(tmp_path / ".git")
    with pytest.raises(BaselineError, match="git's own directory"):
        write(tmp_path / name, some("a"))
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


def test_a_link_is_followed_and_stays_a_link(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "b.json").symlink_to(tmp_path / "shared" / "b.json")
    write(tmp_path / "b.json", some("a"))
    assert (tmp_path / "b.json").is_symlink()
    assert read(tmp_path / "shared" / "b.json") == some("a")
