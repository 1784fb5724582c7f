"""With a model behind the endpoint: what leaves the machine, what is asked twice, and what it may cost."""

import re

import pytest

from fake_peer import Reply, message, peer

TOKEN = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bD1fH3jK5"
EVAL = 'eval(request.args["q"])'


def reviewer(prompt: str) -> str:
    """Finds the eval, and takes every masked value for a hard-coded secret, as models do."""
    said = []
    for line in prompt.splitlines():
        label, _, code = line.partition(" + ")
        if re.fullmatch(r"R\d+", label) and EVAL in code:
            said.append(
                f"- [error][security] src/a.py:{label} `{code}` **Eval.** Why: it runs anything. Fix: parse it."
            )
        if re.fullmatch(r"R\d+", label) and "MASKED" in code:
            said.append(f"- [error][secret] src/a.py:{label} `{code}` **Hard-coded secret.** Why: w. Fix: f.")
    return "\n".join(said or ["- none"]) + "\nEND OF REVIEW\n"


@pytest.fixture
def changed(repo):
    """A file of 60 lines with two distant changes in the work tree: an eval in line 6, a token in line 51."""
    repo.commit(**{"src/a__py": "".join(f"x = {n}\n" for n in range(60)), "package-lock__json": "{}\n"})
    write(repo)
    return repo


def write(repo, before="", evaluated=EVAL):
    lines = [f"x = {n}\n" for n in range(60)]
    lines[5] = evaluated + "\n"
    lines[50] = f'token = "{TOKEN}"\n'
    repo.write("src/a.py", before + "".join(lines))


@pytest.fixture
def check(diffvet, changed, tmp_path):
    """Run ``check`` against a scripted model with a cache of the test's own; also counts the requests."""

    def run(*args, script=reviewer, model=("--model", "route/x")):
        with peer(script) as asked:
            env = {"DIFFVET_CACHE_DIR": str(tmp_path / "cache")}
            ran = diffvet(
                "check", "--format", "json", "--endpoint", asked.url, "--retries", "0", *model, *args,
                cwd=changed, env=env,
            )  # fmt: skip
            return ran, asked.prompts

    return run


def outcomes(ran):
    return [(row["path"], row["outcome"]) for row in ran.json["ledger"]]


def found(ran):
    return [(f["line"], f["category"], f["reviewer"], f["placement"]) for f in ran.json["findings"]]


BOTH = [(6, "security", "route/x", "exact"), (51, "secret", "embedded", "exact")]


