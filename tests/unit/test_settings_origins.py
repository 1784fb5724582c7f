"""Every option knows who said it; every problem is said, the first one first."""

import pytest

from diffvet.dialogue.vocabulary import Category, Severity
from diffvet.errors import SettingsError
from diffvet.settings.levels import level_of, unknown_rules
from diffvet.settings.load import examine, load, load_with_origins
from diffvet.settings.origin import Kind
from diffvet.settings.values import OPTIONS


@pytest.fixture
def repository(tmp_path):
    (tmp_path / ".git").mkdir()
    return tmp_path


def user_file(directory, text):
    (directory / "user.toml").write_text(text)
    return {"DIFFVET_CONFIG": str(directory / "user.toml")}


def test_each_option_names_its_origin(repository):
    env = user_file(repository, "retries = 1\nconcurrency = 2\nmax_tokens = 3\nfail_on = 'info'")
    (repository / "diffvet.toml").write_text("fail_on = 'error'\nmax_findings = 5")
    (repository / "pyproject.toml").write_text("[tool.diffvet]\nmax_findings = 4\nmin_severity = 'warning'")
    loaded = load_with_origins(
        repository,
        environ={**env, "DIFFVET_CONCURRENCY": "3", "DIFFVET_MAX_TOKENS": "4"},
        overrides={"max_tokens": "5", "deadline": None},
    )
    told = {name: (origin.kind, origin.place) for name, origin in loaded.origins.items()}
    assert told["endpoint"] == (Kind.DEFAULT, "")
    assert told["retries"] == (Kind.USER_FILE, env["DIFFVET_CONFIG"])
    assert told["fail_on"] == (Kind.REPOSITORY_FILE, "diffvet.toml")
    assert told["max_findings"] == (Kind.REPOSITORY_FILE, "diffvet.toml")
    assert told["min_severity"] == (Kind.REPOSITORY_FILE, "pyproject.toml")
    assert told["concurrency"] == (Kind.ENVIRONMENT, "DIFFVET_CONCURRENCY")
    assert told["max_tokens"] == (Kind.COMMAND_LINE, "--max-tokens")
    assert told["deadline"] == (Kind.DEFAULT, "")
    assert (loaded.settings.concurrency, loaded.settings.max_tokens, loaded.settings.max_findings) == (
        3,
        5,
        5,
    )
    assert set(told) == set(OPTIONS)


def test_an_editor_is_an_origin_of_its_own(repository):
    loaded = load_with_origins(
        repository, environ={}, overrides={"fail_on": "error"}, overrides_are=Kind.EDITOR
    )
    assert str(loaded.origins["fail_on"]) == "editor fail_on"


def test_all_problems_are_found_and_the_first_is_said_with_their_number(repository):
    env = user_file(repository, "retries = 'x'\nfail_onn = 1\nendpoint = 3")
    (repository / "diffvet.toml").write_text("model = 'x'\nexclude = ['a**']\nmax_findings = 7")
    loaded, problems = examine(repository, environ={**env, "DIFFVET_CACHE": "maybe"})
    assert [problem.partition(": ")[2] or problem for problem in problems] == [
        "'retries' is 'x'; it must be a whole number",
        "unknown option 'fail_onn'; did you mean 'fail_on'?",
        "'endpoint' is 3; it must be text",
        "a repository may not set 'model', only you may: in your user file, as DIFFVET_MODEL, or on the command line",
        "'exclude': the pattern 'a**' has '**' beside other characters; it stands for whole folders, as in 'src/**/*.py'",
        "the environment variable DIFFVET_CACHE is 'maybe'; it must be true or false",
    ]
    assert loaded.settings.max_findings == 7
    with pytest.raises(SettingsError, match=r"\(and 5 more: see 'diffvet config show'\)$"):
        load(repository, environ={**env, "DIFFVET_CACHE": "maybe"})


def test_lists_are_lists_in_files_and_separated_by_commas_elsewhere(repository):
    assert load(repository, environ={"DIFFVET_EXCLUDE": "*.lock, gen/ ,"}).exclude == ("*.lock", "gen/")
    assert load(repository, environ={}, overrides={"include": "src/"}).include == ("src/",)
    (repository / "diffvet.toml").write_text("exclude = ['a,b']\ninstructions = ['One.', ' Two. ']")
    settings = load(repository, environ={})
    assert settings.exclude == ("a,b",)
    assert settings.instructions == "One.\nTwo."
    assert (
        load(repository, environ={"DIFFVET_INSTRUCTIONS": "Tabs, not spaces."}).instructions
        == "Tabs, not spaces."
    )


