"""The catalogue keeps its word: every rule behaves on its own examples and is fully described."""

import json
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
import yaml

from bake_rules import BAKED, baked
from diffvet.dialogue.vocabulary import Category
from diffvet.errors import RuleError
from diffvet.rules import catalogue
from diffvet.rules.catalogue import (
    FAMILIES,
    all_rules,
    check_unique,
    family,
    read_file,
    read_rules,
    rules_for,
)
from diffvet.rules.engine import review
from diffvet.rules.examples import SAMPLE_PATHS, change_of, failures
from diffvet.rules.language import GRAMMARS, LANGUAGES, languages_of
from diffvet.rules.reading import check_patterns
from diffvet.rules.rule import CLASSES, Rule

RULES = all_rules()
SCHEMA = Path(__file__).parents[2] / "schemas" / "rule.schema.json"
EXAMPLE = """
- id: {id}
  class: debug
  severity: info
  languages: [python]
  words: [print]
  text: {{regex: '^print'}}
  title: A print
  why: It prints.
  fix: Remove it.
  reference: [CWE-489]
  examples: {{bad: ['print(1)'], good: ['x = 1']}}
"""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_reports_its_bad_examples_and_no_good_one(rule: Rule):
    assert failures(rule) == []


@pytest.mark.parametrize("name", FAMILIES)
def test_a_rule_file_follows_the_published_schema(name: str):
    text = resources.files("diffvet.rules").joinpath("catalogue", f"{name}.yaml").read_text(encoding="utf-8")
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(text), schema)


def test_every_file_of_the_catalogue_is_listed():
    folder = resources.files("diffvet.rules").joinpath("catalogue")
    assert {entry.name.removesuffix(".yaml") for entry in folder.iterdir()} == set(FAMILIES)


@pytest.mark.parametrize("name", FAMILIES)
def test_the_baked_catalogue_is_made_of_the_rule_files_as_they_are(name: str):
    made = (BAKED / f"{name}.json").read_text(encoding="utf-8")
    assert made == baked(name), "run: python tests/bake_rules.py"


def test_a_baked_file_of_another_text_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "baked").mkdir()
    (tmp_path / "catalogue" / "web.yaml").write_text(EXAMPLE.format(id="new.print"), encoding="utf-8")
    (tmp_path / "baked" / "web.json").write_text(baked("web"), encoding="utf-8")
    monkeypatch.setattr(catalogue, "_HERE", tmp_path)
    assert [rule.id for rule in family.__wrapped__("web")] == ["new.print"]


def test_ids_are_unique():
    check_unique(RULES)


def test_there_are_many_rules_over_many_languages_and_classes():
    assert len(RULES) >= 110
    assert len({name for rule in RULES for name in rule.languages}) >= 30
    assert len({rule.klass for rule in RULES}) >= 30
    assert {rule.category for rule in RULES} == set(Category)


@pytest.mark.parametrize("name", [name for name, served in FAMILIES.items() if served is not None])
def test_a_family_is_read_whenever_one_of_its_rules_could_apply(name: str):
    for rule in family(name):
        assert set(rule.languages) <= FAMILIES[name], rule.id


def test_only_the_families_of_the_languages_at_hand_are_read():
    assert {rule.id.partition(".")[0] for rule in rules_for(["python"])} >= {"py", "secret", "lost"}
    assert not any(rule.id.startswith(("js.", "go.")) for rule in rules_for(["python"]))


@pytest.mark.parametrize("language", sorted(set(SAMPLE_PATHS) - {"any", "code", "text"}))
def test_a_sample_path_is_of_its_language(language: str):
    assert language in languages_of(SAMPLE_PATHS[language])


