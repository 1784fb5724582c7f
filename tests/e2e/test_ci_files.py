"""``action.yml`` and ``.ci/gitlab.yml``, read as their runners read them and run with bash in what CI checks out."""

import json
import re
import sys
from pathlib import Path

import pytest
import yaml

from forge import Forge, told
from hooked_repository import CHECKOUT, CLEAN, Hooked, said
from wheelhouse import offline, wheelhouse

ACTION = yaml.safe_load((CHECKOUT / "action.yml").read_text("utf-8"))
STEPS = {step["id"]: step for step in ACTION["runs"]["steps"]}
GITLAB = yaml.safe_load((CHECKOUT / ".ci" / "gitlab.yml").read_text("utf-8"))["diffvet"]
EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
COMMAND = "$(touch pwned) `touch pwned`; touch pwned & touch pwned #\"'"


class Runner:
    """Runs steps of the action as GitHub's runner does: expressions fill the environment, bash gets the script."""

    def __init__(self, here: Hooked, temp: Path, env: dict[str, str], **inputs: str) -> None:
        self.here, self.temp, self.env = here, temp, env
        self.inputs = {name: entry["default"] for name, entry in ACTION["inputs"].items()} | inputs
        self.outputs: dict[str, dict[str, str]] = {}
        temp.mkdir(exist_ok=True)
        (temp / "bad place").mkdir(exist_ok=True)

    def value(self, text: str) -> str:
        """``text`` with its expressions replaced; only the few forms that the action uses are known."""

        def one(found: re.Match[str]) -> str:
            first, _, otherwise = found[1].partition(" || ")
            return self.named(first) or (self.named(otherwise) if otherwise else "")

        return EXPRESSION.sub(one, text)

    def named(self, name: str) -> str:
        parts = name.split(".")
        match parts[0]:
            case "inputs":
                return self.inputs[parts[1]]
            case "steps":
                return self.outputs.get(parts[1], {}).get(parts[3], "")
            case "env":
                return self.env.get(parts[1], "")
        assert name == "github.action_path"
        return str(CHECKOUT)

    def run(self, step_id: str):
        step = STEPS[step_id]
        files = {name: self.temp / f"{step_id}-{name}" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("")
        script = self.temp / f"{step_id}.sh"
        script.write_text(step["run"])
        env = {name: self.value(text) for name, text in step["env"].items()}
        env |= {name: str(path) for name, path in files.items()} | {"RUNNER_TEMP": str(self.temp)}
        bash = ("bash", "--noprofile", "--norc", "-eo", "pipefail", str(script))
        done = self.here.run(*bash, **(self.env | env))
        lines = (line.partition("=") for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        self.outputs[step_id] = {name: value for name, _, value in lines}
        self.summary = files["GITHUB_STEP_SUMMARY"].read_text()
        return done


@pytest.fixture
def forge(tmp_path) -> Forge:
    return Forge(tmp_path)


@pytest.fixture
def act(tmp_path):
    """Run the ``check`` step in a clone, with the Diffvet under test in place of an installed one."""

    def run(here: Hooked, env: dict[str, str], **inputs: str):
        runner = Runner(here, tmp_path / "temp", env, **inputs)
        runner.outputs["install"] = {"python": sys.executable}
        return runner, runner.run("check")

    return run


def test_the_action_is_made_of_what_a_composite_action_may_have():
    assert set(ACTION) <= {"name", "description", "author", "branding", "inputs", "outputs", "runs"}
    assert ACTION["runs"]["using"] == "composite"
    for step in STEPS.values():
        assert step["shell"] == "bash"
        assert set(step) <= {"id", "name", "shell", "env", "run", "working-directory"}
    for entry in ACTION["inputs"].values():
        assert set(entry) == {"description", "default"}
        assert isinstance(entry["default"], str)


def test_no_value_is_pasted_into_a_script():
    for step in STEPS.values():
        assert "${{" not in step["run"]
        assert "eval" not in step["run"]


def test_every_input_is_used_and_every_expression_names_one():
    text = (CHECKOUT / "action.yml").read_text()
    used = set(re.findall(r"inputs\.([\w-]+)", text))
    assert used == set(ACTION["inputs"])


def test_the_action_installs_itself_from_its_own_checkout_and_reviews(forge, tmp_path):
    here = forge.checkout("refs/pull/1/merge", depth=2)
    for name in ("pip/__init__.py", "venv/__init__.py", "diffvet/__init__.py", "sys.py", "pip/__main__.py"):
        here.write(name, "open('pwned', 'w').close()\n")  # a pull request that brings its own tools
    env = forge.pull_request() | offline(wheelhouse())
    runner = Runner(here, tmp_path / "temp", env, python=sys.executable)
    installed = runner.run("install")
    assert installed.returncode == 0, said(installed)
    own = Path(runner.outputs["install"]["python"])
    assert own.is_relative_to(tmp_path / "temp")
    done = runner.run("check")
    assert done.returncode == 1, said(done)
    assert not (here.root / "pwned").exists()
    assert f"{tmp_path / 'temp'}" in runner.outputs["check"]["sarif-file"]


def test_a_python_that_is_too_old_is_said_before_anything_is_installed(forge, tmp_path):
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    here = forge.checkout("refs/pull/1/merge", depth=2)
    for python in (str(old), "/nowhere/python"):
        done = Runner(here, tmp_path / "temp", {}, python=python).run("install")
        assert done.returncode == 2
        assert "::error title=Diffvet::Diffvet needs Python 3.11 or newer" in done.stdout


def test_a_pull_request_that_leaks_a_key_fails_with_an_annotation_a_summary_and_sarif(forge, act):
    here = forge.checkout("refs/pull/1/merge", depth=2)
    runner, done = act(here, forge.pull_request())
    assert done.returncode == 1
    assert re.search(r"^::error .*file=new\.py", done.stdout, re.MULTILINE), done.stdout
    assert "new.py" in runner.summary
    assert runner.outputs["check"]["exit-code"] == "1"
    sarif = json.loads(Path(runner.outputs["check"]["sarif-file"]).read_text())
    places = [result["locations"][0]["physicalLocation"] for result in sarif["runs"][0]["results"]]
    assert {place["artifactLocation"]["uri"] for place in places} == {"new.py"}
    assert not here.git("status", "--porcelain")  # nothing is left in the checkout


def test_a_clean_pull_request_passes(tmp_path, act):
    forge = Forge(tmp_path, CLEAN)
    runner, done = act(forge.checkout("refs/pull/1/merge", depth=2), forge.pull_request())
    assert done.returncode == 0, said(done)
    assert runner.outputs["check"]["exit-code"] == "0"
    assert runner.outputs["check"]["sarif-file"]


def test_a_shallow_clone_fails_and_says_how_to_deepen_it(forge, act):
    here = forge.checkout("refs/pull/1/merge", depth=1)
    runner, done = act(here, forge.pull_request())
    assert done.returncode == 2
    assert "::error title=Diffvet::The change was not reviewed" in done.stdout
    assert runner.outputs["check"] == {"exit-code": "2"}
    here.git(*told(said(done))[1:])
    assert act(here, forge.pull_request())[1].returncode == 1


def test_an_old_report_is_not_taken_for_the_new_one(forge, act, tmp_path):
    here = forge.checkout("refs/pull/1/merge", depth=1)
    (tmp_path / "temp").mkdir()
    (tmp_path / "temp" / "diffvet.sarif").write_text("{}")
    runner, done = act(here, forge.pull_request())
    assert done.returncode == 2
    assert "sarif-file" not in runner.outputs["check"]


def test_a_fork_without_the_secret_is_reviewed_by_the_embedded_rules_with_a_notice(forge, act):
    here = forge.checkout("refs/pull/1/merge", depth=2)
    model = {"endpoint": "https://model.invalid", "model": "route/x", "api-key": ""}
    _, done = act(here, forge.pull_request(), **model)
    assert done.returncode == 1
    assert "::notice title=Diffvet::There is no key" in done.stdout
    assert "the embedded reviewer reviews in place of the model" in done.stderr


def test_with_the_secret_the_model_is_asked_and_a_dead_one_is_incomplete(forge, act):
    here = forge.checkout("refs/pull/1/merge", depth=2)
    key = "canary-" + "key-0123456789"
    dead = {"endpoint": "http://127.0.0.1:9", "model": "route/x", "api-key": key}
    _, done = act(here, forge.pull_request() | {"DIFFVET_RETRIES": "0"}, **dead)
    assert done.returncode == 3
    assert "::notice title=Diffvet::There is no key" not in done.stdout
    assert key not in said(done)


def test_the_baseline_of_the_pull_request_does_not_count(forge, act):
    here = forge.checkout("refs/pull/1/merge", depth=2)
    done = here.diffvet("baseline", "update", "HEAD", "--reason", "trust me", "--author", "Eve")
    assert done.returncode == 0
    assert act(here, forge.pull_request())[1].returncode == 1
    assert act(here, forge.pull_request(), **{"baseline-from": "tree"})[1].returncode == 0


def test_another_base_and_another_threshold_may_be_named(forge, act):
    here = forge.checkout("feature")
    assert act(here, {}, base="origin/main")[1].returncode == 1
    assert act(here, {}, base="origin/main", **{"fail-on": "none"})[1].returncode == 0
    assert act(here, {})[1].returncode == 2  # no event: no guess


@pytest.mark.parametrize("name", [name for name in ACTION["inputs"] if name != "python"])
def test_what_is_written_into_an_input_is_never_run(forge, act, tmp_path, name):
    here = forge.checkout("refs/pull/1/merge", depth=2)
    runner, done = act(here, forge.pull_request(), **{name: COMMAND})
    assert done.returncode in {1, 2, 3}
    assert not list(tmp_path.rglob("pwned"))
    assert "Traceback" not in said(done)
    assert set(runner.outputs["check"]) <= {"exit-code", "sarif-file"}


def test_a_line_break_in_a_file_name_makes_no_output_of_its_own(forge, act, tmp_path):
    here = forge.checkout("refs/pull/1/merge", depth=2)
    runner, _ = act(here, forge.pull_request(), **{"sarif-file": f"{tmp_path}/x\nexit-code=0"})
    assert runner.outputs["check"] == {"exit-code": "1"}


def gitlab(here: Hooked, env: dict[str, str | None]):
    """Run the template's script as GitLab's runner does: one shell, line by line, ending at the first failure."""
    variables = {name: str(value) for name, value in GITLAB["variables"].items()}
    lines = "\n".join(GITLAB["script"])
    return here.run("bash", "-e", "-c", lines, **(variables | {"INSTALL_DIFFVET": str(CHECKOUT)} | env))


def test_the_gitlab_template_reviews_a_merge_request_and_leaves_its_reports(forge):
    here = forge.checkout(forge.head)
    env = {"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "1", "CI_MERGE_REQUEST_DIFF_BASE_SHA": forge.left,
           "GITHUB_EVENT_NAME": None, **offline(wheelhouse())}  # fmt: skip
    fork = {"DIFFVET_ENDPOINT": "https://model.invalid", "DIFFVET_MODEL": "route/x"}
    done = gitlab(here, env | fork)
    assert done.returncode == 1, said(done)
    assert "there is no key in DIFFVET_API_KEY" in done.stderr
    quality = json.loads((here.root / GITLAB["artifacts"]["reports"]["codequality"]).read_text())
    assert {entry["location"]["path"] for entry in quality} == {"new.py"}
    assert (here.root / GITLAB["artifacts"]["reports"]["junit"]).exists()


def test_the_gitlab_template_fetches_the_whole_history_and_keeps_reports_of_a_failed_job():
    assert GITLAB["variables"]["GIT_DEPTH"] == "0"
    assert GITLAB["artifacts"]["when"] == "always"
    assert all(isinstance(line, str) for line in GITLAB["script"])
