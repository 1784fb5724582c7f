"""What an editor may say in its settings, and what it hears of the rest."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.settings.editor import ITS_OWN, SAYS, read_editor
from diffvet.settings.values import OPTIONS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from([*OPTIONS, *ITS_OWN, "apiKey", "minSeverity", "lsp-base"]) | st.text()


@pytest.mark.parametrize("name", ["min_severity", "min-severity", "minSeverity"])
def test_a_name_may_be_written_as_editors_do(name):
    assert read_editor({name: "error"}) == ({"min_severity": "error"}, [])


def test_an_editor_may_not_say_where_code_and_key_go_nor_what_may_be_spent():
    assert not {
        "endpoint",
        "secondary_endpoint",
        "api_key_env",
        "allow_plain_http",
        "without_key",
        "record",
        "replay",
        "day_credits",
        "baseline_from",
    } & set(SAYS)
    assert {"min_severity", "exclude", "models", "lsp_base", "lsp_pause", "lsp_model"} <= set(SAYS)


def test_a_key_is_not_repeated():
    said, [problem] = read_editor({"apiKey": "canary"})
    assert said == {}
    assert "canary" not in problem


def test_null_and_nothing_say_nothing():
    assert read_editor(None) == ({}, ())
    assert read_editor({"min_severity": None, "filterMode": "", "exclude": []}) == ({"exclude": []}, [])


@given(st.dictionaries(NAMES, JSON, max_size=6) | JSON)
def test_anything_is_read_or_told_in_one_line_each(section):
    said, problems = read_editor(section)
    assert set(said) <= set(SAYS)
    assert all(problem.isprintable() for problem in problems)


def test_the_extension_offers_what_the_server_takes():
    client = Path(__file__).parents[2] / "vscode-client"
    manifest = json.loads((client / "package.json").read_text("utf-8"))
    offered = manifest["contributes"]["configuration"]["properties"]
    source = (client / "src" / "core" / "settings.ts").read_text("utf-8")
    asked = re.findall(
        r'^  (\w+): "(\w+)",$', source.partition("ASKED = {")[2].partition("}")[0], re.MULTILINE
    )
    assert asked
    for name, option in asked:
        assert option in SAYS
        choices = OPTIONS[option].metadata.get("choices")
        if choices:
            assert offered[f"diffvet.{name}"]["enum"] == [*choices, None]
