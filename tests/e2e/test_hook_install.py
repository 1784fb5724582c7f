"""``diffvet hook install``, ``status`` and ``uninstall``: nothing is lost, nothing is written where it may not be."""

import json
import os
import shutil
import stat
import sys
from pathlib import Path

import jsonschema
import pytest

from diffvet.hooks.script import script
from hooked_repository import CHECKOUT, CLEAN, LEAKED, Hooked, bare_path, said

SCHEMA = json.loads((CHECKOUT / "schemas" / "hook-status.schema.json").read_text())
SHELLS = ("dash", "bash", "zsh", "ksh", "busybox")
OLD = '#!/bin/sh\necho "old hook: $# $*"\n[ ! -e fail ] || exit 7\n'


@pytest.fixture
def here(tmp_path) -> Hooked:
    made = Hooked.made(tmp_path / "repo", tmp_path / "home")
    made.unchecked(start__py=CLEAN)
    return made


def put_hook(here: Hooked, text: str = OLD, mode: int = 0o755, name: str = "pre-commit"):
    path = here.hook(name)
    path.write_text(text)
    path.chmod(mode)
    return path


def install(here: Hooked, *args: str, code: int = 0, **env: str) -> str:
    done = here.diffvet("hook", "install", *args, **env)
    assert done.returncode == code, said(done)
    assert "Traceback" not in said(done)
    return said(done)


def status(here: Hooked, **env: str):
    done = here.diffvet("hook", "status", "--format", "json", **env)
    answer = json.loads(done.stdout)
    jsonschema.validate(answer, SCHEMA)
    hooks = {hook["name"]: hook for hook in answer["hooks"]}
    assert done.returncode == (0 if any(hook["runs"] for hook in hooks.values()) else 1)
    return hooks


def test_installing_twice_is_installing_once(here):
    assert "pre-commit installed" in install(here)
    first = here.hook().read_bytes()
    assert "already installed" in install(here)
    assert here.hook().read_bytes() == first
    assert stat.S_IMODE(here.hook().stat().st_mode) == 0o755
    assert not list(here.hook().parent.glob(".*"))
    assert status(here)["pre-commit"]["runs"]
    assert not status(here)["pre-push"]["runs"]


def test_an_existing_hook_runs_first_and_its_failure_stops_the_commit(here):
    put_hook(here)
    assert "keeping the hook that was there as pre-commit.before-diffvet" in install(here)
    here.stage("a.py", CLEAN)
    passed = here.commit()
    assert passed.returncode == 0
    assert said(passed).index("old hook: 0") < said(passed).index("hunk reviewed")
    here.write("fail", "")
    here.stage("a.py", CLEAN + "x = 1\n")
    stopped = here.commit()
    assert stopped.returncode == 1
    assert "hunk reviewed" not in said(stopped)
    direct = here.run("sh", str(here.hook()), "one", "two words")
    assert direct.returncode == 7
    assert "old hook: 2 one two words" in said(direct)


def test_a_pre_push_hook_gets_the_arguments_and_the_lines_that_git_gave(here, tmp_path):
    put_hook(here, f'#!/bin/sh\necho "$@" >"{tmp_path}/args"\ncat >"{tmp_path}/lines"\n', name="pre-push")
    install(here, "--pre-push")
    far = Hooked.made(tmp_path / "far", tmp_path / "home")
    here.git("remote", "add", "origin", str(far.root))
    assert here.run("git", "push", "origin", "main:one").returncode == 0
    assert (tmp_path / "args").read_text() == f"origin {far.root}\n"
    assert (tmp_path / "lines").read_text() == f"refs/heads/main {here.head} refs/heads/one {'0' * 40}\n"


@pytest.mark.parametrize("mode", [0o755, 0o700, 0o644])
def test_uninstalling_brings_back_exactly_what_was_there(here, mode):
    path = put_hook(here, OLD + "\0\xff", mode)
    before, listing = path.read_bytes(), sorted(path.parent.iterdir())
    install(here)
    done = here.diffvet("hook", "uninstall")
    assert done.returncode == 0
    assert "is back" in said(done)
    assert path.read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert sorted(path.parent.iterdir()) == listing
    assert "is not installed" in said(here.diffvet("hook", "uninstall"))


