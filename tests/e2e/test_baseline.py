"""``diffvet baseline`` from outside: accepted findings fail nothing, new ones do, and two branches merge."""

import datetime as dt
import json
from pathlib import Path

import jsonschema
import pytest

from diffvet.cli.main import VERBS

pytestmark = pytest.mark.skipif("baseline" not in VERBS, reason="the verb is not in the table of verbs")

FILE = ".diffvet-baseline.json"
SCHEMA = Path(__file__).parents[2] / "schemas/baseline.schema.json"
RISK = "import subprocess\n\n\ndef run(request):\n    subprocess.run(request.args[0], shell=True)\n"
OTHER = "import pickle\n\n\ndef load(request):\n    return pickle.loads(request.data)\n"


@pytest.fixture
def risky(repo):
    """A branch that adds a risk to a repository."""
    repo.commit(readme__md="hello\n")
    repo.git("checkout", "-q", "-b", "work")
    repo.commit(run__py=RISK)
    return repo


def accept(diffvet, repo, *args, reason="known"):
    return diffvet("baseline", "update", "--base", "main", "--reason", reason, *args, cwd=repo)


def entries(repo):
    document = json.loads((repo.root / FILE).read_text())
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    return [value for key, value in document.items() if key != "version"]


def test_updating_accepts_what_is_open_with_reason_author_and_day(diffvet, risky):
    ran = accept(diffvet, risky, reason="a tool for\nourselves")
    assert ran.code == 0, ran.err
    found = entries(risky)
    assert found
    today = dt.datetime.now(dt.UTC).date()
    for entry in found:
        assert (entry["path"], entry["reason"], entry["author"]) == ("run.py", "a tool for ourselves", "Test")
        assert abs((dt.date.fromisoformat(entry["added"]) - today).days) <= 1
    assert "run.py:5: " in ran.out
    assert f"accepted {len(found)} entr" in ran.out


def test_updating_twice_changes_no_byte(diffvet, risky):
    accept(diffvet, risky)
    before = (risky.root / FILE).read_bytes()
    ran = accept(diffvet, risky, "--author", "Somebody Else", reason="another")
    assert ran.code == 0
    assert "accepted 0 entries" in ran.out
    assert (risky.root / FILE).read_bytes() == before


def test_an_accepted_finding_fails_no_check_a_new_one_does(diffvet, risky):
    assert diffvet("check", "--base", "main", cwd=risky).code == 1
    accept(diffvet, risky)
    ran = diffvet("check", "--base", "main", "--format", "json", cwd=risky)
    assert ran.code == 0
    assert {finding["state"] for finding in ran.json["findings"]} == {"baseline"}
    risky.commit(run__py="# moved\n" * 40 + RISK.replace("    sub", "        sub"))
    assert diffvet("check", "--base", "main", cwd=risky).code == 0
    risky.commit(load__py=OTHER)
    ran = diffvet("check", "--base", "main", "--format", "json", cwd=risky)
    assert ran.code == 1
    assert {f["path"] for f in ran.json["findings"] if f["state"] == "open"} == {"load.py"}


def test_two_branches_that_update_merge_with_the_union_driver(diffvet, risky):
    risky.git("checkout", "-q", "-b", "left")
    risky.commit(left__py=OTHER, __gitattributes=f"{FILE} merge=union\n")
    accept(diffvet, risky, reason="left")
    risky.commit()
    risky.git("checkout", "-q", "-b", "right", "work")
    risky.commit(right__py=OTHER, __gitattributes=f"{FILE} merge=union\n")
    accept(diffvet, risky, reason="right")
    risky.commit()
    risky.git("merge", "-q", "-m", "both", "left")
    assert {entry["path"] for entry in entries(risky)} == {"run.py", "left.py", "right.py"}
    assert diffvet("check", "--base", "main", cwd=risky).code == 0


def test_pruning_drops_what_the_change_no_longer_shows(diffvet, risky):
    risky.commit(load__py=OTHER)
    accept(diffvet, risky)
    risky.commit(load__py="import json\n\n\ndef load(request):\n    return json.loads(request.data)\n")
    before = (risky.root / FILE).read_bytes()
    ran = diffvet("baseline", "prune", "--base", "main", "--dry-run", cwd=risky)
    assert ran.code == 0, ran.err
    assert "load.py: " in ran.out
    assert "would drop 1 entry" in ran.out
    assert (risky.root / FILE).read_bytes() == before
    ran = diffvet("baseline", "prune", "--base", "main", cwd=risky)
    assert "dropped 1 entry" in ran.out
    assert {entry["path"] for entry in entries(risky)} == {"run.py"}


def test_pruning_leaves_alone_what_the_change_does_not_cover(diffvet, risky):
    accept(diffvet, risky)
    before = (risky.root / FILE).read_bytes()
    risky.commit(other__py="x = 1\n")
    ran = diffvet("baseline", "prune", "HEAD", cwd=risky)
    assert ran.code == 0
    assert "not judged" in ran.out
    assert (risky.root / FILE).read_bytes() == before


def test_show_lists_as_a_table_and_as_json(diffvet, risky):
    assert "nothing is accepted" in diffvet("baseline", "show", cwd=risky).out
    accept(diffvet, risky, reason="a tool for ourselves")
    table = diffvet("baseline", "show", cwd=risky)
    assert table.code == 0
    assert "run.py" in table.out
    assert "a tool for ourselves" in table.out
    document = diffvet("baseline", "show", "--format", "json", cwd=risky).json
    assert [entry["path"] for entry in document["entries"]] == [entry["path"] for entry in entries(risky)]
    assert all(len(entry["fingerprint"]) == 32 for entry in document["entries"])


def test_another_file_can_be_named(diffvet, risky, tmp_path):
    accept(diffvet, risky, "--baseline", str(tmp_path / "mine.json"))
    assert not (risky.root / FILE).exists()
    shown = diffvet(
        "baseline", "show", "--format", "json", "--baseline", str(tmp_path / "mine.json"), cwd=risky
    )
    assert shown.json["entries"]


def test_a_reason_is_required(diffvet, risky):
    assert diffvet("baseline", "update", "--base", "main", cwd=risky).code == 2
    ran = accept(diffvet, risky, reason="  ")
    assert (ran.code, ran.out) == (2, "")
    assert "the reason is empty" in ran.err


def test_an_author_is_required(diffvet, risky):
    risky.git("config", "--unset", "user.name")
    ran = accept(diffvet, risky)
    assert ran.code == 2
    assert "--author" in ran.err
    assert accept(diffvet, risky, "--author", "Ada").code == 0
    assert {entry["author"] for entry in entries(risky)} == {"Ada"}


def test_a_conflicted_baseline_is_one_sentence_with_the_line(diffvet, risky):
    accept(diffvet, risky)
    text = (risky.root / FILE).read_text()
    (risky.root / FILE).write_text(text.replace("{\n", "{\n<<<<<<< HEAD\n", 1))
    for verb in (["baseline", "show"], ["check", "--base", "main"]):
        ran = diffvet(*verb, cwd=risky)
        assert ran.code == 2
        assert "line 2, is a merge conflict marker" in ran.err
        assert ran.err.count("\n") == 1


def test_a_link_out_of_the_repository_is_not_followed(diffvet, risky, tmp_path):
    (tmp_path / "elsewhere.json").write_text('{\n"version": 1\n}\n')
    (risky.root / FILE).symlink_to(tmp_path / "elsewhere.json")
    ran = accept(diffvet, risky)
    assert ran.code == 2
    assert (tmp_path / "elsewhere.json").read_text() == '{\n"version": 1\n}\n'
