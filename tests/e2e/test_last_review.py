"""After a review its findings can be listed, explained, dismissed and restored, without reviewing again."""

import json
import os
import re

import pytest

AWS = "AKIA" + "Q3EGWH5KZTX7RM2P"

CODE = """\
import subprocess


def run(name):
    subprocess.run(f"tar {name}", shell=True)
    return True
"""


@pytest.fixture
def reviewed(repo, diffvet):
    """A repository whose staged change was reviewed."""
    repo.commit(app__py="import subprocess\n", conf__py="A = 1\n")
    repo.write("app.py", CODE)
    repo.write("conf.py", f'A = 1\nAWS_KEY = "{AWS}"\nB = 2\n')
    repo.git("add", "-A")
    assert diffvet("check", "--staged", cwd=repo).code == 1
    return repo


def ids(ran):
    return re.findall(r"\[([0-9a-f]{12})\]", ran.out)


def shell_id(reviewed, diffvet):
    (line,) = [
        line for line in diffvet("show", cwd=reviewed).out.splitlines() if line.startswith("app.py:5:")
    ]
    return re.search(r"\[([0-9a-f]{12})\]", line)[1]


def test_before_the_first_review_there_is_nothing_to_show_and_it_is_said_how_to_get_it(repo, diffvet):
    for verb in (["show"], ["explain", "abcd"], ["dismiss", "abcd", "--reason", "x"]):
        ran = diffvet(*verb, cwd=repo)
        assert (ran.code, ran.out) == (2, "")
        assert "run 'diffvet check' first" in ran.err


def test_show_lists_what_check_found_one_line_each(reviewed, diffvet):
    ran = diffvet("show", cwd=reviewed)
    assert ran.code == 0
    first, *_ = ran.out.splitlines()
    assert re.fullmatch(r"app\.py:5: (warning|error) security: .+ \[[0-9a-f]{12}\]", first)
    assert "the index against HEAD" in ran.err
    checked = diffvet("check", "--staged", cwd=reviewed)
    assert ids(ran) == re.findall(r"\] ([0-9a-f]{12})$", checked.out, re.MULTILINE)


def test_show_from_a_folder_of_the_repository_is_the_same(reviewed, diffvet):
    (reviewed.root / "sub").mkdir()
    assert diffvet("show", cwd=reviewed.root / "sub").out == diffvet("show", "-C", str(reviewed.root)).out


def test_show_filters_by_severity_and_by_path(reviewed, diffvet):
    everything = ids(diffvet("show", cwd=reviewed))
    of_one = diffvet("show", "conf.py", cwd=reviewed)
    assert [line.split(":")[0] for line in of_one.out.splitlines()[:1]] == ["conf.py"]
    assert set(ids(of_one)) < set(everything)
    assert f"listed: 1 of {len(everything)} findings" in of_one.out
    worst = diffvet("show", "--severity", "error", cwd=reviewed)
    assert ids(worst)
    assert all(" error " in line for line in worst.out.splitlines() if "[" in line)
    assert ids(diffvet("show", "nothing/**", cwd=reviewed)) == []
    assert diffvet("show", "[", cwd=reviewed).code == 2


def test_show_as_json_is_a_review_document(reviewed, diffvet):
    document = diffvet("show", "app.py", "--format", "json", cwd=reviewed).json
    assert document["source"]["kind"] == "staged"
    assert {finding["path"] for finding in document["findings"]} == {"app.py"}
    assert [row["path"] for row in document["ledger"]] == ["app.py", "conf.py"]


def test_show_in_full_is_what_check_printed(reviewed, diffvet):
    full = diffvet("show", "--full", cwd=reviewed)
    again = diffvet("check", "--staged", cwd=reviewed)
    assert full.out == again.out.replace("hunks cached", "hunks reviewed")


def test_an_incomplete_review_is_shown_as_incomplete(repo, diffvet):
    repo.conflict()
    assert diffvet("check", "--staged", cwd=repo).code == 3
    shown = diffvet("show", cwd=repo)
    assert shown.code == 0
    assert "INCOMPLETE" in shown.out


