"""One review, every format at once, from outside: the same findings, the same incompleteness, one exit code."""

import json
import os

import pytest

from diffvet.report.formats import FORMATS
from fake_peer import peer
from format_readers import BOTH_SIDES, READERS

BEFORE = """\
import subprocess


def run(request):
    assert request.user.is_admin
    return 1


def log(text):
    print(text)


# one
# two
# three
# four
# five
# six
# seven
def last():
    return 7
"""
AFTER = (
    BEFORE.replace(
        "    assert request.user.is_admin\n    return 1\n",
        "    return subprocess.run(request.args[0], shell=True)\n",
    )
    .replace("    print(text)\n", "    print(text, request)\n    print('é', request.token)\n")
    .replace("    return 7\n", "    return 7 / 0\n")
)

ANSWER = """\
- [error][security] app.py:R5 `subprocess.run(request.args[0], shell=True)` **Shell injection.** Why: user input. Fix: a list.
  ```suggestion
      return subprocess.run([request.args[0]])
  ```
- [warning][removed-safeguard] app.py:L5 `assert request.user.is_admin` **Admin check removed.** Why: anybody may run it. Fix: keep it.
- [info][correctness] app.py:R77 `nowhere_at_all()` **Nobody knows | where, <b>::error::</b>.** Why: unclear. Fix: look.
- [warning][security] app.py:R10 `print('é', request.token)` **A token in the log.** Why: logs travel. Fix: leave it out.
- [warning][correctness] app.py:R9 `print(text, request)` **Accepted before.** Why: x. Fix: y.
- [error][correctness] app.py:R21 `return 7 / 0` **Division by zero.** Why: it raises. Fix: do not.
END OF REVIEW
"""


def script(prompt):
    return ANSWER if "app.py" in prompt and "broken.py" not in prompt else "I see no problem here."


@pytest.fixture
def told(diffvet, repo, tmp_path):
    """What each format said of one incomplete review with a dismissed and an accepted finding, and its exit code."""
    env = {"DIFFVET_CACHE_DIR": str(tmp_path / "cache")}
    repo.commit(app__py=BEFORE, broken__py="a = 1\n")
    repo.write("app.py", AFTER)
    with peer(script) as model:
        args = ["--endpoint", model.url, "--model", "route/test", "--fail-on", "error", "--retries", "0"]

        def run(*more):
            return diffvet("check", *args, *more, cwd=repo, env=env)

        by_title = {one["title"]: one["fingerprint"] for one in run("--format", "json").json["findings"]}
        (dismissed,) = [name for title, name in by_title.items() if "token" in title]
        assert diffvet("dismiss", dismissed, "--reason", "fine", cwd=repo, env=env).code == 0
        (accepted,) = [name for title, name in by_title.items() if "Accepted" in title]
        entry = {
            "path": "app.py",
            "category": "correctness",
            "title": "t",
            "reason": "known",
            "author": "A",
            "added": "2026-01-31",
        }
        baseline = tmp_path / "baseline.json"
        baseline.write_text(json.dumps({accepted: entry, "version": 1}))
        repo.write("broken.py", "a = 2\n")
        folder = tmp_path / "reports"
        folder.mkdir()
        flags = [f"--{name}-output={folder / name}" for name in FORMATS]
        ran = run("--unit-tokens", "150", "--baseline", str(baseline), *flags)
    assert ran.code == 3, ran.err
    assert ran.out == (folder / "text").read_text()
    return {name: (folder / name).read_text() for name in FORMATS}


def test_all_formats_name_the_same_findings_and_the_same_incompleteness(told):
    document = json.loads(told["json"])
    shown = [one for one in document["findings"] if one["shown"]]
    assert {one["placement"] for one in shown} >= {"exact", "unplaced"}
    assert {one["side"] for one in shown} == {"new", "old"}
    assert {one["state"] for one in document["findings"]} >= {"open", "dismissed", "baseline"}
    assert any(one["suggestion"] for one in shown)
    wanted = {(one["path"], one["severity"], one["fingerprint"][:12]) for one in shown}
    lines = {one["fingerprint"][:12]: one["line"] for one in shown if one["side"] == "new"}
    titles = {one["fingerprint"][:12]: one["title"] for one in shown}
    for name, reader in READERS.items():
        read = reader(told[name])
        assert {(one.path, one.severity, one.id) for one in read.findings} == wanted, name
        for one in read.findings:
            assert one.headline.startswith(titles[one.id]), name
            # the removed check stood on 5, and the next kept line is 5
            assert one.line == lines.get(one.id, 5), name
        assert not read.complete, name
        assert {path for path, _ in read.failed} == {"broken.py"}, name


def test_sarif_holds_what_is_dismissed_and_accepted_as_suppressed(told):
    (run,) = json.loads(told["sarif"])["runs"]
    kinds = {
        result["message"]["text"].partition("\n")[0]: result["suppressions"][0]["justification"]
        for result in run["results"]
        if result["suppressions"]
    }
    assert kinds == {
        "A token in the log": "dismissed by the user: fine",
        "Accepted before": "accepted in the baseline: known",
    }


def test_a_step_summary_is_added_to_what_the_step_said_before(diffvet, tmp_path):
    summary = tmp_path / "summary.md"
    summary.write_text("# Tests\n")
    diff = b"--- a/a.py\n+++ b/a.py\n@@ -0,0 +1 @@\n+import os\n"
    for _ in range(2):
        assert diffvet("check", "--stdin", f"--github-summary-output={summary}", stdin=diff).code == 0
    assert summary.read_text().startswith("# Tests\n## Diffvet: 0 findings\n")
    assert summary.read_text().count("## Diffvet: 0 findings\n") == 2


@pytest.mark.parametrize("name", READERS)
def test_a_path_that_is_no_utf8_is_named_in_every_format(diffvet, repo, name):
    repo.commit()
    path = os.fsdecode(b"caf\xe9 [1]%.py")
    repo.write(path, "import subprocess\nsubprocess.run(input(), shell=True)\n")
    ran = diffvet("check", "--format", name, cwd=repo)
    assert ran.code == 1
    assert {one.path for one in READERS[name](ran.out).findings} == {r"caf\udce9 [1]%.py"}


def test_formats_that_know_only_the_new_file_say_where_removed_code_stood(told):
    for name in set(READERS) - BOTH_SIDES:
        assert "removed: line 5 before the change" in told[name], name
