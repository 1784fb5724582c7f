"""A check whose outcome is remembered says what a fresh one would say, whatever was changed in between."""

import json
import os
import random
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import diffvet as package
from diffvet.cli.outcome import KEYED, NOT_KEYED, PLAIN_FLAGS, VALUED_FLAGS
from diffvet.settings.values import OPTIONS
from fake_peer import peer

pytestmark = pytest.mark.skipif(
    not hasattr(os, "posix_spawnp"), reason="outcomes are remembered on POSIX only"
)

SHELL = 'import subprocess\n\n\ndef run(name):\n    subprocess.run(f"tar {name}", shell=True)\n'
QUIET = "def run(name):\n    return name\n"


@pytest.fixture
def staged(repo):
    """A repository with a staged risk in a folder of its own, and a harmless change."""
    repo.commit(**{"README__md": "hello\n", "lib/deep/app__py": "x = 1\n", "lib/other__py": "y = 1\n"})
    repo.write("lib/deep/app.py", SHELL)
    repo.write("lib/other.py", "y = 2\n")
    repo.git("add", "-A")
    return repo


@pytest.fixture
def check(diffvet):
    def run(repo, *args, env=None, cwd=None):
        return diffvet("check", "--staged", *args, cwd=cwd or repo, env=env)

    return run


def remembered(ran):
    """Whether the outcome came from the memory: nobody reviewed anything."""
    return bool(re.search(r"\d hunks? cached", ran.out)) and "reviewed" not in ran.out


def as_fresh(ran):
    """What a run says, whether its hunks were reviewed now or before."""
    return ran.code, ran.out.replace(" cached", " reviewed").replace('"cached"', '"reviewed"'), ran.err


def outcomes():
    return sorted((Path(os.environ["XDG_CACHE_HOME"]) / "diffvet" / "outcomes").glob("*"))


def test_the_second_check_of_the_same_index_is_remembered_and_says_the_same(staged, check):
    first, second, third = (check(staged) for _ in range(3))
    assert first.code == 1
    assert not remembered(first)
    assert remembered(second)
    assert as_fresh(second) == as_fresh(first)
    assert third == second


def test_in_json_every_row_is_cached_and_nothing_was_spent(staged, check):
    first, second = check(staged, "--format", "json").json, check(staged, "--format", "json").json
    assert {row["outcome"] for row in first["ledger"]} == {"reviewed"}
    assert {row["outcome"] for row in second["ledger"]} == {"cached"}
    assert second["usage"] == {"requests": 0, "input_tokens": 0, "output_tokens": 0, "credits": 0.0}
    assert second["findings"] == first["findings"]


def test_a_green_outcome_is_remembered_as_green(staged, check):
    staged.write("lib/deep/app.py", QUIET)
    staged.git("add", "-A")
    assert [check(staged).code for _ in range(2)] == [0, 0]
    assert remembered(check(staged))


def test_the_review_that_is_given_again_is_the_last_one_for_show(staged, check, diffvet):
    check(staged)
    staged.write("new.py", SHELL)
    assert diffvet("check", cwd=staged).code == 1
    assert "new.py" in diffvet("show", cwd=staged).out
    assert remembered(check(staged))
    shown = diffvet("show", cwd=staged)
    assert "new.py" not in shown.out
    assert "the index against HEAD" in shown.err


def test_without_the_kept_review_there_is_no_outcome_either(staged, check, diffvet):
    check(staged)
    assert diffvet("cache", "clear").code == 0
    assert not remembered(check(staged))


# Every input of a check, and a way to change it. What comes back is the environment of the next run.
def stage(repo, path, text):
    repo.write(path, text)
    repo.git("add", "-f", path)


def user_file(repo):
    path = Path(os.environ["XDG_CONFIG_HOME"]) / "diffvet" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('fail_on = "none"\n')


def named_user_file(repo):
    path = repo.root.parent / "mine.toml"
    path.write_text('fail_on = "none"\n')
    return {"DIFFVET_CONFIG": str(path)}


