"""The pre-commit hook in every way git makes a commit, by our own script and by the pre-commit framework."""

import sys

import pytest

from fake_peer import Reply, peer
from hooked_repository import CLEAN, LEAKED, WAYS, Hooked, bare_path, said
from lsp.raw_client import RawClient
from lsp.workspace import open_file, published

TEN = "".join(f"line_{n} = {n}\n" for n in range(30))


@pytest.fixture(params=WAYS)
def hooked(request, tmp_path) -> Hooked:
    """A repository with one commit and the hook installed."""
    here = Hooked.made(tmp_path / "repo", tmp_path / "home")
    here.install(request.param)
    here.unchecked(start__py=CLEAN)
    return here


def blocked(done) -> bool:
    text = said(done)
    assert done.returncode == 1, text
    assert "AWS access key id" in text, text
    return True


def passed(done) -> bool:
    assert done.returncode == 0, said(done)
    assert "AWS access key id" not in said(done)
    return True


@pytest.mark.parametrize("way", WAYS)
def test_the_first_commit_of_an_empty_repository(tmp_path, way):
    here = Hooked.made(tmp_path / "repo", tmp_path / "home")
    here.install(way)
    here.stage("settings.py", LEAKED)
    assert blocked(here.commit())
    assert here.run("git", "rev-parse", "--verify", "HEAD").returncode != 0
    here.stage("settings.py", CLEAN)
    assert passed(here.commit())


def test_a_leaked_key_is_blocked_and_a_clean_change_passes(hooked):
    before = hooked.head
    hooked.stage("settings.py", LEAKED)
    assert blocked(hooked.commit())
    assert hooked.head == before
    hooked.stage("settings.py", CLEAN)
    assert passed(hooked.commit())
    assert hooked.head != before


def test_what_is_not_staged_does_not_count(hooked):
    hooked.stage("settings.py", CLEAN)
    hooked.write("settings.py", LEAKED)
    assert passed(hooked.commit())


def test_commit_a_reviews_what_it_stages(hooked):
    hooked.write("start.py", CLEAN + LEAKED)
    assert blocked(hooked.commit("-a"))
    hooked.write("start.py", CLEAN + "x = 1\n")
    assert passed(hooked.commit("-a"))


def test_commit_p_reviews_the_chosen_hunks_only(hooked):
    hooked.unchecked(many__py=TEN)
    hooked.write("many.py", LEAKED + TEN + "last = 1\n")
    assert passed(hooked.commit("-p", stdin="n\ny\n"))
    assert LEAKED not in hooked.git("show", "HEAD:many.py") + "\n"
    assert blocked(hooked.commit("-p", stdin="y\n"))


def test_a_pathspec_reviews_that_file_only(hooked):
    hooked.unchecked(one__py="a = 1\n", other__py="b = 1\n")
    hooked.write("one.py", LEAKED)
    hooked.write("other.py", "b = 2\n")
    hooked.git("add", "one.py")
    assert passed(hooked.commit("other.py"))
    assert blocked(hooked.commit("one.py"))


def test_amend_reviews_what_is_added_to_the_last_commit(hooked):
    hooked.stage("more.py", CLEAN)
    assert passed(hooked.commit())
    hooked.stage("more.py", CLEAN + LEAKED)
    assert blocked(hooked.commit("--amend"))
    hooked.stage("more.py", CLEAN + "y = 2\n")
    assert passed(hooked.commit("--amend"))


@pytest.fixture
def merging(hooked) -> Hooked:
    """A merge that stopped at both.py; the other side also brings theirs.py, which holds a key."""
    hooked.unchecked(both__py="a = 1\n")
    hooked.git("checkout", "--quiet", "-b", "side")
    hooked.unchecked(both__py="a = 2\n", theirs__py=LEAKED)
    hooked.git("checkout", "--quiet", "main")
    hooked.unchecked(both__py="a = 3\n")
    assert hooked.run("git", "merge", "side").returncode == 1
    return hooked


def test_a_merge_reviews_the_resolution_and_not_what_the_other_side_brings(merging):
    merging.stage("both.py", "a = 4\n" + LEAKED)
    assert blocked(merging.commit())
    merging.stage("both.py", "a = 4\n")
    done = merging.commit()
    assert passed(done)
    assert "a merge is committed" in said(done)
    assert merging.git("rev-list", "--parents", "-1", "HEAD").count(" ") == 2


def test_a_file_added_while_merging_is_reviewed(merging):
    merging.stage("both.py", "a = 4\n")
    merging.stage("new.py", LEAKED)
    assert blocked(merging.commit())


def test_a_merge_without_a_conflict_goes_through(hooked):
    hooked.git("checkout", "--quiet", "-b", "side")
    hooked.unchecked(theirs__py=CLEAN)
    hooked.git("checkout", "--quiet", "main")
    hooked.unchecked(ours__py=CLEAN)
    assert passed(hooked.run("git", "merge", "--no-edit", "side"))


