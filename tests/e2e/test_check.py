"""``diffvet check`` from outside: sources, findings, formats, exit codes, and never a false green."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

from fake_peer import Reply, message, peer

SCHEMAS = Path(__file__).parents[2] / "schemas"
KEY = "AKIA" + "Q3EGWH5KZTX7RM2P"
LEAK = f'AWS_ACCESS_KEY_ID = "{KEY}"\n'

DIFF = b"""\
--- a/app.py
+++ b/app.py
@@ -1,3 +1,3 @@
 import subprocess
-assert user.is_admin
+subprocess.run(request.args[0], shell=True)
 done()
"""

GOOD = (
    "- [error][security] app.py:R2 `subprocess.run(request.args[0], shell=True)` **Shell injection.** Why: `cmd` is user input. "
    "Fix: pass a list.\nEND OF REVIEW\n"
)


def schema(name):
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text())


def test_a_leaked_key_that_is_staged_is_reported_though_the_worktree_is_clean_again(diffvet, repo):
    repo.commit(settings__py="DEBUG = False\n")
    repo.write("settings.py", "DEBUG = False\n" + LEAK)
    repo.git("add", "settings.py")
    repo.write("settings.py", "DEBUG = False\n")
    ran = diffvet("check", "--staged", "--format", "json", cwd=repo)
    assert ran.code == 1
    (found,) = ran.json["findings"]
    assert (found["path"], found["line"], found["side"], found["category"]) == (
        "settings.py",
        2,
        "new",
        "secret",
    )
    assert diffvet("check", "--format", "json", cwd=repo).code == 0


def test_a_leaked_key_in_the_worktree_only_is_no_matter_of_the_index(diffvet, repo):
    repo.commit(settings__py="DEBUG = False\n")
    repo.write("settings.py", "DEBUG = False\n" + LEAK)
    assert diffvet("check", "--staged", cwd=repo).code == 0
    assert diffvet("check", cwd=repo).code == 1


def test_an_untracked_file_is_part_of_the_worktree(diffvet, repo):
    repo.commit()
    repo.write("new.py", LEAK)
    assert [f["path"] for f in diffvet("check", "--format", "json", cwd=repo).json["findings"]] == ["new.py"]


@pytest.mark.parametrize("source", [["--base", "main"], ["main..work"], ["main...work"], ["work"]])
def test_a_branch_a_range_and_a_commit_can_be_reviewed(diffvet, repo, source):
    repo.commit(a__py="a = 1\n")
    repo.git("switch", "-q", "-c", "work")
    repo.commit(a__py="a = 1\n" + LEAK)
    ran = diffvet("check", *source, "--format", "json", cwd=repo)
    assert ran.code == 1
    assert [(f["path"], f["line"]) for f in ran.json["findings"]] == [("a.py", 2)]


def test_the_json_document_is_what_its_schema_says(diffvet):
    document = diffvet("check", "--stdin", "--format", "json", stdin=DIFF).json
    jsonschema.validate(document, schema("review"))
    assert document["status"] == "complete"
    assert document["source"] == {"kind": "stdin", "base": None, "head": None}
    assert [row["outcome"] for row in document["ledger"]] == ["reviewed"]
    assert {finding["line"] for finding in document["findings"]} == {2}


def test_no_report_repeats_the_secret(diffvet, repo):
    repo.commit()
    repo.write("new.py", LEAK)
    for form in ("text", "json"):
        ran = diffvet("check", "--format", form, cwd=repo)
        assert ran.code == 1
        assert KEY not in ran.out + ran.err


def test_the_text_report_shows_file_line_code_reason_and_fix_without_colour(diffvet):
    ran = diffvet("check", "--stdin", stdin=DIFF)
    assert ran.code == 1
    assert ran.out.startswith("app.py\n  error ")
    assert "\n  error security  line 2: " in ran.out
    assert "    2 | subprocess.run(request.args[0], shell=True)\n" in ran.out
    assert "\n      why: " in ran.out
    assert "\n      fix: " in ran.out
    assert "\x1b" not in ran.out
    assert "embedded rules" in ran.err


def test_colour_is_there_when_asked_for(diffvet):
    assert "\x1b[1;31merror\x1b[0m" in diffvet("check", "--stdin", "--color", "always", stdin=DIFF).out


@pytest.mark.parametrize(("threshold", "code"), [("none", 0), ("error", 1), ("info", 1)])
def test_fail_on_decides_the_exit_code(diffvet, threshold, code):
    assert diffvet("check", "--stdin", "--fail-on", threshold, stdin=DIFF).code == code


def test_below_the_threshold_findings_are_shown_and_pass(diffvet):
    with peer(lambda _prompt: GOOD.replace("[error]", "[info]")) as model:
        args = ["check", "--stdin", "--endpoint", model.url, "--model", "route/test"]
        ran = diffvet(*args, stdin=DIFF)
        assert (ran.code, "Shell injection" in ran.out) == (0, True)
        ran = diffvet(*args, "--min-severity", "warning", stdin=DIFF)
        assert (ran.code, "Shell injection" in ran.out) == (0, False)
        assert "not shown: 1 below the minimum severity" in ran.out


@pytest.mark.parametrize(
    ("args", "stdin", "sentence"),
    [
        (["check", "--stagd"], b"", "unrecognized arguments: --stagd"),
        (["check", "--stdin", "--format", "xml"], b"", "invalid choice: 'xml'"),
        (["check", "--stdin", "--fail-on", "fatal"], b"", "--fail-on is 'fatal'; it must be one of"),
        (["check", "--staged", "--stdin"], b"", "--staged and --stdin cannot be combined"),
        (["check"], b"", "repository"),
        (["check", "--stdin"], b"hello\n", "text but no unified diff"),
        (["check", "--stdin"], DIFF[:-8], "line"),
        (["check", "--stdin"], b"diff --cc a\nindex 1,2..3\n--- a/a\n+++ b/a\n@@@ -1,1 -1,1 +1,1 @@@\n++x\n", "combined"),
        (["check", "--stdin", "--endpoint", "ftp://x", "--model", "m"], DIFF, "is not an address"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence_and_code_2(diffvet, args, stdin, sentence):
    ran = diffvet(*args, stdin=stdin)
    assert ran.code == 2
    assert sentence in ran.err
    assert ran.err.count("\n") == 1, ran.err
    assert ran.out == ""


@pytest.mark.parametrize("source", [["--base", "nope"], ["nope"], ["nope..HEAD"], ["--base", "--output=x"]])
def test_an_unknown_revision_is_code_2_and_never_an_empty_diff(diffvet, repo, source):
    repo.commit(a="1\n")
    ran = diffvet("check", *source, cwd=repo)
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert not (repo.root / "x").exists()


def test_nothing_to_review_is_said_and_passes(diffvet, repo):
    repo.commit(a="1\n")
    ran = diffvet("check", cwd=repo)
    assert (ran.code, ran.err) == (0, "diffvet: nothing to review: the change is empty\n")
    ran = diffvet("check", "--stdin", "--format", "json", stdin=b"")
    assert (ran.code, ran.json["ledger"]) == (0, [])


def test_a_binary_only_change_is_said_and_stands_in_the_ledger(diffvet, repo):
    repo.commit()
    repo.write("logo.png", b"\x89PNG\0\0")
    ran = diffvet("check", "--format", "json", cwd=repo)
    assert ran.code == 0
    assert "nothing to review: no line of text changed (logo.png: binary" in ran.err
    (row,) = ran.json["ledger"]
    assert (row["outcome"], row["new_lines"], row["reviewer"]) == ("skipped", 0, "")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (GOOD.replace("END OF REVIEW\n", ""), "sentinel"),
        ("I looked at the change and it seems fine to me.", ""),
        ("I looked at the change and it seems fine to me.\nEND OF REVIEW", ""),
        ("", ""),
        (GOOD[:60], ""),
        (Reply(body=message(GOOD, stop_reason="max_tokens")), "cut"),
        (Reply(body=message("", output_tokens=64)), ""),
        (Reply(500, b"upstream down", {"x-error-code": "UPSTREAM_ERROR"}), "upstream down"),
        (Reply(401, b"bad key", {"x-error-code": "AUTHENTICATION_ERROR"}), "bad key"),
        (Reply(200, b"<html>hello</html>", {"content-type": "text/html"}), ""),
    ],
)
def test_an_answer_that_is_no_review_is_incomplete_and_names_the_hunk(diffvet, answer, reason):
    with peer(lambda _prompt: answer) as model:
        args = ["check", "--stdin", "--endpoint", model.url, "--model", "route/test"]
        ran = diffvet(*args, "--format", "json", stdin=DIFF)
        text = diffvet(*args, stdin=DIFF)
    assert (ran.code, ran.json["status"]) == (3, "incomplete")
    (row,) = ran.json["ledger"]
    assert (row["path"], row["old_start"], row["new_lines"], row["outcome"]) == ("app.py", 1, 3, "failed")
    assert reason in row["reason"]
    assert text.code == 3
    assert "failed: app.py @@ -1,3 +1,3 @@" in text.out
    assert "INCOMPLETE" in text.out


def test_a_model_behind_an_endpoint_reviews_and_its_cost_is_told(diffvet):
    with peer(lambda _prompt: GOOD) as model:
        ran = diffvet(
            "check", "--stdin", "--format", "json", stdin=DIFF,
            env={"DIFFVET_ENDPOINT": model.url + "/v1", "DIFFVET_MODEL": "route/test", "DIFFVET_API_KEY": "rk_" + "0f" * 32},
        )  # fmt: skip
    assert ran.code == 1
    (found,) = ran.json["findings"]
    assert (found["line"], found["placement"], found["reviewer"], found["rule"]) == (
        2,
        "exact",
        "route/test",
        None,
    )
    assert ran.json["usage"] == {"requests": 1, "input_tokens": 11, "output_tokens": 7, "credits": 0.25}
    assert model.headers[0]["x-api-key"] == "rk_" + "0f" * 32
    assert "subprocess.run(request.args[0], shell=True)" in model.prompts[0]


def test_after_a_refused_key_no_further_prompt_is_sent(diffvet):
    with peer(lambda _prompt: Reply(401, b"bad key")) as model:
        ran = diffvet(
            "check", "--stdin", "--endpoint", model.url, "--model", "m", "--concurrency", "1", "--unit-tokens", "1",
            "--format", "json", stdin=DIFF + DIFF.replace(b"app.py", b"b.py"),
        )  # fmt: skip
    assert ran.code == 3
    assert len(model.prompts) == 1
    assert {row["outcome"] for row in ran.json["ledger"]} == {"failed"}


def test_a_dry_run_prints_the_exact_prompts_and_sends_nothing(diffvet):
    with peer(lambda _prompt: GOOD) as model:
        args = ["check", "--stdin", "--endpoint", model.url, "--model", "route/test"]
        planned = diffvet(*args, "--dry-run", "--format", "json", stdin=DIFF)
        text = diffvet(*args, "--dry-run", stdin=DIFF)
        assert model.prompts == []
        diffvet(*args, stdin=DIFF)
    jsonschema.validate(planned.json, schema("plan"))
    (unit,) = planned.json["units"]
    assert [unit["prompt"]] == model.prompts
    assert unit["hunks"] == [
        {"path": "app.py", "old_start": 1, "old_lines": 3, "new_start": 1, "new_lines": 3}
    ]
    assert unit["prompt"] in text.out
    assert "nothing was sent" in text.out


def test_the_key_is_in_no_output_and_in_no_child(diffvet, repo):
    repo.commit(a="1\n")
    repo.write("a", "2\n")
    key = "rk_" + "5eC7e7" * 10
    with peer(lambda _prompt: Reply(403, f"key {key} may not".encode())) as model:
        ran = diffvet(
            "check", "--format", "json", cwd=repo,
            env={"DIFFVET_ENDPOINT": model.url, "DIFFVET_MODEL": "m", "DIFFVET_API_KEY": key, "GIT_TRACE": "2"},
        )  # fmt: skip
    assert ran.code == 3
    assert key not in ran.out + ran.err


def test_the_repository_cannot_redirect_code_and_key(diffvet, repo):
    with peer(lambda _prompt: GOOD) as thief:
        repo.commit(a="1\n", diffvet__toml=f'endpoint = "{thief.url}"\nmodel = "m"\n')
        repo.write("a", "2\n")
        ran = diffvet("check", cwd=repo)
        assert thief.prompts == []
    assert ran.code == 2
    assert "a repository may not set 'endpoint'" in ran.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_run_within_a_second_and_says_130(tmp_path, number):
    with peer(lambda _prompt: Reply(body=message(GOOD), delay=30)) as model:
        process = subprocess.Popen(
            [sys.executable, "-m", "diffvet", "check", "--stdin", "--endpoint", model.url, "--model", "m"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
        )  # fmt: skip
        process.stdin.write(DIFF)
        process.stdin.close()
        until = time.monotonic() + 20
        while not model.prompts and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(number)
        code = process.wait(timeout=10)
        assert code == 130
        assert process.stderr.read() == b"diffvet: interrupted\n"
        process.stdout.close()
        process.stderr.close()


def test_an_interrupt_ends_a_run_that_waits_for_standard_input(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "diffvet", "check", "--stdin"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
    )  # fmt: skip
    begun = b"diff --git a/a b/a\nnew file mode 100644\n--- /dev/null\n+++ b/a\n@@ -0,0 +1,200000 @@\n"
    process.stdin.write(begun + b"+x\n" * (1 << 17))  # more than a pipe holds: it reads by now
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 130
    for pipe in (process.stdin, process.stdout, process.stderr):
        pipe.close()


def test_a_reader_that_leaves_early_does_not_change_the_verdict(repo):
    repo.commit()
    for number in range(60):
        repo.write(f"m{number}.py", "import os\n\n\ndef f(x):\n" + "    os.system(x)\n" * 15)
    read, write = os.pipe()
    os.close(read)
    run = subprocess.run(
        [sys.executable, "-m", "diffvet", "check", "--sarif-output=../out.sarif"],
        cwd=repo.root, stdout=write, stderr=subprocess.PIPE, check=False,
    )  # fmt: skip
    os.close(write)
    assert (run.returncode, b"Broken pipe" in run.stderr) == (1, False)
    assert (repo.root.parent / "out.sarif").exists()


def test_a_reader_that_leaves_early_is_no_error(diffvet, tmp_path):
    script = f"{sys.executable} -m diffvet check --stdin --dry-run < change.diff | head -1"
    (tmp_path / "change.diff").write_bytes(DIFF)
    done = subprocess.run(script, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S602 - a pipe is the point
    assert done.stderr == ""