def test_nothing_of_a_secret_is_kept_or_shown(reviewed, diffvet):
    folder = os.environ["XDG_CACHE_HOME"]
    for root, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(root, name), "rb") as file:  # noqa: PTH118, PTH123
                assert AWS[4:].encode() not in file.read()
    for id_ in ids(diffvet("show", cwd=reviewed)):
        ran = diffvet("explain", id_, cwd=reviewed)
        assert ran.code == 0
        assert AWS[4:] not in ran.out + ran.err


def test_explain_shows_the_code_with_what_stands_around_it_the_rule_and_the_ways_out(reviewed, diffvet):
    id_ = shell_id(reviewed, diffvet)
    ran = diffvet("explain", id_[:6], cwd=reviewed)
    assert ran.code == 0
    assert "    >    5 |     subprocess.run(" in ran.out
    assert "         4 | def run(name):" in ran.out
    assert "         6 |     return True" in ran.out
    assert re.search(r"^why: ", ran.out, re.MULTILINE)
    assert re.search(r"^fix: ", ran.out, re.MULTILINE)
    assert re.search(r"^rule: py\.", ran.out, re.MULTILINE)
    assert "CWE-78" in ran.out
    assert "state: open" in ran.out
    assert f"diffvet dismiss {id_} --reason" in ran.out
    assert "diffvet: ignore[py." in ran.out


def test_explain_shows_the_index_text_of_a_staged_review_whatever_the_file_holds_now(reviewed, diffvet):
    id_ = shell_id(reviewed, diffvet)
    reviewed.write("app.py", "nothing = 1\n" * 9)
    ran = diffvet("explain", id_, cwd=reviewed)
    assert "         6 |     return True" in ran.out
    assert "nothing = 1" not in ran.out


def test_explain_shows_no_line_that_is_not_around_the_finding_any_more(reviewed, diffvet):
    id_ = shell_id(reviewed, diffvet)
    reviewed.write("app.py", "# a new line\n" + CODE)
    reviewed.git("add", "-A")
    ran = diffvet("explain", id_, cwd=reviewed)
    assert ">    5 |     subprocess.run(" in ran.out
    assert "return True" not in ran.out
    assert "not there any more" in ran.out


def test_explain_of_removed_code_shows_the_old_side(repo, diffvet):
    repo.commit(app__py="a = 1\n@login_required\ndef view():\n    return 1\n")
    repo.write("app.py", "a = 1\ndef view():\n    return 1\n")
    assert diffvet("check", cwd=repo).code == 1
    (id_, *_) = ids(diffvet("show", cwd=repo))
    out = diffvet("explain", id_, cwd=repo).out
    assert "    -    2 | @login_required" in out
    assert "         3 | def view():" in out


def test_a_dismissed_finding_is_gone_from_show_and_from_the_next_check_until_it_is_restored(
    reviewed, diffvet
):
    everything = ids(diffvet("show", cwd=reviewed))
    ran = diffvet("dismiss", *everything, "--reason", "only a demonstration", cwd=reviewed)
    assert ran.code == 0
    assert len(ran.out.splitlines()) == len(everything)
    assert ids(diffvet("show", cwd=reviewed)) == []
    assert ids(diffvet("show", "--all", cwd=reviewed)) == everything
    again = diffvet("check", "--staged", cwd=reviewed)
    assert again.code == 0
    assert f"{len(everything)} dismissed" in again.out
    explained = diffvet("explain", everything[0], cwd=reviewed).out
    assert re.search(r"state: dismissed by Test on \d{4}-\d\d-\d\d: only a demonstration", explained)
    assert diffvet("restore", everything[0][:8], cwd=reviewed).code == 0
    assert ids(diffvet("show", cwd=reviewed)) == everything[:1]
    assert diffvet("check", "--staged", cwd=reviewed).code == 1