def test_a_rebase_is_silent(hooked):
    hooked.git("checkout", "--quiet", "-b", "side")
    hooked.unchecked(side__py=CLEAN)
    hooked.unchecked(side__py=CLEAN + "z = 1\n")
    hooked.git("checkout", "--quiet", "main")
    hooked.unchecked(other__py=CLEAN)
    hooked.git("checkout", "--quiet", "side")
    stop = "sed -i 1s/pick/edit/"
    assert passed(hooked.run("git", "rebase", "-i", "main", GIT_SEQUENCE_EDITOR=stop))
    hooked.stage("side.py", LEAKED)
    done = hooked.commit("--amend")
    assert passed(done)
    assert "reviewed" not in said(done)
    assert hooked.run("git", "rebase", "--abort").returncode == 0
    hooked.stage("side.py", LEAKED)
    assert blocked(hooked.commit())


def test_a_cherry_pick_with_a_conflict_is_reviewed_when_it_is_committed(hooked):
    hooked.unchecked(both__py="a = 1\n")
    hooked.git("checkout", "--quiet", "-b", "side")
    picked = hooked.unchecked(both__py="a = 2\n" + LEAKED)
    hooked.git("checkout", "--quiet", "main")
    hooked.unchecked(both__py="a = 3\n")
    assert hooked.run("git", "cherry-pick", picked).returncode == 1
    hooked.stage("both.py", "a = 4\n" + LEAKED)
    assert blocked(hooked.commit())
    hooked.stage("both.py", "a = 4\n")
    assert passed(hooked.run("git", "cherry-pick", "--continue"))


def test_no_verify_goes_past_the_hook(hooked):
    hooked.stage("settings.py", LEAKED)
    done = hooked.commit("--no-verify")
    assert done.returncode == 0
    assert "reviewed" not in said(done)


def test_an_empty_commit_has_nothing_to_review(hooked):
    done = hooked.commit("--allow-empty")
    assert passed(done)
    assert "nothing to review" in said(done)


def test_a_deletion_alone_is_reviewed(hooked):
    hooked.git("rm", "--quiet", "start.py")
    done = hooked.commit()
    assert passed(done)
    assert "1 hunk reviewed" in said(done)


def test_a_gui_gives_no_terminal_no_standard_input_no_home_and_next_to_no_path(hooked, tmp_path):
    path = bare_path(tmp_path / "bin", "git", "sh", "env", "bash", "dirname", "sed")
    bare = {"PATH": path, "HOME": None, "XDG_CONFIG_HOME": None, "XDG_CACHE_HOME": None,
            "DIFFVET_CACHE_DIR": None, "TERM": None, "LANG": None}  # fmt: skip
    hooked.stage("settings.py", LEAKED)
    line = "git commit -m change <&-"
    assert blocked(hooked.run("/bin/sh", "-c", line, **bare))
    hooked.stage("settings.py", CLEAN)
    assert passed(hooked.run("/bin/sh", "-c", line, **bare))


def test_an_index_of_the_users_own_is_the_one_that_is_reviewed(hooked, tmp_path):
    own = str(tmp_path / "own-index")
    hooked.git("read-tree", "HEAD", GIT_INDEX_FILE=own)
    hooked.write("settings.py", LEAKED)
    hooked.git("add", "settings.py", GIT_INDEX_FILE=own)
    assert blocked(hooked.commit(GIT_INDEX_FILE=own))
    hooked.write("clean.py", CLEAN)
    hooked.git("add", "clean.py")
    assert passed(hooked.commit())


def test_a_linked_worktree_has_the_hook_too(hooked, tmp_path):
    hooked.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "-b", "linked")
    linked = Hooked(tmp_path / "linked", hooked.env)
    linked.stage("settings.py", LEAKED)
    assert blocked(linked.commit())
    linked.stage("settings.py", CLEAN)
    assert passed(linked.commit())
    assert passed(linked.commit("--allow-empty"))


@pytest.mark.parametrize("way", WAYS)
def test_a_submodule_has_a_hook_of_its_own(tmp_path, way):
    library = Hooked.made(tmp_path / "library", tmp_path / "home")
    library.unchecked(lib__py=CLEAN)
    outer = Hooked.made(tmp_path / "outer", tmp_path / "home")
    local = ("-c", "protocol.file.allow=always")
    outer.git(*local, "submodule", "--quiet", "add", str(library.root), "library")
    inner = Hooked(outer.root / "library", outer.env)
    inner.install(way)
    inner.stage("lib.py", LEAKED)
    assert blocked(inner.commit())
    inner.stage("lib.py", CLEAN + "x = 1\n")
    assert passed(inner.commit())
    outer.git("add", "library")
    assert passed(outer.commit())  # the outer repository has no hook


def test_a_subdirectory_is_as_good_as_the_top(hooked):
    hooked.write("deep/down/x.py", LEAKED)
    assert blocked(hooked.run("sh", "-c", "cd deep/down && git add x.py && git commit -m change"))