def test_a_hook_that_is_a_link_stays_one(here):
    here.write("scripts/check", OLD)
    (here.root / "scripts" / "check").chmod(0o755)
    here.hook().symlink_to("../../scripts/check")
    install(here)
    here.stage("a.py", CLEAN)
    assert "old hook" in said(here.commit())
    assert (here.root / "scripts" / "check").read_text() == OLD
    here.diffvet("hook", "uninstall")
    assert str(here.hook().readlink()) == "../../scripts/check"


def test_a_hook_that_git_ignored_is_kept_but_not_run(here):
    put_hook(here, mode=0o644)
    assert "which git did not run either" in install(here)
    here.stage("a.py", CLEAN)
    assert "old hook" not in said(here.commit())


def test_an_installation_that_was_killed_half_way_is_finished_by_the_next(here):
    path = put_hook(here)
    os.link(path, path.with_name("pre-commit.before-diffvet"))
    install(here)
    here.diffvet("hook", "uninstall")
    assert path.read_text() == OLD


def test_a_hook_that_took_our_place_is_not_overwritten_over_the_one_we_kept(here):
    put_hook(here)
    install(here)
    put_hook(here, "#!/bin/sh\nexit 0\n")
    assert "has taken the place" in install(here, code=2)
    assert "was kept" in said(here.diffvet("hook", "uninstall"))
    assert here.hook().read_text() == "#!/bin/sh\nexit 0\n"
    assert here.hook("pre-commit.before-diffvet").read_text() == OLD


def test_our_hook_changed_by_hand_is_left_alone_without_force(here):
    install(here)
    with here.hook().open("a") as file:
        file.write("echo mine\n")
    changed = here.hook().read_text()
    assert "changed by hand" in install(here, code=2)
    refused = here.diffvet("hook", "uninstall")
    assert refused.returncode == 2
    assert here.hook().read_text() == changed
    assert "changed by hand" in status(here)["pre-commit"]["problems"][0]
    assert "renewed" in install(here, "--force")
    assert here.diffvet("hook", "uninstall").returncode == 0
    assert not here.hook().exists()


def test_a_directory_in_the_place_of_the_hook_is_said(here):
    here.hook().mkdir()
    assert "is a directory" in install(here, code=2)


def test_both_hooks_go_with_one_uninstall(here):
    install(here, "--pre-commit", "--pre-push")
    assert here.hook("pre-push").exists()
    here.diffvet("hook", "uninstall")
    assert not here.hook().exists()
    assert not here.hook("pre-push").exists()


def test_a_hooks_folder_that_does_not_exist_yet_is_made(here):
    here.git("config", "core.hooksPath", "tools/hooks")
    out = install(here)
    assert "part of the work tree" in out
    here.stage("a.py", LEAKED)
    assert here.commit().returncode == 1


def test_a_worktree_shares_the_hooks_of_its_repository(here, tmp_path):
    here.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    linked = Hooked(tmp_path / "linked", here.env)
    install(linked)
    assert here.hook().exists()
    assert status(linked)["pre-commit"]["runs"]