def test_every_grammar_parses():
    ast_grep = pytest.importorskip("ast_grep_py")
    for grammar in set(GRAMMARS.values()):
        assert ast_grep.SgRoot("x", grammar).root() is not None
    assert set(GRAMMARS) <= LANGUAGES


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.category is Category.SECRET], ids=lambda rule: rule.id
)
def test_a_finding_about_a_secret_says_nothing_of_its_value(rule: Rule):
    for example in rule.bad:
        for bullet in review([change_of(example, rule)], [rule]):
            assert "{" not in bullet.title + bullet.why + (bullet.fix or "")
            assert bullet.title == rule.title
            assert bullet.why == rule.why


def test_the_catalogue_holds_no_secret_of_its_own():
    changes = []
    for name in FAMILIES:
        text = (
            resources.files("diffvet.rules").joinpath("catalogue", f"{name}.yaml").read_text(encoding="utf-8")
        )
        lines = "\n".join(line for line in text.splitlines() if "regex" not in line)
        rule = RULES[0]
        changes.append(change_of(type(rule.bad[0])(lines, path=f"catalogue/{name}.txt"), rule))
    vendors = [
        rule for rule in family("secrets") if not rule.id.startswith(("secret.assigned", "secret.env"))
    ]
    found = review(changes, vendors)
    assert [f"{bullet.path}:{bullet.start} {bullet.rule}" for bullet in found] == []


def test_a_broken_rule_is_one_error_and_spoils_no_other():
    good, broken = EXAMPLE.format(id="my.print"), EXAMPLE.format(id="my.other").replace("title:", "titel:")
    rules, errors = read_rules(good + broken, "mine.yaml")
    assert [rule.id for rule in rules] == ["my.print"]
    assert [str(error) for error in errors] == [
        "mine.yaml: rule 'my.other' has an unknown key 'titel' (did you mean 'title'?)"
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("class: debug", "class: debg"), "unknown class 'debg' (did you mean 'debug'?)"),
        (("severity: info", "severity: high"), "unknown severity 'high' (one of info, warning, error)"),
        (("[python]", "[pyhton]"), "unknown language 'pyhton' (did you mean 'python'?)"),
        (("'^print'", "'^print('"), "broken regular expression under 'regex'"),
        (("words: [print]\n", "\n"), "needs 'words': at least one text"),
        (("text: {regex: '^print'}\n", "\n"), "needs exactly one of text, code, lost, gone, dependency"),
        (("text: {regex:", "text: {regexp:"), "unknown key 'regexp' (did you mean 'regex'?)"),
        (("good: ['x = 1']", "good: []"), "needs 'good': at least one example"),
        (("id: my.print", "id: My Print"), "an id that is not lower-case words"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_in_one_sentence(change: tuple[str, str], said: str):
    text = EXAMPLE.format(id="my.print")
    assert change[0] in text
    rules, errors = read_rules(text.replace(*change), "mine.yaml")
    assert rules == []
    assert said in str(errors[0])
    assert "\n" not in str(errors[0])


@pytest.mark.parametrize("text", ["{", "a: 1", "- 1", "- [x]", "x"])
def test_a_file_that_is_no_list_of_rules_is_one_error(text: str):
    rules, errors = read_rules(text, "mine.yaml")
    assert rules == []
    assert len(errors) == 1


def test_a_rule_file_that_cannot_be_read_is_a_sentence(tmp_path: Path):
    with pytest.raises(RuleError, match="No such file"):
        read_file(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"\xff")
    with pytest.raises(RuleError, match="not UTF-8"):
        read_file(tmp_path / "latin.yaml")


def test_a_rule_about_secrets_may_not_repeat_what_it_found():
    text = (
        EXAMPLE.format(id="my.secret")
        .replace("class: debug", "class: secret")
        .replace("A print", "Found {VALUE}")
    )
    rules, errors = read_rules(text, "mine.yaml")
    assert rules == []
    assert "must not repeat what it found" in str(errors[0])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_patterns_of_a_rule_compile(rule: Rule):
    check_patterns(rule, "built in")


def test_every_class_of_the_catalogue_has_a_category():
    assert {rule.klass for rule in RULES} <= set(CLASSES)