def test_a_time_out_is_announced_and_fails(hooked):
    with peer(lambda _prompt: Reply(delay=90)) as asked:
        model = {"DIFFVET_ENDPOINT": asked.url, "DIFFVET_MODEL": "route/x", "DIFFVET_TIME_LIMIT": "0.5"}
        hooked.stage("area.py", CLEAN)
        late = hooked.commit(**model)
        assert late.returncode == 1  # git's and the framework's word for any failure of a hook
        assert "the time limit of 0.5 s is over: 1 of " in said(late)
        passing = hooked.commit(**model, DIFFVET_FAIL_OPEN="timeout")
    assert passing.returncode == 0, said(passing)
    assert "hunks were not reviewed; let through, because fail_open is 'timeout'" in said(passing)


def test_with_the_framework_and_the_script_both_at_once_each_runs_once(tmp_path):
    here = Hooked.made(tmp_path / "repo", tmp_path / "home")
    here.install("script")
    here.install("framework")  # keeps ours as pre-commit.legacy and runs it first
    here.stage("area.py", CLEAN)
    done = here.commit()
    assert passed(done)
    assert said(done).count("reviewed by the embedded rules") == 2
    assert "run by the pre-commit framework's hook" in here.diffvet("hook", "status").stdout
    assert here.diffvet("hook", "uninstall").returncode == 0
    assert not here.hook("pre-commit.legacy").exists()
    here.stage("area.py", CLEAN + "x = 1\n")
    assert said(here.commit()).count("reviewed by the embedded rules") == 1


def test_the_framework_installed_again_over_our_script_does_not_run_in_a_circle(tmp_path):
    here = Hooked.made(tmp_path / "repo", tmp_path / "home")
    here.install("framework")
    here.install("script")  # keeps the framework's hook and runs it first
    here.stage("area.py", CLEAN)
    assert said(here.commit()).count("reviewed by the embedded rules") == 2
    here.install("framework")  # keeps ours, which has kept the framework's
    here.stage("area.py", CLEAN + "x = 1\n")
    done = here.commit()
    assert passed(done)
    assert said(done).count("reviewed by the embedded rules") == 2
    assert here.diffvet("hook", "uninstall").returncode == 0
    here.stage("area.py", CLEAN + "x = 2\n")
    assert said(here.commit()).count("reviewed by the embedded rules") == 1
    assert sorted(path.name for path in here.hook("x").parent.glob("pre-commit*")) == [
        "pre-commit",
        "pre-commit.sample",
    ]


def test_status_knows_the_framework(tmp_path):
    here = Hooked.made(tmp_path / "repo", tmp_path / "home")
    here.install("framework")
    status = here.diffvet("hook", "status")
    assert status.returncode == 0
    assert "pre-commit  runs through the pre-commit framework" in status.stdout


def test_the_framework_runs_the_hook_by_hand_and_says_what_it_needs_for_a_push(tmp_path):
    here = Hooked.made(tmp_path / "repo", tmp_path / "home")
    here.install("framework")
    here.unchecked(a__py=CLEAN)
    by_hand = (sys.executable, "-m", "pre_commit", "run", "--all-files")
    assert passed(here.run(*by_hand))
    push = here.run(*by_hand[:-1], "--hook-stage", "pre-push", "--all-files")
    assert push.returncode == 1
    assert "--from-ref A --to-ref B" in said(push)


def test_what_the_editor_was_answered_is_not_asked_again_by_the_hook(hooked):
    risky = CLEAN + "\n\ndef run(x: str) -> object:\n    return eval(x)\n"
    bullet = "- [error][security] start.py:R6 `return eval(x)` **Eval.** Why: w. Fix: f.\nEND OF REVIEW\n"
    with peer(lambda _prompt: bullet) as asked:
        model = {"DIFFVET_ENDPOINT": asked.url, "DIFFVET_MODEL": "route/x"}
        hooked.write("start.py", risky)
        with RawClient(hooked.root, hooked.env | model) as editor:
            editor.initialize()
            open_file(editor, (hooked.root / "start.py").as_uri(), risky)
            assert published(editor)["diagnostics"]
            assert editor.end() == 0
        assert len(asked.prompts) == 1
        hooked.git("add", "start.py")
        stopped = hooked.commit(**model, DIFFVET_TIME_LIMIT="0.001")
        assert stopped.returncode == 1
        assert "line 6: Eval" in said(stopped)
        assert "1 hunk cached" in said(stopped)
        assert len(asked.prompts) == 1


def test_a_commit_that_was_blocked_is_blocked_again_at_once_and_a_merge_is_looked_at_anew(merging):
    """What is remembered of the index alone must not answer for a merge, or a rebase, of the same index."""
    merging.git("merge", "--abort")
    merging.stage("both.py", "a = 4\n" + LEAKED)
    run = ("hook", "run", "pre-commit")
    first, again = merging.diffvet(*run), merging.diffvet(*run)
    assert [first.returncode, again.returncode] == [1, 1]
    assert "1 hunk cached" in again.stdout
    (merging.root / ".git" / "rebase-merge").mkdir()
    assert merging.diffvet(*run).returncode == 0
    (merging.root / ".git" / "rebase-merge").rmdir()
    assert merging.diffvet(*run).returncode == 1
    (merging.root / ".git" / "MERGE_HEAD").write_text(merging.git("rev-parse", "side") + "\n")
    assert "a merge is committed" in merging.diffvet(*run).stderr