def test_rules_add_up_over_the_origins_and_an_id_outweighs_its_category(repository):
    (repository / "diffvet.toml").write_text("[rules]\n'py.shell-true' = 'off'\nsecurity = 'info'")
    rules = load(repository, environ={"DIFFVET_RULES": "security=error,py.eval=warning"}).rules
    assert rules == {"py.shell-true": "off", "security": "error", "py.eval": "warning"}
    assert level_of(rules, "py.shell-true", Category.SECURITY, Severity.ERROR) is None
    assert level_of(rules, "py.other", Category.SECURITY, Severity.INFO) is Severity.ERROR
    assert level_of(rules, "py.other", Category.SECRET, Severity.INFO) is Severity.INFO
    assert list(unknown_rules(rules, ["py.shell-true", "py.eval-call"])) == [
        "'rules' names 'py.eval', which is no rule; did you mean 'py.eval-call'?"
    ]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("securty=off", "'securty' is neither a rule id nor a category; did you mean 'security'?"),
        ("py.x=of", "'py.x' is 'of'; it must be one of off, info, warning, error; did you mean 'off'?"),
        ("py.x", "'py.x' has no level"),
    ],
)
def test_a_wrong_rule_gets_a_suggestion(repository, said, sentence):
    with pytest.raises(SettingsError) as caught:
        load(repository, environ={"DIFFVET_RULES": said})
    assert sentence in str(caught.value)


def test_a_near_miss_of_a_word_gets_a_suggestion(repository):
    with pytest.raises(SettingsError, match="did you mean 'warning'"):
        load(repository, environ={"DIFFVET_FAIL_ON": "warn"})
    with pytest.raises(SettingsError, match="did you mean 'diff_context'"):
        load(repository, environ={"DIFFVET_FILTER_MODE": "diff-context"})


class TestModels:
    endpoint = {"DIFFVET_ENDPOINT": "https://api.example.com"}  # noqa: RUF012 - never changed

    def test_model_is_the_short_form(self, repository):
        assert load(repository, environ={**self.endpoint, "DIFFVET_MODEL": "x"}).asked == ("x",)
        many = load(repository, environ={**self.endpoint, "DIFFVET_MODELS": "embedded,x"})
        assert many.asked == ("embedded", "x")
        assert not many.embedded
        assert load(repository, environ={**self.endpoint, "DIFFVET_MODELS": "embedded"}).embedded
        assert load(repository, environ={}).asked == ("embedded",)

    def test_the_later_of_both_stands(self, repository):
        env = user_file(repository, "endpoint = 'https://api.example.com'\nmodels = ['embedded', 'x']")
        loaded = load_with_origins(repository, environ=env, overrides={"model": "y"})
        assert loaded.settings.asked == ("y",)
        assert loaded.origins["models"].kind is Kind.DEFAULT

    def test_both_from_one_origin_is_a_problem(self, repository):
        env = user_file(repository, "endpoint = 'https://api.example.com'\nmodels = ['x']\nmodel = 'x'")
        with pytest.raises(SettingsError, match="'model' and 'models' are both set in the user file"):
            load(repository, environ=env)

    def test_a_model_without_an_endpoint_is_a_problem(self, repository):
        with pytest.raises(SettingsError, match="'models' names x, but there is no endpoint"):
            load(repository, environ={"DIFFVET_MODELS": "embedded,x"})


def test_a_key_in_the_wrong_place_is_not_repeated(repository):
    secret = "sk-ant-" + "q7Wz9LmX2c" * 3
    for text in (f"api_key = '{secret}'", f"api_key_env = '{secret}'", f"token = '{secret}'"):
        with pytest.raises(SettingsError) as caught:
            load(repository, environ=user_file(repository, text))
        assert secret not in str(caught.value)
    with pytest.raises(SettingsError) as caught:
        load(repository, environ={}, overrides={"api_key_env": "rk_" + "q7wz9lmx2c" * 2})
    assert "is no name of an environment variable" in str(caught.value)
    assert "q7wz" not in str(caught.value)


def test_recording_is_for_one_run_only(repository):
    assert load(repository, environ={"DIFFVET_RECORD": "tape"}).record == "tape"
    with pytest.raises(SettingsError, match="'record' is for one run only"):
        load(repository, environ=user_file(repository, "record = 'tape'"))
    with pytest.raises(SettingsError, match="'record' and 'replay' cannot be combined"):
        load(repository, environ={"DIFFVET_RECORD": "a", "DIFFVET_REPLAY": "b"})
