"""Who may say what, who wins, and what a wrong word gets for an answer."""

import platformdirs
import pytest

from diffvet.dialogue.vocabulary import Severity
from diffvet.errors import SettingsError
from diffvet.settings.load import load


@pytest.fixture
def repository(tmp_path):
    (tmp_path / ".git").mkdir()
    return tmp_path


def settings(directory, *, env=None, user="", **said):
    config = directory / "user.toml"
    config.write_text(user)
    return load(directory, environ={"DIFFVET_CONFIG": str(config), **(env or {})}, overrides=said)


def test_without_a_word_the_embedded_reviewer_answers(repository):
    assert settings(repository).embedded
    assert settings(repository).fail_on is Severity.WARNING


def test_later_origins_win(repository):
    (repository / "diffvet.toml").write_text('fail_on = "info"')
    assert settings(repository, user='fail_on = "error"').fail_on is Severity.INFO
    assert settings(repository, env={"DIFFVET_FAIL_ON": "error"}).fail_on is Severity.ERROR
    assert settings(repository, env={"DIFFVET_FAIL_ON": "error"}, fail_on="none").fail_on is None


def test_the_repository_speaks_from_a_subfolder_too_and_from_pyproject(repository):
    (repository / "pyproject.toml").write_text('[tool.diffvet]\nfail-on = "error"')
    (repository / "deep" / "er").mkdir(parents=True)
    assert load(repository / "deep" / "er", environ={}).fail_on is Severity.ERROR


@pytest.mark.parametrize(
    "option",
    [
        "endpoint",
        "model",
        "api_key_env",
        "allow_plain_http",
        "deadline",
        "concurrency",
        "unit_tokens",
        "max_tokens",
    ],
)
def test_the_repository_may_not_say_where_code_and_key_go_nor_what_is_spent(repository, option):
    (repository / "diffvet.toml").write_text(f'{option} = "x"')
    with pytest.raises(
        SettingsError, match=f"diffvet.toml: a repository may not set '{option}', only you may"
    ):
        settings(repository)


def test_an_unknown_option_gets_a_suggestion(repository):
    (repository / "diffvet.toml").write_text('fail_onn = "error"')
    with pytest.raises(SettingsError, match="unknown option 'fail_onn'; did you mean 'fail_on'"):
        settings(repository)


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        (
            {"DIFFVET_FAIL_ON": "fatal"},
            "DIFFVET_FAIL_ON is 'fatal'; it must be one of info, warning, error, none",
        ),
        ({"DIFFVET_MIN_SEVERITY": "none"}, "must be one of info, warning, error"),
        ({"DIFFVET_CONCURRENCY": "many"}, "must be a whole number"),
        ({"DIFFVET_CONCURRENCY": "0"}, "must be greater than 0"),
        ({"DIFFVET_DEADLINE": "nan"}, "must be a number"),
        ({"DIFFVET_MAX_TOKENS": "-1"}, "must not be negative"),
        ({"DIFFVET_ALLOW_PLAIN_HTTP": "maybe"}, "must be true or false"),
        ({"DIFFVET_ENDPOINT": "https://api.example.com"}, "needs a model id"),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_its_place(repository, env, sentence):
    with pytest.raises(SettingsError, match=sentence) as caught:
        settings(repository, env=env)
    assert "\n" not in str(caught.value)


def test_a_broken_file_and_a_missing_file_are_said(repository):
    with pytest.raises(SettingsError, match="is not valid TOML"):
        settings(repository, user="= 3")
    with pytest.raises(SettingsError, match="which is no file"):
        load(repository, environ={"DIFFVET_CONFIG": str(repository / "none.toml")})


def test_a_user_without_a_home_has_no_file(repository, monkeypatch):
    def nowhere(*_args, **_more):
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr(platformdirs, "user_config_path", nowhere)
    assert load(repository, environ={}).embedded
