"""The pre-push hook reviews what the remote does not have yet, for each ref that is pushed."""

import pytest

from hooked_repository import CLEAN, LEAKED, WAYS, Hooked, said

ZERO = "0" * 40


@pytest.fixture
def far(tmp_path) -> Hooked:
    here = Hooked.made(tmp_path / "far", tmp_path / "home")
    here.git("config", "receive.denyCurrentBranch", "ignore")
    return here


def made(tmp_path, far, way) -> Hooked:
    """A clone of ``far`` whose main has one commit, which leaks a key and was pushed before there was a hook."""
    far.unchecked(old__py=LEAKED)
    root = tmp_path / "near"
    far.git("clone", "--quiet", str(far.root), str(root))
    here = Hooked(root, far.env)
    here.install(way, "pre-push")
    return here


@pytest.fixture(params=WAYS)
def near(request, tmp_path, far) -> Hooked:
    return made(tmp_path, far, request.param)


@pytest.fixture
def alone(tmp_path, far) -> Hooked:
    return made(tmp_path, far, "script")


def push(here: Hooked, *args: str):
    return here.run("git", "push", *(args or ("origin", "HEAD")))


def blocked(done, path: str = "new.py") -> bool:
    assert done.returncode == 1, said(done)
    assert "AWS access key id" in said(done)
    assert path in said(done)
    assert "old.py" not in said(done)
    return True


def passed(done) -> bool:
    assert done.returncode == 0, said(done)
    assert "AWS access key id" not in said(done)
    return True


def test_commits_that_the_remote_has_not_are_reviewed_and_only_those(near):
    near.unchecked(clean__py=CLEAN)
    assert passed(push(near))
    near.unchecked(new__py=LEAKED)
    done = push(near)
    assert blocked(done)
    assert "clean.py" not in said(done)


def test_a_new_branch_is_reviewed_from_where_it_left(near):
    near.git("checkout", "--quiet", "-b", "feature")
    near.unchecked(clean__py=CLEAN)
    assert passed(push(near))
    near.git("checkout", "--quiet", "-b", "bad")
    near.unchecked(new__py=LEAKED)
    done = push(near)
    assert blocked(done)
    assert "clean.py" not in said(done)  # the remote has it, on another branch


def test_a_new_branch_without_commits_of_its_own_brings_nothing(near):
    near.git("branch", "same")
    done = push(near, "origin", "same")
    assert passed(done)
    assert "reviewing" not in said(done)


def test_a_deleted_branch_brings_nothing(near):
    near.git("branch", "gone")
    assert passed(push(near, "origin", "gone"))
    assert passed(push(near, "origin", ":gone"))


@pytest.mark.parametrize("way", WAYS)
def test_the_first_push_to_an_empty_remote_brings_everything(tmp_path, far, way):
    here = Hooked.made(tmp_path / "near", tmp_path / "home")
    here.install(way, "pre-push")
    here.unchecked(new__py=LEAKED)
    here.git("remote", "add", "origin", str(far.root))
    assert blocked(push(here, "origin", "main:other"))


def test_a_force_push_after_a_rebase_does_not_review_what_main_brought(near, far):
    near.git("checkout", "--quiet", "-b", "feature")
    near.unchecked(mine__py=CLEAN)
    assert passed(push(near))
    far.unchecked(theirs__py=LEAKED)
    near.git("fetch", "--quiet", "origin")
    near.git("rebase", "--quiet", "origin/main")
    near.unchecked(more__py=CLEAN)
    done = push(near, "--force", "origin", "feature")
    assert passed(done)
    assert "2 hunks reviewed" in said(done) or "hunk" in said(done)
    near.unchecked(new__py=LEAKED)
    done = push(near, "--force", "origin", "feature")
    assert blocked(done)
    assert "theirs.py" not in said(done)


def test_main_merged_into_a_branch_is_not_reviewed_again(near, far):
    near.git("checkout", "--quiet", "-b", "feature")
    near.unchecked(mine__py=CLEAN)
    assert passed(push(near))
    far.unchecked(theirs__py=LEAKED)
    near.git("fetch", "--quiet", "origin")
    near.git("merge", "--quiet", "--no-edit", "origin/main")
    done = push(near)
    assert passed(done)
    assert "theirs.py" not in said(done)


