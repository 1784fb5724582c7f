"""``diffvet config`` from outside: what is set and by whom, what holds for a path, the schema."""

import json
import subprocess
import sys

import pytest

KEY = "sk-ant-" + "q7Wz9LmX2c" * 3


@pytest.fixture
def config(diffvet, repo):
    """Run ``diffvet config ARGS``; keyword arguments are environment variables."""

    def run(*args, cwd=repo, **env):
        return diffvet("config", *args, cwd=cwd, env=env)

    return run


def test_show_prints_every_option_with_its_value_and_where_it_is_from(config, repo):
    repo.write("diffvet.toml", 'fail_on = "error"\nexclude = ["*.lock", "gen/"]\n')
    ran = config("show", "--origin", DIFFVET_CONCURRENCY="2")
    assert ran.code == 0
    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in ran.out.splitlines()}
    assert lines["fail_on"] == "error repository file diffvet.toml"
    assert lines["exclude"] == "*.lock, gen/ repository file diffvet.toml"
    assert lines["concurrency"] == "2 environment DIFFVET_CONCURRENCY"
    assert lines["endpoint"] == "embedded default"
    assert "repository file" not in config("show").out


def test_the_key_is_never_shown_wherever_it_was_put(config, repo):
    for env in (
        {"DIFFVET_API_KEY": KEY},
        {"DIFFVET_API_KEY_ENV": KEY},
        {"DIFFVET_ENDPOINT": f"https://user:{KEY}@api.example.com/?key={KEY}", "DIFFVET_MODEL": "x"},
    ):
        for form in ("text", "json"):
            ran = config("show", "--origin", "--format", form, **env)
            assert KEY not in ran.out + ran.err
    assert "set (from DIFFVET_API_KEY)" in config("show", DIFFVET_API_KEY=KEY).out
    assert "not set (MY_KEY is empty)" in config("show", DIFFVET_API_KEY_ENV="MY_KEY").out


def test_show_says_all_problems_and_shows_what_is_left(config, repo):
    repo.write("diffvet.toml", 'fail_onn = "error"\nendpoint = "https://evil.example"\nmax_findings = 3\n')
    ran = config("show", "--format", "json", DIFFVET_FILTER_MODE="fil", DIFFVET_FAIL_NO="error")
    assert ran.code == 2
    assert ran.json["options"]["max_findings"] == {
        "value": 3,
        "origin": "repository file",
        "place": "diffvet.toml",
    }
    assert ran.json["options"]["endpoint"]["value"] == "embedded"
    first, second, third, fourth = ran.err.splitlines()
    assert first.endswith("unknown option 'fail_onn'; did you mean 'fail_on'?")
    assert "a repository may not set 'endpoint'" in second
    assert third.endswith("did you mean 'file'?")
    assert (
        fourth
        == "diffvet: the environment variable DIFFVET_FAIL_NO is not known; did you mean DIFFVET_FAIL_ON?"
    )


def test_check_says_the_first_problem_and_how_many_more(repo, diffvet):
    repo.write("diffvet.toml", "fail_onn = 1\nmax_findings = 'x'\n")
    ran = diffvet("check", cwd=repo)
    assert ran.code == 2
    assert ran.err.rstrip().endswith("did you mean 'fail_on'? (and 1 more: see 'diffvet config show')")


def test_explain_names_the_files_the_pattern_and_the_settings_of_a_path(config, repo):
    repo.write("diffvet.toml", 'exclude = ["*.lock"]\n[paths."web/**"]\ninstructions = "It is a shop."\n')
    repo.write("web/pyproject.toml", '[tool.diffvet]\nfail-on = "error"\n')
    ran = config("explain", "web/yarn.lock")
    assert ran.code == 0
    assert ran.out.startswith(
        "web/yarn.lock\n  skipped: '*.lock' of 'exclude' in repository file diffvet.toml matches it\n"
    )
    assert "  repository file web/pyproject.toml\n" in ran.out
    assert "  fail_on                error          repository file web/pyproject.toml\n" in ran.out
    assert "It is a shop.  repository file diffvet.toml [paths.'web/**']\n" in ran.out
    from_below = config("explain", "../web/x.js", "-C", "web", "--format", "json").json
    assert (from_below["path"], from_below["reviewed"]) == ("web/x.js", True)


def test_explain_says_what_is_wrong_in_a_folder_below(config, repo):
    repo.write("web/diffvet.toml", '[rules]\n"py.shell-tru" = "off"\nsecurty = "off"\n')
    ran = config("explain", "web/x.py")
    assert ran.code == 2
    assert "did you mean 'security'?" in ran.err
    assert config("show").code == 0


def test_a_rule_that_does_not_exist_is_a_problem_with_a_suggestion(config, repo):
    rule = "secret.private-key"
    repo.write("diffvet.toml", f'[rules]\n"{rule}x" = "off"\n')
    ran = config("show")
    assert ran.code == 2
    assert f"names '{rule}x', which is no rule; did you mean '{rule}" in ran.err


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "."])
def test_a_path_outside_the_repository_is_refused(config, path):
    ran = config("explain", path)
    assert ran.code == 2
    assert "is no file inside the repository" in ran.err


def test_explain_needs_a_repository(config, tmp_path):
    ran = config("explain", "x", cwd=tmp_path)
    assert ran.code == 2
    assert "not inside a git repository" in ran.err


def test_names_and_values_of_a_hostile_repository_cannot_control_the_terminal(config, repo):
    repo.write("\x1b]0;x\x07/diffvet.toml", 'instructions = "a\\u001b[31m\\u202eb"\nfail_on = "\\u001b[2J"\n')
    ran = config("explain", "\x1b]0;x\x07/f.py")
    assert not {"\x1b", "\x07", "\u202e"} & set(ran.out + ran.err)


def test_the_schema_is_printed_as_it_is_committed(config, request):
    committed = json.loads((request.config.rootpath / "schemas" / "config.schema.json").read_text())
    assert config("schema").json == committed


def test_showing_settings_starts_no_process_and_loads_no_client():
    code = (
        "import sys; from diffvet.cli import main\n"
        "main.run(['config', 'show'])\n"
        "assert not {'httpx', 'asyncio', 'msgspec', 'subprocess'} & set(sys.modules), 'too much'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
