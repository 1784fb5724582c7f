"""A repository that attacks through its settings files gets nothing but a sentence."""

import os

import pytest

from diffvet.errors import SettingsError
from diffvet.settings.load import examine, load_with_origins
from diffvet.settings.model import Scope
from diffvet.settings.values import OPTIONS

FORBIDDEN = [name for name, option in OPTIONS.items() if option.metadata["scope"] in {Scope.USER, Scope.RUN}]


@pytest.fixture
def repository(tmp_path):
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    return root


def problem_of(repository, text, name="diffvet.toml"):
    (repository / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    loaded, problems = examine(repository, environ={})
    assert problems, "it was accepted"
    assert all("\n" not in problem and problem.isprintable() and len(problem) < 1500 for problem in problems)
    assert loaded.settings == examine(repository.parent, environ={})[0].settings, "something was set"
    return problems[0]


@pytest.mark.parametrize("spelling", ["{}", "{}-"], ids=["underscores", "hyphens"])
@pytest.mark.parametrize("name", FORBIDDEN)
@pytest.mark.parametrize("folder", ["", "deep/er/"])
def test_no_file_sets_endpoint_key_model_money_or_directories(repository, folder, name, spelling):
    key = name if spelling == "{}" else name.replace("_", "-")
    (repository / folder).mkdir(parents=True, exist_ok=True)
    (repository / folder / "diffvet.toml").write_text(f"{key} = 1")
    (repository / folder / "pyproject.toml").write_text(f"[tool.diffvet]\n{key} = 'https://evil.example'")
    found = examine(repository, environ={})[0].examine_path(f"{folder}x.py")
    root_problems = examine(repository, environ={})[1]
    problems = found.problems or root_problems
    assert len(problems) == 2
    assert all(f"a repository may not set '{key}', only you may" in problem for problem in problems)
    assert getattr(found.settings, name) == getattr(examine(repository.parent, environ={})[0].settings, name)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../known.json",
        "a/../../b",
        "~/x",
        "C:\\x",
        "\\\\host\\share",
        "a\\..\\..\\b",
        "file:x",
    ],
)
def test_no_path_leads_out_of_the_repository(repository, path):
    assert "must be a path inside the repository" in problem_of(repository, f"baseline = '{path}'")


def test_a_baseline_that_is_a_link_out_of_the_repository_is_not_read(repository):
    (repository.parent / "outside.json").write_text("{}")
    (repository / "known.json").symlink_to("../outside.json")
    (repository / "diffvet.toml").write_text("baseline = 'known.json'")
    with pytest.raises(SettingsError, match="leads out of the repository"):
        load_with_origins(repository, environ={}).baseline()
    (repository / "diffvet.toml").unlink()
    (repository / ".diffvet-baseline.json").symlink_to("../outside.json")
    with pytest.raises(SettingsError, match="leads out of the repository"):
        load_with_origins(repository, environ={}).baseline()


def test_the_usual_baseline_is_taken_where_it_exists_and_a_person_may_name_any(repository):
    assert load_with_origins(repository, environ={}).baseline() is None
    (repository / ".diffvet-baseline.json").write_text("{}")
    assert load_with_origins(repository, environ={}).baseline() == repository / ".diffvet-baseline.json"
    own = load_with_origins(repository, environ={"DIFFVET_BASELINE": "../mine.json"})
    assert own.baseline() == repository / "../mine.json"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("exclude = " + "[" * 20_000, "nested too deep"),
        ("a." * 60_000 + "a = 1", "holds more than 100 dots"),
        ("[x." + "a." * 30_000 + "a]", "holds more than 100 dots"),
        ("max_findings = " + "9" * 10_000, "is not valid TOML"),
        ("max_findings = 0x" + "f" * 10_000, "must be a whole number"),
        ("#" * 300_000, "is larger than 128 KiB"),
        (b"\xff\xfe\x00", "is not valid TOML"),
        ("exclude = ['" + "','".join("x" * 501) + "']", "has 501 entries; 500 are the most"),
        ('"\\u001b[31m\\u202e" = 1', "unknown option"),
        ('fail_on = "\\u001b]0;x\\u0007"', "must be one of"),
        ('fail_on = "' + "x" * 5000 + '"', "must be one of"),
        ("exclude = [['a']]", "must be a list of texts"),
        ("exclude = ['a\\u0000b']".replace("'", '"'), "a character that cannot be seen"),
        ("rules = { \"\\u001b.x\" = 'boo' }", "must be one of"),
        ("filter_mode = 1979-05-27", "must be one of"),
    ],
    ids=range(15),
)  # fmt: skip
def test_bombs_and_control_characters_end_in_one_printable_sentence(repository, text, sentence):
    assert sentence in problem_of(repository, text)


def test_a_huge_pyproject_that_is_not_about_us_is_left_alone_and_one_that_is_is_refused(repository):
    (repository / "pyproject.toml").write_text("[tool.other]\nx = '''" + "y\n" * 200_000 + "'''")
    assert not examine(repository, environ={})[1]
    assert "is larger than 128 KiB" in problem_of(
        repository, "[tool.diffvet]\nfail_on = 'info'\n#" + "y" * 300_000, "pyproject.toml"
    )


def test_a_broken_pyproject_that_is_not_about_us_is_none_of_our_business(repository):
    (repository / "pyproject.toml").write_text("this is = = no TOML, though it mentions diffvet")
    assert not examine(repository, environ={})[1]


@pytest.mark.parametrize(
    "spelling", ["[tool.diffvet]", "[tool.'diffvet']", "[ tool . diffvet ]", "[tool]\ndiffvet."]
)
def test_our_table_is_found_however_it_is_spelt(repository, spelling):
    end = "" if spelling.endswith(".") else "\n"
    (repository / "pyproject.toml").write_text(f"{spelling}{end}max_findings = 9")
    assert load_with_origins(repository, environ={}).settings.max_findings == 9


def test_a_settings_file_that_is_a_link_out_of_the_repository_is_not_read(repository):
    (repository.parent / "secret.toml").write_text("fail_on = 'SECRET'")
    for name in ("diffvet.toml", "pyproject.toml"):
        (repository / name).symlink_to("../secret.toml")
    _, problems = examine(repository, environ={})
    assert any("is a link that leads out of the repository" in problem for problem in problems)
    assert not any("SECRET" in problem for problem in problems)


def test_a_folder_that_is_a_link_is_not_entered(repository):
    outside = repository.parent / "outside"
    outside.mkdir()
    (outside / "diffvet.toml").write_text("fail_on = 'none'")
    (repository / "linked").symlink_to("../outside")
    found = load_with_origins(repository, environ={}).settings_for("linked/x.py")
    assert found.settings.fail_on is not None
    assert not found.sources


@pytest.mark.parametrize("path", ["../outside/x", "/etc/x", "a/../../outside/x", "./x", "a//b", "", ".."])
def test_a_path_that_leads_out_reads_no_file(repository, path):
    outside = repository.parent / "outside"
    outside.mkdir()
    (outside / "diffvet.toml").write_text("fail_on = 'none'")
    assert not load_with_origins(repository, environ={}).settings_for(path).sources


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in this file system")
def test_a_pipe_in_place_of_a_file_does_not_hang(repository):
    os.mkfifo(repository / "diffvet.toml")
    assert not examine(repository, environ={})[1]