def test_each_of_several_refs_is_reviewed(alone):
    alone.git("checkout", "--quiet", "-b", "one")
    alone.unchecked(one__py=CLEAN)
    alone.git("checkout", "--quiet", "-b", "two", "main")
    alone.unchecked(new__py=LEAKED)
    done = push(alone, "origin", "one", "two")
    assert blocked(done)
    assert "pushing refs/heads/one" in said(done)
    assert "pushing refs/heads/two" in said(done)


def test_a_branch_and_a_tag_on_it_are_reviewed_once(alone):
    alone.unchecked(clean__py=CLEAN)
    alone.git("tag", "v1")
    done = push(alone, "origin", "main", "v1")
    assert passed(done)
    assert said(done).count("reviewing") == 1


def test_an_annotated_tag_is_reviewed_as_its_commit(alone):
    alone.unchecked(new__py=LEAKED)
    alone.git("tag", "-a", "-m", "release", "v1")
    assert blocked(push(alone, "origin", "v1"))


def test_a_remote_given_by_its_address_is_taken_to_have_what_any_remote_has(alone, far):
    alone.unchecked(clean__py=CLEAN)
    assert passed(push(alone, str(far.root), "main:other"))
    alone.unchecked(new__py=LEAKED)
    assert blocked(push(alone, str(far.root), "main:other"))


def test_a_remote_that_moved_on_without_us_is_no_reason_to_fail(alone, far):
    far.unchecked(theirs__py=CLEAN)
    alone.git("checkout", "--quiet", "-b", "feature")
    alone.unchecked(clean__py=CLEAN)
    line = f"refs/heads/feature {alone.head} refs/heads/feature {far.head}\n"  # an object that is not here
    done = alone.diffvet("hook", "run", "pre-push", "origin", str(far.root), stdin=line)
    assert passed(done)
    assert "clean.py" not in said(done)
    assert "1 hunk reviewed" in said(done)


def test_nothing_to_push_is_nothing_to_review(alone):
    done = alone.diffvet("hook", "run", "pre-push", "origin", "address", stdin="")
    assert done.returncode == 0
    assert said(done) == ""


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("nonsense\n", "line 1 of what is pushed"),
        (f"refs/heads/x {'1' * 40} refs/heads/x {ZERO}\n", "unknown revision"),
        (f"refs/heads/x --output=pwned refs/heads/x {ZERO}\n", "unknown revision"),
        (f"refs/heads/x {ZERO[1:]}", "line 1 of what is pushed"),
    ],
)
def test_lines_that_git_does_not_write_are_refused_in_words(alone, lines, words):
    done = alone.diffvet("hook", "run", "pre-push", "origin", "address", stdin=lines)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (alone.root / "pwned").exists()


def test_a_report_file_cannot_hold_two_refs(alone):
    lines = ""
    for name in ("one", "two"):
        alone.git("checkout", "--quiet", "-b", name, "main")
        alone.unchecked(**{f"{name}__py": CLEAN})
        lines += f"refs/heads/{name} {alone.head} refs/heads/{name} {ZERO}\n"
    done = alone.diffvet("hook", "run", "pre-push", "origin", "x", "--json-output=r.json", stdin=lines)
    assert done.returncode == 2
    assert "2 refs are pushed" in done.stderr


def test_pushing_in_the_middle_of_a_rebase_is_reviewed(alone):
    alone.git("checkout", "--quiet", "-b", "side")
    alone.unchecked(side__py=CLEAN)
    alone.unchecked(new__py=LEAKED)
    alone.git("rebase", "-i", "HEAD~1", GIT_SEQUENCE_EDITOR="sed -i 1s/pick/edit/")
    assert blocked(push(alone, "origin", "side"))


def test_a_push_from_a_linked_worktree_is_reviewed(alone, tmp_path):
    alone.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    linked = Hooked(tmp_path / "linked", alone.env)
    linked.unchecked(new__py=LEAKED)
    assert blocked(push(linked, "origin", "linked"))