def test_a_secret_is_reported_and_never_sent_stored_or_printed(check, tmp_path):
    ran, prompts = check()
    assert ran.code == 1
    assert found(ran) == BOTH
    assert TOKEN not in "".join(prompts) + ran.out + ran.err
    assert "MASKED_GITHUB_TOKEN" in prompts[0]
    kept = b"".join(path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert kept
    assert TOKEN.encode() not in kept


def test_a_model_that_knows_the_value_all_the_same_does_not_get_it_printed_or_kept(check, changed, tmp_path):
    value = "n8Vq2Lp5" + "Zt7w"
    changed.write("src/b.py", f'url = "postgres://svc:{value}@db.internal/app"\n')
    said = f"- [warning][security] src/a.py:R6 `{EVAL}` **Like {value}.** Why: see {value}. Fix: drop {value}.\nEND OF REVIEW\n"
    ran, prompts = check(script=lambda _: said)
    assert prompts
    assert (6, "security", "route/x", "exact") in found(ran)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert value not in "".join(prompts) + ran.out + ran.err
    assert value.encode() not in kept


def test_an_unchanged_review_sends_nothing_and_says_the_same(check):
    first, _ = check()
    again, prompts = check()
    assert prompts == []
    assert again.json["findings"] == first.json["findings"]
    assert [row["outcome"] for row in again.json["ledger"] if row["path"] == "src/a.py"] == [
        "cached",
        "cached",
    ]
    assert again.json["usage"]["requests"] == 0


def test_only_the_edited_hunk_is_asked_again_and_fingerprints_survive_the_shift(check, changed):
    first, _ = check()
    write(changed, before="".join(f"# line {n}\n" for n in range(40)), evaluated="x = 5")
    again, prompts = check()
    assert len(prompts) == 1
    assert "MASKED" not in prompts[0]
    (kept,) = again.json["findings"]
    assert kept["line"] == 91
    assert kept["fingerprint"] == first.json["findings"][1]["fingerprint"]


def test_a_renamed_file_is_not_asked_again(check, changed):
    check()
    changed.git("mv", "src/a.py", "src/b.py")
    ran, prompts = check()
    assert prompts == []
    assert {finding["path"] for finding in ran.json["findings"]} == {"src/b.py"}


def test_without_the_cache_everything_is_asked(check):
    check()
    assert len(check("--no-cache")[1]) == 1


def test_equal_hunks_are_remembered_one_by_one(diffvet, tmp_path):
    hunk = "@@ -{0},2 +{0},3 @@\n a\n+eval(x)\n b\n"
    diff = ("--- a/q.py\n+++ b/q.py\n" + hunk.format(1) + hunk.replace("+{0}", "+11").format(10)).encode()
    answer = "- [error][security] q.py:R12 `eval(x)` **Eval.** Why: w. Fix: f.\nEND OF REVIEW\n"
    env = {"DIFFVET_CACHE_DIR": str(tmp_path / "cache")}
    with peer(lambda _: answer) as model:
        args = ["check", "--stdin", "--format", "json", "--endpoint", model.url, "--model", "m"]
        first, again = (diffvet(*args, stdin=diff, env=env).json["findings"] for _ in range(2))
    assert len(model.prompts) == 1
    assert [finding["line"] for finding in first] == [12]
    assert again == first


def test_a_failed_answer_is_not_remembered(check):
    assert check(script=lambda _: "looks fine to me")[0].code == 3
    ran, prompts = check()
    assert (ran.code, len(prompts)) == (1, 1)


def test_a_lock_file_is_summarised_in_the_ledger_and_not_sent(check, changed):
    changed.write("package-lock.json", '{"name": "only-in-the-lock-file"}\n')
    ran, prompts = check()
    assert "only-in-the-lock-file" not in "".join(prompts)
    (row,) = [row for row in ran.json["ledger"] if row["path"] == "package-lock.json"]
    assert row["outcome"] == "skipped"
    assert row["reason"].startswith("lock file: package-lock.json")


def test_a_cap_ends_the_spending_and_leaves_the_rest_incomplete(check):
    ran, prompts = check("--run-tokens", "10")
    assert (ran.code, prompts) == (3, [])
    reasons = {row["reason"] for row in ran.json["ledger"] if row["outcome"] == "failed"}
    assert len(reasons) == 1
    assert "the cap 'run_tokens' of 10 tokens" in reasons.pop()


def test_two_reviewers_complete_each_other_and_the_ledger_shows_both(check):
    ran, prompts = check(model=("--models", "embedded,route/x"))
    assert ran.code == 1
    assert "Already reported" in prompts[0]
    assert {row["reviewer"] for row in ran.json["ledger"] if row["path"] == "src/a.py"} == {
        "embedded, route/x"
    }
    assert {f["reviewer"] for f in ran.json["findings"] if f["line"] == 6} == {"embedded, route/x"}
    assert len([f for f in ran.json["findings"] if f["line"] == 51]) == 1


def test_what_the_user_excludes_nobody_reads(check):
    ran, prompts = check("--exclude", "src/**")
    assert prompts == []
    assert all(outcome == "skipped" for _path, outcome in outcomes(ran))
    assert "src/**" in ran.json["ledger"][0]["reason"]


def test_a_marker_with_a_reason_ignores_its_category_and_is_counted(diffvet, repo):
    repo.commit()
    repo.write("a.py", f'token = "{TOKEN}"  # diffvet: ignore[secret] revoked in 2019, kept for the parser\n')
    ran = diffvet("check", "--format", "json", cwd=repo)
    assert ran.code == 0
    assert [finding["state"] for finding in ran.json["findings"]] == ["ignored"]
    assert "1 ignored by markers" in diffvet("check", cwd=repo).out


def test_a_marker_without_a_reason_hides_nothing_and_is_said(diffvet, repo):
    repo.commit()
    repo.write("a.py", f'token = "{TOKEN}"  # diffvet: ignore[secret]\n')
    ran = diffvet("check", "--format", "json", cwd=repo)
    assert ran.code == 1
    assert {finding["state"] for finding in ran.json["findings"]} == {"open"}
    assert "diffvet.ignore-marker" in {finding["rule"] for finding in ran.json["findings"]}
    text = diffvet("check", cwd=repo)
    assert TOKEN not in text.out


def test_a_recording_answers_without_a_model(check, diffvet, changed, tmp_path):
    tape = tmp_path / "tape"
    recorded, _ = check("--record", str(tape), "--no-cache")
    assert TOKEN not in "".join(path.read_text() for path in tape.iterdir())
    replayed = diffvet(
        "check", "--format", "json", "--endpoint", "http://127.0.0.1:9", "--model", "route/x", "--replay", str(tape),
        cwd=changed,
    )  # fmt: skip
    assert replayed.json["findings"] == recorded.json["findings"]


def test_a_passing_fault_is_tried_again(diffvet, changed):
    answers = iter([Reply(503, b"busy"), Reply(body=message(reviewer(EVAL)))])
    with peer(lambda _: next(answers)) as model:
        ran = diffvet(
            "check",
            "--format",
            "json",
            "--endpoint",
            model.url,
            "--model",
            "route/x",
            "--no-cache",
            cwd=changed,
        )
    assert len(model.prompts) == 2
    assert ran.json["status"] == "complete"
    assert ran.json["usage"]["requests"] == 2


def test_a_secret_of_one_file_is_masked_wherever_else_it_stands(check, changed):
    changed.write("src/z.py", f'log("rotated from {TOKEN}")\ngo("{TOKEN}")\n')
    _, prompts = check()
    assert "rotated from" in "".join(prompts)
    assert TOKEN not in "".join(prompts)


def test_titles_and_instructions_pass_on_no_secret(check, changed, tmp_path):
    changed.write("src/b.py", f'import os\nos.system("curl -H token:{TOKEN} " + request.args["h"])\n')
    changed.write("diffvet.toml", f'instructions = "the staging key is {TOKEN}"\n')
    tape = tmp_path / "tape"
    ran, prompts = check("--record", str(tape), model=("--models", "embedded,route/x"))
    assert "the staging key is" in "".join(prompts)
    recorded = "".join(path.read_text() for path in tape.iterdir())
    assert TOKEN not in "".join(prompts) + recorded + ran.out + ran.err


def test_each_path_is_sent_with_its_own_instructions(check, changed):
    changed.write("src/diffvet.toml", 'instructions = "mind the billing code"\n')
    assert "mind the billing code" in check()[1][0]


def test_an_answer_given_beside_another_reviewer_is_not_reused_alone(check):
    obedient = lambda prompt: "- none\nEND OF REVIEW" if "Already reported" in prompt else reviewer(prompt)  # noqa: E731
    check(script=obedient, model=("--models", "embedded,route/x"))
    ran, prompts = check(script=obedient)
    assert len(prompts) == 1
    assert found(ran) == BOTH


def test_a_baseline_hides_no_new_finding_behind_a_known_one(diffvet, repo):
    repo.commit()
    known = "".join(f"def f{n}(request):\n    return eval(request.args['{n}'])\n" for n in range(5))
    repo.write("a.py", known)
    assert diffvet("baseline", "update", "--reason", "known", cwd=repo).code == 0
    assert diffvet("check", "--exclude", "*.json", cwd=repo).code == 0
    repo.write("a.py", known + "def g(request):\n    return eval(request.args['evil'])\n")
    ran = diffvet("check", "--exclude", "*.json", "--format", "json", cwd=repo)
    assert ran.code == 1
    assert [f["line"] for f in ran.json["findings"] if f["state"] == "open"] == [12]


def test_a_broken_baseline_ends_the_run_before_anything_is_asked(check, changed):
    changed.write(".diffvet-baseline.json", "{")
    ran, prompts = check()
    assert (ran.code, prompts) == (2, [])
    assert ran.err.count("\n") == 1


def test_an_excluded_file_is_still_looked_through_for_secrets(diffvet, repo):
    repo.commit()
    repo.write("a.py", f'token = "{TOKEN}"\n')
    ran = diffvet("check", "--exclude", "*.py", "--format", "json", cwd=repo)
    assert ran.code == 1
    assert [(f["line"], f["category"]) for f in ran.json["findings"]] == [(1, "secret")]


def test_repetitions_of_a_rule_are_named_not_spelt_out(diffvet, repo):
    repo.commit()
    repo.write("a.py", "".join(f"x{n} = eval(request.args['{n}'])\n" for n in range(9)))
    assert "and 6 more of py.eval, lines 4, 5, 6, 7, 8, 9" in diffvet("check", cwd=repo).out


def test_a_new_sample_is_said_to_be_one(check):
    remembered, _ = check()
    again, prompts = check("--no-cache")
    assert (remembered.err, len(prompts)) == ("", 1)
    assert again.err.startswith("diffvet: no remembered answer was used")
    assert again.err.endswith("(cache = false, command line --no-cache): this is a new sample\n")
    assert again.json["findings"] == remembered.json["findings"]
    _, prompts = check()
    assert prompts == []


@pytest.mark.parametrize(("quote", "place"), [("`y = compute(3)` ", (4, "exact")), ("", (2, "unplaced"))])
def test_what_two_parts_of_a_file_are_told_of_one_line_is_one_finding(check, changed, quote, place):
    changed.write("src/a.py", "".join(f"y = compute({n})\n" for n in range(60)))
    said = f"- [error][security] src/a.py:R4 {quote}**Runs it.** Why: w. Fix: f.\nEND OF REVIEW\n"
    ran, prompts = check("--unit-tokens", "200", script=lambda _: said)
    assert len(prompts) > 2
    assert [(line, where) for line, _, _, where in found(ran)] == [place]


def test_a_rule_that_is_off_is_no_known_fact_for_the_model(check):
    both = ("--models", "embedded,route/x")
    _, (told,) = check(model=both)
    _, (untold,) = check("--rules", "py.eval=off", model=both)
    assert "is run as Python code" in told
    assert "is run as Python code" not in untold


def test_the_estimate_has_credits_once_a_price_is_known(check):
    def credit(*args):
        ran, prompts = check("--dry-run", *args)
        assert prompts == []
        return [unit["estimated_credits"] for unit in ran.json["units"]]

    assert credit() == [None]
    (said,) = credit("--price-input", "1", "--price-output", "2", "--max-tokens", "500")
    assert 1 < said < 3
    check()  # the peer charges 0.25 for 18 tokens
    (learned,) = credit("--max-tokens", "500")
    assert learned > 500 * 0.25 / 18


def test_a_price_that_is_said_makes_credits_of_tokens(check):
    def free(_prompt):
        return Reply(body=message("- none\nEND OF REVIEW", credits_charged=None))

    ran, _ = check("--price-input", "1000", "--price-output", "10", script=free)
    assert ran.json["usage"]["credits"] == pytest.approx(11 + 0.07)
    capped, prompts = check("--price-input", "1000", "--no-cache", "--run-credits", "5", script=free)
    assert (capped.code, prompts) == (3, [])
    assert "budget" in capped.json["ledger"][0]["reason"]
