"""Reports as files: several at once, whole or not at all, and a file that cannot be written is known before anything is."""

import json
import os
import re
import stat
import subprocess
import sys

import pytest

from diffvet.report.formats import FORMATS
from fake_peer import peer

DIFF = b"--- a/app.py\n+++ b/app.py\n@@ -1 +1,2 @@\n import subprocess\n+subprocess.run(request.args[0], shell=True)\n"


def test_several_reports_are_written_beside_the_printed_one(diffvet, tmp_path):
    ran = diffvet(
        "check",
        "--stdin",
        "--json-output=a.json",
        "--json-output",
        "b.json",
        "--text-output=c.txt",
        stdin=DIFF,
    )
    assert ran.code == 1
    assert (tmp_path / "c.txt").read_text() == ran.out
    first, second = (json.loads((tmp_path / name).read_text()) for name in ("a.json", "b.json"))
    assert first == second
    assert [finding["line"] for finding in first["findings"]] == [2]


def test_a_file_is_replaced_as_a_whole_through_a_link_and_keeps_its_permissions(diffvet, tmp_path):
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old" * 10_000)
    real.chmod(0o640)
    link.symlink_to(real)
    assert diffvet("check", "--stdin", f"--json-output={link}", stdin=DIFF).code == 1
    assert link.is_symlink()
    assert json.loads(real.read_text())["status"] == "complete"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.json", "real.json"]


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--json-output=no/such/r.json"], "does not exist; make it first"),
        (["--json-output=folder"], "is a directory; name a file in it"),
        (["--json-output="], "names no file"),
        (["--json-output=-"], "to print to standard output, use --format json"),
        (["--json-output=a", "--text-output=./a"], "--text-output=./a and --json-output=a are the same file"),
        (["--json-output=a", "--json-output=folder/../a"], "are the same file"),
        (["--json-output=locked/a"], "cannot be written: "),
        (["--dry-run", "--json-output=a"], "--dry-run reviews nothing"),
    ],
)
def test_a_file_that_cannot_be_written_is_one_sentence_before_anybody_is_paid(
    diffvet, tmp_path, flags, sentence
):
    (tmp_path / "folder").mkdir()
    (tmp_path / "locked").symlink_to("/proc")  # where not even root can make a file
    with peer(lambda _prompt: "- none\nEND OF REVIEW\n") as model:
        ran = diffvet(
            "check", "--stdin", "--endpoint", model.url, "--model", "route/test", *flags, stdin=DIFF
        )
        assert not model.prompts
    assert ran.code == 2
    assert sentence in ran.err
    assert (ran.err.count("\n"), ran.out) == (1, "")
    assert not (tmp_path / "a").exists()


def test_the_file_that_standard_output_goes_to_is_not_replaced_under_it(tmp_path):
    with (tmp_path / "r.json").open("wb") as out:
        done = subprocess.run(
            [sys.executable, "-m", "diffvet", "check", "--stdin", "--json-output=r.json"],
            input=DIFF,
            stdout=out,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert b"is where standard output goes already" in done.stderr


def test_a_report_in_the_working_tree_is_not_reviewed_by_the_run_that_writes_it(diffvet, repo):
    repo.commit(a__py="a = 1\n")
    repo.write("a.py", "a = 2\n")
    (repo.root / "out").mkdir()
    for _ in range(2):
        assert diffvet("check", "--json-output=out/../out/report.json", cwd=repo).code == 0
    rows = {
        row["path"]: (row["outcome"], row["reason"])
        for row in json.loads((repo.root / "out/report.json").read_text())["ledger"]
    }
    assert rows == {
        "a.py": ("reviewed", None),
        "out/report.json": ("skipped", "a report that this very run writes"),
    }


@pytest.mark.parametrize("name", ["report.json", "out/report.json", "./out/../out/x/report.json"])
def test_a_link_that_the_repository_holds_is_not_followed(diffvet, repo, tmp_path, name):
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "report.json").write_text("mine")
    (repo.root / "report.json").symlink_to(victim / "report.json")
    (repo.root / "out").symlink_to(victim)
    repo.commit()
    (victim / "x").mkdir()
    ran = diffvet("check", f"--json-output={name}", cwd=repo)
    assert ran.code == 2
    assert "a link in the repository; name where it leads" in ran.err
    assert (victim / "report.json").read_text() == "mine"


def test_a_pipe_is_written_to_and_not_replaced(diffvet, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        assert diffvet("check", "--stdin", f"--json-output={pipe}", stdin=DIFF).code == 1
        out, _ = reader.communicate(timeout=30)
    assert json.loads(out)["status"] == "complete"
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_colour_stays_out_of_files_unless_it_is_asked_for_always(diffvet, tmp_path):
    diffvet("check", "--stdin", "--text-output=plain.txt", stdin=DIFF)
    diffvet("check", "--stdin", "--color=always", "--text-output=bright.txt", stdin=DIFF)
    assert "\x1b" not in (tmp_path / "plain.txt").read_text()
    assert "\x1b[" in (tmp_path / "bright.txt").read_text()


def test_help_names_every_format(diffvet):
    said = diffvet("check", "--help").out
    for name in FORMATS:
        assert f"\n    {name} " in said
    assert "--FORMAT-output=FILE" in said


def test_an_html_report_is_one_file_with_the_change_in_it_even_of_a_diff_that_comes_through_a_pipe(
    diffvet, tmp_path
):
    ran = diffvet("check", "--stdin", "--html-output=r.html", stdin=DIFF)
    assert ran.code == 1
    page = (tmp_path / "r.html").read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "import subprocess" in re.sub("<[^>]+>", "", page), "the context of the change"
    assert diffvet("check", "--stdin", "--format=html", stdin=DIFF).out == page


def test_an_html_report_of_a_change_that_is_too_large_says_what_it_leaves_out(diffvet, tmp_path):
    lines = "".join(f"+{'x' * 90} {number}\n" for number in range(60_000))
    large = f"--- /dev/null\n+++ b/large.txt\n@@ -0,0 +1,60000 @@\n{lines}".encode()
    assert diffvet("check", "--stdin", "--html-output=r.html", stdin=large + DIFF).code == 1
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "1 hunk of about 60,000 lines not shown here. They were reviewed (1)." in page
    assert "Shell" in page or "shell" in page
    assert len(page) < 200_000


def test_no_report_shows_a_secret_of_the_change(diffvet, tmp_path):
    key = "AKIA" + "Q3EGWH5KZTX7RM2P"
    leak = f"--- /dev/null\n+++ b/s.py\n@@ -0,0 +1,2 @@\n+ID = '{key}'\n+print('{key}')\n".encode()
    assert diffvet("check", "--stdin", "--html-output=r.html", "--text-output=r.txt", stdin=leak).code == 1
    assert key not in (tmp_path / "r.html").read_text("utf-8")
    assert key not in (tmp_path / "r.txt").read_text("utf-8")
