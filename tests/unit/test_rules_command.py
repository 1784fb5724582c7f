"""``diffvet rules``: list, explain, test and try."""

import io
import json
import sys
from pathlib import Path

import pytest

from diffvet.cli.main import run

DIFF = b"""\
--- a/run.py
+++ b/run.py
@@ -1 +1,2 @@
 import subprocess
+subprocess.run(cmd, shell=True)
"""
MINE = """
- id: my.print
  class: debug
  severity: info
  languages: [python]
  words: [print]
  text: {regex: '^print'}
  title: A print
  why: It prints.
  fix: Remove it.
  reference: [CWE-489]
  examples: {bad: ['print(1)'], good: ['x = 1']}
"""


def test_the_list_as_json_says_what_each_rule_is(capsys: pytest.CaptureFixture[str]):
    assert run(["rules", "list", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert len(listed) >= 110
    for rule in listed:
        assert set(rule) == {"id", "class", "category", "severity", "languages", "title"}
        assert isinstance(rule["languages"], list)
        assert rule["severity"] in {"info", "warning", "error"}


def test_the_list_as_text_has_one_line_a_rule(capsys: pytest.CaptureFixture[str]):
    assert run(["rules", "list"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert any(line.startswith("py.shell-true ") for line in out)
    assert len(out) >= 110


def test_explain_shows_reason_fix_reference_and_examples(capsys: pytest.CaptureFixture[str]):
    assert run(["rules", "explain", "py.shell-true"]) == 0
    out = capsys.readouterr().out
    for part in ("Why: ", "Fix: ", "cwe.mitre.org/data/definitions/78", "Reported:", "Not reported:"):
        assert part in out


def test_explain_of_an_unknown_rule_suggests_a_near_one(capsys: pytest.CaptureFixture[str]):
    assert run(["rules", "explain", "py.shel-true"]) == 2
    assert "did you mean 'py.shell-true'?" in capsys.readouterr().err


def test_testing_a_rule_file_that_behaves_ends_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "mine.yaml"
    path.write_text(MINE)
    assert run(["rules", "test", str(path)]) == 0
    assert "1 rules, 2 examples, 0 failures" in capsys.readouterr().err


def test_testing_names_the_examples_that_do_not_behave(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "mine.yaml"
    path.write_text(MINE.replace("good: ['x = 1']", "good: ['print(2)']"))
    assert run(["rules", "test", str(path)]) == 1
    assert "my.print: good example 1 is reported" in capsys.readouterr().out


def test_testing_names_a_broken_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "mine.yaml"
    path.write_text(MINE.replace("title:", "titel:"))
    assert run(["rules", "test", str(path)]) == 1
    assert "did you mean 'title'?" in capsys.readouterr().out


def test_testing_a_code_rule_that_ast_grep_refuses_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "mine.yaml"
    path.write_text(MINE.replace("text: {regex: '^print'}", "code: {rule: {kind: no_such_kind}}"))
    assert run(["rules", "test", str(path)]) == 1
    assert "rule 'my.print' is refused by ast-grep" in capsys.readouterr().out


def test_testing_a_missing_file_is_a_usage_error(capsys: pytest.CaptureFixture[str]):
    assert run(["rules", "test", "no-such-file.yaml"]) == 2
    assert "cannot read no-such-file.yaml" in capsys.readouterr().err


def test_trying_a_diff_prints_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "x.diff"
    path.write_bytes(DIFF)
    assert run(["rules", "try", str(path)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("run.py:2: warning: A shell runs `cmd` [py.shell-true]")
    assert "1 finding in 1 changed file" in err


def test_trying_standard_input_with_one_rule(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(DIFF)))
    assert run(["rules", "try", "-", "--rule", "py.eval"]) == 0
    assert capsys.readouterr().out == ""


def test_trying_an_unknown_rule_or_file_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["rules", "try", "-", "--rule", "py.evl"]) == 2
    assert "did you mean 'py.eval'?" in capsys.readouterr().err
    assert run(["rules", "try", str(tmp_path / "none.diff")]) == 2
    assert "cannot read" in capsys.readouterr().err


def test_trying_a_diff_shows_no_terminal_control(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "x.diff"
    code = "subprocess.run(cmd, shell=True)  # \x1b[2J\x07\u202e"
    path.write_text(f"--- a/r\u202eun.py\n+++ b/r\u202eun.py\n@@ -0,0 +1 @@\n+{code}\n")
    assert run(["rules", "try", str(path)]) == 0
    out = capsys.readouterr().out
    assert out.replace("\n", "").isprintable()
    assert "\\x1b[2J\\x07\\u202e" in out


@pytest.mark.parametrize(
    "code", ["key = '{}'", "subprocess.run(f'curl -H {} {{x}}', shell=True)"], ids=["secret", "other"]
)
def test_trying_a_diff_shows_no_secret(code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    token = "ghp_" + "9fT2kLmQ7xZbV4nR8sWdY1cHgJ6pAe3uKo5i"
    path = tmp_path / "x.diff"
    path.write_text(f"--- a/run.py\n+++ b/run.py\n@@ -0,0 +1 @@\n+{code.format(token)}\n")
    assert run(["rules", "try", str(path)]) == 0
    out = capsys.readouterr().out
    assert "run.py:1" in out
    assert token[8:] not in out


def test_a_rule_file_cannot_write_terminal_control(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "mine.yaml"
    path.write_text(MINE.replace("id: my.print", 'id: "my.\\e[2J"'))
    assert run(["rules", "test", str(path)]) == 1
    assert "\x1b" not in capsys.readouterr().out
