"""The schema for editors: made of the option table, and of one mind with the reader."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from diffvet.errors import SettingsError
from diffvet.settings.load import load_with_origins
from diffvet.settings.model import Scope
from diffvet.settings.schema import schema
from diffvet.settings.values import OPTIONS

COMMITTED = Path(__file__).parents[2] / "schemas" / "config.schema.json"

USER = """
endpoint = "https://api.example.com"
models = ["embedded", "route/x"]
retries = 0
day_credits = 1.5
cache = false
fail_on = "none"
exclude = ["*.lock", "!keep.lock"]
instructions = ["One.", "Two."]
[rules]
"py.shell-true" = "off"
security = "error"
[paths."src/**"]
min_severity = "warning"
exclude = true
"""

REPOSITORY = """
fail_on = "error"
baseline = "known.json"
max_findings = 20
"""

FOLDER = 'filter_mode = "file"\nmax_findings_per_file = 3\n[paths."gen/"]\nexclude = true\n'

WRONG = [
    'fail_on = "fatal"',
    "concurrency = 0",
    "retries = -1",
    'filter_mode = "all"',
    "exclude = 3",
    'rules = { securty = "off" }',
    'rules = { "py.x" = "on" }',
    "unknown = 1",
    'paths = { "src/**" = { endpoint = "x" } }',
    'paths = { "!src" = { exclude = true } }',
    "cache = 3",
    'record = "here"',
]


def validator(part=""):
    document = schema()
    return jsonschema.Draft202012Validator({**document, **document["$defs"][part]} if part else document)


def test_the_committed_file_is_what_the_option_table_makes():
    assert json.loads(COMMITTED.read_text()) == schema()


def test_it_is_a_schema_in_which_every_option_has_a_description_and_a_default():
    jsonschema.Draft202012Validator.check_schema(schema())
    for name, option in OPTIONS.items():
        if option.metadata["scope"] is not Scope.RUN:
            about = schema()["$defs"][name]
            assert about["description"]
            jsonschema.validate(about["default"], {**about, "$defs": schema()["$defs"]})


@pytest.mark.parametrize(("part", "text"), [("", USER), ("repository", REPOSITORY), ("folder", FOLDER)])
def test_a_right_file_is_right_for_the_schema_and_for_the_reader(tmp_path, part, text):
    validator(part).validate(tomllib.loads(text))
    (tmp_path / ".git").mkdir()
    if part:
        folder = tmp_path if part == "repository" else tmp_path / "sub"
        folder.mkdir(exist_ok=True)
        (folder / "diffvet.toml").write_text(text)
        load_with_origins(tmp_path, environ={}).settings_for("sub/x.py")
    else:
        (tmp_path / "user.toml").write_text(text)
        load_with_origins(tmp_path, environ={"DIFFVET_CONFIG": str(tmp_path / "user.toml")})


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_file_is_wrong_for_the_schema_and_for_the_reader(tmp_path, text):
    assert not validator().is_valid(tomllib.loads(text))
    (tmp_path / "user.toml").write_text(text)
    with pytest.raises(SettingsError):
        load_with_origins(tmp_path, environ={"DIFFVET_CONFIG": str(tmp_path / "user.toml")})


@pytest.mark.parametrize("part", ["repository", "folder"])
@pytest.mark.parametrize(
    "name", [name for name, option in OPTIONS.items() if option.metadata["scope"] == "user"]
)
def test_the_schema_of_a_repository_has_no_place_for_what_only_the_user_may_say(part, name):
    assert not validator(part).is_valid({name: schema()["$defs"][name]["default"]})