def test_the_list_of_dismissals_says_where_why_and_by_whom(reviewed, diffvet):
    assert diffvet("dismiss", "--list", cwd=reviewed).out == "nothing is dismissed\n"
    id_ = shell_id(reviewed, diffvet)
    assert (
        diffvet("dismiss", id_, "--reason", "known\n\x1b[31m", "--author", "Somebody", cwd=reviewed).code == 0
    )
    (line,) = diffvet("dismiss", "--list").out.splitlines()
    assert line.startswith(f"{id_}  ")
    assert line.endswith(f"  Somebody  {reviewed.root}: known \\x1b[31m")
    (entry,) = diffvet("dismiss", "--list", "--format", "json").json["dismissals"]
    assert entry["fingerprint"].startswith(id_)
    assert entry["author"] == "Somebody"


def test_a_secret_in_the_reason_is_not_kept(reviewed, diffvet):
    id_ = shell_id(reviewed, diffvet)
    assert diffvet("dismiss", id_, "--reason", f"it is {AWS}", cwd=reviewed).code == 0
    assert AWS not in diffvet("dismiss", "--list").out


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["dismiss"], "name the findings to dismiss"),
        (["dismiss", "abcd"], "--reason TEXT is needed"),
        (["dismiss", "abcd", "--reason", " . "], "--reason TEXT is needed"),
        (["dismiss", "abc", "--reason", "x"], "'abc' is no id"),
        (["dismiss", "g123", "--reason", "x"], "'g123' is no id"),
        (["dismiss", "--list", "abcd"], "--list takes no ids"),
        (["explain", "0000000"], "has the id '0000000'; 'diffvet show' lists the ids"),
        (["explain", "abcd", "--context", "-1"], "no number of lines"),
        (["restore", "0000"], "nothing in what is dismissed has the id '0000'"),
        (["restore"], "ID"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_code_2(reviewed, diffvet, argv, sentence):
    ran = diffvet(*argv, cwd=reviewed)
    assert (ran.code, ran.out) == (2, "")
    assert sentence in ran.err
    assert ran.err.count("\n") == 1


def test_one_unknown_id_dismisses_none_of_the_others(reviewed, diffvet):
    id_ = shell_id(reviewed, diffvet)
    assert diffvet("dismiss", id_, "00000000", "--reason", "x", cwd=reviewed).code == 2
    assert diffvet("dismiss", "--list").out == "nothing is dismissed\n"


def test_a_dismissal_that_cannot_be_written_is_said_and_fails(reviewed, diffvet, tmp_path):
    id_ = shell_id(reviewed, diffvet)
    folder = os.path.join(os.environ["XDG_CACHE_HOME"], "diffvet")  # noqa: PTH118
    for name in ("dismissals.jsonl", "dismissals.copy.jsonl"):
        os.mkdir(os.path.join(folder, name))  # noqa: PTH102, PTH118
    ran = diffvet("dismiss", id_, "--reason", "x", cwd=reviewed)
    assert ran.code == 2
    assert "cannot be written" in ran.err


def test_the_review_of_a_diff_outside_of_any_repository_is_kept_for_its_directory(diffvet, tmp_path):
    diff = '--- a/f.py\n+++ b/f.py\n@@ -0,0 +1 @@\n+subprocess.run(f"tar {x}", shell=True)\n'
    assert diffvet("check", "--stdin", cwd=tmp_path, stdin=diff.encode()).code == 1
    ran = diffvet("show", cwd=tmp_path)
    assert ran.out.startswith("f.py:1: ")
    assert "a diff on standard input" in ran.err
    assert diffvet("explain", ids(ran)[0], cwd=tmp_path).code == 0


def test_colours_come_only_when_asked_for(reviewed, diffvet):
    id_ = shell_id(reviewed, diffvet)
    assert "\x1b" not in diffvet("explain", id_, cwd=reviewed).out
    coloured = diffvet("explain", id_, "--color", "always", cwd=reviewed).out
    plain = diffvet("explain", id_, cwd=reviewed).out
    assert "\x1b[35mreturn\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_json_of_dismissals_is_stable(diffvet):
    assert json.loads(diffvet("dismiss", "--list", "--format", "json").out) == {
        "version": 1,
        "dismissals": [],
    }
