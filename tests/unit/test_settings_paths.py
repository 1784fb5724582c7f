"""The nearest file wins for a path, option by option, and every decision names its pattern."""

import pytest

from diffvet.dialogue.vocabulary import Severity
from diffvet.errors import SettingsError
from diffvet.settings.load import examine, load_with_origins


@pytest.fixture
def repository(tmp_path):
    (tmp_path / ".git").mkdir()
    return tmp_path


def write(directory, **files):
    for name, text in files.items():
        path = directory / name.replace("__", "/").replace("_toml", ".toml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def at(directory, path, *, env=None, **said):
    return load_with_origins(directory, environ=env or {}, overrides=said).settings_for(path)


def test_the_nearest_file_wins_option_by_option(repository):
    write(
        repository,
        diffvet_toml="fail_on = 'info'\nmin_severity = 'info'\ninstructions = 'Root.'",
        web__diffvet_toml="fail_on = 'error'",
        web__app__pyproject_toml="[tool.diffvet]\nmin_severity = 'error'",
    )
    found = at(repository, "web/app/x.js")
    assert (found.settings.fail_on, found.settings.min_severity) == (Severity.ERROR, Severity.ERROR)
    assert found.settings.instructions == "Root."
    assert found.origins["fail_on"].place == "web/diffvet.toml"
    assert [source.place for source in found.sources] == [
        "diffvet.toml",
        "web/diffvet.toml",
        "web/app/pyproject.toml",
    ]
    assert at(repository, "api/x.py").settings.fail_on is Severity.INFO
    assert at(repository, "web/x.js").settings.min_severity is Severity.INFO


def test_in_one_folder_diffvet_toml_outweighs_pyproject(repository):
    write(
        repository, a__diffvet_toml="fail_on = 'error'", a__pyproject_toml="[tool.diffvet]\nfail-on = 'info'"
    )
    assert at(repository, "a/x").settings.fail_on is Severity.ERROR


def test_what_the_person_says_outweighs_every_folder(repository):
    write(repository, a__diffvet_toml="fail_on = 'error'\nexclude = ['*.py']")
    assert at(repository, "a/x.py", env={"DIFFVET_FAIL_ON": "none"}).settings.fail_on is None
    assert at(repository, "a/x.py").verdict.skipped
    assert not at(repository, "a/x.py", exclude="*.js").verdict.skipped


def test_a_folder_may_not_set_what_holds_for_the_whole_run_nor_what_only_the_user_may(repository):
    write(repository, a__diffvet_toml="baseline = 'x'", b__diffvet_toml="endpoint = 'https://evil.example'")
    with pytest.raises(SettingsError, match="'baseline' holds for the whole run"):
        at(repository, "a/x")
    with pytest.raises(SettingsError, match="a repository may not set 'endpoint'"):
        at(repository, "b/x")
    assert not examine(repository, environ={})[1]


def test_patterns_are_relative_to_the_folder_of_their_file(repository):
    write(repository, diffvet_toml="exclude = ['/gen', '*.lock']", web__diffvet_toml="exclude = ['/dist']")
    assert at(repository, "gen/x.py").verdict.skipped
    assert not at(repository, "src/gen/x.py").verdict.skipped
    assert at(repository, "web/dist/x.js").verdict.skipped
    assert not at(repository, "dist/x.js").verdict.skipped
    assert not at(repository, "web/yarn.lock").verdict.skipped, "the nearer list takes the place of the other"


@pytest.mark.parametrize(
    ("path", "skipped", "sentence"),
    [
        ("src/a.py", False, "reviewed: 'src/' of 'include' in repository file diffvet.toml matches it"),
        ("docs/a.md", True, "skipped: no pattern of 'include' in repository file diffvet.toml matches it"),
        ("src/a.lock", True, "skipped: '*.lock' of 'exclude' in repository file diffvet.toml matches it"),
        (
            "src/old/a.py",
            True,
            "skipped: 'exclude' in repository file diffvet.toml [paths.'src/old/**'] says so",
        ),
        ("src/keep.lock", False, "reviewed: 'src/' of 'include' in repository file diffvet.toml matches it"),
    ],
)
def test_the_verdict_names_the_pattern(repository, path, skipped, sentence):
    write(
        repository,
        diffvet_toml="include = ['src/']\nexclude = ['*.lock', '!keep.lock']\n[paths.'src/old/**']\nexclude = true",
    )
    verdict = at(repository, path).verdict
    assert (verdict.skipped, verdict.sentence) == (skipped, sentence)


def test_tables_for_paths_add_instructions_and_change_severities_and_rules(repository):
    write(
        repository,
        diffvet_toml=(
            "instructions = 'All.'\n[rules]\n'py.a' = 'off'\n"
            "[paths.'tests/**']\ninstructions = 'Tests.'\nmin_severity = 'error'\nrules = { 'py.b' = 'info' }\n"
            "[paths.'**/slow/**']\ninstructions = 'Slow.'\nfail_on = 'none'\n"
        ),
    )
    found = at(repository, "tests/slow/x.py")
    assert found.settings.instructions == "All.\nTests.\nSlow."
    assert (found.settings.min_severity, found.settings.fail_on) == (Severity.ERROR, None)
    assert found.settings.rules == {"py.a": "off", "py.b": "info"}
    assert at(repository, "src/x.py").settings.instructions == "All."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[paths.'a']\nendpoint = 'x'", "unknown option 'endpoint'"),
        ("[paths.'a']\nmin_severty = 'x'", "did you mean 'min_severity'?"),
        ("[paths.'a']\nmin_severity = 'x'", "it must be one of"),
        ("[paths.'!a']\nexclude = true", "without '!'"),
        ("[paths.'a**']\nexclude = true", "it stands for whole folders"),
        ("paths = 3", "'paths' must be a table"),
        ("paths = { a = 3 }", "must be a table by a pattern"),
    ],
)
def test_a_wrong_table_is_a_problem_that_names_its_place(repository, text, sentence):
    write(repository, diffvet_toml=text)
    _, (problem,) = examine(repository, environ={})
    assert "diffvet.toml: " in problem
    assert sentence in problem


def test_instructions_are_bounded_alone_and_together(repository):
    write(repository, diffvet_toml=f"instructions = '{'x' * 4001}'")
    with pytest.raises(SettingsError, match="has 4,001 characters; 4,000 are the most"):
        at(repository, "a")
    tables = "".join(f"[paths.'{'?' * n}*']\ninstructions = '{'y' * 3000}'\n" for n in range(1, 4))
    write(repository, diffvet_toml=tables)
    with pytest.raises(SettingsError, match="have 9,002 characters together; 4,000 are the most"):
        at(repository, "abcdef")


def test_outside_of_a_repository_only_the_person_speaks(tmp_path):
    (tmp_path / "diffvet.toml").write_text("fail_on = 'error'")
    found = at(tmp_path, "a/b.py", exclude="b.py")
    assert found.verdict.skipped
    assert found.settings.fail_on is Severity.WARNING
