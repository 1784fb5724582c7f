"""In CI: what ``--ci`` and ``--base`` compare in the clones that forges make, and what they say where they cannot."""

import json
import sys

import pytest

from fake_peer import peer
from forge import OLD, Forge, told
from hooked_repository import CLEAN, LEAKED, Hooked, said

ZERO = "0" * 40
MEASURED = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-P", "-m", "diffvet", *sys.argv[1:]])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(done.returncode)
"""


@pytest.fixture
def forge(tmp_path) -> Forge:
    return Forge(tmp_path)


def check(here: Hooked, *args: str, **env: str):
    done = here.diffvet("check", "--format", "json", *args, **env)
    assert "Traceback" not in said(done)
    return done


def reviewed(done) -> list[str]:
    assert done.returncode in {0, 1}, said(done)
    return sorted({row["path"] for row in json.loads(done.stdout)["ledger"]})


def refused(done, *words: str) -> str:
    assert done.returncode == 2, said(done)
    assert done.stdout == ""
    for word in words:
        assert word in done.stderr
    return done.stderr


PULLED = ["new.py", "other.py"]


def test_a_checked_out_merge_is_compared_with_the_base_it_was_merged_into(forge):
    here = forge.checkout("refs/pull/1/merge")
    done = check(here, "--ci", **forge.pull_request())
    assert done.returncode == 1
    assert reviewed(done) == PULLED
    assert "a pull request, merged into its base" in done.stderr


def test_two_commits_of_a_merge_are_enough(forge):
    here = forge.checkout("refs/pull/1/merge", depth=2)
    assert reviewed(check(here, "--ci", **forge.pull_request())) == PULLED


def test_one_commit_of_a_merge_is_too_few_and_the_command_that_is_named_helps(forge):
    here = forge.checkout("refs/pull/1/merge", depth=1)
    text = refused(check(here, "--ci", **forge.pull_request()), "shallow clone")
    here.git(*told(text)[1:])
    assert reviewed(check(here, "--ci", **forge.pull_request())) == PULLED


def test_a_checked_out_head_is_compared_with_where_it_left_the_base(forge):
    here = forge.checkout(forge.head)
    assert reviewed(check(here, "--ci", **forge.pull_request())) == PULLED


def test_a_shallow_head_names_the_command_that_deepens_it(forge):
    here = forge.checkout(forge.head, depth=1)
    text = refused(check(here, "--ci", **forge.pull_request()), "shallow")
    here.git(*told(text)[1:], "origin", "+refs/heads/*:refs/remotes/origin/*")
    assert reviewed(check(here, "--ci", **forge.pull_request())) == PULLED


def test_a_base_that_is_here_without_the_common_commit_names_the_command(forge):
    here = forge.checkout(forge.head, depth=1)
    here.git("fetch", "--quiet", "--depth=1", "origin", "main:refs/remotes/origin/main")
    text = refused(check(here, "--base", "origin/main"), "no common commit in this shallow clone")
    here.git(*told(text)[1:])
    assert reviewed(check(here, "--base", "origin/main")) == PULLED


@pytest.mark.parametrize("depth", [0, 1])
@pytest.mark.parametrize("base", ["origin/main", "main"])
def test_a_base_that_was_not_fetched_names_the_command_that_brings_it(forge, depth, base):
    here = forge.checkout(forge.head, depth=depth or 1)
    if not depth:
        here.git("fetch", "--quiet", "--unshallow")
        for ref in here.git("for-each-ref", "--format=%(refname)", "refs/remotes").split():
            here.git("update-ref", "-d", ref)
    text = refused(check(here, "--base", base), f"unknown revision '{base}'")
    here.git(*told(text)[1:])
    assert reviewed(check(here, "--base", "origin/main")) == PULLED


def test_what_is_checked_out_must_be_of_the_pull_request(forge):
    here = forge.checkout(forge.base)
    for event in ("pull_request_target", "pull_request"):
        refused(check(here, "--ci", **forge.pull_request(event)), "neither the pull request's head")
    head = forge.checkout(forge.head, name="head")
    assert reviewed(check(head, "--ci", **forge.pull_request("pull_request_target"))) == PULLED


def test_a_push_is_what_came_after_the_commit_that_was_there(forge):
    here = forge.checkout("main")
    before = here.git("rev-parse", "HEAD~1")
    push = forge.event("push", before=before, after=forge.base)
    assert reviewed(check(here, "--ci", GITHUB_REF="refs/heads/main", **push)) == ["more.py"]


def test_a_push_to_a_shallow_clone_says_how_to_deepen_it(forge):
    here = forge.checkout("main", depth=1)
    push = forge.event("push", before=forge.left, after=forge.base)
    text = refused(check(here, "--ci", GITHUB_REF="refs/heads/main", **push), "shallow")
    here.git(*told(text)[1:])
    assert reviewed(check(here, "--ci", GITHUB_REF="refs/heads/main", **push)) == ["more.py", "old.py"]


@pytest.mark.parametrize("before", [ZERO, "1" * 40])
def test_a_new_or_rewritten_branch_is_compared_with_where_it_left_the_default_branch(forge, before):
    here = forge.checkout("feature")
    push = forge.event("push", before=before, after=forge.head)
    done = check(here, "--ci", GITHUB_REF="refs/heads/feature", **push)
    assert reviewed(done) == PULLED
    assert "a new or rewritten branch" in done.stderr


def test_the_first_push_of_the_default_branch_is_its_last_commit(forge):
    here = forge.checkout("main")
    push = forge.event("push", before=ZERO, after=forge.base)
    assert reviewed(check(here, "--ci", GITHUB_REF="refs/heads/main", **push)) == ["more.py"]


def test_a_merge_group_is_what_it_brings_to_its_base(forge):
    here = forge.checkout("refs/pull/1/merge")
    group = forge.event("merge_group", merge_group={"base_sha": forge.base, "head_sha": forge.merge})
    assert reviewed(check(here, "--ci", **group)) == PULLED


@pytest.mark.parametrize("name", ["schedule", "workflow_dispatch", "\x1b[31m"])
def test_an_event_about_no_change_is_refused(forge, name):
    here = forge.checkout("main")
    text = refused(check(here, "--ci", **forge.event(name)), "about no change", "--base")
    assert "\x1b" not in text


def test_outside_of_a_known_ci_there_is_no_guess(forge):
    here = forge.checkout("main")
    quiet = dict.fromkeys(("GITHUB_EVENT_NAME", "GITLAB_CI"))
    refused(check(here, "--ci", **quiet), "knows GitHub Actions and GitLab CI")


@pytest.mark.parametrize(
    "event",
    [
        "not json",
        "[]",
        "[" * 100_000,
        '{"pull_request": "x"}',
        '{"pull_request": {"base": {"sha": "--output=pwned"}, "head": {"sha": "x"}}}',
        '{"pull_request": {"base": {"sha": "' + ZERO + '"}, "head": {"sha": "' + ZERO + '"}}}',
    ],
)
def test_an_event_that_says_nothing_sensible_is_refused(forge, event):
    here = forge.checkout("refs/pull/1/merge")
    env = forge.pull_request()
    (forge.root / "event.json").write_text(event)
    text = refused(check(here, "--ci", **env), "--base")
    assert len(text.splitlines()) == 1
    assert not (here.root / "pwned").exists()


def gitlab(**more: str) -> dict[str, str | None]:
    return {"GITLAB_CI": "true", "CI_DEFAULT_BRANCH": "main", "GITHUB_EVENT_NAME": None, **more}


def test_a_merge_request_is_compared_with_where_it_left(forge):
    here = forge.checkout(forge.head)
    env = gitlab(CI_MERGE_REQUEST_IID="1", CI_MERGE_REQUEST_DIFF_BASE_SHA=forge.left)
    assert reviewed(check(here, "--ci", **env)) == PULLED


def test_a_merge_request_merged_into_its_target_is_compared_with_the_target(forge):
    here = forge.checkout("refs/pull/1/merge")
    env = gitlab(CI_MERGE_REQUEST_IID="1", CI_MERGE_REQUEST_DIFF_BASE_SHA=forge.left)
    assert reviewed(check(here, "--ci", **env, CI_MERGE_REQUEST_TARGET_BRANCH_SHA=forge.base)) == PULLED


@pytest.mark.parametrize(("branch", "paths"), [("feature", PULLED), ("main", ["more.py"])])
def test_a_gitlab_branch_without_a_commit_before(forge, branch, paths):
    here = forge.checkout(branch)
    env = gitlab(CI_COMMIT_BRANCH=branch, CI_COMMIT_BEFORE_SHA=ZERO)
    assert reviewed(check(here, "--ci", **env)) == paths


def test_a_gitlab_branch_with_a_commit_before(forge):
    here = forge.checkout("main")
    before = here.git("rev-parse", "HEAD~1")
    env = gitlab(CI_COMMIT_BRANCH="main", CI_COMMIT_BEFORE_SHA=before)
    assert reviewed(check(here, "--ci", **env)) == ["more.py"]


def test_a_gitlab_pipeline_for_a_tag_is_about_no_branch(forge):
    refused(check(forge.checkout("main"), "--ci", **gitlab(CI_COMMIT_TAG="v1")), "for no branch")


def test_ci_combines_with_no_other_source(forge):
    refused(check(forge.checkout("main"), "--ci", "--staged"), "cannot be combined")


def test_diff_shows_what_ci_would_review(forge):
    here = forge.checkout("refs/pull/1/merge")
    done = here.diffvet("diff", "--ci", "--format", "json", **forge.pull_request())
    assert sorted(file["path"] for file in json.loads(done.stdout)["files"]) == PULLED


NO_KEY = {"DIFFVET_MODEL": "route/x", "DIFFVET_API_KEY": ""}


def test_a_fork_without_a_key_is_reviewed_by_the_embedded_rules_and_that_is_said(forge):
    here = forge.checkout("refs/pull/1/merge")
    with peer(lambda _prompt: "- none\nEND OF REVIEW\n") as asked:
        env = {"DIFFVET_ENDPOINT": asked.url, "DIFFVET_WITHOUT_KEY": "embedded", **NO_KEY}
        done = check(here, "--ci", **env, **forge.pull_request())
        assert not asked.prompts
        assert done.returncode == 1
        assert "there is no key in DIFFVET_API_KEY: the embedded reviewer reviews" in done.stderr
        assert {row["reviewer"] for row in json.loads(done.stdout)["ledger"]} == {"embedded"}
        with_key = check(here, "--ci", **(env | {"DIFFVET_API_KEY": "k"}), **forge.pull_request())
        assert asked.prompts
        assert "there is no key" not in with_key.stderr


def test_without_that_choice_a_missing_key_is_the_endpoints_business(forge):
    here = forge.checkout("refs/pull/1/merge")
    with peer(lambda _prompt: "- none\nEND OF REVIEW\n") as asked:
        check(here, "--ci", **NO_KEY, **forge.pull_request(), DIFFVET_ENDPOINT=asked.url)
        assert asked.prompts


@pytest.fixture
def accepted(forge) -> Hooked:
    """The merge checked out, whose branch accepts its own finding in the baseline."""
    here = forge.checkout("refs/pull/1/merge")
    done = here.diffvet("baseline", "update", "HEAD", "--reason", "trust me", "--author", "Eve")
    assert done.returncode == 0, said(done)
    here.git("add", ".")
    here.git("commit", "--quiet", "--amend", "--no-edit")
    return here


def test_a_branch_cannot_accept_its_own_findings_where_the_bases_baseline_counts(accepted):
    assert check(accepted, "HEAD").returncode == 0
    done = check(accepted, "HEAD", "--baseline-from", "base")
    assert done.returncode == 1
    assert "the change adds 1 entry to the baseline, which do not count" in done.stderr


def test_what_the_base_has_accepted_stays_accepted(accepted):
    accepted.unchecked(unrelated__py="x = 1\n")
    accepted.unchecked(new__py="\n" + LEAKED)
    assert check(accepted, "HEAD", "--baseline-from", "base").returncode == 0
    accepted.git("rm", "--quiet", ".diffvet-baseline.json")
    accepted.git("commit", "--quiet", "--message", "drop")
    assert check(accepted, "HEAD~2..HEAD", "--baseline-from", "base").returncode == 0


def test_a_broken_baseline_of_the_branch_does_not_count_and_one_of_the_base_is_said(accepted):
    accepted.write(".diffvet-baseline.json", "broken")
    assert check(accepted, "HEAD", "--baseline-from", "base").returncode == 1
    accepted.git("add", ".")
    accepted.unchecked()
    accepted.unchecked(more__py=OLD)
    text = refused(check(accepted, "HEAD", "--baseline-from", "base"), "not valid JSON")
    assert ".diffvet-baseline.json" in text


def test_a_diff_on_standard_input_has_no_base(accepted):
    refused(check(accepted, "--stdin", "--baseline-from", "base", stdin=""), "compared with no commit")


def test_a_repository_cannot_choose_whose_baseline_counts(accepted):
    accepted.write("diffvet.toml", 'baseline_from = "tree"\n')
    refused(check(accepted, "HEAD"), "baseline_from")


def test_the_pull_request_of_a_clean_change_passes(tmp_path):
    forge = Forge(tmp_path, CLEAN)
    done = check(forge.checkout("refs/pull/1/merge", depth=2), "--ci", **forge.pull_request())
    assert done.returncode == 0


def test_a_missing_key_is_said_each_time(forge):
    here = forge.checkout("main")
    here.stage("risk.py", LEAKED)
    env = {"DIFFVET_ENDPOINT": "https://model.invalid", "DIFFVET_WITHOUT_KEY": "embedded", **NO_KEY}
    for _ in range(3):
        done = check(here, "--staged", **env)
        assert done.returncode == 1
        assert "there is no key in DIFFVET_API_KEY" in done.stderr


def test_a_pull_request_of_3000_files_is_reviewed_whole_in_bounded_memory(tmp_path):
    here = Hooked.made(tmp_path / "repo", tmp_path / "home")
    lines = "".join(f"def f{n}(a):\n    return a + {n}\n\n\n" for n in range(20))
    for number in range(3_000):
        here.write(f"pkg{number % 60}/m{number}.py", lines)
    here.git("add", ".")
    here.unchecked()
    here.git("checkout", "--quiet", "-b", "feature")
    for number in range(3_000):
        risk = "\n\ndef run(x):\n    return eval(x)\n" * (number % 100 == 0)
        here.write(f"pkg{number % 60}/m{number}.py", lines.replace("a + 3\n", "a - 3\n") + risk)
    here.git("add", ".")
    here.unchecked()
    done = here.run(sys.executable, "-P", "-c", MEASURED, "check", "--base", "main", "--json-output=r.json")
    assert done.returncode == 1
    review = json.loads((here.root / "r.json").read_text())
    assert review["status"] == "complete"
    assert len({row["path"] for row in review["ledger"]}) == 3_000
    assert len(review["findings"]) == 30
    assert int(done.stderr.splitlines()[-1]) < 200_000  # KiB; 51 MB where it was written