def global_attributes(repo):
    path = Path(os.environ["XDG_CONFIG_HOME"]) / "git" / "attributes"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("*.py -diff\n")


def configured_attributes(repo):
    (repo.root.parent / "attributes").write_text("*.py -diff\n")
    config = repo.root.parent / "gitconfig"
    config.write_text(f"[core]\n\tattributesFile = {repo.root.parent}/attributes\n")
    return {"GIT_CONFIG_GLOBAL": str(config)}


def linked_settings(repo):
    (repo.root / "elsewhere.toml").write_text('fail_on = "none"\n')
    (repo.root / "diffvet.toml").symlink_to("elsewhere.toml")


def folder_becomes_a_link(repo):
    shutil.move(repo.root / "lib", repo.root / "moved")
    (repo.root / "lib").symlink_to("moved")
    (repo.root / "moved" / "diffvet.toml").write_text('fail_on = "none"\n')


def baseline(repo):
    subprocess.run(
        [sys.executable, "-m", "diffvet", "baseline", "update", "--staged", "--reason", "known"],
        cwd=repo.root,
        check=True,
        capture_output=True,
    )


def named_baseline(repo):
    baseline(repo)
    (repo.root / ".diffvet-baseline.json").rename(repo.root.parent / "known.json")
    return {"DIFFVET_BASELINE": str(repo.root.parent / "known.json")}


def dismissal(repo):
    shown = subprocess.run(
        [sys.executable, "-m", "diffvet", "show"], cwd=repo.root, check=True, capture_output=True, text=True
    ).stdout
    ids = re.findall(r"\[([0-9a-f]{12})\]", shown)
    subprocess.run(
        [sys.executable, "-m", "diffvet", "dismiss", *ids, "--reason", "known"],
        cwd=repo.root,
        check=True,
        capture_output=True,
    )


def mode_change(repo):
    place = repo.root / "lib/other.py"
    place.chmod(place.stat().st_mode | stat.S_IXUSR)
    repo.git("add", "-A")


