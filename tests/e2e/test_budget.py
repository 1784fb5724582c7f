"""Caps are hard whatever the peer says about its bill, and a cap that has room for a question lets it be asked."""

import json
import re

import pytest

from fake_peer import Reply, message, peer

FILES = 6
NONE = "- none\nEND OF REVIEW\n"
WORST = ("--unit-tokens", "300", "--max-tokens", "1000", "--no-fallback-chat", "--retries", "0")
"""Each file is a question of its own, whose reservation is mostly room for an answer that stays short."""


@pytest.fixture
def check(diffvet, repo, tmp_path):
    for number in range(FILES):
        body = "".join(f"value_{number}_{line} = compute({line})\n" for line in range(20))
        repo.write(f"part{number}/file{number}.py", body)

    def run(script, *args):
        with peer(script) as asked:
            options = ("--endpoint", asked.url, "--model", "m", *WORST, *args)
            env = {"DIFFVET_CACHE_DIR": str(tmp_path / "cache")}
            ran = diffvet("check", "--format", "json", *options, cwd=repo, env=env)
            return ran, len(asked.prompts)

    return run


def spent(diffvet, tmp_path):
    env = {"DIFFVET_CACHE_DIR": str(tmp_path / "cache")}
    (today,) = diffvet("usage", "--format", "json", env=env).json["rows"]
    return today["requests"], today["input_tokens"] + today["output_tokens"]


def uncounted(_prompt):
    document = json.loads(message(NONE))
    return Reply(body=json.dumps({name: document[name] for name in ("type", "role", "content")}).encode())


def test_an_answer_without_a_count_is_counted_by_ourselves(check, diffvet, tmp_path):
    ran, asked = check(uncounted)
    assert (ran.code, asked) == (0, FILES)
    usage = ran.json["usage"]
    assert usage["input_tokens"] > FILES * 300
    assert spent(diffvet, tmp_path) == (FILES, usage["input_tokens"] + usage["output_tokens"])


def test_a_peer_that_counts_nothing_reaches_the_cap_all_the_same(check):
    first, asked = check(uncounted, "--day-tokens", "4000", "--no-cache")
    second, more = check(uncounted, "--day-tokens", "4000", "--no-cache")
    assert (first.code, second.code) == (3, 3)
    assert 0 < asked + more < FILES
    assert "the cap 'day_tokens' of 4,000" in second.json["ledger"][-1]["reason"]


def test_an_answer_that_breaks_off_may_have_been_billed_and_counts_with_its_estimate(
    check, diffvet, tmp_path
):
    cut = Reply(body=b"", headers={"content-encoding": "gzip, but not"})
    ran, asked = check(lambda _: cut, "--day-tokens", "5000")
    assert (ran.code, ran.json["status"]) == (3, "incomplete")
    requests, tokens = spent(diffvet, tmp_path)
    assert requests == asked < FILES
    assert tokens > asked * 1000


def test_an_error_that_answers_nothing_costs_nothing(check, diffvet, tmp_path):
    _, asked = check(lambda _: Reply(500, b"boom"), "--day-tokens", "5000")
    assert spent(diffvet, tmp_path) == (asked, 0) == (FILES, 0)


def test_a_question_waits_for_the_room_that_others_of_its_review_give_back(check):
    ran, asked = check(lambda _: NONE, "--run-tokens", "2500", "--concurrency", "4")
    assert (ran.code, asked) == (0, FILES), {row["reason"] for row in ran.json["ledger"]}


def test_what_never_finds_room_fails_after_the_last_that_might_have_made_some(check):
    ran, asked = check(lambda _: Reply(body=message(NONE, output_tokens=900)), "--run-tokens", "3500")
    failed = [row["reason"] for row in ran.json["ledger"] if row["outcome"] == "failed"]
    assert (ran.code, asked + len(failed)) == (3, FILES)
    assert asked > 1
    assert all(re.search(r"are spent, and the next request", reason) for reason in failed), failed


@pytest.mark.parametrize(
    "reply",
    [
        Reply(401, b"who?"),
        Reply(402, b"no credits"),
        Reply(404, b'{"error": "Model not found"}'),
        Reply(429, b'{"error": {"message": "spent", "code": "insufficient_quota"}}'),
        Reply(429, b"Authentication required"),
        Reply(302, headers={"location": "http://127.0.0.1:9/login"}),
    ],
    ids=lambda reply: str(reply.status),
)
def test_a_refusal_that_would_meet_every_question_is_met_once(check, reply):
    ran, asked = check(lambda _: reply, "--concurrency", "1")
    assert (ran.code, asked, ran.json["usage"]["requests"]) == (3, 1, 1)
    assert len({row["reason"] for row in ran.json["ledger"] if row["outcome"] == "failed"}) == 1


def test_a_refusal_of_one_question_is_none_of_the_others(check):
    _, asked = check(lambda _: Reply(400, b"prompt is too long"), "--concurrency", "1")
    assert asked == FILES
