"""What a run has no time to review is announced and counted; only an explicit choice lets it pass."""

import asyncio
import json
import re
import threading

import pytest

from diffvet.cli import interrupt
from fake_peer import Reply, message, peer

SLOW = 40  # seconds; far more than the processes of these tests may take
NONE = "- none\nEND OF REVIEW\n"
LIMIT = "the time limit of 0.5 s was over before it was reviewed"


def answers_a_at_once(prompt: str) -> str | Reply:
    """Finds a risk in a.py, and never comes back about b.py."""
    if "b.py" in prompt:
        return Reply(body=message(NONE), delay=SLOW)
    return "- [error][security] a.py:R1 `run(x)` **Runs it.** Why: w. Fix: f.\nEND OF REVIEW\n"


@pytest.fixture
def check(diffvet, repo, tmp_path):
    """``check --staged`` of a.py and b.py in prompts of their own, against a scripted model."""
    repo.commit(a__py="", b__py="")
    repo.write("a.py", "run(x)\n")
    repo.write("b.py", "y = 1\n" * 30)
    repo.git("add", "-A")

    def run(*args, script=answers_a_at_once, limit="0.5", models="route/x"):
        with peer(script) as asked:
            env = {"DIFFVET_CACHE_DIR": str(tmp_path / "cache")}
            limited = ("--time-limit", limit) if limit else ()
            model = ("--endpoint", asked.url, "--models", models, "--retries", "0", "--unit-tokens", "60")
            return diffvet(
                "check", "--staged", "--format", "json", *model, *limited, *args, cwd=repo, env=env
            )

    return run


def rows(ran):
    return [(row["path"], row["outcome"], row["reason"]) for row in ran.json["ledger"]]


def test_what_has_no_answer_in_time_fails_and_what_has_one_is_reported(check):
    ran = check()
    assert ran.code == 3
    assert rows(ran) == [("a.py", "reviewed", None), ("b.py", "failed", LIMIT)]
    assert ran.json["status"] == "incomplete"
    assert [finding["path"] for finding in ran.json["findings"]] == ["a.py"]
    assert "the time limit of 0.5 s is over: 1 of 2 hunks were not reviewed" in ran.err


def test_the_text_report_names_the_late_hunk(check):
    ran = check("--format", "text")
    assert ran.code == 3
    assert f"failed: b.py @@ -0,0 +1,30 @@: {LIMIT}" in ran.out
    assert "INCOMPLETE" in ran.out


def test_a_late_run_passes_by_choice_and_says_so(check):
    ran = check("--fail-open", "timeout", "--fail-on", "none")
    assert ran.code == 0
    assert ran.json["status"] == "incomplete"
    assert "1 of 2 hunks were not reviewed; let through, because fail_open is 'timeout'" in ran.err
    assert "command line" in ran.err


def test_findings_still_fail_a_late_run_that_is_let_through(check):
    assert check("--fail-open", "timeout").code == 1


def test_a_late_run_is_let_through_anew_each_time_with_its_line(check):
    for _ in range(2):
        ran = check("--fail-open", "always", "--fail-on", "none")
        assert (ran.code, "let through" in ran.err) == (0, True)


@pytest.mark.parametrize(("choice", "code"), [("never", 3), ("timeout", 3), ("always", 0)])
def test_another_failure_is_no_time_out(check, choice, code):
    ran = check("--fail-open", choice, script=lambda _prompt: Reply(status=400, body=b"no"), limit="30")
    assert ran.code == code
    assert ("let through" in ran.err) == (code == 0)


def test_a_time_out_beside_another_failure_is_not_let_through_as_a_time_out(check):
    def script(prompt):
        return Reply(status=400, body=b"no") if "a.py" in prompt else Reply(delay=SLOW)

    ran = check("--fail-open", "timeout", script=script)
    assert ran.code == 3
    assert "and more failed: 2 of 2 hunks" in ran.err


def test_remembered_answers_are_used_even_when_no_time_is_left(check):
    assert check(limit="", script=lambda _prompt: NONE).code == 0
    ran = check(limit="0.000001", script=lambda _prompt: Reply(delay=SLOW))
    assert ran.code == 0
    assert {outcome for _, outcome, _ in rows(ran)} == {"cached"}


def test_no_fix_is_verified_when_no_time_is_left(check, repo):
    bullet = "- [error][security] a.py:R1 `run(x)` **Runs it.** Why: w. Fix: f.\n"
    answer = f"{bullet}  ```suggestion\n  run([x])\n  ```\nEND OF REVIEW\n"
    repo.git("reset", "--quiet", "b.py")
    first = check(limit="", script=lambda _prompt: answer)
    late = check(limit="0.000001", script=lambda _prompt: Reply(delay=SLOW))
    assert first.json["findings"][0]["suggestion"]["lines"] == ["run([x])"]
    assert [finding["line"] for finding in late.json["findings"]] == [1]
    assert late.json["findings"][0]["suggestion"] is None


def test_a_request_that_was_given_up_counts_with_its_estimate(check, diffvet, tmp_path):
    check()
    env = {"DIFFVET_CACHE_DIR": str(tmp_path / "cache")}
    spent = diffvet("usage", "--format", "json", env=env).json
    text = json.dumps(spent)
    assert '"unsettled": 0' in text
    assert max(map(int, re.findall(r'"output_tokens": (\d+)', text))) > 4_096  # the most it could have cost


def test_a_limit_that_ends_before_anything_is_sent_costs_nothing(check, diffvet, tmp_path):
    ran = check(limit="0.000001")
    assert ran.code == 3
    assert ran.json["usage"]["requests"] == 0
    assert {outcome for _, outcome, _ in rows(ran)} == {"failed"}


def test_the_embedded_reviewer_is_limited_too(diffvet, repo):
    repo.write("a.py", "x = 1\n")
    repo.git("add", "-A")
    ran = diffvet("check", "--staged", "--format", "json", "--time-limit", "0.000001", cwd=repo)
    assert ran.code == 3
    assert [outcome for _, outcome, _ in rows(ran)] == ["failed"]


def test_with_two_reviewers_what_the_quick_one_found_stays(check, repo):
    repo.write("b.py", "import os\nos.system(input())\neval(input())\n")
    repo.git("add", "-A")
    ran = check(script=lambda _prompt: Reply(delay=SLOW), limit="3", models="embedded,route/x")
    assert ran.code == 3
    assert {outcome for _, outcome, _ in rows(ran)} == {"failed"}
    assert {finding["reviewer"] for finding in ran.json["findings"]} == {"embedded"}


def test_a_secret_is_found_although_no_time_is_left(check, repo):
    repo.write("b.py", 'token = "' + "ghp_" + 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bD1fH3jK5"\n')
    repo.git("add", "-A")
    ran = check(limit="0.000001")
    assert [finding["category"] for finding in ran.json["findings"]] == ["secret"]


@pytest.mark.parametrize("option", ["time_limit = 1", 'fail_open = "always"'])
def test_a_repository_may_say_neither(diffvet, repo, option):
    repo.write("diffvet.toml", option)
    ran = diffvet("check", cwd=repo)
    assert ran.code == 2
    assert option.split()[0] in ran.err


def test_a_worker_thread_that_is_stuck_holds_up_no_one():
    free = threading.Event()

    async def given_up() -> "asyncio.Future[bool]":
        stuck = asyncio.get_running_loop().run_in_executor(None, free.wait, SLOW)
        await asyncio.wait([stuck], timeout=0.01)
        return stuck

    stuck = interrupt.run(given_up())
    assert not stuck.done()
    free.set()