CHANGES = {
    "the staged text": lambda repo: stage(repo, "lib/deep/app.py", QUIET),
    "one more staged file": lambda repo: stage(repo, "lib/third.py", SHELL),
    "a staged deletion": lambda repo: repo.git("rm", "-q", "--cached", "README.md"),
    "a staged rename": lambda repo: repo.git("mv", "README.md", "lib/README.md"),
    "a mode": mode_change,
    "HEAD": lambda repo: repo.git("commit", "-q", "--amend", "--allow-empty", "-m", "other", "--only"),
    "diffvet.toml": lambda repo: repo.write("diffvet.toml", 'fail_on = "none"\n'),
    "diffvet.toml of a folder": lambda repo: repo.write("lib/deep/diffvet.toml", 'fail_on = "none"\n'),
    "pyproject.toml": lambda repo: repo.write("pyproject.toml", '[tool.diffvet]\nexclude = ["*.py"]\n'),
    "pyproject.toml of a folder": lambda repo: repo.write(
        "lib/pyproject.toml", '[tool.diffvet]\nexclude = ["*.py"]\n'
    ),
    "diffvet.toml that is broken": lambda repo: repo.write("diffvet.toml", "fail_on = \n"),
    "diffvet.toml that is a link": linked_settings,
    "a folder that becomes a link": folder_becomes_a_link,
    ".gitattributes": lambda repo: repo.write(".gitattributes", "*.py -diff\n"),
    ".gitattributes of a folder": lambda repo: repo.write("lib/deep/.gitattributes", "app.py -diff\n"),
    ".gitattributes of the index": lambda repo: stage(repo, ".gitattributes", "*.py linguist-generated\n"),
    "info/attributes": lambda repo: repo.write(".git/info/attributes", "*.py -diff\n"),
    "the user's attributes": global_attributes,
    "attributes named in a configuration": configured_attributes,
    "a driver in the repository's configuration": lambda repo: (
        repo.git("config", "diff.py.binary", "true"),
        repo.write(".gitattributes", "*.py diff=py\n"),
    ),
    "the user's file": user_file,
    "another file of the user's": named_user_file,
    "a variable": lambda _repo: {"DIFFVET_FAIL_ON": "none"},
    "a variable for a rule": lambda _repo: {"DIFFVET_RULES": "security=off"},
    "the baseline": baseline,
    "another baseline": named_baseline,
    "a dismissal": dismissal,
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_changed_the_next_check_says_what_a_fresh_one_says(staged, check, change, tmp_path):
    check(staged)
    assert remembered(check(staged))
    env = CHANGES[change](staged)
    env = env if isinstance(env, dict) else {}
    now = check(staged, env=env)
    assert not remembered(now)
    store = tmp_path / "fresh"
    kept = Path(os.environ["XDG_CACHE_HOME"]) / "diffvet"
    store.mkdir()
    for journal in kept.glob("dismissals*"):
        shutil.copy(journal, store)
    fresh = check(staged, env={**env, "DIFFVET_CACHE_DIR": str(store)})
    assert as_fresh(now) == as_fresh(fresh)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_no_sequence_of_changes_brings_a_stale_outcome(staged, check, seed, tmp_path):
    """Changes come and go in any order; after each, the memory and a run without one agree."""
    rng = random.Random(seed)  # noqa: S311 - the same sequences every time
    toml, attributes = staged.root / "lib/diffvet.toml", staged.root / "lib/.gitattributes"
    steps = [
        lambda: stage(staged, "lib/deep/app.py", rng.choice([SHELL, QUIET, SHELL + "# more\n"])),
        lambda: staged.git("reset", "-q", "--", "lib/other.py"),
        lambda: stage(staged, "lib/other.py", "y = 2\n"),
        lambda: toml.write_text(f'min_severity = "{rng.choice(["info", "error"])}"\n'),
        lambda: toml.unlink(missing_ok=True),
        lambda: attributes.write_text(rng.choice(["", "*.py -diff\n"])),
        lambda: attributes.unlink(missing_ok=True),
        lambda: staged.git("commit", "-q", "--allow-empty", "-m", "x", "--only"),
        lambda: None,
    ]
    hits = 0
    for number in range(14):
        rng.choice(steps)()
        now = check(staged)
        fresh = check(staged, env={"DIFFVET_CACHE_DIR": str(tmp_path / f"store {number}")})
        assert as_fresh(now) == as_fresh(fresh)
        hits += remembered(now)
    assert hits


def test_another_folder_another_flag_and_another_program_are_other_questions(staged, check, tmp_path):
    check(staged)
    assert not remembered(check(staged, cwd=staged.root / "lib"))
    assert not remembered(check(staged, "--fail-on", "error"))
    assert not remembered(check(staged, "--color=always"))
    copied = tmp_path / "copied"
    shutil.copytree(
        Path(package.__file__).parent, copied / "diffvet", ignore=shutil.ignore_patterns("__pycache__")
    )
    env = {"PYTHONPATH": str(copied)}
    assert not remembered(check(staged, env=env))
    assert remembered(check(staged, env=env))
    rule = copied / "diffvet/rules/catalogue/python.yaml"
    rule.write_text(rule.read_text() + "\n")
    assert not remembered(check(staged, env=env))


@pytest.mark.parametrize(
    "args",
    [
        ["--no-cache"],
        ["--cache"],
        ["--json-output=report.json"],
        ["-C", "."],
        ["--", "lib"],
        ["--record", "tape"],
    ],
)
def test_what_writes_files_or_asks_for_a_fresh_review_is_never_remembered(staged, check, args):
    for _ in range(2):
        ran = check(staged, *args)
        assert ran.code == 1
        assert not remembered(ran)
    assert outcomes() == []


@pytest.mark.parametrize("env", [{"DIFFVET_CACHE": "false"}, {"DIFFVET_RECORD": "tape"}])
def test_the_same_said_by_a_variable_counts_too(staged, check, env):
    for _ in range(2):
        assert not remembered(check(staged, env=env))
    assert outcomes() == []


def test_a_dry_run_is_no_review(staged, check):
    check(staged)
    assert "nothing was sent" in check(staged, "--dry-run").out


def test_an_incomplete_review_is_never_remembered(repo, check):
    repo.conflict()
    assert [check(repo).code for _ in range(2)] == [3, 3]
    assert outcomes() == []


def test_a_review_by_a_model_is_remembered_and_asks_nobody(staged, check):
    args = ["--model", "route/x", "--retries", "0", "--format", "json"]
    with peer(lambda _prompt: "- none\nEND OF REVIEW\n") as asked:
        first = check(staged, *args, "--endpoint", asked.url)
        assert first.code == 0
        assert first.json["usage"]["requests"] == len(asked.prompts) > 0
        before = len(asked.prompts)
        second = check(staged, *args, "--endpoint", asked.url)
        assert len(asked.prompts) == before
    assert {row["outcome"] for row in second.json["ledger"]} == {"cached"}
    assert second.json["usage"]["requests"] == 0


def test_attributes_that_come_from_a_commit_rule_the_memory_out(staged, check):
    staged.git("config", "attr.tree", "main")
    for _ in range(2):
        assert not remembered(check(staged))


def test_clearing_the_cache_leaves_no_outcome_behind(staged, check, diffvet):
    check(staged)
    assert len(outcomes()) == 1
    assert diffvet("cache", "clear").code == 0
    assert outcomes() == []


def test_a_damaged_outcome_is_a_review_again(staged, check):
    first = check(staged)
    (place,) = outcomes()
    whole = place.read_bytes()
    for harmed in (
        b"",
        whole[:-1],
        whole[:20],
        whole.replace(b"hunks cached", b"hunks CACHED"),
        os.urandom(500),
    ):
        place.write_bytes(harmed)
        again = check(staged)
        assert not remembered(again)
        assert as_fresh(again) == as_fresh(first)


def test_a_store_that_cannot_be_used_costs_the_memory_and_nothing_else(staged, check, tmp_path):
    (tmp_path / "file").write_text("")
    env = {"DIFFVET_CACHE_DIR": str(tmp_path / "file" / "store")}
    for _ in range(2):
        ran = check(staged, env=env)
        assert ran.code == 1
        assert not remembered(ran)


def test_git_is_asked_without_any_key(staged, check, tmp_path):
    log, tools = tmp_path / "log", tmp_path / "tools"
    tools.mkdir()
    real = shutil.which("git")
    (tools / "git").write_text(f'#!/bin/sh\nenv >> {log}\nexec {real} "$@"\n')
    (tools / "git").chmod(0o755)
    env = {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "DIFFVET_API_KEY": "one" + "-key",
        "OTHER_KEY": "two" + "-key",
    }
    check(staged, env=env)
    log.unlink()
    assert remembered(check(staged, env=env))
    assert "-key" not in log.read_text()
    place = [path.read_bytes() for path in outcomes()]
    assert not any(b"-key" in content for content in place)


@pytest.fixture
def hooked(staged):
    """Commit with our hook in place; the outcomes of the rows it printed. The commit is refused each time."""
    hook = staged.root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nexec {sys.executable} -m diffvet hook run pre-commit --format json\n")
    hook.chmod(0o755)

    def commit(*args):
        command = ["git", "commit", "-q", "-m", "x", *args]
        done = subprocess.run(command, cwd=staged.root, check=False, capture_output=True, text=True)
        assert done.returncode == 1
        said = done.stdout + done.stderr
        document, _ = json.JSONDecoder().raw_decode(said[said.index("{") :])
        return {row["outcome"] for row in document["ledger"]}

    return commit


def test_a_hook_of_git_is_remembered_for_the_index_it_was_shown(staged, hooked):
    assert hooked() == {"reviewed"}
    assert hooked() == {"cached"}
    staged.write("README.md", "hello again\n")
    assert hooked("-a") == {"reviewed"}


def test_a_hook_while_a_merge_is_committed_is_never_remembered(staged, hooked):
    assert hooked() == {"reviewed"}
    staged.git("stash", "-q")
    (staged.root / ".git/hooks/pre-commit").rename(staged.root.parent / "aside")
    staged.git("checkout", "-q", "-b", "side", "main")
    staged.commit(side__py=SHELL)
    staged.git("checkout", "-q", "main")
    staged.git("commit", "-q", "--allow-empty", "-m", "main goes on")
    staged.git("merge", "-q", "--no-commit", "--no-ff", "side")
    stage(staged, "side.py", SHELL + "# resolved by hand\n")
    (staged.root.parent / "aside").rename(staged.root / ".git/hooks/pre-commit")
    before = outcomes()
    assert hooked() == {"reviewed"}
    assert hooked() == {"reviewed"}
    assert outcomes() == before


def test_nothing_is_imported_that_a_remembered_check_does_not_need(staged, check):
    check(staged)
    command = [sys.executable, "-X", "importtime", "-m", "diffvet", "check", "--staged"]
    done = subprocess.run(command, cwd=staged.root, capture_output=True, text=True, check=False)
    assert "cached" in done.stdout
    loaded = {
        line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time")
    }
    assert "diffvet.cli.outcome" in loaded
    assert {name for name in loaded if name.startswith("diffvet.")} <= {
        "diffvet.cli",
        "diffvet.cli.entry",
        "diffvet.cli.outcome",
        "diffvet.diff",
        "diffvet.diff.neutral",
        "diffvet.diff.spawn",
        "diffvet.store",
        "diffvet.store.entries",
        "diffvet.store.place",
    }
    # ``-m`` itself loads ``runpy`` and what that needs; these it does not
    heavy = {
        "re",
        "typing",
        "pathlib",
        "argparse",
        "sqlite3",
        "subprocess",
        "dataclasses",
        "json",
        "hashlib",
        "asyncio",
    }
    assert not loaded & heavy


def test_every_variable_that_is_read_is_part_of_the_question():
    """A new ``os.environ`` look-up must be decided upon here, and in ``cli/outcome.py``."""
    root = Path(package.__file__).parent
    elsewhere = {
        "PRE_COMMIT",  # the face under which spending is recorded
        "ANDROID_DATA",  # where the store is
        "LC_ALL",
        # of a push, which is never remembered:
        *(
            f"PRE_COMMIT_{name}"
            for name in ("REMOTE_NAME", "FROM_REF", "REMOTE_BRANCH", "TO_REF", "LOCAL_BRANCH")
        ),
        "XDG_CONFIG_HOME",
    }
    read = set()
    for path in root.rglob("*.py"):
        if (
            path.relative_to(root).parts[0] in {"lsp", "gateway"}
            or path.name in {"doctor.py", "ci_source.py"}
            or "checkup" in path.name
        ):
            continue
        text = path.read_text()
        read |= set(re.findall(r"environ(?:\.get)?[\[(]\"(\w+)\"", text))
        read |= set(re.findall(r"\"(\w+)\" (?:not )?in os\.environ", text))
    assert {
        name for name in read if not name.startswith(("DIFFVET_", "GIT_"))
    } <= KEYED | NOT_KEYED | elsewhere


def test_every_option_is_either_known_to_the_memory_or_kept_from_it():
    said = [name for name, option in OPTIONS.items() if "editor" not in option.metadata]  # those have no flag
    flags = {f"--{name.replace('_', '-')}" for name in said}
    assert flags - VALUED_FLAGS - PLAIN_FLAGS == {
        "--record", "--replay", "--cache", "--allow-plain-http", "--without-key", "--baseline-from", "--price-input", "--price-output",
    }  # fmt: skip