def test_a_repository_that_points_out_of_itself_is_not_followed(here, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    here.git("config", "core.hooksPath", str(outside))
    assert "leads out of the repository" in install(here, code=2)
    assert not list(outside.iterdir())
    assert "would never run" in install(here, "--hooks-path", str(tmp_path), code=2)
    install(here, "--hooks-path", str(outside))
    assert (outside / "pre-commit").exists()
    refused = here.diffvet("hook", "uninstall")
    assert refused.returncode == 2
    assert (outside / "pre-commit").exists()
    assert here.diffvet("hook", "uninstall", "--hooks-path", str(outside)).returncode == 0
    assert not list(outside.iterdir())


@pytest.mark.parametrize("path", ["../outside", "inside/link"])
def test_a_relative_path_or_a_link_out_of_the_repository_is_not_followed_either(here, tmp_path, path):
    (tmp_path / "outside").mkdir()
    (here.root / "inside").mkdir()
    (here.root / "inside" / "link").symlink_to(tmp_path / "outside")
    here.git("config", "core.hooksPath", path)
    assert "leads out of the repository" in install(here, code=2)
    assert not list((tmp_path / "outside").iterdir())


def test_a_git_directory_whose_hooks_folder_is_a_link_out_is_not_followed(here, tmp_path):
    (tmp_path / "outside").mkdir()
    hooks = here.hook().parent
    for path in hooks.iterdir():
        path.unlink()
    hooks.rmdir()
    hooks.symlink_to(tmp_path / "outside")
    assert "leads out of the repository" in install(here, code=2)


def test_the_users_own_hooks_path_is_followed_and_answerto_serve_all(here, tmp_path):
    here.git("config", "--global", "core.hooksPath", str(tmp_path / "my-hooks"))
    assert "serves every repository of yours" in install(here)
    here.stage("a.py", LEAKED)
    assert here.commit().returncode == 1
    other = Hooked.made(tmp_path / "other", tmp_path / "home")
    other.stage("a.py", LEAKED)
    assert other.commit().returncode == 1


def test_hooks_that_are_switched_off_are_answerto_be(here):
    here.git("config", "--global", "core.hooksPath", os.devnull)
    assert "hooks are switched off" in install(here, code=2)
    assert not status(here)["pre-commit"]["runs"]


def test_status_tells_when_git_does_not_look_where_we_are(here):
    install(here)
    here.git("config", "core.hooksPath", "elsewhere")
    hook = status(here)["pre-commit"]
    assert not hook["runs"]
    assert "git does not look there" in hook["problems"][0]


def test_status_tells_of_a_hook_that_lost_its_permission(here):
    install(here)
    here.hook().chmod(0o644)
    hook = status(here)["pre-commit"]
    assert not hook["runs"]
    assert "not executable" in hook["problems"][0]
    assert "renewed" in install(here)
    assert status(here)["pre-commit"]["runs"]


def gone(here: Hooked) -> None:
    """Make the installed hook believe that its Python is no more."""
    text = here.hook().read_text()
    here.hook().write_text(text.replace(f"python={sys.executable}\n", "python=/nowhere/python\n"))


def test_a_hook_whose_diffvet_is_gone_stops_the_commit_in_one_sentence(here, tmp_path):
    install(here)
    gone(here)
    path = bare_path(tmp_path / "bin", "git", "sh")
    here.stage("a.py", CLEAN)
    done = here.commit(PATH=path)
    assert done.returncode == 1
    assert said(done).startswith("diffvet: there is no Diffvet at ")
    assert "nothing was reviewed and the commit is stopped" in said(done)
    assert len(said(done).splitlines()) == 1
    assert here.run("sh", str(here.hook()), PATH=path).returncode == 3
    assert "is gone and there is no diffvet on the PATH" in said(here.diffvet("hook", "status", PATH=path))


def test_a_python_without_diffvet_any_more_is_passed_over(here, tmp_path):
    install(here)
    fake = tmp_path / "fake-python"
    fake.write_text("#!/bin/sh\nexit 127\n")
    fake.chmod(0o755)
    text = here.hook().read_text()
    here.hook().write_text(text.replace(f"python={sys.executable}\n", f"python={fake}\n"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "diffvet").write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m diffvet "$@"\n')
    (tmp_path / "bin" / "diffvet").chmod(0o755)
    here.stage("a.py", LEAKED)
    done = here.commit(PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert done.returncode == 1
    assert "AWS access key id" in said(done)


@pytest.mark.parametrize("path", [".", ""])
def test_a_diffvet_in_the_work_tree_is_never_run(here, path):
    evil = "#!/bin/sh\ntouch pwned\nexit 0\n"
    here.write("diffvet", evil)
    (here.root / "diffvet").chmod(0o755)
    install(here)
    gone(here)
    here.git("add", "diffvet")
    done = here.commit(
        PATH=f"{path}:{os.environ['PATH'].replace(str(Path(sys.executable).parent), '/nowhere')}"
    )
    assert done.returncode == 1
    assert not (here.root / "pwned").exists()


def test_a_package_of_our_name_in_the_work_tree_is_never_imported(here):
    for name in (
        "diffvet/__init__.py",
        "diffvet/cli/__init__.py",
        "diffvet/cli/main.py",
        "json.py",
        "argparse.py",
    ):
        here.stage(name, "open('pwned', 'w').close()\n")
    install(here)
    here.commit()
    assert not (here.root / "pwned").exists()


def test_a_python_with_an_odd_path_is_found(here, tmp_path):
    odd = tmp_path / 'it\'s $HOME `x` "y" @name@' / "python"
    odd.parent.mkdir()
    odd.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    odd.chmod(0o755)
    here.hook().write_text(script("pre-commit", str(odd)))
    here.hook().chmod(0o755)
    here.stage("a.py", LEAKED)
    done = here.commit(PATH=bare_path(tmp_path / "bin", "git", "sh"))
    assert "AWS access key id" in said(done)
    assert status(here)["pre-commit"]["runs"]


def test_a_bare_repository_makes_no_commits(tmp_path):
    here = Hooked.made(tmp_path / "repo", tmp_path / "home")
    here.git("init", "--quiet", "--bare", str(tmp_path / "bare"))
    assert "bare repository" in install(Hooked(tmp_path / "bare", here.env), code=2)


def test_outside_of_a_repository_there_is_nothing_to_install_into(here, tmp_path):
    (tmp_path / "plain").mkdir()
    assert "not inside a git repository" in install(Hooked(tmp_path / "plain", here.env), code=2)


def test_the_key_reaches_no_program_that_a_review_starts(here, tmp_path):
    """A git of our own writes down what it was given; neither the hook nor ``check`` hands it the key."""
    seen = tmp_path / "seen"
    real = here.run("sh", "-c", "command -v git").stdout.strip()
    (tmp_path / "bin").mkdir()
    spy = tmp_path / "bin" / "git"
    spy.write_text(f'#!/bin/sh\nenv >>"{seen}"\nexec "{real}" "$@"\n')
    spy.chmod(0o755)
    env = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "DIFFVET_API_KEY": "k" + "ey-0123456789"}
    here.stage("a.py", CLEAN)
    for verb in (
        ("check", "--staged"),
        ("hook", "run", "pre-commit"),
        ("baseline", "update", "--reason", "old", "--author", "Ada"),
    ):
        assert here.diffvet(*verb, **env).returncode == 0
    assert "GIT_OPTIONAL_LOCKS" in seen.read_text()
    assert "key-0123456789" not in seen.read_text()


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", ["pre-commit", "pre-push"])
def test_every_posix_shell_runs_the_script(here, shell, name):
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    command = ("busybox", "sh") if shell == "busybox" else (shell,)
    old = '#!/bin/sh\necho "old: $*: $(cat)"\n' if name == "pre-push" else OLD
    put_hook(here, old, name=name)
    install(here, f"--{name}")
    here.stage("a.py", LEAKED)
    line = f"refs/heads/main {here.unchecked(b__py=LEAKED)} refs/heads/main {'0' * 40}\n"
    here.stage("a.py", LEAKED + "x = 1\n")
    done = here.run(*command, str(here.hook(name)), "origin", "two words", stdin=line)
    assert done.returncode == (0 if name == "pre-commit" else 1), said(done)
    assert "old" in done.stdout
    assert "two words" in done.stdout
    if name == "pre-push":
        assert line.strip() in done.stdout


def test_a_git_directory_elsewhere_with_a_work_tree_named_by_variables_has_its_hook(here, tmp_path):
    here.git("init", "--quiet", "--bare", str(tmp_path / "dots.git"))
    named = {"GIT_DIR": str(tmp_path / "dots.git"), "GIT_WORK_TREE": str(here.root)}
    install(here, **named)
    assert (tmp_path / "dots.git" / "hooks" / "pre-commit").exists()
    here.write("rc.py", LEAKED)
    here.git("add", "rc.py", **named)
    assert "AWS access key id" in said(here.commit(**named))
