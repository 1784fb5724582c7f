"""``diffvet completion``: the scripts complete in real shells, and run nothing that a repository wrote."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from diffvet.cli.main import VERBS

BIN = Path(sys.executable).parent


@pytest.fixture
def script(diffvet, tmp_path):
    def write(shell):
        ran = diffvet("completion", shell)
        assert (ran.code, ran.err) == (0, "")
        path = tmp_path / f"completion.{shell}"
        path.write_text(ran.out)
        return path

    return write


def in_bash(script, words, cwd):
    """What bash offers for the last of ``words``."""
    program = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _diffvet; printf "%s\\n" "${COMPREPLY[@]}"'
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    command = ["bash", "-c", program, "bash", str(script), *words]
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=True, timeout=60)
    return [line for line in done.stdout.split("\n") if line]


@pytest.fixture
def bash(script, tmp_path):
    if not shutil.which("bash"):
        pytest.skip("bash is not installed")
    path = script("bash")
    return lambda *words, cwd=tmp_path: in_bash(path, words, cwd)


def test_bash_completes_verbs(bash):
    assert bash("diffvet", "") == list(VERBS)
    assert bash("diffvet", "ex") == ["explain"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("check", "--stag"), {"--staged"}),
        (("check", "--format", "j"), {"json", "junit"}),
        (("check", "--format", "=", "js"), {"json"}),
        (("check", "--color", "="), {"auto", "always", "never"}),
        (("check", "--fail-on", ""), {"info", "warning", "error", "none"}),
        (("check", "--no-ca"), {"--no-cache"}),
        (("baseline", ""), {"update", "prune", "show"}),
        (("baseline", "update", "--reas"), {"--reason"}),
        (("hook", "run", "pre-"), {"pre-commit", "pre-push"}),
        (("completion", ""), {"bash", "zsh", "fish"}),
        (("usage", "--by", "m"), {"model"}),
        (("rules", "explain", "py.shell"), {"py.shell-true"}),
        (("nonsense", ""), set(VERBS)),
        (("config", "schema", ""), set()),
    ],
)
def test_bash_completes_flags_and_their_values(bash, words, expected):
    assert set(bash("diffvet", *words)) == expected


def test_bash_completes_files_and_directories(bash, tmp_path):
    (tmp_path / "a file.sarif").write_text("")
    (tmp_path / "a folder").mkdir()
    assert bash("diffvet", "check", "--sarif-output", "=", "a f") == ["a file.sarif", "a folder"]
    assert bash("diffvet", "check", "-C", "a ") == ["a folder"]
    assert bash("diffvet", "check", "--", "a file") == ["a file.sarif"]


def test_bash_completes_branches_and_never_runs_what_their_names_say(bash, repo):
    repo.commit(a="1")
    hostile = "topic/$(touch${IFS}owned)"
    repo.git("branch", hostile)
    repo.git("branch", "topic/plain")
    assert bash("diffvet", "check", "--base", "topic/p", cwd=repo.root) == ["topic/plain"]
    offered = bash("diffvet", "check", "--base", "topic/$", cwd=repo.root)
    assert len(offered) == 1
    assert not (repo.root / "owned").exists()
    echoed = subprocess.run(
        ["bash", "-c", f"printf %s {offered[0]}"], capture_output=True, text=True, check=True
    )
    assert echoed.stdout == hostile


def test_bash_completes_the_ids_of_the_last_review_and_of_what_is_dismissed(bash, repo, diffvet):
    repo.commit(a__py="import subprocess\n")
    repo.write("a.py", 'import subprocess\nsubprocess.run(f"tar {x}", shell=True)\n')
    assert diffvet("check", cwd=repo).code == 1
    (id_,) = bash("diffvet", "explain", "", cwd=repo.root)
    assert bash("diffvet", "dismiss", id_[:3], cwd=repo.root) == [id_]
    assert bash("diffvet", "restore", "", cwd=repo.root) == []
    assert diffvet("dismiss", id_, "--reason", "known", cwd=repo).code == 0
    assert bash("diffvet", "restore", "", cwd=repo.root) == [id_]


@pytest.fixture
def fish(script):
    if not shutil.which("fish"):
        pytest.skip("fish is not installed")
    path = script("fish")

    def complete(line):
        program = f"source {path}; complete -C {line!r}"
        done = subprocess.run(
            ["fish", "--no-config", "-c", program], capture_output=True, text=True, check=True, timeout=60
        )
        assert done.stderr == ""
        return {row.partition("\t")[0] for row in done.stdout.split("\n") if row}

    return complete


def test_fish_completes_verbs_flags_and_values(fish):
    assert fish("diffvet ") == set(VERBS)
    assert "--staged" in fish("diffvet check --st")
    assert fish("diffvet check --format j") == {"json", "junit"}
    assert fish("diffvet baseline ") == {"update", "prune", "show"}
    assert fish("diffvet baseline update --reas") == {"--reason"}
    assert fish("diffvet hook run pre-") == {"pre-commit", "pre-push"}
    assert fish("diffvet usage --by m") == {"model"}
    assert fish("diffvet check --fail-on w") == {"warning"}


@pytest.fixture
def zsh(script, tmp_path):
    """Type a line and a tab into an interactive zsh; what stands on the line then."""
    if not shutil.which("zsh"):
        pytest.skip("zsh is not installed")
    path = script("zsh")
    child, terminal = pty.fork()
    if not child:
        env = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "TERM": "dumb", "PS1": "READY>"}
        os.execvpe("zsh", ["zsh", "-f", "-i"], env)  # noqa: S606 - a shell is what is tested

    def until(mark, patience=20.0):
        seen, end = "", time.monotonic() + patience
        while mark not in seen and time.monotonic() < end:
            if select.select([terminal], [], [], 0.2)[0]:
                seen += os.read(terminal, 4096).decode("utf-8", "replace")
        assert mark in seen, seen
        return seen

    def complete(line, expected):
        os.write(terminal, f"\x15{line}\t".encode())
        until(expected)

    until("READY>")
    os.write(terminal, f"autoload -U compinit && compinit -u -D && source {path} && print LOADED\n".encode())
    until("\r\nLOADED")
    yield complete
    os.write(terminal, b"\x15exit\n")
    os.close(terminal)
    os.waitpid(child, 0)


def test_zsh_completes_verbs_flags_and_values(zsh):
    zsh("diffvet expl", "diffvet explain ")
    zsh("diffvet check --stag", "--staged ")
    zsh("diffvet check --fail-on=warn", "--fail-on=warning ")
    zsh("diffvet baseline up", "baseline update ")
    zsh("diffvet completion fi", "completion fish ")


@pytest.mark.parametrize("shell", ["zsh", "fish", "bash"])
def test_the_shell_finds_no_fault_in_its_script(script, shell):
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run([shell, "-n", str(script(shell))], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_another_shell_is_refused_in_a_sentence(diffvet):
    ran = diffvet("completion", "tcsh")
    assert ran.code == 2
    assert "bash" in ran.err


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_every_verb_has_examples_and_says_its_exit_codes(diffvet, verb):
    ran = diffvet(verb, "--help")
    assert ran.code == 0
    assert "\nexample" in ran.out
    assert "\nexit codes" in ran.out
    assert max(map(len, ran.out.split("\n"))) <= 130
