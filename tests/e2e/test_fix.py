"""``diffvet fix`` applies what was verified, and nothing else."""

import os
import pty
import re
import subprocess
import sys

import pytest

CODE = "import yaml\n\n\ndef read(text):\n    return yaml.load(text)\n"
FIXED = CODE.replace("yaml.load", "yaml.safe_load")


@pytest.fixture
def reviewed(repo, diffvet, tmp_path):
    """A repository whose last review found one fixable risk: its id, and how to run diffvet there."""
    env = {"DIFFVET_CACHE_DIR": str(tmp_path / "cache")}
    repo.commit()
    repo.write("app.py", CODE)

    def run(*args, **more):
        return diffvet(*args, cwd=repo, env=env, **more)

    (found,) = run("check", "--format", "json").json["findings"]
    return found["fingerprint"][:8], run


def test_the_patch_is_printed_and_nothing_changed_where_nobody_can_be_asked(repo, reviewed):
    name, run = reviewed
    shown = run("fix", name)
    assert shown.code == 0
    assert "-    return yaml.load(text)\n+    return yaml.safe_load(text)\n" in shown.out
    assert "app.py was not changed" in shown.err
    assert (repo.root / "app.py").read_text() == CODE
    subprocess.run(["git", "apply"], cwd=repo.root, input=shown.out, text=True, check=True)
    assert (repo.root / "app.py").read_text() == FIXED


def test_yes_applies_it_and_the_next_review_is_clean(repo, reviewed):
    name, run = reviewed
    (repo.root / "app.py").chmod(0o755)
    fixed = run("fix", name, "--yes")
    assert fixed.code == 0
    assert (repo.root / "app.py").read_text() == FIXED
    assert (repo.root / "app.py").stat().st_mode & 0o777 == 0o755
    assert run("check").code == 0


def test_dry_run_wins_over_yes(repo, reviewed):
    name, run = reviewed
    assert run("fix", name, "--yes", "--dry-run").code == 0
    assert (repo.root / "app.py").read_text() == CODE


def test_code_that_moved_is_found(repo, reviewed):
    name, run = reviewed
    repo.write("app.py", "# one\n# two\n" + CODE)
    assert run("fix", name, "--yes").code == 0
    assert (repo.root / "app.py").read_text() == "# one\n# two\n" + FIXED


def test_code_that_changed_is_left_alone(repo, reviewed):
    name, run = reviewed
    repo.write("app.py", CODE.replace("yaml.load(text)", "yaml.load(text, x)"))
    refused = run("fix", name, "--yes")
    assert refused.code == 2
    assert re.fullmatch(
        r"diffvet: app.py, line 5: the code has changed since it was reviewed; .*\n", refused.err
    )


def test_a_link_is_not_followed(repo, reviewed, tmp_path):
    name, run = reviewed
    (tmp_path / "outside.py").write_text(CODE)
    (repo.root / "app.py").unlink()
    (repo.root / "app.py").symlink_to(tmp_path / "outside.py")
    assert run("fix", name, "--yes").code == 2
    assert (tmp_path / "outside.py").read_text() == CODE


def test_a_finding_without_a_verified_fix_is_told_in_words(repo, reviewed):
    _, run = reviewed
    repo.write("app.py", "def f(request):\n    eval(request.args['x'])\n")
    (found,) = run("check", "--format", "json").json["findings"]
    refused = run("fix", found["fingerprint"][:8])
    assert refused.code == 2
    assert "no verified fix" in refused.err
    assert "in words: " in refused.err


@pytest.mark.parametrize("name", ["zzzz", "1", "0000000000"])
def test_an_unknown_id_is_one_sentence(reviewed, name):
    refused = reviewed[1]("fix", name)
    assert refused.code == 2
    assert refused.err.startswith("diffvet: ")
    assert refused.err.count("\n") == 1


@pytest.mark.parametrize(("answer", "expected"), [(b"y\n", FIXED), (b"n\n", CODE), (b"\n", CODE)])
def test_on_a_terminal_the_user_is_asked(repo, reviewed, tmp_path, answer, expected):
    name, _ = reviewed
    master, slave = pty.openpty()
    env = {**os.environ, "DIFFVET_CACHE_DIR": str(tmp_path / "cache")}
    with subprocess.Popen(
        [sys.executable, "-m", "diffvet", "fix", name], cwd=repo.root, env=env, stdin=slave, stdout=slave, stderr=subprocess.PIPE
    ) as process:  # fmt: skip
        os.close(slave)
        seen = b""
        while b"[y/N]" not in seen:
            seen += os.read(master, 4096)
        os.write(master, answer)
        assert process.wait(30) == 0
    os.close(master)
    assert (repo.root / "app.py").read_text() == expected
