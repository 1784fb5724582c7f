"""Attributes are read from real repositories, in few processes, whatever the names; and globs agree with git."""

import pytest

from diffvet.diff import attributes
from diffvet.diff.attributes import UNSPECIFIED, Attributes, attributed, attributes_of
from diffvet.diff.git import Git
from diffvet.diff.model import Status
from diffvet.diff.section import FileSection


def section(path: str, size: int = 0) -> FileSection:
    return FileSection(path, Status.MODIFIED, b"x" * size)


def git_of(repo) -> Git:
    return Git.at(repo.path)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("linguist-generated", Attributes(generated=True)),
        ("linguist-generated=true", Attributes(generated=True)),
        ("linguist-generated=maybe", UNSPECIFIED),
        ("-linguist-generated", Attributes(generated=False)),
        ("linguist-generated=false", Attributes(generated=False)),
        ("!linguist-generated", UNSPECIFIED),
        ("linguist-vendored", Attributes(vendored=True)),
        ("-diff", Attributes(diff=False)),
        ("diff=python", Attributes(diff=True)),
        ("binary", Attributes(diff=False, binary=True)),
    ],
)
def test_each_way_to_write_an_attribute_is_understood(repo, said, meant):
    repo.write(".gitattributes", f"*.x {said}\n".encode())
    known = attributes_of(git_of(repo), ["a.x", "b.y"])
    assert known.get("a.x", UNSPECIFIED) == meant
    assert "b.y" not in known


def test_any_file_name_gets_its_own_attributes(repo):
    repo.write(".gitattributes", b"*.x linguist-generated\n")
    names = ['quo"ted.x', "new\nline.x", "\udcff.x", "sub dir/\u00e4.x", ":(top)y.x", "*.x"]
    assert attributes_of(git_of(repo), names) == dict.fromkeys(names, Attributes(generated=True))


def test_paths_that_lead_out_of_the_repository_have_none_and_break_nothing(repo):
    repo.write(".gitattributes", b"* linguist-generated\n")
    outside = ["../a", "/etc/passwd", "a/../../b", "", "C:/x", "a\0b"]
    assert attributes_of(git_of(repo), [*outside, "in"]) == {"in": Attributes(generated=True)}


def test_staged_changes_are_judged_by_the_staged_attributes(repo):
    repo.write(".gitattributes", b"*.x linguist-generated\n")
    repo.git("add", ".gitattributes")
    repo.write(".gitattributes", b"")
    assert attributes_of(git_of(repo), ["a.x"]) == {}
    assert attributes_of(git_of(repo), ["a.x"], cached=True) == {"a.x": Attributes(generated=True)}


def test_a_bare_repository_can_be_asked_too(repo, tmp_path):
    repo.commit(**{"a.x": b"1", ".gitattributes": b"*.x linguist-generated"})
    repo.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    assert attributes_of(Git.at(tmp_path / "bare.git"), ["a.y"]) == {}


def test_sections_come_back_in_order_for_few_questions(repo, monkeypatch):
    repo.write(".gitattributes", b"*0 linguist-vendored\n")
    asked = []
    plain = attributes_of
    monkeypatch.setattr(
        attributes, "attributes_of", lambda git, paths, **kw: asked.append(paths) or plain(git, paths, **kw)
    )
    sections = [section(f"f{n}") for n in range(600)]
    pairs = list(attributed(iter(sections), git_of(repo)))
    assert [pair[0] for pair in pairs] == sections
    assert all(said.vendored is (True if one.path.endswith("0") else None) for one, said in pairs)
    assert len(asked) == 4


def test_reading_ahead_is_bounded_in_bytes(repo):
    read = []

    def sections():
        for number in range(9):
            read.append(number)
            yield section(f"f{number}", attributes.BATCH_BYTES)

    pairs = attributed(sections(), git_of(repo))
    next(pairs)
    assert len(read) == 1


def test_without_a_repository_nothing_is_specified():
    one = section("a")
    assert list(attributed([one], None)) == [(one, UNSPECIFIED)]
